"""Commands for a monitor and for cron: whether everything works, and a message to support when it does not."""

from __future__ import annotations

import typer

from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Json

app = typer.Typer()


@command(app, "health", "cli.help_health")
def health(*, as_json: Json = False) -> None: ...


@command(app, "alert", "cli.help_alert")
def alert_command(*, as_json: Json = False) -> None: ...
