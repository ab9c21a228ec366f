"""Recording: messages as the mailbox gives them → their bytes in the archive, a receipt row each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.model import RawMessage, Receipt
from pipeline.steps.base.context import Context
from pipeline.store import receipts

_BATCH_BYTES = 16 * 1024 * 1024  # kept in memory between two commits


def record(context: Context, where: tuple[str, str, int], messages: Sequence[RawMessage]) -> int:
    """Archive first, commit second; returns how many were new to the ledger.

    ``where`` is account, folder and UIDVALIDITY. The size on record is that of the message; where it is more than the
    archive holds, only the header was fetched.
    """
    account, folder, uidvalidity = where
    hashes = context.archive.put_many([message.data for message in messages])
    found = [
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
    ]
    with context.store.transaction() as session:
        return receipts.add_all(session, found)


def batches(messages: Iterable[RawMessage], count: int) -> Iterator[list[RawMessage]]:
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
