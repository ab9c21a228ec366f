"""The letter that closes a collection for a coordinator: the last figures, and in the place of that day's digest.

There is one when the collection is over and, where somebody in the region had more time, one when that is over too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import partial

from pipeline.catalogue import MOSCOW
from pipeline.mail.letters.kinds.closing import ClosingLetter, OpenStillRow
from pipeline.mail.letters.kinds.digest import DigestLetter
from pipeline.mail.letters.rows import Figures
from pipeline.model import Login, Publication, Role
from pipeline.model.closings import Extension
from pipeline.steps.base import resting
from pipeline.steps.base.context import Context
from pipeline.steps.base.progress import Work, told
from pipeline.steps.mailings.digest import enqueue_digest
from pipeline.store import Session, audience, extensions, participations, publications, roster

KIND = ClosingLetter.kind
_SHORTLY = timedelta(hours=3)  # so near to it no digest is sent


def enqueue(
    context: Context,
    session: Session,
    publication: Publication,
    coordinators: Sequence[Login],
    once: str,
    now: datetime,
    *,
    last: bool = False,
) -> list[int]:
    """Queue the letter to these coordinators, once for ``once``, and return the ids; ``last``: no extension is left.

    What waits of earlier figures does not leave any more: these are newer, and one letter a day is enough.
    """
    open_still = still_open(session, publication, now)
    codes = [coordinator.code for coordinator in coordinators]
    audience.withhold_overtaken(session, publication.code, (DigestLetter.kind, KIND), codes, now)
    queued: list[int] = []
    for coordinator in told(context.progress, Work.DIGESTED, coordinators, len(coordinators)):
        made_of = partial(_letter, extended=tuple(open_still[coordinator.region]), last=last)
        made = enqueue_digest(context, session, KIND, publication, coordinator, now, once=once, made_of=made_of)
        queued += made.letters
    return queued


def _letter(figures: Figures, *, extended: tuple[OpenStillRow, ...], last: bool) -> ClosingLetter:
    return ClosingLetter(figures=figures, extended=extended, last=last)


def renew(
    context: Context,
    session: Session,
    publication: Publication,
    regions: Sequence[str] | None,
    once: str,
    now: datetime,
) -> list[int]:
    """Make the closing letters again that wait for the morning, of ``regions`` or with None of all; return their ids.

    A deadline that is moved meanwhile makes them untrue.
    """
    waiting = audience.logins_waiting(session, KIND, publication.code)
    concerned = [
        coordinator
        for coordinator in (roster.logins(session, role=Role.COORDINATOR) if waiting else ())
        if coordinator.code in waiting and (regions is None or coordinator.region in regions)
    ]
    return enqueue(context, session, publication, concerned, once, now) if concerned else []


def still_open(session: Session, publication: Publication, now: datetime) -> defaultdict[str, list[OpenStillRow]]:
    """Return by region the lines of those who may still hand in."""
    found: defaultdict[str, list[OpenStillRow]] = defaultdict(list)
    for participant in participations.participants(session, publication.code):
        until, login = participant.extended_to, participant.login
        if until is not None and until >= now and participant.departed_at is None:
            found[login.region].append(OpenStillRow(login=login.code, name=login.name, until=until))
    return found


def in_place_of_digest(context: Context, session: Session, publication: Publication, now: datetime) -> frozenset[str]:
    """Return the coordinators (logins) for whom a closing letter takes the place of the digest that is made ``now``.

    It does when it has left on the day of the digest or later, and when it will leave within hours of the digest and
    before the next one. What should have closed hours ago and has not takes no digest away.
    """
    schedule = context.schedules["digest"]
    day = schedule.due_before(now).astimezone(MOSCOW).date()
    begun = datetime.combine(day, time(), MOSCOW)
    made = {login for login, at in audience.newest_by_login(session, KIND, publication.code).items() if at >= begun}
    leaves, following = resting.leaving(context.limits, now), schedule.due_after(now)
    coordinators = roster.logins(session, role=Role.COORDINATOR)
    ends = _next_ends(session, publication, coordinators)
    for coordinator in coordinators:
        over = ends.get(coordinator.region)
        if over is None or over < now - _SHORTLY:
            continue
        closes = resting.leaving(context.limits, max(over, now))
        if closes <= leaves + _SHORTLY and closes < following:
            made.add(coordinator.code)
    return frozenset(made)


def _next_ends(session: Session, publication: Publication, coordinators: Sequence[Login]) -> Mapping[str, datetime]:
    """Return by region when the next closing letter comes: at the closing, after it at the last extension's."""
    closings = extensions.by_login(session, publication.code)
    everywhere = {coordinator.region for coordinator in coordinators}
    if not publications.is_closed(session, publication.code):
        if publication.collection is None:
            return {}
        general = publication.collection.closes_at
        return dict.fromkeys(everywhere, max(general, closings.of(None, None) or general))
    running = [item for item in closings.in_force() if item.ended_at is None]
    found: dict[str, datetime] = {}
    for item in running:
        for region in regions_of(session, item, everywhere):
            if item.until is not None:
                found[region] = max(item.until, found.get(region, item.until))
    return found


def regions_of(session: Session, extension: Extension, everywhere: set[str]) -> set[str]:
    """Return the regions that an extension is about; ``everywhere`` for one of everybody."""
    if extension.login is not None:
        login = roster.login(session, extension.login)
        return {login.region} if login else set()
    return {extension.region} if extension.region else everywhere
