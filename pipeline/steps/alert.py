"""Alert: problems that began, last or are over are told to a person, by letter and by webhook (M44, M46).

Each channel is recorded apart. A letter is on record with the news that it carries; a webhook that did not answer is
tried again with the next run. What cannot go by letter because mail is what fails goes by webhook, and the letter says
afterwards that it was so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from pipeline.catalogue import text
from pipeline.errors import UserError
from pipeline.mail.letters.kinds.alert import AlertLetter, AlertRow
from pipeline.model import Hours, Summary
from pipeline.model.problems import Alert, News, Problem
from pipeline.steps.base.context import Context
from pipeline.steps.condition.problems import (
    GIVEN_UP,
    REPORTS,
    SMTP,
    UNSENT,
    problems,
)
from pipeline.steps.letters.copies import spool_ready
from pipeline.steps.letters.writing import Subject, Terms, new_letter
from pipeline.store import (
    Session,
    letters,
)
from pipeline.store.operations import alerts

log = structlog.get_logger()
FIRST = 0
"""The priority of an alert's letter: it leaves before everything else."""
LETTER, WEBHOOK = "letter", "webhook"
PRODUCT = "kabinet"
_HAVE_LETTERS = frozenset({GIVEN_UP, REPORTS})  # what is given up is listed for support by ``incoming.givingup``
_AGAIN = timedelta(days=1)  # between two letters about what lasts
_LIFE = timedelta(days=1)  # of a letter: the next one says how it is then
_REMEMBERED = timedelta(days=7)  # news of what is over that no channel took are dropped then
_REST = timedelta(seconds=30)  # in which nobody else tells the same
_HOLD = timedelta(minutes=5)  # what passes by itself within is not told
_BACK = timedelta(hours=1)  # what comes back within counts as coming and going: it is told when it has lasted
_HOLD_BACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Item:
    """What is to be told of one alert."""

    alert: Alert
    news: News


def run(context: Context, now: datetime, found: Sequence[Problem] | None = None) -> Summary:
    """Compare ``found`` (by default what is wrong at ``now``) with what is on record, and tell what is new.

    Counts: ``open`` problems, of them ``begun`` now, ``over`` now, ``letters`` queued, ``posted`` to the webhook,
    ``unposted`` in vain. The remarks say what is wrong.
    """
    found = problems(context, now) if found is None else found
    counts = {"open": len(found)}
    with context.store.transaction() as session:
        known = {alert.problem.key: alert for alert in alerts.recent(session, now) if alert.over_at is None}
        counts["begun"] = sum(alerts.begin(session, problem, now) for problem in found)
        gone = [alert.id for key, alert in known.items() if key not in {problem.key for problem in found}]
        counts["over"] = alerts.over(session, gone, now)
        on_record = alerts.recent(session, now - _REMEMBERED)
        queued = _write(context, session, on_record, now)
    spool_ready(context, queued)
    counts["letters"] = len(queued)
    remarks = [problem.text for problem in found]
    counts["posted"], counts["unposted"], fault = _post(context, on_record, now)
    if fault is not None:
        remarks.append(text("alert.webhook_failed", reason=str(fault)))
    log.info("alert.done", at=now.isoformat(), codes=sorted(problem.code for problem in found), **counts)
    return Summary("alert", counts, remarks)


def _due(on_record: Sequence[Alert], channel: str, now: datetime) -> list[_Item]:
    """Return what is to be told by ``channel`` at ``now``."""
    found: list[_Item] = []
    for alert in on_record:
        if channel == LETTER and alert.problem.code in _HAVE_LETTERS:
            continue
        news = _news(alert, channel, now)
        if news is News.BEGUN and now - alert.begun_at < _hold(alert, on_record):
            continue
        if news is not None:
            found.append(_Item(alert, news))
    return found


def _news(alert: Alert, channel: str, now: datetime) -> News | None:
    told = alert.told.get(channel)
    if alert.over_at is not None:
        return News.OVER if told is not None and told.news is not News.OVER else None
    if told is None or told.news is None or told.told_at is None:
        return News.BEGUN
    return News.LASTING if now - told.told_at >= _AGAIN else None


