"""Collect: bytes archived, then a receipt row each. What is judged already is filed on the server, last.

A crash at any point converges at the next run: what is archived is found again by its hash, what is in the ledger is
not fetched again, and a message leaves its folder only when it is recorded and judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import structlog

from pipeline.model import RawMessage, Receipt, Summary
from pipeline.steps.context import Context, Inbox
from pipeline.steps.filing import file_judged
from pipeline.steps.inboxes import visit_all
from pipeline.steps.ports import MailboxSession
from pipeline.store import receipts

log = structlog.get_logger()
_BATCH_BYTES = 16 * 1024 * 1024  # kept in memory between two commits


def run(context: Context, now: datetime) -> Summary:
    """Record every message of every mailbox and folder that the ledger does not know at ``now``.

    Counts: ``seen`` UIDs present, ``recorded`` now, ``vanished`` asked for and not given (M4), ``too_large`` of which
    only the header was recorded, ``moved`` into folders because they had been judged before.
    """

    def visit(inbox: Inbox, mailbox: MailboxSession, folder: str) -> Mapping[str, int]:
        return _collect(context, inbox, mailbox, folder)

    summary = visit_all(context, "collect", visit, now)
    log.info("collect.done", at=now.isoformat(), **summary.counts)
    return summary


def _collect(context: Context, inbox: Inbox, mailbox: MailboxSession, folder: str) -> Mapping[str, int]:
    uidvalidity = mailbox.select(folder)
    present = mailbox.uids()
    with context.store.reading() as session:
        known = receipts.known_uids(session, inbox.account, folder, uidvalidity, min(present, default=1))
    new = [uid for uid in present if uid not in known]
    received = recorded = too_large = 0
    for messages in _batches(mailbox.fetch(new, context.limits.largest_message), context.limits.batch):
        received += len(messages)
        too_large += sum(message.size is not None for message in messages)
        recorded += _record(context, (inbox.account, folder, uidvalidity), messages)
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


def _record(context: Context, where: tuple[str, str, int], messages: Sequence[RawMessage]) -> int:
    """Archive first, commit second; returns how many were new to the ledger.

    The size on record is that of the message; where it is more than the archive holds, only the header was fetched.
    """
    account, folder, uidvalidity = where
    hashes = context.archive.put_many([message.data for message in messages])
    with context.store.transaction() as session:
        return receipts.add_all(
            session,
            [
                Receipt(
                    account=account,
                    folder=folder,
                    uidvalidity=uidvalidity,
                    uid=message.uid,
                    sha256=sha256,
                    size=message.size if message.size is not None else len(message.data),
                    received_at=message.received_at,
                )
                for message, sha256 in zip(messages, hashes, strict=True)
            ],
        )


def _batches(messages: Iterable[RawMessage], count: int) -> Iterator[list[RawMessage]]:
    """Cut a stream of messages so that neither their number nor their bytes between two commits grow."""
    batch: list[RawMessage] = []
    size = 0
    for message in messages:
        batch.append(message)
        size += len(message.data)
        if len(batch) >= count or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
