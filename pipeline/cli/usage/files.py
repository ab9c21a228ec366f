"""``kabinet files``: which login got which file of a publication, and when our mail server took it."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.catalogue import text
from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Json, Region

app = typer.Typer()
OneLogin = Annotated[str | None, typer.Option("--login", help=text("cli.help_files_login"))]


@command(app, "files", "cli.help_files")
def files(code: str, *, region: Region = None, login: OneLogin = None, as_json: Json = False) -> None: ...
