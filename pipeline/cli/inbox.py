"""Commands about incoming mail: what a message would be, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline import wiring
from pipeline.catalogue import text
from pipeline.cli.output import Json, emit, say
from pipeline.mail.explain import explain
from pipeline.mail.identity import Tagger

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep «explain» a command of its own while it is the only one."""


@app.command("explain", help=text("cli.help_inbox_explain"))
def explain_command(
    messages: Annotated[list[Path], typer.Argument(help=text("cli.help_messages"))], *, as_json: Json = False
) -> None:
    """Print what each message is and which rule decides, from the file alone; nothing is changed.

    Exit code 1 when any file cannot be read as a message.
    """
    settings = wiring.load_settings()
    rules = wiring.rules(settings)
    tagger = Tagger(*settings.signing_keys()) if settings.tag_keys or (settings.state / "tag.key").exists() else None
    own = frozenset({settings.address.lower(), settings.support.lower()})
    unreadable = False
    for path in messages:
        record = explain(str(path), _read(path), rules, own, tagger)
        unreadable |= record["kind"] == "unreadable"
        if as_json:
            emit(record)
        else:
            say(f"{path}: {record['kind']}, {record['rule']} ({record['why']})")
    if unreadable:
        raise typer.Exit(1)


def _read(path: Path) -> bytes:
    """A file's bytes; one that cannot be opened reads as empty, so that every name gets its line."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
