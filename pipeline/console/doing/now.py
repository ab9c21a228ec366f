"""How the campaign stands: figures, deadlines, who has not begun and who is at work, what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.catalogue import format_instant, text
from pipeline.console import shown
from pipeline.console.campaign import Waiting, waiting
from pipeline.console.desk import Desk
from pipeline.console.outcome import Next, Outcome, Table
from pipeline.errors import UserError
from pipeline.model import Counts, Participant, Publication, Status
from pipeline.steps.condition.standing import Standing, span, standing
from pipeline.store import Session, participations, publications

_OPEN = "open"


@dataclass(frozen=True, slots=True)
class _Collection:
    publication: Publication
    counts: Counts
    standing: Standing
    people: Sequence[Participant]


def run(desk: Desk) -> Outcome:
    """Show the chosen collection, or all of them."""
    at, code = desk.clock(), desk.answers.key("collection")
    region = desk.answers.key("region") or None
    with desk.context.store.reading() as session:
        found = [_look(session, item, region, at, named=bool(code)) for item in _chosen(session, code)]
        waits = [item for item in waiting(session, at) if item.count]
    counts = shown.total(item.counts for item in found)
    waits_for = [step for _, step in shown.waits(waits) if step is not None]
    return Outcome(
        title=_title(found, code, region),
        line=_line(found, counts, waits),
        figures=shown.figures(counts),
        remarks=[sentence for item in found for sentence in _apart(item)],
        tables=[_figures(found), *_people(found), _waits(waits)],
        next=[*waits_for, Next(text("console.act.remind"), "remind"), Next(text("console.act.report"), "report")],
        counts={**shown.by_name(counts), "collections": len(found), "waiting": sum(item.count for item in waits)},
    )


def _chosen(session: Session, code: str) -> list[Publication]:
    every = [item for item in publications.publications(session) if item.collection]
    found = [item for item in every if code in ("", item.code)]
    if code and not found:
        raise UserError("console.no_collection", code=code[:50])
    return list(reversed(found))


def _look(session: Session, item: Publication, region: str | None, at: datetime, *, named: bool) -> _Collection:
    """The list of participants is read of what is open, or was asked for by name."""
    counts = participations.counts(session, item.code)
    stands = standing(session, item, region, at)
    wanted = named or stands.state == _OPEN or stands.apart
    people = participations.participants(session, item.code, region) if wanted else []
    return _Collection(
        item, shown.total(found for name, found in counts.items() if region in (None, name)), stands, people
    )


def _title(found: Sequence[_Collection], code: str, region: str | None) -> str:
    name = _name(found[0]) if code and found else text("console.now.all")
    where = text("console.in_region", region=shown.region(region)) if region else text("console.everywhere")
    return text("console.now.title", name=name, where=where)


def _line(found: Sequence[_Collection], counts: Counts, waits: Sequence[Waiting]) -> str:
    if not found:
        return text("console.now.nothing")
    left = sum(item.count for item in waits)
    said = text("console.now.waits", count=left) if left else text("console.now.nobody_waits")
    values = {"submitted": counts.submitted, "in_progress": counts.in_progress, "not_started": counts.not_started}
    return text("console.now.line", total=counts.total, said=said, **values)


def _name(item: _Collection) -> str:
    return item.publication.collection.title if item.publication.collection else item.publication.title


def _figures(found: Sequence[_Collection]) -> Table:
    head = [text(f"console.head.{name}") for name in ("collection", "state", "closes", "left")]
    four = list(shown.figures(Counts()))
    rows = []
    for item in found:
        stands = item.standing
        counted = [str(count) for count in shown.figures(item.counts).values()]
        left = span(stands.left) if stands.state == _OPEN else ""
        state = text(f"console.now.{stands.state}")
        rows.append((_name(item), state, format_instant(stands.closes_at), left, *counted))
    return Table(text("console.now.collections"), [*head, *four], rows, empty=text("console.now.nothing"))


def _apart(item: _Collection) -> list[str]:
    said = []
    if item.standing.apart:
        said.append(text("console.now.apart", name=_name(item), count=item.standing.apart))
    if item.standing.paused:
        said.append(text("console.now.paused", name=_name(item)))
    return said


def _people(found: Sequence[_Collection]) -> list[Table]:
    tables = []
    for item in found:
        for status, code in ((Status.NOT_STARTED, "console.now.idle"), (Status.IN_PROGRESS, "console.now.busy")):
            rows = [person for person in item.people if person.participation.status is status]
            if item.people:
                tables.append(shown.people(text(code, name=_name(item)), rows))
    return tables


def _waits(waits: Sequence[Waiting]) -> Table:
    rows = [(words,) for words, _ in shown.waits(waits)]
    return Table(text("campaign.waiting"), (text("console.head.what"),), rows, empty=text("campaign.nothing_waits"))
