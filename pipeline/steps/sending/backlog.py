"""What has waited too long: queues that stand still (M19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from pipeline.catalogue import format_instant, text
from pipeline.model.delivery import Passed
from pipeline.steps.base import resting
from pipeline.steps.base.context import Context
from pipeline.steps.sending import pacing
from pipeline.store import Session, letters, pauses, receipts, restoring, sending
from pipeline.store.sending import EVERYBODY

log = structlog.get_logger()
_SETTLED = timedelta(minutes=10)  # what could not leave so long ago does not stand yet


@dataclass(frozen=True, slots=True)
class Standing:
    """A queue (``unjudged`` or ``unsent``) that stands still since an instant."""

    what: str
    since: datetime

    @property
    def sentence(self) -> str:
        """What it means and what to do."""
        return text(f"alert.{self.what}", since=format_instant(self.since))


def standing(context: Context, session: Session, now: datetime) -> list[Standing]:
    """Return each queue whose oldest item has waited for longer than ``limits.alerting.alert_after``.

    That is: since the mail server took a message that is not judged yet; since a letter could have left that has not,
    while no other letter left either. What rates, pauses and servers hold back waits as it should.
    """
    oldest = {"unjudged": receipts.oldest_unread(session), "unsent": _unsent_since(context, session, now)}
    limit = context.limits.alerting.alert_after
    return [Standing(what, since) for what, since in oldest.items() if since is not None and now - since > limit]


def remarks(context: Context, now: datetime) -> list[str]:
    """Return a sentence for the operator, and log ``alert.waiting``, for each queue that stands.

    An open restore is a remark too: letters wait that nobody has looked at.
    """
    with context.store.reading() as session:
        found = standing(context, session, now)
        restore = restoring.current(session)
    said = [text("restore.open", at=format_instant(restore.at))] if restore is not None else []
    for queue in found:
        minutes = int((now - queue.since).total_seconds() / 60)
        log.warning("alert.waiting", what=queue.what, since=queue.since.isoformat(), minutes=minutes)
    return [*said, *(queue.sentence for queue in found)]


def _unsent_since(context: Context, session: Session, now: datetime) -> datetime | None:
    at_rest = resting.resting(context.limits, now)
    allowed = pacing.allowance(context, session, now)
    before = pacing.allowance(context, session, now - _SETTLED)
    wait = allowed.waits.get(EVERYBODY)
    if wait is not None and wait.until > now:  # the server takes nothing from anybody: how long it does is the news
        oldest = letters.oldest_unsent(session, at_rest)
    elif any(rate is not None and rate <= 0 for rate in (allowed.letters, before.letters)):
        return None
    else:
        priorities = [known.passed.priority for known in (allowed, before) if known.passed.priority is not None]
        domains = {*allowed.passed.domains, *before.passed.domains}
        passed = Passed(domains, min(priorities, default=None))
        oldest = sending.oldest_standing(session, now, passed, at_rest)
    if oldest is None:
        return None
    moved = (sending.last_sent(session), pauses.last_resumed(session))
    return max([oldest, *(instant for instant in moved if instant is not None)])
