"""Commands by which an operator decides about messages that wait; all audited."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.catalogue import text
from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Json, Reason

app = typer.Typer()


@command(app, "release", "cli.help_release")
def release(
    number: int,
    *,
    login: Annotated[str | None, typer.Option("--login", help=text("cli.help_release_login"))] = None,
    as_json: Json = False,
) -> None: ...


@command(app, "refuse", "cli.help_refuse")
def refuse(number: int, *, reason: Reason = None) -> None: ...


@command(app, "replay", "cli.help_replay")
def replay(
    number: int,
    *,
    apply: Annotated[bool, typer.Option("--apply", help=text("cli.help_replay_apply"))] = False,
    as_json: Json = False,
) -> None: ...
