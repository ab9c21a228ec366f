"""Commands about a database that was put back from an older copy, and about letters in doubt."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.catalogue import text
from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Json

app = typer.Typer()


@command(app, "restore", "cli.help_restore")
def restore(
    *,
    stopped: Annotated[str | None, typer.Option("--stopped", help=text("cli.help_restore_stopped"))] = None,
    end: Annotated[bool, typer.Option("--end", help=text("cli.help_restore_end"))] = False,
    as_json: Json = False,
) -> None: ...


@command(app, "rescan", "cli.help_rescan")
def rescan(*, as_json: Json = False) -> None: ...


@command(app, "doubts", "cli.help_doubts")
def doubts(
    numbers: Annotated[list[int] | None, typer.Argument(help=text("cli.help_doubts_numbers"))] = None,
    *,
    send: Annotated[bool, typer.Option("--send", help=text("cli.help_doubts_send"))] = False,
    drop: Annotated[bool, typer.Option("--drop", help=text("cli.help_doubts_drop"))] = False,
    left: Annotated[bool, typer.Option("--left", help=text("cli.help_doubts_left"))] = False,
    everything: Annotated[bool, typer.Option("--all", help=text("cli.help_doubts_all"))] = False,
    as_json: Json = False,
) -> None: ...
