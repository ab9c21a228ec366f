"""The whole of ``kabinet``: every command and group, and the options that come before them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.catalogue import text
from pipeline.cli.usage import (
    delivery,
    exchange,
    extensions,
    files,
    forms,
    health,
    inbox,
    moderation,
    publishing,
    queries,
    restoring,
    roster,
    services,
)
from pipeline.cli.usage.describing import Verbosity

app = typer.Typer(
    name="kabinet",
    help=text("cli.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for area in (services, health, exchange, publishing, extensions, queries, files, delivery, moderation, restoring):
    app.add_typer(area.app)
app.add_typer(forms.app, name="form", help=text("cli.help_form"), no_args_is_help=True)
app.add_typer(inbox.app, name="inbox", help=text("cli.help_inbox"), no_args_is_help=True)
app.add_typer(roster.app, name="roster", help=text("cli.help_roster"), no_args_is_help=True)


def _say_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"kabinet {__version__}\n")
        raise typer.Exit


@app.callback()
def _start(
    *,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help=text("cli.help_verbose"))] = False,
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool, typer.Option("--version", help=text("cli.help_version"), callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    Verbosity.wanted = verbose
