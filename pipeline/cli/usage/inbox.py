"""Commands about incoming mail: what a message would be, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.catalogue import text
from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Json

app = typer.Typer()


@command(app, "explain", "cli.help_inbox_explain")
def explain_command(
    messages: Annotated[list[Path], typer.Argument(help=text("cli.help_messages"))],
    *,
    trace: Annotated[bool, typer.Option("--trace", help=text("cli.help_trace"))] = False,
    as_json: Json = False,
) -> None: ...
