"""Deliver: letters that are due go to the SMTP server, under a lease, each result recorded before the next is sent."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import structlog

from pipeline.model import Letter, SendOutcome, SendResult, Summary
from pipeline.steps import health, waiting
from pipeline.steps.clock import RunningClock
from pipeline.steps.context import Context
from pipeline.steps.ports import Transport
from pipeline.steps.rendering import render
from pipeline.steps.spooling import copy_name
from pipeline.store import letters

log = structlog.get_logger()
_FIRST_RETRY = timedelta(minutes=5)
_LONGEST_RETRY = timedelta(hours=4)


def run(context: Context, now: datetime, limit: int | None = None) -> Summary:
    """Send what is due at ``now``, at most ``limit`` letters.

    Counts are by outcome: ``sent``, ``deferred``, ``refused``, ``uncertain``, ``unrenderable``, and
    ``recovered``/``expired`` for what an earlier run left behind.

    A crash between the server's 250 and our commit leaves the letter in ``sending``: it becomes ``uncertain`` when its
    lease ends and is tried once more with the same Message-ID (RFC 1047).
    """
    counts: Counter[str] = Counter()
    clock = RunningClock(now)
    with context.store.transaction() as session:
        recovered = letters.recover_expired(session, now, now + context.limits.uncertain_retry)
        counts.update({"recovered": sum(recovered.values()), "expired": letters.expire(session, now)})
    remaining = limit
    with context.open_transport() as transport:
        while remaining is None or remaining > 0:
            batch = _claim(context, clock(), remaining)
            if not batch:
                break
            for letter in batch:
                counts[_deliver(context, transport, letter, clock)] += 1
            if remaining is not None:
                remaining -= len(batch)
    found = {name: count for name, count in counts.items() if count}
    return Summary("deliver", found, waiting.remarks(context, clock()))


def retry_at(now: datetime, attempts: int) -> datetime:
    """Return when a deferred letter is tried again: 5 minutes doubled at each attempt, 4 hours at most."""
    wait: timedelta = _FIRST_RETRY * 2 ** min(attempts, 10)
    return now + min(wait, _LONGEST_RETRY)


def _claim(context: Context, now: datetime, limit: int | None) -> list[Letter]:
    size = min(limit or context.limits.batch, context.limits.batch)
    with context.store.transaction() as session:
        return letters.claim_due(session, context.owner, now, context.limits.lease, size)


def _deliver(context: Context, transport: Transport, letter: Letter, clock: RunningClock) -> str:
    """Send one letter and return its outcome's name. One bad letter never stops the rest (M19)."""
    try:
        with context.store.reading() as session:
            content = render(context, session, letter)
    except Exception:
        log.exception("letter.unrenderable", letter=letter.id, kind=letter.kind)
        _record(context, letter, SendResult(SendOutcome.REFUSED, "unrenderable"), clock())
        return "unrenderable"
    with context.store.transaction() as session:
        if not letters.mark_sending(session, letter.id, context.owner, clock()):
            return "lost_lease"
    result = transport.send(envelope_from(context, letter), letter.address, content)
    _record(context, letter, result, clock())
    _file_copy(context, letter, content, result, clock())
    log.info("letter.handed_over", letter=letter.id, kind=letter.kind, outcome=result.outcome.value)
    return result.outcome.value


def envelope_from(context: Context, letter: Letter) -> str:
    """Return the return path of one letter, so that a bounce names it (RFC 5321, 4.4)."""
    local, _, domain = context.sender.address.partition("@")
    return f"{local}+{context.tagger.letter_path(letter.id)}@{domain}"


def _record(context: Context, letter: Letter, result: SendResult, now: datetime) -> None:
    again = result.outcome in (SendOutcome.DEFERRED, SendOutcome.UNCERTAIN)
    wait = now + context.limits.uncertain_retry if result.outcome is SendOutcome.UNCERTAIN else None
    when = (wait or retry_at(now, letter.attempts)) if again else None
    with context.store.transaction() as session:
        letters.record_result(
            session, letter.id, context.owner, result, now, when, most_attempts=context.limits.send_attempts
        )
        if result.outcome in (SendOutcome.REFUSED, SendOutcome.DEFERRED):
            health.refused(context, session, letter.id, now)


def _file_copy(context: Context, letter: Letter, content: bytes, result: SendResult, now: datetime) -> None:
    if result.outcome is SendOutcome.SENT:
        context.spool.sent(copy_name(letter), content, now)
    elif result.outcome is SendOutcome.REFUSED:
        context.spool.failed(copy_name(letter), content, now)
