"""Commands that show what became of letters and which addresses fail; they change nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.catalogue import text
from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Json, Shown

app = typer.Typer()


@command(app, "letters", "cli.help_letters")
def letters_command(
    *,
    login: Annotated[str | None, typer.Option("--login", help=text("cli.help_letters_login"))] = None,
    address: Annotated[str | None, typer.Option("--address", help=text("cli.help_letters_address"))] = None,
    failed: Annotated[bool, typer.Option("--failed", help=text("cli.help_letters_failed"))] = False,
    limit: Shown = 100,
    as_json: Json = False,
) -> None: ...


@command(app, "addresses", "cli.help_addresses")
def addresses(
    *,
    dead: Annotated[bool, typer.Option("--dead", help=text("cli.help_addresses_dead"))] = False,
    as_json: Json = False,
) -> None: ...
