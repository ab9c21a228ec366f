"""How fast letters may leave: the provider's rates, what servers have asked for, and the brake when many are refused.

Everything is read from the ledger, so that it holds over runs and for several workers. Answers go before campaigns: a
part of the day's letters is kept for them, and no brake on campaigns stops them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from pipeline.catalogue import format_instant, text
from pipeline.mail.server_words import asked_wait, greylists, slows_down
from pipeline.model import Letter, SendOutcome, SendResult
from pipeline.model.audit import Deed
from pipeline.model.delivery import Passed, Pause, Wait
from pipeline.model.outgoing import CAMPAIGN
from pipeline.steps.base.context import Context
from pipeline.store import Session, audit, pauses, sending
from pipeline.store.letters import domain_of
from pipeline.store.sending import EVERYBODY

log = structlog.get_logger()
WHO = "deliver"
"""Who stops campaigns when too much is refused, as pauses record it."""
CAMPAIGNS = "*"
"""Stands for a domain where campaigns wait and answers go on."""
_INSTANT, _DAY = timedelta(microseconds=1), timedelta(days=1)
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=5), timedelta(hours=4)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=2)
_SHORTEST_WAIT = timedelta(minutes=1)


@dataclass
class Allowance:
    """What may leave at one moment; None is without a limit.

    ``letters`` in all, ``campaigns`` of them at most, ``domains`` those with a rate of their own. ``passed`` is what
    is not to be taken at all, ``waits`` what servers have asked for.
    """

    letters: int | None = None
    campaigns: int | None = None
    domains: dict[str, int] = field(default_factory=dict)
    passed: Passed = field(default_factory=Passed)
    waits: dict[str, Wait] = field(default_factory=dict)

    def choose(self, letters: Sequence[Letter]) -> tuple[list[Letter], list[Letter]]:
        """Return which of ``letters`` go now, in their order, and which wait."""
        now: list[Letter] = []
        later: list[Letter] = []
        for letter in letters:
            domain = domain_of(letter.address)
            campaign = letter.priority >= CAMPAIGN
            if self.domains.get(domain, 1) <= 0 or (campaign and self.campaigns is not None and self.campaigns <= 0):
                later.append(letter)
                continue
            now.append(letter)
            if domain in self.domains:
                self.domains[domain] -= 1
            if campaign and self.campaigns is not None:
                self.campaigns -= 1
        return now, later

    @property
    def spent(self) -> bool:
        """Whether some rate of ours is used up for now."""
        rates = (self.letters, self.campaigns, *self.domains.values())
        return any(left is not None and left <= 0 for left in rates)

    def close_spent(self) -> None:
        """Take letters of domains whose minute is used up, and campaigns whose day is, no more."""
        spent = {domain for domain, left in self.domains.items() if left <= 0}
        campaigns = self.campaigns is not None and self.campaigns <= 0
        self.passed = replace(
            self.passed,
            domains={*self.passed.domains, *spent},
            priority=CAMPAIGN if campaigns else self.passed.priority,
        )


def allowance(context: Context, session: Session, now: datetime) -> Allowance:
    """Return what may leave at ``now`` by the limits of the context and by what servers have asked for."""
    limits = context.limits
    letters = campaigns = None
    # Minutes of the clock, not the last sixty seconds: a run every minute would else find its own last one in the way.
    minute = now.replace(second=0, microsecond=0) - _INSTANT
    if limits.sending.per_minute is not None:
        letters = limits.sending.per_minute - sending.handed_over(session, minute)
    if limits.sending.per_day is not None:
        today = sending.handed_over(session, now - _DAY)
        letters = min(limits.sending.per_day - today, limits.sending.per_day if letters is None else letters)
        campaigns = int(limits.sending.per_day * (1 - limits.sending.kept_for_answers)) - today
    domains: dict[str, int] = {}
    if limits.sending.domain_per_minute:
        used = sending.handed_over_by_domain(session, minute)
        domains = {domain: rate - used.get(domain, 0) for domain, rate in limits.sending.domain_per_minute.items()}
    waits = sending.waits(session)
    waiting = {domain for domain, wait in waits.items() if wait.until > now}
    if EVERYBODY in waiting:
        letters = 0
    braked = CAMPAIGNS in waiting or (campaigns is not None and campaigns <= 0)
    passed = Passed(waiting | {domain for domain, left in domains.items() if left <= 0}, CAMPAIGN if braked else None)
    return Allowance(letters, campaigns, domains, passed, waits)


def retry_at(now: datetime, attempts: int, reply: str = "") -> datetime:
    """Return when a deferred letter is tried again: when the server asks for it, else after 5 minutes doubled at each
    attempt, 4 hours at most."""
    asked = asked_wait(reply)
    if asked is not None:
        return now + max(asked, _SHORTEST_WAIT)
    wait: timedelta = _FIRST_RETRY * 2 ** min(attempts, 10)
    return now + min(wait, _LONGEST_RETRY)


def learn(
    context: Context, session: Session, said: Iterable[tuple[Letter, SendResult]], known: dict[str, Wait], now: datetime
) -> None:
    """Draw the conclusions from what the server said: whole domains wait, campaigns pause when too much is refused.

    ``known`` are the waits on record; it is brought up to date.
    """
    slowed: dict[str, str] = {}
    taking: set[str] = set()
    troubled = False
    for letter, result in said:
        domain = domain_of(letter.address)
        if result.outcome is SendOutcome.SENT:
            taking |= {domain, EVERYBODY, *([CAMPAIGNS] if letter.priority >= CAMPAIGN else [])}
        elif result.outcome is SendOutcome.DEFERRED and result.reply[:1] == "4":
            if result.whole and not greylists(result.reply):
                slowed[EVERYBODY] = result.reply
            elif slows_down(result.reply):
                slowed[domain] = result.reply
        troubled = troubled or result.outcome in (SendOutcome.REFUSED, SendOutcome.DEFERRED)
    for domain, reply in slowed.items():
        _wait(session, domain, reply, known, now)
    free = [name for name in known if name in taking and name not in slowed and known[name].until <= now]
    if free:
        sending.wait_no_more(session, free)
        for name in free:
            del known[name]
    if troubled:
        _brake(context, session, known, now)


def _wait(session: Session, domain: str, reply: str, known: dict[str, Wait], now: datetime) -> None:
    before = known.get(domain)
    asked = asked_wait(reply)
    if before is not None and before.until > now:
        # What was on its way when the server said so: its words may only make the wait longer.
        streak, until = before.streak, max(before.until, now + asked if asked else now)
    else:
        streak = before.streak + 1 if before is not None else 1
        wait = asked or min(_FIRST_WAIT * 2 ** min(streak - 1, 10), _LONGEST_WAIT)
        until = now + max(wait, _SHORTEST_WAIT)
        log.warning("deliver.slowed", everybody=domain == EVERYBODY, streak=streak, until=until.isoformat())
    known[domain] = Wait(until, streak, reply)
    sending.wait_for(session, domain, known[domain])


def _brake(context: Context, session: Session, known: dict[str, Wait], now: datetime) -> None:
    """Stop campaigns when too many of their last letters were refused for good: until somebody has looked into it.
    When too many in a row were put off, let them wait for a while."""
    limits = context.limits
    waiting = known.get(CAMPAIGNS)
    # What led to the last stop is not held against campaigns again.
    ends = [stop.ended_at for stop in pauses.history(session) if stop.who == WHO and stop.ended_at is not None]
    since = max([now - _DAY, *ends, *([waiting.until] if waiting is not None else [])])
    answers = sending.last_answers(session, CAMPAIGN, since, max(limits.sending.burst_of, limits.sending.burst_put_off))
    refused = sum(1 for reply in answers[: limits.sending.burst_of] if reply[:1] == "5")
    if refused > limits.sending.burst_refused * limits.sending.burst_of:
        why = text("deliver.refused", refused=refused, of=len(answers[: limits.sending.burst_of]))
        if pauses.pause(session, Pause(None, CAMPAIGN, now, WHO, why)):
            audit.note(session, Deed(now, WHO, "paused", why=why))
            log.error("alert.campaigns_stopped", refused=refused, of=len(answers[: limits.sending.burst_of]))
    row = answers[: limits.sending.burst_put_off]
    if len(row) < limits.sending.burst_put_off or not all(reply[:3] in ("421", "450", "451") for reply in row):
        return
    if waiting is None or waiting.until <= now:
        streak = waiting.streak + 1 if waiting is not None else 1
        known[CAMPAIGNS] = Wait(now + min(limits.sending.burst_pause * 2 ** min(streak - 1, 10), _DAY), streak, row[0])
        sending.wait_for(session, CAMPAIGNS, known[CAMPAIGNS])
        log.error("alert.campaigns_wait", put_off=len(row), until=known[CAMPAIGNS].until.isoformat())


def remarks(session: Session, now: datetime) -> list[str]:
    """Return what an operator should know of letters that do not leave: who has asked for it, and until when."""
    found: list[str] = []
    for domain, wait in sorted(sending.waits(session).items()):
        if wait.until > now:
            code = {CAMPAIGNS: "deliver.campaigns_wait", EVERYBODY: "deliver.server_waits"}.get(domain)
            values = {"domain": domain, "until": format_instant(wait.until), "reply": wait.reason}
            found.append(text(code or "deliver.domain_waits", **values))
    return found
