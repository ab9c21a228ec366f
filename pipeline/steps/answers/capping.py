"""Capping: how often somebody is answered in a day (M17), and that reaching a cap is said once (M33).

Answers to commands, receipts for returns and what support writes are counted apart. The last letter that a cap allows
says so and names the instant from which there are answers again; until then nothing more leaves. Addresses that the
roster does not have are not told: a robot with a new address each time would get a letter for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.mail.commands.command import Command
from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.kinds.limit import LimitLetter
from pipeline.model import Allowance, Login, Role
from pipeline.model.outgoing import ANSWER
from pipeline.steps.base.context import Context
from pipeline.steps.judging.judge import Judgement
from pipeline.steps.letters.writing import Reply, Subject, Terms, new_letter
from pipeline.store import Session, caps, letters, roster

DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Over:
    """A cap that is reached: ``cap_address``, ``cap_login``, ``cap_domain`` or ``cap_strangers``.

    ``until``: the address is to be told that it is answered again from then on; None when it is told already or never.
    """

    cap: str
    until: datetime | None = None


def thread(judgement: Judgement, *, to_writer: bool) -> Reply:
    """Return what a letter is put in reply to.

    Who did not write does not get the writer's thread: its ids are not to come back to us in their answer.
    """
    message, receipt_id = judgement.message, judgement.receipt.id
    return Reply(receipt_id, message.message_id, message.references) if to_writer else Reply(receipt_id)


class Caps:
    """The caps as they hold for the answers to one message. Letters that tell of one are added to ``queued``.

    ``reached``: whether one has kept a letter back.
    """

    def __init__(
        self, context: Context, session: Session, judgement: Judgement, now: datetime, queued: list[int]
    ) -> None:
        self._context, self._session, self._judgement, self._now = context, session, judgement, now
        self._queued = queued
        self._answering = False  # a command whose answer may leave, in as many letters as that takes
        self.reached = False

    def allowance(self, data: LetterData) -> Allowance:
        """Return what such a letter counts for when it answers this message."""
        if data.counts_as is not None:
            return data.counts_as
        judgement = self._judgement
        handed_in = judgement.classification.workbooks or judgement.decision.action in ("return", "confirm")
        return Allowance.RECEIPTS if handed_in else Allowance.ANSWERS

    def withheld(
        self, allowance: Allowance | None, address: str, login: Login | None, *, to_writer: bool
    ) -> str | None:
        """Return why a letter about ``login`` must not leave for ``address``, or None; without ``allowance`` no cap
        counts it. A cap is told, once: what no person wrote is not answered, and nobody is answered without end.
        """
        if to_writer and self._judgement.classification.withheld:
            return self._judgement.classification.withheld
        found = self._over(allowance, address, login) if allowance is not None else None
        if found is None or allowance is None:
            return None
        self._tell(found, allowance, (address, login), thread(self._judgement, to_writer=to_writer))
        return found.cap

    def unanswerable(self, login: Login, commands: Sequence[Command]) -> str | None:
        """Return why ``commands`` of the writer, who is registered for ``login``, would get no answer, or None (M33).

        As a stable word: ``over_cap``, which the writer is told once with what is not done, or ``unanswerable``: no
        person wrote it. Who released the message has decided that it is done.
        """
        judgement = self._judgement
        sender = judgement.message.sender
        if judgement.receipt.released_as is not None or not sender:
            return None
        if judgement.classification.withheld:
            return "unanswerable"
        self._answering = False
        found = self._over(Allowance.ANSWERS, sender, login)
        if found is None:
            self._answering = True
            return None
        self._tell(found, Allowance.ANSWERS, (sender, login), thread(judgement, to_writer=True), commands)
        return "over_cap"

    def left(self, address: str, login: Login | None) -> int:
        """Return how many more answers to commands may go to ``address`` about ``login``."""
        since, allowance = self._now - DAY, Allowance.ANSWERS
        most_to_address, most_to_login = _most(self._context, allowance, address, login)
        found = [most_to_address - letters.answers_since(self._session, address, since, allowance)]
        if login is not None:
            answered = letters.answers_to_login_since(self._session, login.code, since, allowance)
            found.append(most_to_login - answered)
        return max(0, min(found))

    def _over(self, allowance: Allowance, address: str, login: Login | None) -> _Over | None:
        """The cap that stands in the way. A message that somebody released is always answered, and a rehearsal does
        not count what was answered since."""
        receipt = self._judgement.receipt
        capped = receipt.reason is not None and receipt.reason.is_of_a_cap
        rehearsed = self._judgement.rehearsal and not capped
        if receipt.released_as is not None or rehearsed:
            return None
        keep = not (self._answering and allowance is Allowance.ANSWERS)
        return _over(self._context, self._session, allowance, (address, login), self._now, keep=keep)

    def _tell(
        self,
        found: _Over,
        allowance: Allowance,
        to: tuple[str, Login | None],
        reply: Reply,
        not_done: Sequence[Command] = (),
    ) -> None:
        """Say that a cap is reached and when it ends, unless that is said already."""
        self.reached = True
        if found.until is None:
            return
        address, login = to
        capped = login.code if login is not None and found.cap == "cap_login" else ""
        data = LimitLetter(
            cap=found.cap,
            capped=capped,
            allowance=allowance,
            until=found.until,
            not_done=tuple(map(str, not_done)),
            coordinator=login is not None and login.role is Role.COORDINATOR,
        )
        key = f"{data.kind}:{self._judgement.receipt.id}:{allowance.value}:{capped}:{address}"
        about, terms = Subject(login), Terms(ANSWER, reply=reply)
        letter = new_letter(self._context, key, data, address, about, self._now, terms)
        letter_id = caps.tell(self._session, replace(letter, allowance=allowance))
        if letter_id is not None:
            self._queued.append(letter_id)


def _over(
    context: Context, session: Session, allowance: Allowance, to: tuple[str, Login | None], now: datetime, *, keep: bool
) -> _Over | None:
    """The cap that stands in the way; with ``keep`` one letter of it is kept for telling."""
    address, login = to
    since, known = now - DAY, bool(roster.logins_of_address(session, address))
    if known and (before := _told(session, allowance, to, now)):
        return _Over(before)
    most_to_address, most_to_login = _most(context, allowance, address, login)
    tells = known and allowance is not Allowance.SUPPORT
    kept = 1 if tells and keep else 0
    if letters.answers_since(session, address, since, allowance) >= most_to_address - kept:
        times = caps.answered_at(session, since, allowance, address=address) if tells else []
        return _Over("cap_address", _again([*times, now], most_to_address) if tells else None)
    answered = letters.answers_to_login_since(session, login.code, since, allowance) if login is not None else 0
    if login is not None and answered >= most_to_login - kept:
        times = caps.answered_at(session, since, allowance, login=login.code) if tells else []
        return _Over("cap_login", _again([*times, now], most_to_login) if tells else None)
    return None if known else _over_of_strangers(context, session, address, since)


def _most(context: Context, allowance: Allowance, address: str, login: Login | None) -> tuple[int, int]:
    """The caps of an address and of a login. A coordinator acts for a region and asks for more."""
    limits = context.limits
    if address.lower() == context.support.lower():
        return limits.answering.questions, limits.answering.per_login
    if allowance is Allowance.RECEIPTS:
        return limits.answering.receipts_per_address, limits.answering.receipts_per_login
    if allowance is Allowance.SUPPORT:
        return limits.answering.support_per_address, limits.answering.per_login
    times = limits.answering.coordinator_times if login is not None and login.role is Role.COORDINATOR else 1
    return limits.answering.per_address * times, limits.answering.per_login * times


def _told(session: Session, allowance: Allowance, to: tuple[str, Login | None], now: datetime) -> str:
    """The cap that an address was told about and that still holds for letters about this login, or ""."""
    address, login = to
    for data in caps.told(session, address, now - DAY):
        if data["allowance"] != allowance.value or datetime.fromisoformat(data["until"]) <= now:
            continue
        if data["cap"] == "cap_address" or (login is not None and data["capped"] == login.code):
            return str(data["cap"])
    return ""


def _again(answered: Sequence[datetime], most: int) -> datetime:
    """The minute from which half of a cap is free again, so that who is told can write more than one letter then."""
    ended = answered[max(0, len(answered) - most // 2 - 1)] + DAY
    return ended.replace(second=0, microsecond=0) + _MINUTE


def _over_of_strangers(context: Context, session: Session, address: str, since: datetime) -> _Over | None:
    """A robot with a new address each time is caught by its domain, or as one of all strangers."""
    limits, support = context.limits, context.support
    if address.lower() == support.lower():
        return None
    domain = letters.domain_of(address)
    if letters.answers_to_strangers_since(session, since, domain, support) >= limits.answering.per_domain:
        return _Over("cap_domain")
    if letters.answers_to_strangers_since(session, since, besides=support) >= limits.answering.to_strangers:
        return _Over("cap_strangers")
    return None
