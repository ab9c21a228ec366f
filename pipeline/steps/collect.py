"""Collect: bytes archived, then a receipt row each. What is judged already is filed on the server, last.

A crash at any point converges at the next run: what is archived is found again by its hash, what is in the ledger is
not fetched again, and a message leaves its folder only when it is recorded and judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from pipeline.catalogue import text
from pipeline.model import Summary
from pipeline.steps.base.context import (
    Context,
    Inbox,
)
from pipeline.steps.base.ports import MailboxSession
from pipeline.steps.base.progress import Work, told
from pipeline.steps.receiving.filing import file_judged
from pipeline.steps.receiving.inboxes import visit_all
from pipeline.steps.receiving.recording import (
    batches,
    record,
)
from pipeline.store import receipts, restoring

log = structlog.get_logger()


def run(context: Context, now: datetime) -> Summary:
    """Record every message of every mailbox and folder that the ledger does not know at ``now``.

    Counts: ``seen`` UIDs present, ``recorded`` now, ``vanished`` asked for and not given (M4), ``too_large`` of which
    only the header was recorded, ``moved`` into folders because they had been judged before. A remark warns of a
    database that is older than what it was (M47).
    """
    older = _is_older(context)

    def visit(inbox: Inbox, mailbox: MailboxSession, folder: str) -> Mapping[str, int]:
        return _collect(context, inbox, mailbox, folder)

    summary = visit_all(context, "collect", visit, now)
    log.info("collect.done", at=now.isoformat(), **summary.counts)
    if older:
        return replace(summary, remarks=[text("restore.older"), *summary.remarks])
    _keep_numbers(context)
    return summary


def _collect(context: Context, inbox: Inbox, mailbox: MailboxSession, folder: str) -> Mapping[str, int]:
    uidvalidity = mailbox.select(folder)
    present = mailbox.uids()
    with context.store.reading() as session:
        known = receipts.known_uids(session, inbox.account, folder, uidvalidity, min(present, default=1))
    new = [uid for uid in present if uid not in known]
    received = recorded = too_large = 0
    fetched = mailbox.fetch(new, context.limits.judging.largest_message)
    counted = told(context.progress, Work.COLLECTED, fetched, len(new))
    for messages in batches(counted, context.limits.judging.batch):
        received += len(messages)
        too_large += sum(message.size is not None for message in messages)
        recorded += record(context, (inbox.account, folder, uidvalidity), messages)
    if missing := len(new) - received:
        log.warning("collect.vanished", requested=len(new), received=received, folder=folder)
    moved = file_judged(context, inbox, mailbox, folder, uidvalidity, [uid for uid in present if uid in known])
    return {
        "seen": len(present),
        "recorded": recorded,
        "vanished": missing,
        "too_large": too_large,
        "moved": moved,
    }


def _is_older(context: Context) -> bool:
    """Whether the database has given lower numbers than it once had; ``alert.database_older`` in the log.

    The file is read first: another collector may write it while this one looks at the database.
    """
    kept = context.watermark.read()
    with context.store.reading() as session:
        found = restoring.numbers_given(session)
    older = any(number < kept.get(name, 0) for name, number in found.items())
    if older:
        log.error("alert.database_older", kept=kept, found=found)
    return older


def _keep_numbers(context: Context) -> None:
    with context.store.reading() as session:
        numbers = restoring.numbers_given(session)
    if numbers != context.watermark.read():
        context.watermark.write(numbers)
