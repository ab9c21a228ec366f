"""Commands that run services: the demonstration, everything until Ctrl-C, and the doctor."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.catalogue import text
from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Json

app = typer.Typer()


@command(app, "demo", "cli.help_demo")
def demo() -> None: ...


@command(app, "up", "cli.help_up")
def up() -> None: ...


@command(app, "watch", "cli.help_watch")
def watch(*, as_json: Json = False) -> None: ...


@command(app, "doctor", "cli.help_doctor")
def doctor(
    *,
    letter: Annotated[bool, typer.Option("--letter/--no-letter", help=text("cli.help_doctor_letter"))] = True,
    wait: Annotated[float, typer.Option("--wait", min=0.1, help=text("cli.help_doctor_wait"))] = 60,
) -> None: ...
