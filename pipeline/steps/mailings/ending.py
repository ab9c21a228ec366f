"""Ending: a collection is closed before its time for everybody, extensions too; who has not handed in is told.

What waits and names the old deadline does not leave. Letters of the publication that have not left stay here as they
would after the closing, unless forms are still taken late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.mail.letters.kinds.ended import EndedLetter
from pipeline.mail.letters.kinds.extended import ExtendedLetter
from pipeline.model import LatePolicy, Letter, Login, Publication, Status
from pipeline.model.closings import Closings, Extension
from pipeline.model.outgoing import NOTICE
from pipeline.steps.base import resting
from pipeline.steps.base.context import Context
from pipeline.steps.letters.writing import Subject, Terms, new_letter
from pipeline.steps.mailings.extension import By
from pipeline.steps.mailings.publication import in_parts
from pipeline.store import Session, audience, extensions, health, letters, participations, publications

WHY = "ended"


@dataclass(frozen=True, slots=True)
class Ended:
    """Letters queued (ids) that leave ``at``, to ``told`` logins; extensions ended; letters ``withheld``."""

    letters: tuple[int, ...]
    at: datetime
    told: int
    extensions: tuple[Extension, ...]
    withheld: int


def end(context: Context, session: Session, publication: Publication, by: By, now: datetime) -> Ended | None:
    """Close the collection of ``publication`` at ``now`` for everybody; None, and nothing changed, when it is closed.

    The caller holds the turn of the publication. What was received by ``now`` stays in time.
    """
    closings = extensions.by_login(session, publication.code)
    running = [row for row in closings.in_force() if row.until is not None and row.until > now]
    if not publications.end(session, publication.code, now) and not running:
        return None
    for row in running:  # shortened, not taken back: what came in the longer time is in time
        extensions.grant(session, replace(row, until=now, at=now, who=by.who, why=by.why, id=0, ended_at=None))
    after = publications.publication(session, publication.code)
    assert after is not None  # it was there a moment ago
    at = resting.leaving(context.limits, now)
    concerned = _concerned(session, publication, closings, now)
    withheld = _withhold(session, after, now)
    queued: list[int] = []
    told: set[str] = set()
    for made in in_parts(_letters(context, session, after, concerned, now, at)):
        queued += letters.enqueue_all(session, made, now)
        told |= {letter.login for letter in made if letter.login}
    return Ended(tuple(queued), at, len(told), tuple(running), withheld)


def _concerned(
    session: Session, publication: Publication, closings: Closings, now: datetime
) -> list[tuple[Login, datetime]]:
    """Who has not handed in and was told of a later closing than ``now``, with that closing."""
    people = [
        participant.login
        for participant in participations.participants(session, publication.code)
        if participant.participation.status is not Status.SUBMITTED or participant.participation.disputed
    ]
    codes = [login.code for login in people]
    waiting = audience.take_back(session, ExtendedLetter.kind, publication.code, codes, now, WHY)
    told = {letter.login: datetime.fromisoformat(letter.data["before"]) for letter in reversed(waiting)}
    closing = {login.code: told.get(login.code, _closing(closings.own(publication, login))) for login in people}
    return [(login, closing[login.code]) for login in people if closing[login.code] > now]


def _closing(publication: Publication) -> datetime:
    assert publication.collection is not None  # only collections are ended
    return publication.collection.closes_at


def _withhold(session: Session, publication: Publication, now: datetime) -> int:
    assert publication.collection is not None
    if publication.collection.late is LatePolicy.ACCEPT:
        return audience.withhold_deadlines(session, publication.code, now, WHY, reopened=True)
    return audience.withhold_campaigns(session, publication.code, now, WHY)


def _letters(
    context: Context,
    session: Session,
    publication: Publication,
    concerned: list[tuple[Login, datetime]],
    now: datetime,
    at: datetime,
) -> Iterator[Letter]:
    """A letter to each living address of those whom the publication has reached, in its thread."""
    assert publication.collection is not None
    reached: Mapping[tuple[str, str], str] = audience.reached(session, publication.code)
    codes, dead = {login for login, _ in reached}, health.dead_addresses(session)
    for login, before in concerned:
        if login.code not in codes:
            continue
        data = EndedLetter(ended_at=now, before=before, late=publication.collection.late)
        for address in login.addresses:
            if address.lower() in dead:
                continue
            key = audience.key_of(f"{data.kind}:{publication.code}:{now:%Y%m%dT%H%M%S}", login.code, address)
            letter = new_letter(context, key, data, address, Subject(login, publication), at, Terms(NOTICE))
            thread = reached.get((login.code, address.lower()))
            yield replace(letter, in_reply_to=thread, references=(thread,)) if thread else letter
