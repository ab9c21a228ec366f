"""From the description of a command to the function that does it."""

from __future__ import annotations

import functools
import gc
import inspect
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import ParamSpec

import typer

from pipeline.catalogue import text

P = ParamSpec("P")


class Verbosity:
    """Whether all events of the log are wanted: ``--verbose`` is read before the log is set up."""

    wanted = False


def command(app: typer.Typer, name: str, help_code: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Add to ``app`` the command ``name``, which is called as the decorated function; that function has no body.

    The function of the same name in ``pipeline.cli.<same module>`` does the work. It is imported when the command is
    called, and takes every argument, with the defaults filled in.
    """

    def decorate(described: Callable[P, None]) -> Callable[P, None]:
        signature = inspect.signature(described)

        @functools.wraps(described)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            given = signature.bind(*args, **kwargs)
            given.apply_defaults()
            _set_up_the_log()
            doing(described)(*given.args, **given.kwargs)

        app.command(name, help=text(help_code))(run)
        return run

    return decorate


def doing(described: Callable[..., None]) -> Callable[..., None]:
    """Return the function that does what ``described`` describes; its module is imported."""
    area = described.__module__.rpartition(".")[2]
    found: Callable[..., None] = getattr(_imported(f"pipeline.cli.{area}"), described.__name__)
    return found


def _set_up_the_log() -> None:
    # Imported late, as is what does the work: structlog takes longer to import than all of ``--help``.
    from pipeline import logs  # noqa: PLC0415

    logs.configure(verbose=Verbosity.wanted)


def _imported(name: str) -> ModuleType:
    """Import a module without looking for cycles meanwhile: what imports make stays, and the looking is a sixth."""
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.enable()
