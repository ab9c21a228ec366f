"""Commands that do the exchange's work: each runs one step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from pipeline import wiring
from pipeline.catalogue import text
from pipeline.cli.moderation import who
from pipeline.cli.output import Json, now, report, say, write
from pipeline.model import ReportKind
from pipeline.model.pulse import Way
from pipeline.steps import (
    check,
    close,
    collect,
    deliver,
    digest,
    export,
    file,
    remind,
)
from pipeline.steps.base.context import Context
from pipeline.steps.condition import pulse

Limit = Annotated[int | None, typer.Option("--limit", min=1, help=text("cli.help_limit"))]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    for function in (
        deliver_command,
        collect_command,
        check_command,
        file_command,
        remind_command,
        digest_command,
        export_command,
        close_command,
    ):
        name = function.__name__.removesuffix("_command")
        app.command(name, help=text(f"cli.help_{name}"))(function)


@contextmanager
def beating(name: str) -> Iterator[Context]:
    """Yield the context of the environment to the step ``name``, and put on record how the command ended (M44)."""
    with wiring.context() as context, pulse.beat(context, name, Way.COMMAND, now):
        yield context


def deliver_command(*, limit: Limit = None, as_json: Json = False) -> None:
    """Send what is due."""
    with beating("deliver") as context:
        report(deliver.run(context, now(), limit), as_json=as_json)


def collect_command(*, as_json: Json = False) -> None:
    """Take in new mail."""
    with beating("collect") as context:
        report(collect.run(context, now()), as_json=as_json)


def check_command(*, limit: Limit = None, as_json: Json = False) -> None:
    """Judge what was taken in."""
    with beating("check") as context:
        report(check.run(context, now(), limit), as_json=as_json)


def file_command(*, as_json: Json = False) -> None:
    """Move what was judged into its folder on the server."""
    with beating("file") as context:
        report(file.run(context, now()), as_json=as_json)


def remind_command(*, as_json: Json = False) -> None:
    """Queue today's reminders."""
    with beating("remind") as context:
        report(remind.run(context, now(), who()), as_json=as_json)


def digest_command(code: Annotated[str | None, typer.Argument()] = None, *, as_json: Json = False) -> None:
    """Queue today's digests."""
    with beating("digest") as context:
        report(digest.run(context, now(), code, who()), as_json=as_json)


def export_command(
    code: Annotated[str | None, typer.Argument()] = None,
    *,
    region: Annotated[str | None, typer.Option("--region", help=text("cli.help_region"))] = None,
    kind: Annotated[ReportKind, typer.Option("--report", help=text("cli.help_report"))] = ReportKind.EXPORT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=text("cli.help_output"))] = None,
    as_json: Json = False,
) -> None:
    """Form what was asked for by mail; with ``code`` a report on it too, written to ``output`` or its own name."""
    if code is None:
        with beating("export") as context:
            report(export.run(context, now()), as_json=as_json)
        return
    with beating("export") as context:
        asked = export.request(context, code, region, None, now(), who(), kind=kind)
        summary = export.run(context, now())
        ready = export.finished(context, asked.number)
    path = output or Path(ready.name)
    write(path, ready.content, private=True)
    report(summary, as_json=as_json)
    if not as_json:
        say(text("cli.written", path=path))


def close_command(*, as_json: Json = False) -> None:
    """Close what is over."""
    with beating("close") as context:
        report(close.run(context, now(), who()), as_json=as_json)
