"""The list of organisations and coordinators is rehearsed, taken in, or written out to be changed."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.cabinet.roster import RosterReport
from pipeline.catalogue import plural, text
from pipeline.console.desk import Desk
from pipeline.console.outcome import Next, Outcome, Table, Trouble, columns
from pipeline.mail.addresses import readable
from pipeline.steps import roster as step

_COUNTED = ("added", "changed", "departed", "problems", "kept")


def run(desk: Desk) -> Outcome:
    """Do what was chosen under «Действие»."""
    action = desk.answers.option("action")
    if action == "export":
        desk.answers.refuse(action, "path", "departures")
        return _export(desk)
    report = desk.roster(desk.answers.needed("path"))
    rehearsal = desk.stage(
        text("console.stage.read"),
        lambda: step.rehearse(desk.context, report, departures=desk.answers.flag("departures")),
    )
    return _rehearsed(desk, report, rehearsal) if action == "rehearse" else _imported(desk, report, rehearsal)


def _rehearsed(desk: Desk, report: RosterReport, rehearsal: step.Rehearsal) -> Outcome:
    counts = rehearsal.summary.counts
    said = "console.roster.would" if _touches(counts) else "console.roster.same"
    return Outcome(
        title=text("console.roster.title_rehearse"),
        line=_with_problems(text(said, **_shown(counts)), counts),
        figures=_figures(counts),
        remarks=[*_remarks(report, rehearsal.summary.remarks), step.total(desk.context)],
        troubles=_troubles(report),
        tables=[_table(rehearsal, "console.roster.table_would")],
        next=[Next(text("console.roster.then_import"), "roster")],
        counts=counts,
    )


def _imported(desk: Desk, report: RosterReport, rehearsal: step.Rehearsal) -> Outcome:
    departures, at = desk.answers.flag("departures"), desk.clock()
    done = desk.stage(
        text("console.stage.import"),
        lambda: step.run(desk.context, report, at, departures=departures, who=desk.answers.who),
    )
    said = "console.roster.done" if _touches(done.counts) else "console.roster.nothing"
    return Outcome(
        title=text("console.roster.title_import"),
        line=_with_problems(text(said, **_shown(done.counts)), done.counts),
        figures=_figures(done.counts),
        remarks=[*_remarks(report, done.remarks), step.total(desk.context)],
        troubles=_troubles(report),
        tables=[_table(rehearsal, "console.roster.table_done")],
        next=[Next(text("console.act.preview"), "preview"), Next(text("console.act.publish"), "publish")],
        counts=done.counts,
    )


def _export(desk: Desk) -> Outcome:
    content, count = desk.stage(text("console.stage.written"), lambda: step.as_workbook(desk.context, desk.clock()))
    name = desk.keep(text("console.roster.file"), content)
    return Outcome(
        title=text("console.roster.title_export"),
        line=text("console.roster.exported", count=plural(count, "логин", "логина", "логинов")),
        figures={text("console.roster.logins"): count},
        remarks=[text("console.roster.kept_as", name=name), step.total(desk.context)],
        next=[Next(text("console.roster.then_import"), "roster")],
        counts={"logins": count},
    )


def _touches(counts: Mapping[str, int]) -> bool:
    return any(counts[name] for name in ("added", "changed", "departed"))


def _shown(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in ("added", "changed", "departed")}


def _with_problems(said: str, counts: Mapping[str, int]) -> str:
    if not counts["problems"]:
        return said
    return text(
        "console.roster.and_problems",
        said=said,
        lines=plural(counts["problems"], "замечание", "замечания", "замечаний"),
    )


def _figures(counts: Mapping[str, int]) -> dict[str, int]:
    return {text(f"console.roster.{name}"): counts[name] for name in _COUNTED}


def _remarks(report: RosterReport, remarks: object) -> list[str]:
    """The problems of lines have a table of their own."""
    shown = {text("roster.problem", line=problem.line, message=problem.message) for problem in report.problems}
    assert isinstance(remarks, list | tuple)
    return [line for line in remarks if line not in shown]


def _troubles(report: RosterReport) -> list[Trouble]:
    remedy = text("console.roster.remedy")
    return [
        Trouble(text("console.roster.line", line=problem.line), problem.message, remedy) for problem in report.problems
    ]


def _table(rehearsal: step.Rehearsal, title: str) -> Table:
    head = columns("login", "name", "region", "change")
    rows = [
        (change.login.code, change.login.name, change.login.region, _touched(change)) for change in rehearsal.changes
    ]
    return Table(text(title), head, rows)


def _touched(change: step.RosterChange) -> str:
    if change.what == "changed":
        return step.differences(change)
    addresses = readable(", ".join(change.login.addresses)) or text("roster.no_addresses")
    return text(f"console.roster.touched.{change.what}", addresses=addresses)
