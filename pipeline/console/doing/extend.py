"""A deadline is moved, or an extension taken back; what came late meanwhile is judged again."""

from __future__ import annotations

from datetime import datetime

from pipeline.catalogue import format_instant, text
from pipeline.console.answers import field_words
from pipeline.console.desk import Desk
from pipeline.console.doing import leaving
from pipeline.console.outcome import Next, Outcome
from pipeline.errors import UserError
from pipeline.steps import check
from pipeline.steps import extend as step
from pipeline.steps.base.summaries import in_words


def run(desk: Desk) -> Outcome:
    """Set a closing for logins, a region or everybody; without an instant the extension is taken back."""
    answers, at = desk.answers, desk.clock()
    until = answers.instant("until", at)
    asked = step.Asked(
        publication=answers.key("collection"),
        until=until,
        who=answers.who,
        why=answers.word("reason"),
        logins=answers.many("logins"),
        region=answers.key("region") or None,
        everybody=answers.flag("everybody"),
    )
    _one_of_three(desk, asked)
    after = leaving.mark(desk)
    moved = desk.stage(text("console.stage.extend"), lambda: step.move(desk.context, asked, at))
    done = moved.summary
    judged = None
    if done.counts["reopened"]:
        judged = desk.stage(text("console.stage.again"), lambda: check.run(desk.context, desk.clock()))
    left = leaving.send(desk, asked.publication, after)
    return Outcome(
        title=text("console.extend.title", title=leaving.title(desk, asked.publication)),
        line=_line(moved, left, until),
        figures={
            text("console.extend.logins"): done.counts["logins"],
            **left.figures,
            text("console.extend.reopened"): done.counts["reopened"],
            text("console.extend.on_time"): done.counts["on_time"],
        },
        remarks=[*done.remarks, *([in_words(judged)] if judged else []), *left.outlook.waits],
        troubles=left.troubles,
        tables=[left.table],
        next=[Next(text("console.act.now"), "now"), Next(text("console.act.remind"), "remind")],
        counts={**done.counts, **left.counts},
    )


def _one_of_three(desk: Desk, asked: step.Asked) -> None:
    if sum((bool(asked.logins), asked.region is not None, asked.everybody)) != 1:
        act = desk.answers.act
        words = {field.name: field_words(act, field) for field in act.fields}
        raise UserError(
            "console.extend.which", logins=words["logins"], region=words["region"], everybody=words["everybody"]
        )


def _line(moved: step.Moved, left: leaving.Left, until: datetime | None) -> str:
    if until is None:
        said = text("console.extend.withdrawn")
    elif moved.changed:
        said = text("console.extend.line", until=format_instant(until))
    else:
        said = text("console.extend.same", until=format_instant(until))
    return left.with_troubles(said)
