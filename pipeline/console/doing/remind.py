"""Organisations are reminded when a person asks for it: those of a collection, of a region, or some logins."""

from __future__ import annotations

from collections import Counter

from pipeline.catalogue import format_instant, plural, text
from pipeline.console.desk import Desk
from pipeline.console.doing import leaving
from pipeline.console.outcome import Next, Outcome, Table, columns
from pipeline.steps import remind as step

_WHY = ("handed_in", "recently", "waiting", "enough", "no_address", "too_late", "closed", "departed", "not_due")


def run(desk: Desk) -> Outcome:
    """Remind whoever of the chosen has not handed in, within the usual limits."""
    answers, after, at = desk.answers, leaving.mark(desk), desk.clock()
    code = answers.key("collection")
    asked = step.Asked(code, answers.who, answers.many("logins"), answers.key("region") or None)
    done = desk.stage(text("console.stage.letters"), lambda: step.ask(desk.context, asked, at))
    left = leaving.send(desk, code, after)
    passed = Counter(why for why, _ in done.others)
    return Outcome(
        title=text("console.remind.title", title=leaving.title(desk, code)),
        line=_line(done, left, desk),
        figures={
            text("console.remind.logins"): len(done.logins),
            text("console.letters.queued"): done.summary.counts["letters"],
            **left.figures,
            **{text(f"console.remind.why.{why}"): passed[why] for why in _WHY if passed[why]},
        },
        remarks=left.outlook.waits,
        troubles=left.troubles,
        tables=[left.table, _others(done)],
        next=[Next(text("console.act.now"), "now"), Next(text("console.act.extend"), "extend")],
        counts={**done.summary.counts, **left.counts},
        failed=left.failed and bool(done.logins) and done.at <= desk.clock(),
    )


def _line(done: step.Reminded, left: leaving.Left, desk: Desk) -> str:
    count = plural(len(done.logins), "организации", "организациям", "организациям")
    if done.logins and done.at > desk.clock():
        return text("console.remind.later", organisations=count, at=format_instant(done.at))
    if done.logins and left.counts["sent"]:
        return left.with_troubles(text("console.remind.line", organisations=count))
    if done.logins:
        return text("console.remind.not_sent", organisations=count, why=left.why_nothing)
    passed = Counter(why for why, _ in done.others)
    if not passed:
        return text("console.remind.empty")
    if set(passed) == {"handed_in"}:
        return text("console.remind.all_done")
    why = ", ".join(text(f"console.remind.short.{name}", count=passed[name]) for name in _WHY if passed[name])
    return text("console.remind.nobody", why=why)


def _others(done: step.Reminded) -> Table:
    head = columns("login", "name", "region", "why")
    rows = [(login.code, login.name, login.region, text(f"console.remind.why.{why}")) for why, login in done.others]
    return Table(text("console.remind.others"), head, rows)
