"""Visiting every mailbox and every folder of it: one that fails never stops the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import structlog

from pipeline.errors import ConfigurationError, UserError
from pipeline.model import Summary
from pipeline.steps.context import Context, Inbox
from pipeline.steps.ports import MailboxSession

log = structlog.get_logger()
Visit = Callable[[Inbox, MailboxSession, str], Mapping[str, int]]


def visit_all(context: Context, step: str, visit: Visit) -> Summary:
    """Call ``visit`` with every open mailbox and the name of each of its folders; returns the sums of its counts.

    A fault of one becomes a remark of the summary. When nothing at all could be visited the first fault is raised.
    """
    counts: Counter[str] = Counter()
    faults: list[UserError] = []
    visited = 0
    for inbox in context.inboxes:
        try:
            with inbox.open() as mailbox:
                for folder in inbox.folders:
                    try:
                        counts.update(visit(inbox, mailbox, folder))
                        visited += 1
                    except ConfigurationError as error:  # a folder that is not there says nothing about the next
                        faults.append(error)
        except UserError as error:
            faults.append(error)
    if faults and not visited:
        raise faults[0]
    for fault in faults:  # not logged before: where nothing worked the caller tells the one fault, and only once
        log.warning("mailbox.failed", step=step, reason=str(fault))
    return Summary(step, dict(counts), tuple(dict.fromkeys(map(str, faults))))
