"""What must have become of the month, reckoned from its script and from what the documents promise, without the steps.

Days are Moscow's. A deadline that is over at an instant is closed by the first run after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pipeline.catalogue import MOSCOW
from pipeline.model import Login, Role, Status
from tests.functional import month_script as script
from tests.functional.month_script import A, B, Message

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
DIGEST, REMIND = time(18), time(9)
WAKING, WORKING = (8, 22), (9, 18)
REMINDER_DAYS = (3, 1)


def day_of(at: datetime) -> date:
    """The day in Moscow."""
    return at.astimezone(MOSCOW).date()


def on(day: date, at: time) -> datetime:
    """That time of a day in Moscow."""
    return datetime.combine(day, at, MOSCOW)


def days() -> Iterator[date]:
    """The days of the month."""
    first = day_of(script.BEGIN)
    return (first + number * DAY for number in range((day_of(script.END) - first).days + 1))


def leaving(at: datetime, hours: tuple[int, int] = WAKING) -> datetime:
    """When a letter leaves that is made at ``at``."""
    hour = at.astimezone(MOSCOW).hour
    if hours[0] <= hour < hours[1]:
        return at
    return on(day_of(at) + (DAY if hour >= hours[1] else timedelta()), time(hours[0]))


def is_off(at: datetime) -> bool:
    """Whether the machine is off."""
    return any(begin <= at < end for begin, end in script.OFF)


def ready(at: datetime) -> datetime:
    """The first instant from ``at`` on at which the machine is on and the mail server answers."""
    for begin, end in sorted((*script.OFF, *script.SMTP_DOWN)):
        if begin <= at < end:
            at = end
    return at


def made(name: str, due: datetime) -> datetime | None:
    """When the daily run of ``due`` is made; None when it is left to the next one, or died."""
    if (name, due) in script.DIES:
        return None
    at = script.LATE.get((name, due), next((end for begin, end in script.OFF if begin <= due < end), due))
    return None if at - due > 12 * HOUR else at


# Deadlines


def closing(about: str, login: Login, at: datetime) -> datetime:
    """The deadline of an organisation as it is known at ``at``."""
    mine = [
        item.until
        for item in script.EXTENSIONS
        if item.about == about and item.at <= at and (item.login == login.code or item.region == login.region)
    ]
    return max([script.CLOSES[about], *mine])


def regions_open(about: str, at: datetime) -> set[str]:
    """The regions in which somebody may hand in."""
    if not script.OPENS[about] <= at:
        return set()
    people = [login for login in script.known(at) if login.role is Role.ORGANISATION]
    return {login.region for login in people if closing(about, login, at) >= at}


def still_open(about: str, region: str, at: datetime) -> set[str]:
    """Who of a region has more time than the general deadline, and has it still."""
    people = [login for login in script.known(at) if login.role is Role.ORGANISATION and login.region == region]
    return {login.code for login in people if closing(about, login, at) > max(at, script.CLOSES[about])}


@dataclass(frozen=True)
class Closed:
    """A closing letter: about what, for which region, ``last`` or the general one, when it leaves at the earliest."""

    about: str
    region: str
    last: bool
    leaves: datetime


def judged(message: Message) -> datetime:
    """When a message has been judged: at once, or by the run after one that died with it in hand (E2).

    That run may come after a closing of the same minute.
    """
    at = next((end for begin, end in script.OFF if begin <= message.at < end), message.at)
    return at + 2 * MINUTE if ("exchange", at) in script.DIES else at


def closed_at(over: datetime) -> datetime:
    """The run that closes what is over at ``over``, once all mail of before is judged."""
    at = max([over + MINUTE, *(judged(message) for message in script.MESSAGES if message.at <= over)])
    while at.minute % 10 or is_off(at) or ("close", at) in script.DIES:
        at += MINUTE
    return at


def closings() -> list[Closed]:
    """Every closing letter of the month: at the general closing, and when the last extension of a region is over."""
    found = []
    for about in (A, B):
        for region in sorted({login.region for login in script.FIRST}):
            found.append(Closed(about, region, False, leaving(closed_at(script.CLOSES[about]))))  # noqa: FBT003
            ends = [item.until for item in script.EXTENSIONS if item.about == about and _region(item) == region]
            if ends:
                found.append(Closed(about, region, True, leaving(closed_at(max(ends)))))  # noqa: FBT003
    return found


def _region(item: script.Extension) -> str:
    return item.region or (item.login or "")[3:5]


# Digests


def digests() -> dict[tuple[str, str, date], datetime]:
    """(address, about, day of the schedule) → when that digest leaves at the earliest."""
    found: dict[tuple[str, str, date], datetime] = {}
    for day in days():
        at = made("digest", on(day, DIGEST))
        if at is None:
            continue
        for about in (A, B):
            for login in script.known(at):
                if login.role is Role.COORDINATOR and _has_digest(about, login.region, day, at):
                    found |= {(address, about, day): leaving(at) for address in login.addresses}
    return found


def _has_digest(about: str, region: str, day: date, at: datetime) -> bool:
    if region not in regions_open(about, at):
        return False
    near = [item.leaves for item in closings() if (item.about, item.region) == (about, region)]
    return not any(day_of(leaves) == day or abs(leaves - leaving(at)) <= 3 * HOUR for leaves in near)


# Statuses


def accepted(message: Message) -> bool:
    """Whether a return is taken: without a fault and in time, by an extension given before or later."""
    login = _login(message.login)
    return message.what in ("good", "elsewhere") and message.at <= closing(message.about, login, script.END)


def handed_in(about: str, login: str, at: datetime) -> bool:
    """Whether somebody has handed in before ``at``, as far as is known then: a late return counts when it is given."""
    return any(
        message.about == about
        and message.login == login
        and accepted(message)
        and message.at <= at
        and message.at <= closing(about, _login(login), at)
        for message in script.MESSAGES
    )


def statuses() -> dict[tuple[str, str], tuple[Status, datetime | None, datetime | None]]:
    """(about, login) → status, begun at, handed in at, when the month is over."""
    found: dict[tuple[str, str], tuple[Status, datetime | None, datetime | None]] = {}
    for about in (A, B):
        for login in script.known(script.END):
            if login.role is not Role.ORGANISATION:
                continue
            mine = [item for item in script.MESSAGES if (item.about, item.login) == (about, login.code)]
            counted = [item.at for item in mine if _counts(item)]
            taken = [item.at for item in mine if accepted(item)]
            status = Status.SUBMITTED if taken else Status.IN_PROGRESS if counted else Status.NOT_STARTED
            found[about, login.code] = (status, min(counted, default=None), max(taken, default=None))
    return found


def _counts(message: Message) -> bool:
    if message.what in script.RETURNS:
        return message.at <= closing(message.about, _login(message.login), script.END)
    return message.text == "ФОРМА"


def _login(code: str) -> Login:
    return next(login for login in script.known(script.END) if login.code == code)


# Reminders


def reminders() -> dict[tuple[str, str, date], int]:
    """(login, about, day) → days left, of every reminder that leaves."""
    found: dict[tuple[str, str, date], int] = {}
    given: set[tuple[str, str, datetime, int]] = set()
    for day in days():
        made_at = made("remind", on(day, REMIND))
        if made_at is None:
            continue
        at = leaving(made_at, WORKING)
        for about in (A, B):
            for login in script.known(made_at):
                left = _reminds(about, login, made_at, at)
                if left is None or (login.code, about, day_of(at)) in found:
                    continue
                over = closing(about, login, made_at)
                cause = min((limit for limit in (*REMINDER_DAYS, 0) if left <= limit), default=-1)
                if cause >= 0 and (login.code, about, over, cause) not in given and _could_leave(at):
                    given.add((login.code, about, over, cause))
                    found[login.code, about, day_of(at)] = left
    return found


def _reminds(about: str, login: Login, made_at: datetime, at: datetime) -> int | None:
    """Days left when the letter leaves; None for who is not to be reminded."""
    over = closing(about, login, made_at)
    if login.role is not Role.ORGANISATION or not script.OPENS[about] <= made_at or over <= at:
        return None
    if handed_in(about, login.code, at) or script.DEAD in login.addresses:
        return None
    return (day_of(over) - day_of(at)).days


def _could_leave(at: datetime) -> bool:
    """Within working hours of the very day."""
    return ready(at) < on(day_of(at), time(WORKING[1]))
