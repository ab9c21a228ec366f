"""Moments as people write them: «10 сентября», «10.09.2021 18:00», «завтра до 12 часов», «пятницы», always Moscow time.

«По 10 сентября», «до 10 сентября включительно» name the whole day. «09/10» is left unread where it has another
reading that comes sooner. Nothing is guessed beyond the nearest day that fits; what is not understood as a whole is not
understood at all.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from pipeline.catalogue import MOSCOW

# What these patterns read has one blank between words.
_MONTHS = ("янв", "фев", "мар", "апр", "ма[йя]", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_MOST_MONTHS = 12
_LAST_MINUTE = time(23, 59)
_WEEKDAYS = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")
_NEAR = {"сегодня": 0, "завтра": 1, "послезавтра": 2}
_MONTH = "|".join(rf"(?:{stem})\w{{0,6}}\.?" for stem in _MONTHS)
_WEEKDAY = "|".join(rf"{stem}\w{{0,3}}" for stem in _WEEKDAYS)
_DAY = (
    r"(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<day>\d{1,2})(?P<mark>[./])(?P<month>\d{1,2})(?:[./](?P<year>\d{4}|\d{2}))?(?: ?г(?:ода|од)?\.?(?!\w))?"
    rf"|(?P<named_day>\d{{1,2}})(?:-?го)? (?P<named_month>{_MONTH})(?: ?(?P<named_year>\d{{4}}))?"
    rf"(?: ?г(?:ода|од)?\.?(?!\w))?"
    r"|(?P<near>сегодня|завтра|послезавтра)(?!\w)"
    rf"|(?P<weekday>{_WEEKDAY})(?!\w)"
)
_TIME = (
    r"(?P<hour>\d{1,2})(?:[:.]|-(?=00|[1-5]5|[2-5]0))(?P<minute>\d{2})(?:[:.]\d{2})?(?![\d.])"
    r"|(?P<whole>\d{1,2}) ?(?P<part>утра|дня|вечера|час(?:а|ов)?|ч\.?)(?!\w)"
    r"|(?P<end>(?:конца|конец) дня|полуночи)"
)
_ZONE = r"(?: ?,? ?\(?(?:мск|msk|по моск\w{1,9}(?: времени)?|моск\w{1,9} врем\w{1,9})\)?\.?)?"
_BETWEEN = r"[ ,t]*(?:(?:в|до|к) )?"
_WHOLE = re.compile(
    rf"(?:(?P<through>по|до) )?(?:(?:{_DAY})(?:{_BETWEEN}(?:{_TIME}))?"
    rf"|{_TIME.replace('?P<', '?P<only_')}){_ZONE}(?P<rest>.*)"
)
_INCLUDED = re.compile(r"(?:включительно|включая (?:весь |этот )?день)(?!\w)")
_REST = re.compile(r"[\s,;:.()–—-]*(?P<words>\D*)")


def read_moment(words: str, now: datetime, usual: time) -> tuple[datetime, str] | None:
    """Return (the moment that ``words`` name, the words after it), or None when they name none.

    ``words`` are lower-case with е for ё. A day without a year is the next one that is not over, a weekday the next
    after today; a day without an hour ends at ``usual``, an hour without a day is today's. «По» and «включительно»
    without an hour mean the day's last minute. ``now`` and the moment are
    aware; Moscow's clock counts.
    """
    match = _WHOLE.fullmatch(" ".join(words.split()))
    rest = _REST.fullmatch(match["rest"]) if match else None
    if match is None or rest is None:
        return None
    today = now.astimezone(MOSCOW).date()
    reason = rest["words"]
    if included := _INCLUDED.match(reason):
        reason = reason[included.end() :]
    if included or match["through"] == "по":
        usual = _LAST_MINUTE
    try:
        at = datetime.combine(_day(match, today), _time(match, usual), MOSCOW)
    except ValueError:
        return _only_time(words, today)
    return at, reason.strip(" ,;:.–—-")


def _only_time(words: str, today: date) -> tuple[datetime, str] | None:
    """«18.00» looks like a day of a month that there is not."""
    match = re.fullmatch(rf"(?:до )?(?:{_TIME}){_ZONE}", " ".join(words.split()))
    if match is None:
        return None
    try:
        return datetime.combine(today, _time(match, time()), MOSCOW), ""
    except ValueError:
        return None


def _day(match: re.Match[str], today: date) -> date:
    if match["iso"]:
        return date.fromisoformat(match["iso"])
    if match["day"]:
        return _numbered(match, today)
    if match["named_day"]:
        month = next(number for number, stem in enumerate(_MONTHS, start=1) if re.match(stem, match["named_month"]))
        return _dated(today, int(match["named_day"]), month, match["named_year"])
    if match["near"]:
        return today + timedelta(days=_NEAR[match["near"]])
    if match["weekday"]:
        wanted = next(number for number, stem in enumerate(_WEEKDAYS) if match["weekday"].startswith(stem))
        return today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)
    return today


def _numbered(match: re.Match[str], today: date) -> date:
    """«10.09», «10/09/21»: the day first. With slashes some put the month first; what comes sooner so is in doubt."""
    first, second, year = int(match["day"]), int(match["month"]), match["year"]
    found = _dated(today, first, second, year)
    if match["mark"] == "/" and first != second and first <= _MOST_MONTHS:
        other = _dated(today, second, first, year)
        if today <= other < found:
            raise ValueError
    return found


def _dated(today: date, day: int, month: int, year: str | None) -> date:
    if year is not None:
        return date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    found = date(today.year, month, day)
    return found if found >= today else date(today.year + 1, month, day)


def _time(match: re.Match[str], usual: time) -> time:
    found = {name.removeprefix("only_"): value for name, value in match.groupdict().items() if value is not None}
    if "hour" in found:
        return time(int(found["hour"]), int(found["minute"]))
    if "whole" in found:
        hour = int(found["whole"])
        afternoon = found["part"] in ("дня", "вечера") and hour < 12
        return time(hour + 12 if afternoon else hour)
    return _LAST_MINUTE if "end" in found else usual
