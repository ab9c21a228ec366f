"""Commands about deadlines: moving one, what was moved, and the record of who did what."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.catalogue import text
from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Json, Shown

app = typer.Typer()
Logins = Annotated[list[str] | None, typer.Option("--login", help=text("cli.help_extend_login"))]


@command(app, "extend", "cli.help_extend")
def extend_command(
    code: str,
    *,
    reason: Annotated[str, typer.Option("--reason", help=text("cli.help_extend_reason"))] = "",
    until: Annotated[str | None, typer.Option("--until", help=text("cli.help_until"))] = None,
    login: Logins = None,
    region: Annotated[str | None, typer.Option("--region", help=text("cli.help_extend_region"))] = None,
    everybody: Annotated[bool, typer.Option("--all", help=text("cli.help_extend_all"))] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help=text("cli.help_withdraw"))] = False,
    as_json: Json = False,
) -> None: ...


@command(app, "extensions", "cli.help_extensions")
def extensions_command(
    code: str,
    *,
    everything: Annotated[bool, typer.Option("--all", help=text("cli.help_extensions_history"))] = False,
    as_json: Json = False,
) -> None: ...


@command(app, "audit", "cli.help_audit")
def audit_command(
    *,
    publication: Annotated[str | None, typer.Option("--publication", help=text("cli.help_audit_publication"))] = None,
    login: Annotated[str | None, typer.Option("--login", help=text("cli.help_letters_login"))] = None,
    limit: Shown = 100,
    as_json: Json = False,
) -> None: ...
