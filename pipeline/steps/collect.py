"""Collect: bytes archived, then a receipt row each, then, last, the message moved on the server.

A crash after any of the three converges at the next run: what is archived is found again by its hash, what is in the
ledger is only moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import structlog

from pipeline.model import RawMessage, Receipt, Summary
from pipeline.steps.context import Context
from pipeline.steps.ports import MailboxSession
from pipeline.store import receipts

log = structlog.get_logger()


def run(context: Context, now: datetime) -> Summary:
    """Record every message of the folder that the ledger does not know. ``now`` only stamps the log.

    Counts: ``seen`` UIDs in the folder, ``recorded`` now, ``vanished`` asked for and not given (M4), ``moved``.
    """
    recorded = vanished = moved = 0
    with context.open_mailbox() as mailbox:
        uidvalidity = mailbox.select(context.folder)
        present = mailbox.uids()
        with context.store.reading() as session:
            known = receipts.known_uids(session, context.account, context.folder, uidvalidity)
        for chunk in _chunks([uid for uid in present if uid not in known], context.limits.batch):
            messages = list(mailbox.fetch(chunk))
            recorded += _record(context, uidvalidity, messages)
            if missing := len(chunk) - len(messages):
                vanished += missing
                log.warning("collect.vanished", requested=len(chunk), received=len(messages))
        moved = _move(context, mailbox, uidvalidity, present)
    log.info("collect.done", at=now.isoformat(), seen=len(present), recorded=recorded)
    return Summary("collect", {"seen": len(present), "recorded": recorded, "vanished": vanished, "moved": moved})


def _record(context: Context, uidvalidity: int, messages: Sequence[RawMessage]) -> int:
    """Archive first, commit second; returns how many were new to the ledger."""
    hashes = context.archive.put_many([message.data for message in messages])
    with context.store.transaction() as session:
        added = [
            receipts.add(
                session,
                Receipt(
                    account=context.account,
                    folder=context.folder,
                    uidvalidity=uidvalidity,
                    uid=message.uid,
                    sha256=sha256,
                    size=len(message.data),
                    received_at=message.received_at,
                ),
            )
            for message, sha256 in zip(messages, hashes, strict=True)
        ]
    return sum(1 for receipt_id in added if receipt_id is not None)


def _move(context: Context, mailbox: MailboxSession, uidvalidity: int, present: Sequence[int]) -> int:
    """Move what the ledger holds, and nothing else."""
    with context.store.reading() as session:
        known = receipts.known_uids(session, context.account, context.folder, uidvalidity)
    uids = [uid for uid in present if uid in known]
    for chunk in _chunks(uids, context.limits.batch):
        mailbox.move(chunk, context.processed_folder)
    return len(uids)


def _chunks(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (uids[start : start + size] for start in range(0, len(uids), size))
