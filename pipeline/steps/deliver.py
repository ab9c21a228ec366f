"""Deliver: letters that are due go to the SMTP server, under a lease, each result recorded as it comes.

Letters go in windows: the results of one are recorded and the next is claimed in one transaction, its bytes are read or
made, it is marked ``sending`` in another, and only then do its bytes leave. A crash leaves at most a window in doubt;
windows are short where the server is slow.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from pipeline.catalogue import text
from pipeline.errors import KabinetError
from pipeline.mail.letters.kinds.attention import AttentionLetter
from pipeline.model import Hours, Letter, LetterState, Parcel, SendOutcome, SendResult, Summary
from pipeline.model.delivery import Result
from pipeline.model.problems import GivenUp, Loss
from pipeline.steps.base import resting
from pipeline.steps.base.clock import RunningClock
from pipeline.steps.base.context import Context
from pipeline.steps.base.ports import Transport
from pipeline.steps.base.progress import Work
from pipeline.steps.base.servers import Access
from pipeline.steps.base.working import (
    LEFT_IN_DOUBT,
    at_work,
    take_back,
)
from pipeline.steps.incoming import givingup
from pipeline.steps.letters.copies import (
    content_of,
    copy_name,
    spool_due,
    tidy,
)
from pipeline.steps.record import health
from pipeline.steps.sending import (
    backlog,
    pacing,
    stops,
)
from pipeline.steps.sending.pacing import Allowance
from pipeline.store import (
    Session,
    doubts,
    letters,
    sending,
)
from pipeline.store.operations import given_up
from pipeline.store.sending import EVERYBODY

log = structlog.get_logger()
_FIRST_WINDOW, _SMALLEST_WINDOW = 10, 4
_QUICK, _SLOW = 0.5, 2.0  # seconds: a window that took less lets the next be longer, one that took more shorter
_MINUTE = timedelta(minutes=1)
_PROMPTLY = 1.0  # seconds that a result may wait for others to be recorded with


def run(context: Context, now: datetime, limit: int | None = None) -> Summary:
    """Send what is due at ``now`` and what the limits allow, at most ``limit`` letters.

    Counts are by outcome: ``sent``, ``deferred``, ``refused``, ``uncertain``, ``unrenderable``, and
    ``recovered``/``expired`` for what an earlier run left behind. Raises UnreachableError and ConfigurationError when
    there is no connection to the server; copies of what waits are in ``outbox/ready`` then.

    A crash between the server's 250 and our commit leaves the letter in ``sending``: the next run makes it
    ``uncertain`` and it is tried once more with the same Message-ID (RFC 1047).
    """
    clock = RunningClock(now)
    counts = _put_in_order(context, now)
    with at_work(context) as worker:
        mailing = _sent(worker, clock, limit)
    counts.update(mailing.counts)
    givingup.tell(context, now)
    remarks = [*_held_back(context, mailing, clock()), *_stopped(context, clock()), *backlog.remarks(context, clock())]
    return Summary("deliver", {name: count for name, count in counts.items() if count}, remarks)


def _put_in_order(context: Context, now: datetime) -> Counter[str]:
    """See to what earlier runs left behind, and tell of what is given up, so that it leaves with the rest."""
    taken_back = take_back(context, now)
    with context.store.transaction() as session:
        recovered = sending.recover(session, now, now + context.limits.sending.uncertain_retry)
        expired = sending.expire(session, now)
        answers = [letter.id for letter in letters.by_ids(session, expired) if letter.receipt_id is not None]
        losses = [Loss(GivenUp.LETTER, number, LEFT_IN_DOUBT) for number in sorted(recovered.left)]
        given_up.note(session, losses + [Loss(GivenUp.LETTER, number, "expired") for number in answers], now)
    tidy(context)
    givingup.tell(context, now)
    return Counter(recovered=taken_back + len(recovered), expired=len(expired))


def _sent(context: Context, clock: RunningClock, limit: int | None) -> _Mailing:
    """Send what may leave; when there is no connection the copies of what is due are written, and it raises."""
    try:
        with Access(context, context.smtp, clock()).through(context.open_transport) as transport:
            mailing = _Mailing(context, transport, clock, limit)
            try:
                mailing.run()
            finally:
                mailing.flush()
    except KabinetError:
        spool_due(context, clock())
        raise
    return mailing


def _held_back(context: Context, mailing: _Mailing, now: datetime) -> list[str]:
    """What the operator should know when not everything that is due has left."""
    with context.store.reading() as session:
        found = pacing.remarks(session, now)
    if not mailing.held_back and not found:
        return []
    count = spool_due(context, now)
    if count and mailing.paced:
        found.append(text("deliver.rate", count=count))
    return found


def _stopped(context: Context, now: datetime) -> list[str]:
    with context.store.reading() as session:
        return stops.remarks(session, now)


@dataclass(frozen=True, slots=True)
class _Done:
    """A letter with its bytes (None when they could not be made) and what became of it."""

    letter: Letter
    content: bytes | None
    result: SendResult


class _Mailing:
    """One run over the letters that are due."""

    def __init__(self, context: Context, transport: Transport, clock: RunningClock, limit: int | None) -> None:
        self._context, self._transport, self._clock = context, transport, clock
        self._remaining = limit
        self._window = min(_FIRST_WINDOW, context.limits.sending.window)
        self._done: list[_Done] = []
        self._recorded_at = time.monotonic()
        self._at_rest: Mapping[Hours, datetime] = {}
        self._rest_again = clock()
        self._allowance = Allowance()
        self._handed_over = self._total = 0
        self.counts: Counter[str] = Counter()
        self.held_back = self.paced = False

    def run(self) -> None:
        """Send windows until nothing is due that may leave."""
        self._total = self._waiting()
        while self._remaining is None or self._remaining > 0:
            letters = self._next_window()
            if not letters:
                break
            began = time.monotonic()
            self._hand_over(self._with_content(letters))
            self._fit_window(time.monotonic() - began)

    def flush(self) -> None:
        """Record what the server said so far, then write the copies."""
        if self._done:
            with self._context.store.transaction() as session:
                done = self._record(session)
            self._copy(done)

    def _next_window(self) -> list[Letter]:
        """Record the last window and claim the next."""
        context, now = self._context, self._clock()
        with context.store.transaction() as session:
            done = self._record(session)
            self._allowance = pacing.allowance(context, session, now)
            self._let_rest(session, now)
            letters = self._claim(session, now)
        self._copy(done)
        return letters

    def _waiting(self) -> int:
        """How many letters could leave in this run as things are."""
        context, now = self._context, self._clock()
        with context.store.reading() as session:
            count = sending.count_due(session, now, pacing.allowance(context, session, now).passed)
        return count if self._remaining is None else min(count, self._remaining)

    def _let_rest(self, session: Session, now: datetime) -> None:
        """Put off what is not to leave at this hour: when the hour has come, and then once a minute."""
        at_rest = resting.resting(self._context.limits, now)
        if at_rest and (at_rest != self._at_rest or now >= self._rest_again):
            sending.rest(session, at_rest, now)
            self._rest_again = now + _MINUTE
        self._at_rest = at_rest

    def _claim(self, session: Session, now: datetime) -> list[Letter]:
        """Take letters that may leave now; ``held_back`` when something is due that may not."""
        context, allowed = self._context, self._allowance
        size = min([self._window, *(most for most in (self._remaining, allowed.letters) if most is not None)])
        if size <= 0:
            self.held_back = True
            self.paced = EVERYBODY not in allowed.passed.domains
            return []
        claimed = sending.claim_due(session, context.owner, now, context.limits.judging.lease, size, allowed.passed)
        while True:
            letters, later = allowed.choose(claimed)
            sending.release(session, [letter.id for letter in later], context.owner)
            self.paced = self.paced or bool(later) or (not claimed and allowed.spent)
            self.held_back = self.held_back or self.paced or (not claimed and not allowed.passed.nothing)
            if letters or not later:
                break
            allowed.close_spent()
            claimed = sending.claim_due(session, context.owner, now, context.limits.judging.lease, size, allowed.passed)
        if self._remaining is not None:
            self._remaining -= len(letters)
        return letters

    def _with_content(self, letters: Sequence[Letter]) -> list[_Done]:
        """Have the bytes. One bad letter never stops the rest (M19): it is refused by us."""
        context, found = self._context, list[_Done]()
        with context.store.reading() as session:
            for letter in letters:
                try:
                    content = content_of(context, session, letter)
                except Exception:
                    log.exception("letter.unrenderable", letter=letter.id, kind=letter.kind)
                    self._done.append(_Done(letter, None, SendResult(SendOutcome.REFUSED, "unrenderable")))
                else:
                    found.append(_Done(letter, content, SendResult(SendOutcome.DEFERRED, "")))
        return found

    def _hand_over(self, rendered: Sequence[_Done]) -> None:
        """Mark the letters as being sent, send them, keep what the server says; record at once what has waited."""
        context = self._context
        by_id = {one.letter.id: one for one in rendered}
        with context.store.transaction() as session:
            marked = sending.mark_sending(session, list(by_id), context.owner, self._clock())
        self.counts["lost_lease"] += len(by_id) - len(marked)
        parcels = [
            Parcel(letter_id, envelope_from(context, one.letter), one.letter.address, one.content or b"")
            for letter_id, one in by_id.items()
            if letter_id in marked
        ]
        self._recorded_at = time.monotonic()
        for parcel, result in self._transport.send_all(parcels):
            self._done.append(_Done(by_id[parcel.letter_id].letter, parcel.content, result))
            self._handed_over += 1
            context.progress(Work.SENT, self._handed_over, max(self._total, self._handed_over))
            if time.monotonic() - self._recorded_at > _PROMPTLY:
                self.flush()

    def _record(self, session: Session) -> list[_Done]:
        context, now, done = self._context, self._clock(), self._done
        if not done:
            return []
        results = [Result(one.letter.id, one.result, self._again_at(one, now)) for one in done]
        states = sending.record_results(
            session, context.owner, results, now, most_attempts=context.limits.sending.attempts
        )
        for one in done:
            if states.get(one.letter.id) is LetterState.FAILED:
                health.refused(context, session, one.letter.id, now)
        given_up.note(session, self._losses(session, done, states), now)
        said = [(one.letter, one.result) for one in done if one.content is not None]
        pacing.learn(context, session, said, self._allowance.waits, now)
        self._done, self._recorded_at = [], time.monotonic()
        return done

    def _losses(self, session: Session, done: Sequence[_Done], states: Mapping[int, LetterState]) -> list[Loss]:
        """What an operator must see to: letters that we cannot make, and those left in doubt. Not our own alarm."""
        ours = {one.letter.id: one for one in done if one.letter.kind != AttentionLetter.kind}
        broken = [number for number, one in ours.items() if one.content is None and number in states]
        doubtful = [number for number in ours if states.get(number) is LetterState.UNCERTAIN]
        left = sorted(doubts.among(session, doubtful)) if doubtful else []
        return [Loss(GivenUp.LETTER, number, "unrenderable") for number in broken] + [
            Loss(GivenUp.LETTER, number, LEFT_IN_DOUBT) for number in left
        ]

    def _again_at(self, done: _Done, now: datetime) -> datetime | None:
        match done.result.outcome:
            case SendOutcome.DEFERRED:
                return pacing.retry_at(now, done.letter.attempts, done.result.reply)
            case SendOutcome.UNCERTAIN:
                return now + self._context.limits.sending.uncertain_retry
        return None

    def _copy(self, done: Sequence[_Done]) -> None:
        """Keep readable copies, after the commit: of what has left, of what never will, and of what waits."""
        spool, now = self._context.spool, self._clock()
        outcomes: Counter[str] = Counter()
        for one in done:
            outcomes["unrenderable" if one.content is None else one.result.outcome.value] += 1
            name = copy_name(one.letter)
            if one.content is None:
                continue
            if one.result.outcome is SendOutcome.SENT:
                spool.sent(name, one.content, now)
            elif one.result.outcome is SendOutcome.REFUSED:
                spool.failed(name, one.content, now)
            else:
                spool.ready(name, one.content)
        if outcomes:
            log.info("letters.handed_over", **outcomes)
        self.counts.update(outcomes)

    def _fit_window(self, seconds: float) -> None:
        """A crash leaves a window in doubt: it is as long as a quick server takes in a second or two."""
        if seconds < _QUICK:
            self._window = min(self._window * 2, self._context.limits.sending.window)
        elif seconds > _SLOW:
            self._window = max(self._window // 2, _SMALLEST_WINDOW)


def envelope_from(context: Context, letter: Letter) -> str:
    """Return the return path of one letter, so that a bounce names it (RFC 5321, 4.4)."""
    local, _, domain = context.sender.address.partition("@")
    return f"{local}+{context.tagger.letter_path(letter.id)}@{domain}"
