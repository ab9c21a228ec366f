"""Reminding: who is reminded of a deadline, when the letter leaves, and why the others are not.

A login is reminded of its own closing, by extension or not. Between two reminders lies ``reminding.gap``, of one
deadline there are at most ``reminding.most``; dead addresses are passed over, and letters leave in working hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from pipeline.catalogue import MOSCOW
from pipeline.mail.letters.kinds.last_call import LastCallLetter
from pipeline.mail.letters.kinds.reminder import ReminderLetter
from pipeline.model import Hours, Letter, Login, Participant, Publication, Status
from pipeline.model.delivery import Reminder
from pipeline.model.outgoing import NOTICE
from pipeline.steps.base import resting
from pipeline.steps.base.context import (
    Context,
)
from pipeline.steps.base.limits import Limits
from pipeline.steps.letters.attachments import form_attachment
from pipeline.steps.letters.rendering import collection_form
from pipeline.steps.letters.values import withheld
from pipeline.steps.letters.writing import Subject, Terms, new_letter
from pipeline.store import Session, extensions, health, letters, reminders, returns

LAST_CALL = LastCallLetter.kind
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reminder to be written: to whom, about the publication with the login's own closing, which in number."""

    login: Login
    addresses: tuple[str, ...]
    publication: Publication
    reminder: Reminder
    days: int
    number: int
    prefill: int | None
    prefilled: bool

    @property
    def kind(self) -> str:
        """The letter: on the last day it has words of its own."""
        return LAST_CALL if self.days <= 0 else ReminderLetter.kind


@dataclass
class Chosen:
    """Who is reminded, all leaving ``at``; and who is not, as (why, login).

    Why: ``departed``, ``handed_in``, ``closed``, ``too_late``, ``not_due``, ``waiting``, ``recently``, ``enough``,
    ``no_address``.
    """

    at: datetime
    wanted: list[Wanted] = field(default_factory=list)
    others: list[tuple[str, Login]] = field(default_factory=list)

    @property
    def passed_over(self) -> Counter[str]:
        """How many are not reminded, by why."""
        return Counter(why for why, _ in self.others)


def choose(
    context: Context,
    session: Session,
    publication: Publication,
    people: Sequence[Participant],
    now: datetime,
    asked_by: str | None = None,
) -> Chosen:
    """Choose who of ``people`` is reminded: those due by the days before their closing, with ``asked_by`` all.

    ``asked_by`` is what makes a second run of the same request harmless.
    """
    chosen = Chosen(resting.leaving(context.limits, now, Hours.WORKING))
    closings = extensions.by_login(session, publication.code)
    before = reminders.of_publication(session, publication.code)
    dead = health.dead_addresses(session)
    latest = returns.latest_ids(session, publication.code)
    mailed_back = not withheld(collection_form(session, publication))
    for participant in people:
        login, own = participant.login, closings.own(publication, participant.login)
        addresses = tuple(address for address in login.addresses if address.lower() not in dead)
        found = _due(context.limits, participant, own, before.get(login.code, ()), chosen.at, asked_by, now)
        if isinstance(found, str):
            chosen.others.append((found, login))
        elif not addresses:
            chosen.others.append(("no_address", login))
        else:
            reminder, days, number = found
            prefill = latest.get(login.code)
            prefilled = prefill is not None and mailed_back
            chosen.wanted.append(Wanted(login, addresses, own, reminder, days, number, prefill, prefilled))
    return chosen


def _due(
    limits: Limits,
    participant: Participant,
    publication: Publication,
    before: Sequence[Reminder],
    at: datetime,
    asked_by: str | None,
    now: datetime,
) -> tuple[Reminder, int, int] | str:
    """Return (the reminder due, days left when it leaves, its number), or why there is none."""
    part, collection = participant.participation, publication.collection
    if participant.departed_at is not None:
        return "departed"
    if part.status is Status.SUBMITTED and not part.disputed:
        return "handed_in"
    if collection is None or collection.closes_at <= at:
        return "too_late" if collection is not None and now < collection.closes_at else "closed"
    closes_at = collection.closes_at
    days = (closes_at.astimezone(MOSCOW).date() - at.astimezone(MOSCOW).date()).days
    cause = asked_by or _cause(limits, days)
    same = [reminder for reminder in before if reminder.closes_at == closes_at]
    if cause is None:
        return "not_due"
    near = [reminder for reminder in before if abs(at - reminder.at) < limits.reminding.gap]
    if near or cause in {reminder.cause for reminder in same}:
        return "waiting" if any(reminder.at > now for reminder in near) else "recently"
    counted = [reminder for reminder in same if reminder.cause != LAST_CALL]
    if cause != LAST_CALL and len(counted) >= limits.reminding.most:
        return "enough"
    return Reminder(participant.login.code, closes_at, cause, at), days, len(same) + 1


def _cause(limits: Limits, days: int) -> str | None:
    """The nearest of the days before the closing that has come; on the last day the last call."""
    if days <= 0:
        return LAST_CALL
    due = [limit for limit in limits.reminding.days if days <= limit]
    return f"days:{min(due)}" if due else None


def enqueue(context: Context, session: Session, wanted: Iterable[Wanted], now: datetime) -> list[int]:
    """Put reminders and their letters on record; return the new letters' ids."""
    found = list(wanted)
    for code in dict.fromkeys(item.publication.code for item in found):
        these = (item.reminder for item in found if item.publication.code == code)
        reminders.add(session, code, these)
    return letters.enqueue_all(session, [letter for item in found for letter in _letters(context, item)], now)


def _letters(context: Context, item: Wanted) -> list[Letter]:
    reminder, publication = item.reminder, item.publication
    stamps = f"{reminder.closes_at:%Y%m%dT%H%M}:{reminder.cause}:{reminder.at:%Y%m%dT%H%M}"
    key = f"{item.kind}:{publication.code}:{stamps}:{item.login.code}"
    expires_at = min(reminder.closes_at, _end_of_day(reminder.at))
    terms = Terms(NOTICE, Hours.WORKING, expires_at=expires_at)
    form = [form_attachment(context, item.login, publication, item.prefill)]
    data, about = _data(item), Subject(item.login, publication)
    return [
        new_letter(context, f"{key}:{address}", data, address, about, reminder.at, terms, form)
        for address in item.addresses
    ]


def _data(item: Wanted) -> ReminderLetter | LastCallLetter:
    reminder = item.reminder
    if item.days > 0:
        return ReminderLetter(days_left=item.days, number=item.number, prefilled=item.prefilled)
    hours_left = int((reminder.closes_at - reminder.at) / _HOUR)
    return LastCallLetter(days_left=item.days, hours_left=hours_left, number=item.number, prefilled=item.prefilled)


def _end_of_day(at: datetime) -> datetime:
    """A reminder counts the days left, so it leaves on the day that it is dated or not at all."""
    return datetime.combine(at.astimezone(MOSCOW).date() + timedelta(days=1), time(), MOSCOW)
