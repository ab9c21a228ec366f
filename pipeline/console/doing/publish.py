"""A publication goes out, gaps are filled, a mailing is stopped or goes on, or all of it is withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.cabinet.publications import LoadedPublication, rescheduled
from pipeline.catalogue import text
from pipeline.console.desk import Desk
from pipeline.console.doing import leaving
from pipeline.console.outcome import Next, Outcome
from pipeline.steps import fill, pause, publish, withdraw

_USED = {
    "publish": ("logins", "opens", "closes"),
    "fill": (),
    "stop": ("reason",),
    "resume": (),
    "withdraw": ("reason",),
}
"""What each action does something with; a field that is filled in for another one is not passed over in silence."""


def run(desk: Desk) -> Outcome:
    """Do what was chosen under «Действие»."""
    action = desk.answers.option("action")
    unused = [name for name in ("logins", "opens", "closes", "reason") if name not in _USED[action]]
    desk.answers.refuse(action, *unused)
    return _ACTIONS[action](desk)


def loaded(desk: Desk) -> LoadedPublication:
    """Return the chosen publication with the interval that was typed, if any."""
    answers, at = desk.answers, desk.clock()
    interval = answers.interval("opens", "closes", at)
    found = desk.load(answers.key("publication"))
    return rescheduled(found, *interval, at) if interval else found


def _publish(desk: Desk) -> Outcome:
    answers = desk.answers
    publication, only, after = loaded(desk), answers.many("logins"), leaving.mark(desk)
    at, code = desk.clock(), publication.publication.code
    done = desk.stage(
        text("console.stage.letters"), lambda: publish.issue(desk.context, publication, at, only, answers.who)
    )
    queued = done.summary.counts["letters"]
    desk.say(text("console.publish.queued", letters=leaving.letters(queued)))
    left = leaving.send(desk, code, after, only, whole=True)
    organisations, coordinators = done.plan.accounts
    figures = {text("console.publish.organisations"): organisations, text("console.publish.coordinators"): coordinators}
    return Outcome(
        title=text("console.publish.title", title=publication.publication.title),
        line=_line(left),
        figures={text("console.letters.queued"): queued, **figures, **left.figures},
        remarks=[*done.cautions, *done.notes, *left.outlook.waits],
        troubles=left.troubles,
        tables=[left.table],
        next=_next("preview") if left.failed else _next("now", "remind"),
        counts={
            "letters": queued,
            "logins": done.summary.counts["logins"],
            "organisations": done.summary.counts["organisations"],
            "coordinators": done.summary.counts["coordinators"],
            **left.counts,
        },
        failed=left.failed,
    )


def _fill(desk: Desk) -> Outcome:
    code, after, at = desk.answers.key("publication"), leaving.mark(desk), desk.clock()
    done = desk.stage(text("console.stage.letters"), lambda: fill.run(desk.context, at, code, desk.answers.who))
    left = leaving.send(desk, code, after, whole=True)
    return Outcome(
        title=text("console.publish.title_fill", title=leaving.title(desk, code)),
        line=_line(left),
        figures={
            text("console.letters.queued"): done.counts["letters"],
            text("console.publish.joined"): done.counts["joined"],
            **left.figures,
        },
        remarks=[*done.remarks, *left.outlook.waits],
        troubles=left.troubles,
        tables=[left.table],
        next=_next("now"),
        counts={**done.counts, **left.counts},
        failed=left.failed,
    )


def _stop(desk: Desk) -> Outcome:
    code, why, at = desk.answers.key("publication"), desk.answers.needed("reason"), desk.clock()
    done = desk.stage(text("console.stage.stop"), lambda: pause.stop(desk.context, code, why, at, desk.answers.who))
    left = leaving.seen(desk, code, leaving.mark(desk))
    waiting = left.outlook.waiting.held
    new = "stopped" if done.counts["stopped"] else "stopped_before"
    return Outcome(
        title=text("console.publish.title_stop", title=leaving.title(desk, code)),
        line=text(f"console.publish.{new}", letters=leaving.letters(waiting)),
        figures={text("console.letters.waiting"): waiting},
        remarks=left.outlook.waits,
        next=[Next(text("console.publish.resume"), "publish")],
        counts={"stopped": done.counts["stopped"], "waiting": waiting},
    )


def _resume(desk: Desk) -> Outcome:
    code, after, at = desk.answers.key("publication"), leaving.mark(desk), desk.clock()
    done = desk.stage(
        text("console.stage.resume"), lambda: pause.resume(desk.context, code, at, desk.answers.who, general=True)
    )
    left = leaving.send(desk, code, after)
    return Outcome(
        title=text("console.publish.title_resume", title=leaving.title(desk, code)),
        line=_line(left) if done.counts["resumed"] else text("console.publish.not_stopped"),
        figures={text("console.publish.resumed"): done.counts["resumed"], **left.figures},
        remarks=left.outlook.waits,
        troubles=left.troubles,
        tables=[left.table],
        next=_next("now"),
        counts={"resumed": done.counts["resumed"], **left.counts},
        failed=bool(done.counts["resumed"]) and left.failed,
    )


def _withdraw(desk: Desk) -> Outcome:
    code, why, at = desk.answers.key("publication"), desk.answers.needed("reason"), desk.clock()
    after = leaving.mark(desk)
    done = desk.stage(
        text("console.stage.withdraw"), lambda: withdraw.run(desk.context, code, why, at, desk.answers.who)
    )
    left = leaving.send(desk, code, after)
    told = done.counts["logins"]
    return Outcome(
        title=text("console.publish.title_withdraw", title=leaving.title(desk, code)),
        line=left.with_troubles(text("console.publish.withdrawn" if told else "console.publish.withdrawn_unseen")),
        figures={
            text("console.publish.withheld"): done.counts["withheld"],
            text("console.publish.told"): told,
            **left.figures,
        },
        remarks=[*done.remarks, *left.outlook.waits],
        troubles=left.troubles,
        tables=[left.table],
        next=_next("now"),
        counts={**done.counts, **left.counts},
    )


def _line(left: leaving.Left) -> str:
    sent = left.counts["sent"]
    if sent:
        return left.with_troubles(text("console.publish.line", letters=leaving.letters(sent)))
    why = left.why_nothing or text("console.publish.all_have_it")
    return text("console.publish.nobody", why=why)


def _next(*keys: str) -> list[Next]:
    return [Next(text(f"console.act.{key}"), key) for key in keys]


_ACTIONS: Mapping[str, Callable[[Desk], Outcome]] = {
    "publish": _publish,
    "fill": _fill,
    "stop": _stop,
    "resume": _resume,
    "withdraw": _withdraw,
}
