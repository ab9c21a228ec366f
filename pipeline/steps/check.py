"""Check: receipts that nobody has judged → class, rule, trust; returns, findings, status events; the answering letter.

Everything about one message is written in one transaction, so a crash leaves it either unread or done. A batch shares
one, for a transaction a message costs ten times what it writes; should a message spoil it, all are settled one by one.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import structlog

from pipeline.errors import Incident
from pipeline.model import Receipt, ReceiptState, Summary
from pipeline.steps import waiting
from pipeline.steps.checking import check_workbooks
from pipeline.steps.clock import RunningClock
from pipeline.steps.context import Context
from pipeline.steps.drafting import NOTICE
from pipeline.steps.judging import Judgement, Recognised, foresee, judge, recognise
from pipeline.steps.settling import Settled, read_ahead, settle
from pipeline.store import Session, receipts, reminders

log = structlog.get_logger()
_RETRY = timedelta(minutes=10)


class _LeaseLost(Exception):  # noqa: N818 - a signal to roll back, not an error
    """Another worker holds the receipt now: what we were about to write is taken back."""


def run(context: Context, now: datetime, limit: int | None = None) -> Summary:
    """Judge what is unread at ``now``, at most ``limit`` receipts.

    Counts: ``receipts`` settled, one per kind of outcome (``accepted``, ``rejected``, ``draft``, ``held``…),
    ``letters`` queued, ``retried`` and ``failed`` for what raised. A remark warns of what has waited too long (M19).
    """
    counts: Counter[str] = Counter()
    remaining = limit
    clock = RunningClock(now)
    while remaining is None or remaining > 0:
        size = min(remaining or context.limits.batch, context.limits.batch)
        with context.store.transaction() as session:
            batch = receipts.claim_unread(session, context.owner, clock(), context.limits.lease, size)
        if not batch:
            break
        counts.update(_check_batch(context, batch, now))
        if remaining is not None:
            remaining -= len(batch)
    log.info("check.done", **counts)
    return Summary("check", dict(counts), waiting.remarks(context, clock()))


def _check_batch(context: Context, batch: Sequence[Receipt], now: datetime) -> Counter[str]:
    counts: Counter[str] = Counter()
    judged = _judge_all(context, batch, now, counts)
    check_workbooks(judged)
    together = _settle_together(context, judged, now)
    if together is None:
        together = [settled for one in judged if (settled := _settle_alone(context, one, now, counts)) is not None]
    for settled in together:
        counts["receipts"] += 1
        counts.update(settled.outcomes)
        counts["letters"] += len(settled.letters)
    if counts["accepted"] or counts["accepted_with_warnings"]:
        logins = (item.login for judgement in judged for item in judgement.items if item.login is not None)
        with context.store.transaction() as session:  # who has handed in is reminded no more, from here on
            reminders.stop(session, NOTICE, now, {address for login in logins for address in login.addresses})
    return counts


def _judge_all(context: Context, batch: Sequence[Receipt], now: datetime, counts: Counter[str]) -> list[Judgement]:
    """Judge receipts; one that raises is tried again later and given up after ``limits.attempts`` (M2, M9, M20).

    All are judged on one snapshot of the store, which then tells the roster and the publications once. What raised may
    have spoilt the session, so the next begins with another.
    """
    judged: list[Judgement] = []
    left = deque(_recognised(context, batch, now, counts))
    while left:
        with context.store.reading() as session:
            foresee(context, session, left)
            while left:
                recognised = left.popleft()
                try:
                    judged.append(judge(context, session, recognised))
                except Exception as error:  # noqa: BLE001 - one bad message never stops the rest (M19)
                    _retry(context, recognised.receipt, now, error, counts)
                    break
    return judged


def _recognised(
    context: Context, batch: Sequence[Receipt], now: datetime, counts: Counter[str]
) -> Iterator[Recognised]:
    """What each message is, of those that have not used their attempts up."""
    for receipt in batch:
        if receipt.attempts > context.limits.attempts:
            _give_up(context, receipt, now, "attempts_exhausted")
            counts["failed"] += 1
            continue
        try:
            recognised = recognise(context, receipt)
        except Exception as error:  # noqa: BLE001 - as above
            _retry(context, receipt, now, error, counts)
            continue
        yield recognised


def _settle_together(context: Context, judged: Sequence[Judgement], now: datetime) -> list[Settled] | None:
    """Settle a batch in one transaction; None, and nothing written, when any of it raised."""
    try:
        with context.store.transaction() as session:
            held = receipts.hold(session, [judgement.receipt.id for judgement in judged], context.owner)
            read_ahead(context, session, judged, now)
            ours = [judgement for judgement in judged if judgement.receipt.id in held]
            for judgement in judged:
                if judgement.receipt.id not in held:
                    _log_lost(judgement)
            return [_settled(context, session, judgement, now) for judgement in ours]
    except Exception as error:  # noqa: BLE001 - found out one by one, see below
        log.warning("check.batch_spoilt", size=len(judged), error=type(error).__name__)
        return None


def _log_lost(judgement: Judgement) -> None:
    log.warning("check.lease_lost", receipt=judgement.receipt.id)


def _settle_alone(context: Context, judgement: Judgement, now: datetime, counts: Counter[str]) -> Settled | None:
    try:
        with context.store.transaction() as session:
            return _settled(context, session, judgement, now)
    except _LeaseLost:
        _log_lost(judgement)
    except Exception as error:  # noqa: BLE001 - one bad message never stops the rest (M19)
        _retry(context, judgement.receipt, now, error, counts)
    return None


def _settled(context: Context, session: Session, judgement: Judgement, now: datetime) -> Settled:
    settled = settle(context, session, judgement, now)
    kept = receipts.finish(
        session,
        judgement.receipt.id,
        context.owner,
        now,
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
    if not kept:
        raise _LeaseLost
    return settled


def _retry(context: Context, receipt: Receipt, now: datetime, error: Exception, counts: Counter[str]) -> None:
    what = error.what if isinstance(error, Incident) else type(error).__name__
    log.error("check.raised", receipt=receipt.id, attempts=receipt.attempts, what=what, exc_info=error)
    if receipt.attempts >= context.limits.attempts:
        _give_up(context, receipt, now, what)
        counts["failed"] += 1
        return
    with context.store.transaction() as session:
        receipts.release_claim(session, receipt.id, context.owner, now, now + _RETRY)
    counts["retried"] += 1


def _give_up(context: Context, receipt: Receipt, now: datetime, what: str) -> None:
    with context.store.transaction() as session:
        receipts.finish(
            session,
            receipt.id,
            context.owner,
            now,
            state=ReceiptState.FAILED,
            kind=None,
            rule=None,
            rules_hash=context.rules.hash,
            trust=None,
            login=None,
            publication=None,
            sender=None,
            subject=None,
            reason=what,
        )
