"""Commands that do the exchange's work: each runs one step."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.catalogue import text
from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Code, Json, Limit, Region
from pipeline.model import ReportKind

app = typer.Typer()


@command(app, "deliver", "cli.help_deliver")
def deliver_command(*, limit: Limit = None, as_json: Json = False) -> None: ...


@command(app, "collect", "cli.help_collect")
def collect_command(*, as_json: Json = False) -> None: ...


@command(app, "check", "cli.help_check")
def check_command(*, limit: Limit = None, as_json: Json = False) -> None: ...


@command(app, "file", "cli.help_file")
def file_command(*, as_json: Json = False) -> None: ...


@command(app, "remind", "cli.help_remind")
def remind_command(*, as_json: Json = False) -> None: ...


@command(app, "digest", "cli.help_digest")
def digest_command(code: Code = None, *, as_json: Json = False) -> None: ...


@command(app, "export", "cli.help_export")
def export_command(
    code: Code = None,
    *,
    region: Region = None,
    kind: Annotated[ReportKind, typer.Option("--report", help=text("cli.help_report"))] = ReportKind.EXPORT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=text("cli.help_output"))] = None,
    as_json: Json = False,
) -> None: ...


@command(app, "close", "cli.help_close")
def close_command(*, as_json: Json = False) -> None: ...
