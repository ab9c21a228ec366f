"""A publication goes out, gaps are filled, a mailing is stopped or goes on, or all of it is withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.cabinet.publications import rescheduled
from pipeline.catalogue import plural, text
from pipeline.console.desk import Desk
from pipeline.console.outcome import Next, Outcome
from pipeline.steps import publish as step

_LETTERS = ("письмо", "письма", "писем")


def run(desk: Desk) -> Outcome:
    """Do what was chosen under «Действие»."""
    return _ACTIONS[desk.answers.option("action")](desk)


def _publish(desk: Desk) -> Outcome:
    answers, at = desk.answers, desk.clock()
    loaded = desk.load(answers.key("publication"))
    if interval := answers.interval("opens", "closes", at):
        loaded = rescheduled(loaded, *interval, at)
    only = answers.many("logins")
    done = desk.stage(text("console.stage.letters"), lambda: step.run(desk.context, loaded, at, only, answers.who))
    letters = done.counts["letters"]
    return Outcome(
        title=text("console.publish.title", title=loaded.publication.title),
        line=text("console.publish.line", letters=plural(letters, *_LETTERS)),
        figures={text("console.publish.letters"): letters, text("console.publish.logins"): done.counts["logins"]},
        remarks=done.remarks,
        next=[Next(text("console.act.now"), "now")],
        counts=done.counts,
    )


_ACTIONS: Mapping[str, Callable[[Desk], Outcome]] = {"publish": _publish}
