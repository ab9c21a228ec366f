"""What is wrong now, from what is on record: schedules, servers, queues, reports, campaigns, support (M19, M44).

Nothing here writes or connects. Each problem is a stable code with a sentence that says what happened and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pipeline.catalogue import format_instant, has, plural, text
from pipeline.model import LetterState, ReceiptState
from pipeline.model.problems import Problem
from pipeline.model.pulse import Pulse, Way
from pipeline.model.schedules import Daily
from pipeline.steps.base import servers
from pipeline.steps.base.context import Context
from pipeline.steps.condition import liveness
from pipeline.steps.condition.liveness import (
    EXCHANGE,
    Life,
)
from pipeline.steps.sending.backlog import standing
from pipeline.steps.sending.pacing import (
    CAMPAIGNS,
    WHO,
)
from pipeline.store import (
    Session,
    health,
    letters,
    pauses,
    receipts,
    reports,
    restoring,
    sending,
)
from pipeline.store.operations import pulses
from pipeline.store.operations import servers as faults

_DAY = timedelta(days=1)
_BLIP = timedelta(minutes=3)  # a server that does not answer for less is nobody's business
_PROVED = timedelta(hours=1)  # what has not come back by then has arrived
_FAILURES = 3  # runs in a row that ended with a fault
_UNFINISHED = 4  # runs in a row that began and never ended, the present one among them
_SERVERS = ("imap", "smtp", "oauth")  # faults with these codes are told of the server, not of the run
SMTP = "smtp."
"""What the codes of faults of the server for outgoing mail begin with."""
UNSENT = "queue.unsent"
GIVEN_UP = "receipts.given_up"
REPORTS = "report.failed"
SILENT = "silent."
"""What the codes of schedules that do not run begin with; the schedule's name follows."""


def problems(context: Context, now: datetime) -> list[Problem]:
    """Return what is wrong at ``now``, the gravest first. Raises UnreachableError when the store cannot be read."""
    with context.store.reading() as session:
        seen = pulses.listed(session)
        lives = liveness.lives(context.schedules, seen, context.limits.alerting.silent_after, now)
        return [
            *(problem for life in lives if (problem := silent(context, life)) is not None),
            *_servers(context, session, now),
            *_runs(context, seen),
            *_queues(context, session, now),
            *_sending(context, session, now),
            *_reports(session, now),
            *_given_up(session, now),
            *_restore(session),
        ]


def notes(session: Session) -> dict[str, int]:
    """Return how much waits for an operator and is no alarm: letters without a good end, messages not settled."""
    sent, received = letters.counts(session), receipts.counts(session)
    return {
        "letters_failed": sent[LetterState.FAILED],
        "letters_uncertain": sent[LetterState.UNCERTAIN],
        "receipts_failed": received[ReceiptState.FAILED],
        "receipts_held": received[ReceiptState.HELD],
    }


def silent(context: Context, life: Life) -> Problem | None:
    """Return the problem of a schedule that is late, None for one that is not."""
    if life.late_since is None:
        return None
    daily = isinstance(context.schedules[life.name], Daily)
    how = "missed" if daily else "never" if life.never else "since"
    own = f"silent.{life.name}"
    what = text(own) if has(own) else text("silent.other", what=called(life.name))
    said = text(f"silent.{how}", what=what, since=format_instant(life.late_since))
    remedy = text("silent.remedy.exchange" if life.name == EXCHANGE else "silent.remedy", name=life.name)
    return Problem(f"{SILENT}{life.name}", "", f"{said} {remedy}", life.late_since)


def called(name: str) -> str:
    """Return what people call the runs of this name."""
    code = f"run.{name}"
    return text(code) if has(code) else name


def _servers(context: Context, session: Session, now: datetime) -> Iterator[Problem]:
    known = servers.names(context)
    for name, fault in faults.faults(session).items():
        if name in known and not (fault.passing and now - fault.since <= _BLIP):
            yield Problem(fault.code, name, fault.reason, fault.since)


def _runs(context: Context, seen: Sequence[Pulse]) -> Iterator[Problem]:
    """Runs that end with a fault again and again, or do not end at all; a later good one by any way has it over."""
    for pulse in seen:
        good = max((other.ended_at for other in seen if other.name == pulse.name and other.ended_at), default=None)
        if pulse.way is Way.PERSON or (
            good is not None and good > max(pulse.began_at, pulse.failed_at or pulse.began_at)
        ):
            continue
        what = called(pulse.name)
        enough = 1 if isinstance(context.schedules.get(pulse.name), Daily) else _FAILURES
        since = pulse.failed_since
        if pulse.failures >= enough and since is not None and (pulse.code or "").partition(".")[0] not in _SERVERS:
            reason = pulse.reason or text("run.ours", code=pulse.code)
            said = text("run.failing", what=what, since=format_instant(since), reason=reason)
            yield Problem(f"failing.{pulse.name}", "", said, since)
        if pulse.unfinished >= _UNFINISHED:
            since = pulse.ended_at or pulse.failed_at or pulse.first_at
            said = text("run.unfinished", what=what, since=format_instant(since))
            yield Problem(f"unfinished.{pulse.name}", "", said, since)


def _queues(context: Context, session: Session, now: datetime) -> Iterator[Problem]:
    for queue in standing(context, session, now):
        yield Problem(f"queue.{queue.what}", "", queue.sentence, queue.since)


def _sending(context: Context, session: Session, now: datetime) -> Iterator[Problem]:
    for stop in pauses.paused(session, now).in_force:
        if stop.who == WHO:
            said = text("problem.campaigns_stopped", since=format_instant(stop.at), why=stop.why)
            yield Problem("campaigns.stopped", "", said, stop.at)
    wait = sending.waits(session).get(CAMPAIGNS)
    if wait is not None and wait.until > now:
        begun = wait.until - min(context.limits.sending.burst_pause * 2 ** min(wait.streak - 1, 10), _DAY)
        said = text("deliver.campaigns_wait", until=format_instant(wait.until), reply=wait.reason)
        yield Problem("campaigns.wait", "", said, begun)
    memory = now - context.limits.health.bounce_memory
    since = health.comes_back_since(session, context.support, memory, now - _PROVED)
    if since is not None:
        said = text("problem.support_unreachable", address=context.support, since=format_instant(since))
        yield Problem("support.unreachable", "", said, since)


def _reports(session: Session, now: datetime) -> Iterator[Problem]:
    found = reports.troubled(session, now - _DAY)
    if found:
        numbers = ", ".join(f"№{number}" for number in found)
        yield Problem(REPORTS, "", text("problem.reports", numbers=numbers), min(found.values()))


def _given_up(session: Session, now: datetime) -> Iterator[Problem]:
    count, since = receipts.given_up(session, now - _DAY)
    if since is not None:
        said = text("problem.given_up", messages=plural(count, "письмо", "письма", "писем"))
        yield Problem(GIVEN_UP, "", said, since)


def _restore(session: Session) -> Iterator[Problem]:
    """An open restore: what is answered since waits for somebody to look at it."""
    restore = restoring.current(session)
    if restore is not None:
        yield Problem("restore.open", "", text("restore.open", at=format_instant(restore.at)), restore.at)
