"""Commands that do the exchange's work: each runs one step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import wiring
from pipeline.catalogue import text
from pipeline.cli.moderation import who
from pipeline.cli.output import now, report, say, write
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


@contextmanager
def beating(name: str) -> Iterator[Context]:
    """Yield the context of the environment to the step ``name``, and put on record how the command ended (M44)."""
    with wiring.context() as context, pulse.beat(context, name, Way.COMMAND, now):
        yield context


def deliver_command(*, limit: int | None, as_json: bool) -> None:
    """Send what is due."""
    with beating("deliver") as context:
        report(deliver.run(context, now(), limit), as_json=as_json)


def collect_command(*, as_json: bool) -> None:
    """Take in new mail."""
    with beating("collect") as context:
        report(collect.run(context, now()), as_json=as_json)


def check_command(*, limit: int | None, as_json: bool) -> None:
    """Judge what was taken in."""
    with beating("check") as context:
        report(check.run(context, now(), limit), as_json=as_json)


def file_command(*, as_json: bool) -> None:
    """Move what was judged into its folder on the server."""
    with beating("file") as context:
        report(file.run(context, now()), as_json=as_json)


def remind_command(*, as_json: bool) -> None:
    """Queue today's reminders."""
    with beating("remind") as context:
        report(remind.run(context, now(), who()), as_json=as_json)


def digest_command(code: str | None, *, as_json: bool) -> None:
    """Queue today's digests."""
    with beating("digest") as context:
        report(digest.run(context, now(), code, who()), as_json=as_json)


def export_command(
    code: str | None, *, region: str | None, kind: ReportKind, output: Path | None, as_json: bool
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


def close_command(*, as_json: bool) -> None:
    """Close what is over."""
    with beating("close") as context:
        report(close.run(context, now(), who()), as_json=as_json)
