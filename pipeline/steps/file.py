"""File: what is judged goes into its folder on the server; see ``receiving.filing``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog

from pipeline.model import Summary
from pipeline.steps.base.context import (
    Context,
    Inbox,
)
from pipeline.steps.base.ports import MailboxSession
from pipeline.steps.receiving.filing import (
    file_again,
    file_judged,
)
from pipeline.steps.receiving.inboxes import visit_all

log = structlog.get_logger()


def run(context: Context, now: datetime) -> Summary:
    """Move every judged message that still lies where it came, and on what was decided anew since it was moved.

    Counts: ``moved``.
    """

    def visit(inbox: Inbox, mailbox: MailboxSession, folder: str) -> Mapping[str, int]:
        uidvalidity = mailbox.select(folder)
        moved = file_judged(context, inbox, mailbox, folder, uidvalidity, mailbox.uids())
        if folder == inbox.folders[-1]:
            moved += file_again(context, inbox, mailbox)
        return {"moved": moved}

    summary = visit_all(context, "file", visit, now)
    log.info("file.done", at=now.isoformat(), **summary.counts)
    return summary
