"""Commands about publications: sending, trying, looking at them first, filling gaps, taking back, stopping."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.catalogue import text
from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Code, Json

app = typer.Typer()


@command(app, "publish", "cli.help_publish")
def publish_command(
    code: str,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=text("cli.help_dry_run"))] = False,
    plan: Annotated[bool, typer.Option("--plan", help=text("cli.help_plan"))] = False,
    preview: Annotated[Path | None, typer.Option("--preview", help=text("cli.help_preview"))] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help=text("cli.help_only"))] = None,
    opens: Annotated[str | None, typer.Option("--opens", help=text("cli.help_opens"))] = None,
    closes: Annotated[str | None, typer.Option("--closes", help=text("cli.help_closes"))] = None,
    as_json: Json = False,
) -> None: ...


@command(app, "fill", "cli.help_fill")
def fill_command(code: Code = None, *, as_json: Json = False) -> None: ...


@command(app, "withdraw", "cli.help_withdraw_publication")
def withdraw_command(
    code: str,
    *,
    reason: Annotated[str, typer.Option("--reason", help=text("cli.help_withdraw_reason"))] = "",
    silent: Annotated[bool, typer.Option("--silent", help=text("cli.help_silent"))] = False,
    as_json: Json = False,
) -> None: ...


@command(app, "pause", "cli.help_pause")
def pause_command(
    code: Code = None,
    *,
    reason: Annotated[str, typer.Option("--reason", help=text("cli.help_pause_reason"))] = "",
    answers: Annotated[bool, typer.Option("--all", help=text("cli.help_pause_all"))] = False,
    resume: Annotated[bool, typer.Option("--resume", help=text("cli.help_resume"))] = False,
    history: Annotated[bool, typer.Option("--history", help=text("cli.help_pause_history"))] = False,
    as_json: Json = False,
) -> None: ...


@command(app, "editions", "cli.help_editions")
def editions_command(code: str, *, as_json: Json = False) -> None: ...
