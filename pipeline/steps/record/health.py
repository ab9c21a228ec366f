"""Address health: what bounces, refusals and signs of life say about an address, and what follows.

An address is judged by the days on which letters to it did not arrive: a day counts once, with its worst event. One
refusal for good makes it doubtful, and a probe is sent after a wait; a second such day, or a probe that fails, makes it
dead. A status 4.x.x is never a failure of the address, even of a server that gave a letter up with it: the letter is
on record as come back, and the address is shown beside its reason, with a score of nothing (M36).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import structlog

from pipeline.catalogue import MOSCOW, text
from pipeline.mail.addresses import readable
from pipeline.mail.kinds.unread import MARK
from pipeline.mail.letters.kinds.probe import ProbeLetter
from pipeline.mail.letters.rows import UndeliveredRow
from pipeline.model import Letter, LetterState, Login
from pipeline.model.health import Sign, Undelivered
from pipeline.model.outgoing import NOTICE
from pipeline.steps.base.context import (
    Context,
)
from pipeline.steps.base.limits import Limits
from pipeline.steps.letters.writing import Subject, Terms, new_letter
from pipeline.store import Session, letters, roster
from pipeline.store import health as records

log = structlog.get_logger()
PROBE = ProbeLetter.kind
_BEYOND_ASCII = "beyond_ascii"
_CLOSED = "closed"
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -])")
_UNKNOWN = re.compile(
    r"(?i)(?:user|mailbox|recipient|address|account)\b.{0,30}\b(?:unknown|not found|not exist|n[o']t exist|invalid)"
    r"|\b(?:unknown|no such|invalid) (?:user|mailbox|recipient|account|address)|нет такого|не существует|не найден"
)
_DISABLED = re.compile(
    r"(?i)(?:account|mailbox|user|recipient)\b.{0,30}\b(?:disabled|inactive|suspended)|ящик\b.{0,30}(?:отключ|заблокирован)"
)
_FULL = re.compile(r"(?i)(?:mailbox|quota|storage)\b.{0,30}\b(?:full|exceeded)|over ?quota|переполнен|квот")
_NO_DOMAIN = re.compile(r"(?i)(?:domain|host)\b.{0,40}\b(?:not found|unknown|does ?n[o']t exist)|null mx|nxdomain")
_OURS = re.compile(
    r"(?i)\bsender\b.{0,30}\b(?:rejected|denied|unknown)|^5(?:30|34|35|38)\b|(?<![\d.])[45]\.1\.[78](?![\d.])"
)
_POLICY = re.compile(r"(?i)spam|\bblack ?list|\bblocked\b|\bpolicy\b|reputation|спам")


class State(StrEnum):
    """What an address is taken for."""

    ALIVE = "alive"
    DOUBTFUL = "doubtful"
    DEAD = "dead"


class Weight(StrEnum):
    """What one failure says of the address: it is no good, something may pass, or nothing.

    It says nothing where the letter or we erred, and where the server only ran out of time (4.x.x).
    """

    HARD = "hard"
    SOFT = "soft"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Health:
    """The verdict on one address. ``since`` is the first failure that counts, ``last`` the newest.

    Where none counts they, and the ``reason``, are those of letters that came back without a word on the address.
    """

    state: State
    score: float = 0.0
    since: datetime | None = None
    last: datetime | None = None
    reason: str = ""


def weigh(detail: str) -> tuple[Weight, str]:
    """Return how much a failure in the server's words weighs, and its reason (``undelivered.*`` of the catalogue).

    Words that name the mailbox go before codes: servers say «550 5.7.1 No such user». Then the enhanced status
    (RFC 3463), then the reply code (RFC 5321). A failure that names neither was never the receiver's.
    """
    enhanced, reply = _status_in(detail), _REPLY.search(detail)
    if MARK in detail:
        return Weight.HARD, _CLOSED
    named = enhanced is not None or reply is not None or detail.startswith("bounce")
    if not named or _OURS.search(detail):
        return Weight.NONE, ""
    if _may_pass(enhanced, reply):
        return Weight.NONE, "full" if _FULL.search(detail) else "not_in_time"
    for words, reason in (
        (_FULL, "full"),
        (_UNKNOWN, "no_mailbox"),
        (_DISABLED, "disabled"),
        (_NO_DOMAIN, "no_domain"),
    ):
        if words.search(detail):
            return (Weight.SOFT if reason == "full" else Weight.HARD), reason
    if enhanced is not None and not _is_general(enhanced):
        return _by_status(int(enhanced[2]), int(enhanced[3]))
    if _POLICY.search(detail):
        return Weight.SOFT, "refused"
    if reply is not None and reply[1] in ("550", "551", "553"):
        return Weight.HARD, "no_mailbox"
    return Weight.SOFT, "full" if reply and reply[1] == "552" else "refused" if reply else "returned"


def _status_in(detail: str) -> re.Match[str] | None:
    """The enhanced status of ``detail``: the first one, or the first that says more than a 5.0.0 before it."""
    found = list(_ENHANCED.finditer(detail))
    telling = (status for status in found if status[1] != "5" or not _is_general(status))
    return next(telling, found[0] if found else None)


def _is_general(status: re.Match[str]) -> bool:
    return (status[2], status[3]) == ("0", "0")


def _may_pass(enhanced: re.Match[str] | None, reply: re.Match[str] | None) -> bool:
    """Whether the code says that another try might do: 4.x.x, or 4xx where no status says more."""
    if enhanced is not None and (enhanced[1] != "5" or not _is_general(enhanced)):
        return enhanced[1] == "4"
    return reply is not None and reply[1].startswith("4")


def _by_status(subject: int, detail: int) -> tuple[Weight, str]:
    """RFC 3463, 3: 1 the address, 2 the mailbox, 3 its system, 4 the way there, 5 and 6 our letter, 7 a policy.

    6.7: letters beyond ASCII before the @ (RFC 6531, 3.7.4.2).
    """
    match subject, detail:
        case (6, 7):
            return Weight.HARD, _BEYOND_ASCII
        case (2, 3) | (3, 4) | (5 | 6, _):
            return Weight.NONE, ""
        case (1, 2 | 10) | (4, 4 | 310):
            return Weight.HARD, "no_domain"
        case (1, _) | (4, 1):
            return Weight.HARD, "no_mailbox"
        case (2, 2):
            return Weight.SOFT, "full"
        case (2, 1):
            return Weight.HARD, "disabled"
        case (3 | 4, _):
            return Weight.SOFT, "unreachable"
        case (7, _):
            return Weight.SOFT, "refused"
    return Weight.SOFT, "returned"


def assess(signs: Sequence[Sign], good_at: datetime | None, now: datetime, limits: Limits) -> Health:
    """Return the health that ``signs``, oldest first, give an address that last showed life at ``good_at``.

    Only what happened since then and within ``limits.health.bounce_memory`` counts.
    """
    points = {Weight.HARD: limits.health.hard_bounce, Weight.SOFT: limits.health.soft_bounce}
    days: dict[date, float] = {}
    counted: list[tuple[float, Sign, str]] = []
    uncounted: list[tuple[Sign, str]] = []
    for sign in signs:
        weight, reason = weigh(sign.detail)
        if sign.at <= now - limits.health.bounce_memory or (good_at and sign.at <= good_at):
            continue
        if weight is Weight.NONE:
            uncounted += [(sign, reason)] if reason else []
            continue
        day = sign.at.astimezone(MOSCOW).date()
        days[day] = max(days.get(day, 0.0), points[weight])
        counted.append((points[weight], sign, reason))
    if not counted:
        return _alive(uncounted)
    score = sum(days.values())
    never = any(reason == _BEYOND_ASCII for _, _, reason in counted)  # what no later try changes is not waited for
    probe_failed = any(sign.kind == PROBE for _, sign, _ in counted)
    if never or score >= limits.health.dead_score or (probe_failed and score >= limits.health.doubtful_score):
        state = State.DEAD
    else:
        state = State.DOUBTFUL if score >= limits.health.doubtful_score else State.ALIVE
    worst = max(points for points, _, _ in counted)
    reason = next(reason for points, _, reason in reversed(counted) if points == worst)
    return Health(state, score, counted[0][1].at, counted[-1][1].at, reason)


def _alive(uncounted: Sequence[tuple[Sign, str]]) -> Health:
    """Nothing speaks against the address; letters that came back all the same are told of."""
    if not uncounted:
        return Health(State.ALIVE)
    return Health(State.ALIVE, 0.0, uncounted[0][0].at, uncounted[-1][0].at, uncounted[-1][1])


def of_address(
    context: Context, session: Session, address: str, now: datetime, good_at: datetime | None = None
) -> Health:
    """Return the health of ``address`` from what is on record; ``good_at`` is a sign of life that is not yet."""
    return of_addresses(context, session, [address], now, good_at)[address]


def of_addresses(
    context: Context, session: Session, addresses: Sequence[str], now: datetime, good_at: datetime | None = None
) -> dict[str, Health]:
    """Return the health of each of ``addresses``, asked together; ``good_at`` as for one."""
    limits = context.limits
    good = records.last_good_of(session, addresses, PROBE, now - limits.health.probe_patience)
    bad = records.signs_of(session, addresses, now - limits.health.bounce_memory)
    found = {}
    for address in addresses:
        key = address.lower()
        last = max((instant for instant in (good.get(key), good_at) if instant is not None), default=None)
        found[address] = assess(bad[key], last, now, limits)
    return found


def refused(context: Context, session: Session, letter_id: int, now: datetime) -> None:
    """Draw the conclusions from a letter that the server has refused for good, or after all attempts."""
    letter = letters.letter(session, letter_id)
    if letter is not None and letter.state is LetterState.FAILED:
        failed(context, session, letter.address, now)


def failed(context: Context, session: Session, address: str, now: datetime) -> None:
    """Judge ``address`` again after a failure: a probe for a doubtful one, a task for each login of a dead one.

    Addresses that the roster does not have are nobody's task.
    """
    all_failed(context, session, [address], now)


def all_failed(context: Context, session: Session, addresses: Sequence[str], now: datetime) -> None:
    """Do what ``failed`` does for each of ``addresses``; what they ask of the store is asked together."""
    served = {address: found for address in addresses if (found := roster.logins_of_address(session, address))}
    probes = []
    for address, health in of_addresses(context, session, list(served), now).items():
        if health.since is None or health.last is None or health.state is State.ALIVE:
            continue
        if health.state is State.DOUBTFUL:
            due = max(now, health.last + context.limits.health.probe_after)
            probes.append(_probe(context, address, served[address], health.since, due))
            continue
        letters.withhold(session, address, PROBE, now, "address_dead")
        for login in served[address]:
            if records.open_task(session, login.code, address, health.since, health.reason, now):
                log.warning("address.dead", login=login.code, reason=health.reason, score=health.score)
    if probes:
        letters.enqueue_all(session, probes, now)


def _probe(context: Context, address: str, logins: Sequence[Login], since: datetime, due: datetime) -> Letter:
    """The probe, one for a row of failures; it is dated and due when the wait is over."""
    about = Subject(logins[0] if len(logins) == 1 else None)
    key = f"{PROBE}:{address.lower()}:{since:%Y%m%dT%H%M%S}"
    return new_letter(context, key, ProbeLetter(failed_at=since), address, about, due, Terms(NOTICE))


def shows_life(context: Context, session: Session, address: str, at: datetime, now: datetime) -> None:
    """Draw the conclusions from a sign of life of ``address`` at ``at``: tasks are over, no probe is needed."""
    if not records.is_watched(session, address, PROBE):
        return
    if of_address(context, session, address, now, at).state is State.ALIVE:
        letters.withhold(session, address, PROBE, now, "address_alive")
        if records.revive(session, address, now):
            log.info("address.alive", at=at.isoformat())


def close_changed(session: Session, before: Sequence[Undelivered], now: datetime) -> list[str]:
    """Close the tasks open ``before`` an import whose login has got another address or lost the dead one.

    Returns a remark for each.
    """
    remarks = []
    for task in before:
        login = roster.login(session, task.login.code)
        addresses = login.addresses if login else ()
        gone = task.address.lower() not in {address.lower() for address in addresses}
        if gone or set(addresses) - set(task.login.addresses):
            records.close_task(session, task.id, now, gone=gone)
            remarks.append(text("health.task_closed", login=task.login.code, address=readable(task.address)))
    return remarks


def living(session: Session, addresses: Sequence[str]) -> list[str]:
    """Return those of ``addresses`` that do not count as dead."""
    dead = records.dead_addresses(session)
    return [address for address in addresses if address.lower() not in dead]


def undelivered_rows(session: Session, region: str) -> list[UndeliveredRow]:
    """Return the lines «Письма не доходят» of a region as letters show them."""
    return [
        UndeliveredRow(
            login=task.login.code,
            name=task.login.name,
            address=readable(task.address),
            since=task.since,
            reason=_in_words(session, task),
        )
        for task in records.open_tasks(session, region)
    ]


def _in_words(session: Session, task: Undelivered) -> str:
    """Why letters do not arrive; what a closed mailbox answers may name the new address."""
    said = records.signs(session, task.address, task.since) if task.reason == _CLOSED else []
    words = next((sign.detail.partition(MARK)[2] for sign in reversed(said) if MARK in sign.detail), "")
    return text("undelivered.closed_says", words=words) if words else text(f"undelivered.{task.reason}")
