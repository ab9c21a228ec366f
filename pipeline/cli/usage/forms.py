"""Commands about forms: make one, try workbooks on it, read any workbook, run a form's own examples."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.catalogue import text
from pipeline.cli.usage.describing import command
from pipeline.cli.usage.options import Json

app = typer.Typer()
Form = Annotated[str, typer.Argument(help=text("cli.help_form_argument"))]
Workbooks = Annotated[list[Path], typer.Argument(help=text("cli.help_workbooks"))]


@command(app, "build", "cli.help_form_build")
def build(
    form: Form,
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help=text("cli.help_output"))],
    login: Annotated[str | None, typer.Option("--login", help=text("cli.help_login"))] = None,
) -> None: ...


@command(app, "check", "cli.help_form_check")
def check(
    form: Form,
    workbooks: Workbooks,
    *,
    as_json: Json = False,
    values: Annotated[bool, typer.Option("--values", help=text("cli.help_values"))] = False,
) -> None: ...


@command(app, "read", "cli.help_form_read")
def read(workbooks: Workbooks, *, as_json: Json = False) -> None: ...


@command(app, "test", "cli.help_form_test")
def test(form: Form) -> None: ...


@command(app, "schema", "cli.help_form_schema")
def schema(form: Form, *, as_json: Json = False) -> None: ...


@command(app, "infer", "cli.help_form_infer")
def infer(
    workbook: Annotated[Path, typer.Argument(help=text("cli.help_infer_workbook"))],
    *,
    output: Annotated[Path | None, typer.Option("-o", "--output", help=text("cli.help_infer_output"))] = None,
) -> None: ...
