"""A collection is closed before its time: the deadline moves to now, mail that came before is judged, all are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pipeline.catalogue import format_instant, plural, text
from pipeline.console import shown
from pipeline.console.desk import Desk
from pipeline.console.outcome import Next, Outcome, Trouble
from pipeline.errors import KabinetError, UserError
from pipeline.model import Counts, LatePolicy, Participant, Publication, Status
from pipeline.steps import check, close, collect, end
from pipeline.store import participations, publications

_RARE = ("extensions", "withheld")
"""Figures that say nothing when they are zero."""


def run(desk: Desk) -> Outcome:
    """Close the collection for everybody now."""
    answers, context = desk.answers, desk.context
    code, why = answers.key("collection"), answers.needed("reason")
    before = _publication(desk, code)
    done = desk.stage(text("console.stage.ending"), lambda: end.run(context, code, why, desk.clock(), answers.who))
    troubles = desk.stage(text("console.stage.last_mail"), lambda: _last_mail(desk))
    closed = desk.stage(text("console.stage.closing"), lambda: close.run(context, desk.clock()))
    with context.store.reading() as session:
        counts = shown.total(participations.counts(session, code).values())
        people = participations.participants(session, code)
        over = publications.is_closed(session, code)
    if not over:
        troubles = [*troubles, Trouble(code, text("console.end.waits"), text("console.end.by_itself"))]
    after = _publication(desk, code)
    figures = {"coordinators": closed.counts.get("letters", 0), **done.counts}
    told = {name: count for name, count in figures.items() if count or name not in _RARE}
    beside = {text(f"console.end.{name}"): count for name, count in told.items()}
    return Outcome(
        title=text("console.end.title", title=_titled(before)),
        line=_line(after, counts, done.counts),
        figures={**shown.figures(counts), **beside},
        remarks=[*_remarks(before, after, done.counts), *done.remarks],
        troubles=troubles,
        tables=[shown.people(text("console.end.without"), _without(people))],
        next=[
            Next(text("console.act.report"), "report"),
            Next(text("console.end.undo"), "extend"),
            Next(text("console.act.now"), "now"),
        ],
        counts={**shown.by_name(counts), **figures},
    )


def _publication(desk: Desk, code: str) -> Publication:
    with desk.context.store.reading() as session:
        found = publications.publication(session, code)
    if found is None or found.collection is None:
        raise UserError("console.no_collection", code=code[:50])
    return found


def _titled(publication: Publication) -> str:
    return publication.collection.title if publication.collection else publication.title


def _last_mail(desk: Desk) -> Sequence[Trouble]:
    """Fetch and judge what came before the end. A server that is away is told, and the end stands."""
    found: list[Trouble] = []
    try:
        collect.run(desk.context, desk.clock())
    except KabinetError as error:
        found.append(Trouble(text("console.end.mailbox"), str(error), text("console.end.mail_later")))
    check.run(desk.context, desk.clock())
    return found


def _line(after: Publication, counts: Counts, done: Mapping[str, int]) -> str:
    assert after.collection is not None
    at, told = format_instant(_last(after)), plural(done["logins"], *shown.ORGANISATIONS)
    told = text("console.end.told", organisations=told) if done["logins"] else text("console.end.told_nobody")
    return text("console.end.line", at=at, submitted=counts.submitted, total=counts.total, told=told)


def _last(publication: Publication) -> datetime:
    assert publication.collection is not None
    return publication.collection.closes_at


def _remarks(before: Publication, after: Publication, done: Mapping[str, int]) -> list[str]:
    assert before.collection is not None
    assert after.collection is not None
    moved = before.collection.closes_at != after.collection.closes_at
    said = [text("console.end.was", at=format_instant(before.collection.closes_at))] if moved else []
    if done["extensions"]:
        said.append(text("console.end.extended", count=done["extensions"]))
    late = before.collection.late is LatePolicy.ACCEPT
    return [*said, text("console.end.late_accept" if late else "console.end.late_refuse")]


def _without(people: Sequence[Participant]) -> list[Participant]:
    return [item for item in people if item.participation.status is not Status.SUBMITTED and item.departed_at is None]
