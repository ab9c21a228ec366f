"""Visiting every mailbox and every folder of it: one that fails never stops the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from pipeline.errors import ConfigurationError, UserError
from pipeline.model import Summary
from pipeline.steps.base.context import (
    Context,
    Inbox,
)
from pipeline.steps.base.ports import MailboxSession
from pipeline.steps.base.servers import Access

log = structlog.get_logger()
Visit = Callable[[Inbox, MailboxSession, str], Mapping[str, int]]


def visit_all(context: Context, step: str, visit: Visit, now: datetime) -> Summary:
    """Call ``visit`` with every open mailbox and the name of each of its folders; returns the sums of its counts.

    A fault of one becomes a remark of the summary. When nothing at all could be visited the first fault is raised. A
    mailbox that refused our login a while before ``now`` is left alone, see ``servers``.
    """
    counts: Counter[str] = Counter()
    faults: list[UserError] = []
    visited = 0
    for inbox in context.inboxes:
        access = Access(context, inbox.server, now)
        try:
            with access.through(inbox.open) as mailbox:
                for folder in inbox.folders:
                    try:
                        counts.update(visit(inbox, mailbox, folder))
                        visited += 1
                        access.well(folder)
                    except ConfigurationError as error:  # a folder that is not there says nothing about the next
                        faults.append(error)
                        access.failed(error, folder)
        except UserError as error:
            faults.append(error)
    if faults and not visited:
        raise faults[0]
    for fault in faults:  # not logged before: where nothing worked the caller tells the one fault, and only once
        log.warning("mailbox.failed", step=step, reason=str(fault))
    return Summary(step, dict(counts), tuple(dict.fromkeys(map(str, faults))))
