"""Commands that show the state of collections and messages; they change nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.catalogue import text
from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Code, Json, Region, Shown

app = typer.Typer()


@command(app, "status", "cli.help_status")
def status(code: Code = None, *, region: Region = None, as_json: Json = False) -> None: ...


@command(app, "participants", "cli.help_participants")
def participants(code: str, *, region: Region = None, as_json: Json = False) -> None: ...


@command(app, "receipts", "cli.help_receipts")
def receipts_command(
    *,
    held: Annotated[bool, typer.Option("--held", help=text("cli.help_held"))] = False,
    strays: Annotated[bool, typer.Option("--strays", help=text("cli.help_strays"))] = False,
    limit: Shown = 100,
    as_json: Json = False,
) -> None: ...
