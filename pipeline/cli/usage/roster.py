"""The group ``roster``: the list of organisations goes in and out, and corrections of it are decided; all audited."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.catalogue import text
from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Json, Reason

app = typer.Typer()
Number = Annotated[str, typer.Argument(metavar="REGION-NUMBER", help=text("cli.help_change_number"))]


@command(app, "import", "cli.help_roster_import")
def import_(
    file: Path,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=text("cli.help_roster_dry_run"))] = False,
    departures: Annotated[bool, typer.Option("--allow-departures", help=text("cli.help_roster_departures"))] = False,
    as_json: Json = False,
) -> None: ...


@command(app, "export", "cli.help_roster_export")
def export(path: Annotated[Path, typer.Argument(metavar="FILE.xlsx")] = Path("roster.xlsx")) -> None: ...


@command(app, "changes", "cli.help_changes")
def list_changes(
    *,
    everything: Annotated[bool, typer.Option("--all", help=text("cli.help_changes_all"))] = False,
    as_json: Json = False,
) -> None: ...


@command(app, "approve", "cli.help_approve")
def approve(number: Number, *, reason: Reason = None) -> None: ...


@command(app, "decline", "cli.help_decline")
def decline(number: Number, *, reason: Reason = None) -> None: ...
