"""A numbered report on a collection is asked for and formed at once; the page says its number and where it lies."""

from __future__ import annotations

from pipeline.catalogue import plural, text
from pipeline.console import shown
from pipeline.console.desk import Desk
from pipeline.console.outcome import Next, Outcome, Trouble
from pipeline.errors import ConfigurationError, UserError
from pipeline.model import Report, ReportKind, ReportState
from pipeline.steps import export
from pipeline.store import publications, reports, roster

_ROWS = ("строка", "строки", "строк")


def run(desk: Desk) -> Outcome:
    """Form the report that was chosen."""
    answers = desk.answers
    code, region = answers.key("collection"), answers.key("region") or None
    kind = ReportKind(answers.option("kind"))
    _check(desk, code, region)
    try:
        made = export.request(desk.context, code, region, None, desk.clock(), answers.who, kind=kind)
    except ConfigurationError as error:
        raise UserError("console.no_collection", code=code[:50]) from error
    desk.say(text("console.report.numbered", number=made.number))
    rows = desk.stage(text("console.stage.report"), lambda: export.form(desk.context, made, desk.clock()))
    with desk.context.store.reading() as session:
        report = reports.report(session, made.number) or made
    return _ready(desk, report, rows) if report.state is ReportState.READY else _failed(report)


def _check(desk: Desk, code: str, region: str | None) -> None:
    with desk.context.store.reading() as session:
        if publications.publication(session, code) is None:
            raise UserError("console.no_collection", code=code[:50])
        if region is not None and not roster.logins(session, region=region):
            raise UserError("console.no_region", region=region[:50])


def _ready(desk: Desk, report: Report, rows: int | None) -> Outcome:
    finished = export.finished(desk.context, report.number)
    place = desk.keep(finished.name, finished.content)
    stays = [text("console.report.stays", number=report.number)] if report.region else []
    counted = plural(rows or 0, *_ROWS)
    said = {"number": report.number, "what": _what(report), "name": finished.name}
    line = text("console.report.line", **said, rows=counted) if rows else text("console.report.empty", **said)
    return Outcome(
        title=text("console.report.title", number=report.number),
        line=line,
        figures={text("console.report.number"): report.number, text("console.report.rows"): rows or 0},
        remarks=[text("console.report.place", place=place), *stays],
        next=[Next(text("console.act.now"), "now")],
        counts={"report": report.number, "rows": rows or 0, "bytes": len(finished.content)},
    )


def _failed(report: Report) -> Outcome:
    """Formed by nobody: ours, not the administrator's fault."""
    line = text("console.report.failed", number=report.number, what=_what(report))
    trouble = Trouble(f"№{report.number}", text("console.report.ours"), text("console.report.support"))
    return Outcome(
        title=text("console.report.title", number=report.number),
        line=line,
        figures={text("console.report.number"): report.number},
        troubles=[trouble],
        next=[Next(text("console.report.again"), "report"), Next(text("console.act.health"), "health")],
        counts={"report": report.number, "rows": 0},
        failed=True,
    )


def _what(report: Report) -> str:
    """«Экспорт результатов, vpr-spo-2021-schedule, регион 24, Красноярский край»."""
    where = (
        text("console.in_region", region=shown.region(report.region)) if report.region else text("console.everywhere")
    )
    return f"{text(f'notice.report.{report.kind.value}')}, {report.publication}, {where}"
