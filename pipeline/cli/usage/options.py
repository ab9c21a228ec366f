"""Options and arguments that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.catalogue import text

Json = Annotated[bool, typer.Option("--json", help=text("cli.help_json"))]
Code = Annotated[str | None, typer.Argument()]
Region = Annotated[str | None, typer.Option("--region", help=text("cli.help_region"))]
Reason = Annotated[str | None, typer.Option("--reason", help=text("cli.help_reason"))]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help=text("cli.help_limit"))]
Shown = Annotated[int, typer.Option("--limit", min=1, help=text("cli.help_limit"))]
