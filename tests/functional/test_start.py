"""What a command imports before it answers, and that each is described as it is done."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from typer import Typer
from typer.main import get_group

from pipeline import __version__
from pipeline.cli import app
from pipeline.cli.usage.describing import doing

ROOT = Path(__file__).resolve().parent.parent.parent
SLOW = ("polars", "pandera", "openpyxl", "alembic", "sqlalchemy", "prefect")
_RUN = """
import json, os, sys
from contextlib import redirect_stderr, redirect_stdout
from pipeline.cli import _run
calls, slow = json.loads(sys.argv[1])
found = []
with open(os.devnull, "w") as nothing, redirect_stdout(nothing), redirect_stderr(nothing):
    for words in calls:
        sys.argv = ["kabinet", *words]
        found.append([words, _run(), [name for name in slow if name in sys.modules]])
print(json.dumps(found))
"""
Called = Callable[..., list[tuple[list[str], int, list[str]]]]


@pytest.fixture
def called(tmp_path: Path) -> Called:
    """Calls ``kabinet`` with each list of words, in one child; returns (words, exit code, slow modules) of each."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("KABINET_")}
    base |= {"KABINET_STATE": str(tmp_path / "state"), "KABINET_OUTBOX": str(tmp_path / "outbox")}

    def run(*calls: list[str]) -> list[tuple[list[str], int, list[str]]]:
        done = subprocess.run(
            [sys.executable, "-c", _RUN, json.dumps([calls, SLOW])],
            cwd=ROOT,
            env=base,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return [(words, code, slow) for words, code, slow in json.loads(done.stdout)]

    return run


def _commands() -> Iterator[tuple[str, ...]]:
    """Every command and group, as the words that call it."""
    for name, found in get_group(app).commands.items():
        yield (name,)
        yield from ((name, inner) for inner in getattr(found, "commands", ()))


def test_help_version_and_wrong_usage_import_nothing_slow(called: Called) -> None:
    helps = [[*words, "--help"] for words in _commands()]
    assert ["form", "check", "--help"] in helps
    wrong = [[], ["nothing"], ["publish"], ["letters", "--limit", "many"], ["form"], ["roster", "nothing"]]
    found = called(["--help"], ["--version"], *helps, *wrong)
    assert [(words, slow) for words, _, slow in found if slow] == []
    assert [words for words, code, _ in found if code] == wrong


def test_status_imports_nothing_slow_but_sqlalchemy(called: Called) -> None:
    called(["status"])  # makes the database
    ((_, code, slow),) = called(["status"])
    assert (code, slow) == (0, ["sqlalchemy"])


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["kabinet", "--version"])
    app(standalone_mode=False)
    assert capsys.readouterr().out == f"kabinet {__version__}\n"


def _described(typer: Typer) -> Iterator[Callable[..., None]]:
    for command in typer.registered_commands:
        assert command.callback is not None
        yield command.callback
    for group in typer.registered_groups:
        assert group.typer_instance is not None
        yield from _described(group.typer_instance)


def _plain(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


@pytest.mark.parametrize("described", list(_described(app)), ids=lambda function: function.__name__)
def test_each_command_is_done_with_the_arguments_that_it_is_described_with(described: Callable[..., None]) -> None:
    done = doing(described)
    assert get_type_hints(done) == {
        name: _plain(kind) for name, kind in get_type_hints(described, include_extras=True).items()
    }
    kinds = {name: parameter.kind for name, parameter in inspect.signature(done).parameters.items()}
    assert kinds == {name: parameter.kind for name, parameter in inspect.signature(described).parameters.items()}
