"""What became of a publication's letters while a step ran, and why others wait and until when, in words for people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.cabinet import sendplan
from pipeline.catalogue import format_instant, format_short, text
from pipeline.mail.addresses import readable
from pipeline.model import LetterState, Login
from pipeline.model.delivery import Moved, Waiting
from pipeline.steps.base.context import Context
from pipeline.steps.mailings import planning
from pipeline.steps.mailings.publication import roles
from pipeline.steps.record import health
from pipeline.steps.sending import pacing
from pipeline.store import Session, pauses, publications, roster, sending
from pipeline.store import health as records
from pipeline.store.operations import moved

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody who gets no letter: who, at which address, why, and whether the address does not work."""

    login: str
    address: str
    why: str
    dead: bool = True


@dataclass(frozen=True, slots=True)
class Outlook:
    """``letters`` are those that moved, each with its login (None when it left the roster) and what became of it.

    ``refused`` are addresses whose letter the server turned down just now. ``waits`` are sentences on what waits.
    """

    letters: Sequence[tuple[Moved, Login | None, str]]
    refused: Sequence[Missed]
    waiting: Waiting
    waits: Sequence[str]

    def count(self, *states: LetterState) -> int:
        """How many of the letters that moved are in these states now."""
        return sum(letter.state in states for letter, _, _ in self.letters)


def mark(context: Context) -> int:
    """Return where the delivery log ends: ``look`` tells what came after it."""
    with context.store.reading() as session:
        return moved.mark(session)


def look(context: Context, publication: str, after: int, now: datetime) -> Outlook:
    """Return what became of the letters about ``publication`` after the mark ``after``, and what of them waits."""
    with context.store.reading() as session:
        found = moved.since(session, after, publication)
        logins = _logins(session, found)
        waiting = moved.waiting(session, publication, now)
        waits = _waits(context, session, waiting, now)
    letters = [(letter, logins.get(letter.login or ""), _became(letter, now)) for letter in found]
    refused = [
        Missed(letter.login or "", readable(letter.address), *_reason(letter.reply or ""))
        for letter in found
        if letter.state is LetterState.FAILED
    ]
    return Outlook(letters, refused, waiting, waits)


def unreached(context: Context, publication: str, only: Collection[str] = ()) -> tuple[list[Missed], list[Missed]]:
    """Return the logins of a publication's audience that have no address, and the addresses that count as dead.

    Of ``only`` where given.
    """
    wanted = {code.lower() for code in only}
    with context.store.reading() as session:
        known = publications.publication(session, publication)
        audience = roles(known) if known else ()
        people = [login for role in audience for login in roster.logins(session, role=role)]
        people = [login for login in people if not wanted or login.code.lower() in wanted]
        dead = records.dead_addresses(session)
        why = {task.address.lower(): task.reason for task in records.open_tasks(session)} if dead else {}
    nowhere = [
        Missed(login.code, "", text("outlook.no_address"), dead=False) for login in people if not login.addresses
    ]
    gone = [
        Missed(login.code, readable(address), _dead(why.get(address.lower(), "")))
        for login in people
        for address in login.addresses
        if address.lower() in dead
    ]
    return nowhere, gone


def _logins(session: Session, found: Sequence[Moved]) -> Mapping[str, Login]:
    return {login.code: login for login in roster.logins(session)} if found else {}


def _dead(reason: str) -> str:
    return text(f"undelivered.{reason}") if reason else text("undelivered.returned")


def _reason(reply: str) -> tuple[str, bool]:
    weight, reason = health.weigh(reply)
    why = text(f"undelivered.{reason}") if reason else text("outlook.server_says", words=reply)
    return why, weight is health.Weight.HARD


def _became(letter: Moved, now: datetime) -> str:
    if letter.state is LetterState.QUEUED and letter.due_at > now:
        return text("outlook.rests", at=format_short(letter.due_at))
    return text(f"outlook.{letter.state.value}")


def _waits(context: Context, session: Session, waiting: Waiting, now: datetime) -> list[str]:
    said: list[str] = []
    if waiting.held:
        stops = pauses.paused(session, now).in_force
        why = "; ".join(f"{format_short(stop.at)}, {stop.who.rpartition(':')[2]}: {stop.why}" for stop in stops)
        said.append(text("outlook.held", count=waiting.held, why=why))
    if waiting.later_at is not None:
        said.append(text("outlook.later", count=waiting.later, at=format_instant(waiting.later_at)))
    if waiting.put_off_at is not None:
        said.append(text("outlook.put_off", count=waiting.put_off, at=format_instant(waiting.put_off_at)))
    if waiting.ready:
        handed_over = sending.handed_over(session, now - _DAY)
        last = sendplan.finish(now, waiting.ready, planning.pace_of(context.limits), handed_over)
        said.append(text("outlook.ready", count=waiting.ready.total(), at=format_instant(last)))
        said += pacing.remarks(session, now)
    return said
