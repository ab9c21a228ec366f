"""Check: receipts that nobody has judged → class, rule, trust; returns, findings, status events; the answering letter.

Everything about one message is written in one transaction, so a crash leaves it either unread or done. A batch shares
one, for a transaction a message costs ten times what it writes; should a message spoil it, all are settled one by one.

Being killed is not the message's fault. What was in a killed run is tried alone; what was alone in one is tried in a
process of its own, and only what kills that process, or raises, has failed. After some failures it is given up, and
that is said to its writer and to an operator (M20). What is over its time (M31) is put aside: nothing of it is written,
it is tried in a process of its own in the same run, and given up when it takes too long there as well.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle

import structlog

from pipeline.errors import Incident, UserError
from pipeline.model import Receipt, ReceiptState, Refused, Summary, Suspicion
from pipeline.model.incoming import Verdict
from pipeline.model.outgoing import NOTICE
from pipeline.steps.base.clock import RunningClock
from pipeline.steps.base.context import Context
from pipeline.steps.base.patience import (
    OutOfTimeError,
    Patience,
)
from pipeline.steps.base.progress import Parts, Work
from pipeline.steps.base.working import (
    at_work,
    take_back,
)
from pipeline.steps.incoming import ahead, givingup
from pipeline.steps.incoming.settling import (
    Settled,
    settle,
)
from pipeline.steps.judging.judge import (
    Judgement,
    Recognised,
    judge,
    recognise,
)
from pipeline.steps.judging.workbooks import check_workbooks
from pipeline.steps.record import hearing
from pipeline.steps.sending import backlog
from pipeline.store import Session, receipts, reminders

log = structlog.get_logger()
_RETRY = timedelta(minutes=10)


class _LeaseLost(Exception):  # noqa: N818 - a signal to roll back, not an error
    """Another worker holds the receipt now: what we were about to write is taken back."""


def run(context: Context, now: datetime, limit: int | None = None) -> Summary:
    """Judge what is unread at ``now``, at most ``limit`` receipts.

    Counts: ``receipts`` settled, one per kind of outcome (``accepted``, ``rejected``, ``draft``, ``held``…),
    ``letters`` queued, ``retried`` and ``failed`` for what raised, ``put_aside`` for what was over its time. A remark
    warns of what has waited too long (M19).
    """
    clock = RunningClock(now)
    take_back(context, now)
    with at_work(context) as worker:
        counts = _check_all(worker, now, clock, limit)
    givingup.tell(context, now)
    log.info("check.done", **counts)
    return Summary("check", dict(counts), backlog.remarks(context, clock()))


def run_claimed(context: Context, receipt_id: int, now: datetime) -> Mapping[str, int]:
    """Judge one receipt that ``context.owner`` has claimed, however long it takes; the counts are those of ``run``."""
    with context.store.reading() as session:
        receipt = receipts.receipt(session, receipt_id)
    return _check_batch(context, [receipt], now, Patience(None)) if receipt is not None else {}


def _check_all(context: Context, now: datetime, clock: RunningClock, limit: int | None) -> Counter[str]:
    """What is fresh and what is doubtful take turns, so that neither keeps the other waiting."""
    counts: Counter[str] = Counter()
    patience = Patience(context.limits.judging.message)
    remaining = limit
    parts = _parts(context, limit)
    context = replace(context, progress=parts)
    for doubtful_first in cycle((False, True)):
        size = min(remaining or context.limits.judging.batch, context.limits.judging.batch)
        with context.store.transaction() as session:
            batch = receipts.claim_unread(
                session, context.owner, clock(), context.limits.judging.lease, size, doubtful_first=doubtful_first
            )
        if not batch:
            break
        apart = batch[0].suspicion is Suspicion.ALONE  # such a receipt is claimed alone
        counts.update(_check_apart(context, batch[0], now) if apart else _check_batch(context, batch, now, patience))
        parts.before += len(batch)
        if remaining is not None:
            remaining -= len(batch)
            if remaining <= 0:
                break
    return counts


def _parts(context: Context, limit: int | None) -> Parts:
    with context.store.reading() as session:
        unread = receipts.counts(session)[ReceiptState.UNREAD]
    return Parts(context.progress, Work.CHECKED, unread if limit is None else min(unread, limit))


def _check_apart(context: Context, receipt: Receipt, now: datetime) -> Mapping[str, int]:
    """Judge a receipt in a process of its own; what kills that process while we live is the message's fault.

    Nor is another try of use when it was at work all the time that it had. Else the machine was busy.
    """
    done = context.check_apart(context.owner, receipt.id, now, context.limits.judging.message_alone)
    if not isinstance(done, Refused):
        return done
    failed: Counter[str] = Counter()
    _retry(context, receipt, now, done.reason, failed, last=done.values.get("worked", False))
    return failed


def _check_batch(context: Context, batch: Sequence[Receipt], now: datetime, patience: Patience) -> Counter[str]:
    counts: Counter[str] = Counter()
    with patience:
        judged = _judge_all(context, batch, now, counts, patience)
        for slow in check_workbooks(judged, patience):
            judged = [judgement for judgement in judged if judgement is not slow]
            _put_aside(context, slow.receipt, counts)
        together = _settle_all(context, judged, now, counts, patience)
    for settled in together:
        counts["receipts"] += 1
        counts.update(settled.outcomes)
        counts["letters"] += len(settled.letters)
    if counts["accepted"] or counts["accepted_with_warnings"]:
        logins = (item.login for judgement in judged for item in judgement.items if item.login is not None)
        with context.store.transaction() as session:  # who has handed in is reminded no more, from here on
            reminders.stop(session, NOTICE, now, {address for login in logins for address in login.addresses})
    return counts


def _judge_all(
    context: Context, batch: Sequence[Receipt], now: datetime, counts: Counter[str], patience: Patience
) -> list[Judgement]:
    """Judge receipts; one that raises is tried again later and given up after ``attempts`` (M2, M9, M20).

    All are judged on one snapshot of the store, which then tells the roster and the publications once. What raised may
    have spoilt the session, so the next begins with another.
    """
    judged: list[Judgement] = []
    left = deque(_recognised(context, batch, now, counts, patience))
    while left:
        try:
            with context.store.reading() as session:
                ahead.before_judging(context, session, left)
                while left:
                    recognised = left.popleft()
                    try:
                        with patience.turn():
                            judgement = judge(context, session, recognised)
                    except Exception as error:  # noqa: BLE001 - one bad message never stops the rest (M19)
                        _raised(context, recognised.receipt, now, error, counts)
                        break
                    judged.append(judgement)
                    context.progress(Work.CHECKED, len(batch) - len(left), len(batch))
        except OutOfTimeError:
            _put_aside(context, recognised.receipt, counts)
    return judged


def _recognised(
    context: Context, batch: Sequence[Receipt], now: datetime, counts: Counter[str], patience: Patience
) -> Iterator[Recognised]:
    """What each message is, of those that can be read."""
    for receipt in batch:
        try:
            with patience.turn():
                recognised = recognise(context, receipt)
        except OutOfTimeError:
            _put_aside(context, receipt, counts)
        except Exception as error:  # noqa: BLE001 - as above
            _raised(context, receipt, now, error, counts)
        else:
            yield recognised


def _settle_all(
    context: Context, judged: Sequence[Judgement], now: datetime, counts: Counter[str], patience: Patience
) -> list[Settled]:
    """Settle a batch together, without what takes too long; one by one when any of it raises."""
    left = list(judged)
    while left:
        begun: list[Judgement] = []
        try:
            return _settle_together(context, left, now, patience, begun)
        except OutOfTimeError:
            slow = begun[-1]
            left = [judgement for judgement in left if judgement is not slow]
            _put_aside(context, slow.receipt, counts)
        except Exception as error:  # noqa: BLE001 - found out one by one
            log.warning("check.batch_spoilt", size=len(left), error=type(error).__name__)
            alone = [_settle_alone(context, judgement, now, counts, patience) for judgement in left]
            return [settled for settled in alone if settled is not None]
    return []


def _settle_together(
    context: Context, judged: Sequence[Judgement], now: datetime, patience: Patience, begun: list[Judgement]
) -> list[Settled]:
    """Settle a batch in one transaction; what is ``begun`` last is what raised, and then nothing is written."""
    done: list[Settled] = []
    with context.store.transaction() as session:
        locked = receipts.lock(session, [judgement.receipt.id for judgement in judged], context.owner)
        ahead.before_settling(context, session, judged, now)
        for judgement in judged:
            if judgement.receipt.id not in locked:
                _log_lost(judgement)
                continue
            begun.append(judgement)
            with patience.turn():
                settled = _settled(context, session, judgement, now)
            done.append(settled)
        hearing.conclude(context, session, now)
    return done


def _log_lost(judgement: Judgement) -> None:
    log.warning("check.lease_lost", receipt=judgement.receipt.id)


def _settle_alone(
    context: Context, judgement: Judgement, now: datetime, counts: Counter[str], patience: Patience
) -> Settled | None:
    try:
        with context.store.transaction() as session, patience.turn():  # the turn is over before the commit
            settled = _settled(context, session, judgement, now)
            hearing.conclude(context, session, now)
            return settled
    except _LeaseLost:
        _log_lost(judgement)
    except OutOfTimeError:
        _put_aside(context, judgement.receipt, counts)
    except Exception as error:  # noqa: BLE001 - one bad message never stops the rest (M19)
        _raised(context, judgement.receipt, now, error, counts)
    return None


def _settled(context: Context, session: Session, judgement: Judgement, now: datetime) -> Settled:
    settled = settle(context, session, judgement, now)
    verdict = Verdict(
        state=settled.state,
        kind=judgement.classification.kind,
        rule=judgement.decision.rule,
        rules_hash=context.rules.hash,
        trust=judgement.assessment.trust,
        login=judgement.login.code if judgement.login else None,
        publication=judgement.publication.code if judgement.publication else None,
        sender=judgement.message.sender,
        subject=judgement.message.subject[:500],
        reason=settled.reason,
    )
    if not receipts.finish(session, judgement.receipt.id, context.owner, now, verdict):
        raise _LeaseLost
    return settled


def _put_aside(context: Context, receipt: Receipt, counts: Counter[str]) -> None:
    """Let a message that is over its time be tried in a process of its own, which is ended when it hangs there too."""
    log.warning("check.put_aside", receipt=receipt.id)
    with context.store.transaction() as session:
        receipts.set_aside(session, receipt.id, context.owner)
    counts["put_aside"] += 1


def _raised(context: Context, receipt: Receipt, now: datetime, error: Exception, counts: Counter[str]) -> None:
    what = error.what if isinstance(error, Incident) else type(error).__name__
    log.error("check.raised", receipt=receipt.id, attempts=receipt.attempts, what=what, exc_info=error)
    _retry(context, receipt, now, what, counts, failed=not isinstance(error, UserError))


def _retry(
    context: Context,
    receipt: Receipt,
    now: datetime,
    what: str,
    counts: Counter[str],
    *,
    failed: bool = True,
    last: bool = False,
) -> None:
    """Try a message again later, or give it up. What an operator can put right (a disk, a server) is no failure."""
    if last or (failed and receipt.attempts + 1 >= context.limits.judging.attempts):
        givingup.give_up(context, receipt, now, what)
        counts["failed"] += 1
        return
    with context.store.transaction() as session:
        receipts.release_claim(session, receipt.id, context.owner, now, now + _RETRY, failed=failed)
    counts["retried"] += 1
