"""What has waited too long: the alert that a queue stands still (M19)."""

from __future__ import annotations

from datetime import datetime

import structlog

from pipeline.catalogue import format_instant, text
from pipeline.steps.context import Context
from pipeline.store import letters, receipts, restoring

log = structlog.get_logger()


def remarks(context: Context, now: datetime) -> list[str]:
    """Return a sentence for the operator, and log ``alert.waiting``, for each queue whose oldest item is too old.

    The limit is ``limits.alert_after``: since the mail server took a message that is not judged yet, and since a
    letter was written that is not sent yet. An open restore is a remark too: letters wait that nobody has looked at.
    """
    with context.store.reading() as session:
        oldest = {"unjudged": receipts.oldest_unread(session), "unsent": letters.oldest_unsent(session)}
        restore = restoring.current(session)
    found = [text("restore.open", at=format_instant(restore.at))] if restore is not None else []
    for what, since in oldest.items():
        if since is not None and now - since > context.limits.alert_after:
            log.warning(
                "alert.waiting", what=what, since=since.isoformat(), minutes=int((now - since).total_seconds() / 60)
            )
            found.append(text(f"alert.{what}", since=format_instant(since)))
    return found