def _hold(alert: Alert, on_record: Iterable[Alert]) -> timedelta:
    """Return how long a problem must last before it is told of."""
    same = (other.over_at for other in on_record if other.problem.key == alert.problem.key and other.over_at)
    if any(alert.begun_at - over_at < _BACK for over_at in same):
        return _HOLD_BACK
    return _HOLD if alert.problem.code.startswith("queue.") else timedelta(0)


# -- by letter ----------------------------------------------------------------------------------------------------


def _write(context: Context, session: Session, on_record: Sequence[Alert], now: datetime) -> list[int]:
    """Queue one letter to support about all that is to be told; return its id in a list, or none."""
    mute = any(alert.over_at is None and alert.problem.code.startswith(SMTP) for alert in on_record)
    items: list[_Item] = []
    for item in _due(on_record, LETTER, now):
        if mute and item.news is not News.OVER and _stops_letters(item.alert.problem):
            # It could only leave once this is over; then one letter says that it was so.
            alerts.claim(session, item.alert.id, LETTER, now, _REST)
        elif alerts.claim(session, item.alert.id, LETTER, now, _REST):
            items.append(item)
    if not items:
        return []
    for item in items:
        alerts.told(session, item.alert.id, LETTER, item.news, now)
    told = {item.alert.id for item in items}
    open_ones = [alert for alert in on_record if alert.over_at is None and alert.problem.code not in _HAVE_LETTERS]
    left = sum(alert.id not in told for alert in open_ones)
    key = "-".join(f"{item.alert.id}{item.news.value[0]}" for item in items)
    by_news = {news: tuple(_row(item) for item in items if item.news is news) for news in News}
    data = AlertLetter(begun=by_news[News.BEGUN], lasting=by_news[News.LASTING], over=by_news[News.OVER], left=left)
    terms = Terms(FIRST, Hours.ANY, awaits_answer=False, expires_at=now + _LIFE)
    letter = new_letter(context, f"alert:{now:%Y%m%dT%H%M%S}:{key}", data, context.support, Subject(), now, terms)
    queued = letters.enqueue(session, letter)
    return [queued] if queued is not None else []


def _stops_letters(problem: Problem) -> bool:
    return problem.code.startswith(SMTP) or problem.code == UNSENT


def _row(item: _Item) -> AlertRow:
    alert = item.alert
    return AlertRow(text=alert.problem.text, since=alert.problem.since, over_at=alert.over_at)


# -- by webhook ---------------------------------------------------------------------------------------------------


def _post(context: Context, on_record: Sequence[Alert], now: datetime) -> tuple[int, int, UserError | None]:
    """Post what is to be told; returns how many arrived, how many did not, and the fault that ended it."""
    if context.webhook is None:
        return 0, 0, None
    posted = 0
    items = _due(on_record, WEBHOOK, now)
    for number, item in enumerate(items):
        with context.store.transaction() as session:
            if not alerts.claim(session, item.alert.id, WEBHOOK, now, _REST):
                continue
        try:
            context.webhook.post(payload(context, item.alert.problem, item.news))
        except UserError as error:
            # Those after it are tried with the next run: a webhook that hangs must not hang for each of them.
            log.warning("alert.webhook_failed", code=item.alert.problem.code, reason=str(error))
            _claim_rest(context, items[number + 1 :], now)
            return posted, len(items) - number, error
        with context.store.transaction() as session:
            alerts.told(session, item.alert.id, WEBHOOK, item.news, now)
        posted += 1
    return posted, 0, None


def _claim_rest(context: Context, items: Sequence[_Item], now: datetime) -> None:
    """Record of what was not tried that it was to be told: should it be over by then, that is still news."""
    with context.store.transaction() as session:
        for item in items:
            alerts.claim(session, item.alert.id, WEBHOOK, now, _REST)


def payload(context: Context, problem: Problem, news: News) -> dict[str, str]:
    """Return what is posted of a problem."""
    return {
        "code": problem.code,
        "text": text("alert.over", text=problem.text) if news is News.OVER else problem.text,
        "since": problem.since.isoformat(),
        "state": news.value,
        "host": context.host,
        "product": PRODUCT,
    }
