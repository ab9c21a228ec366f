"""A date that somebody wrote as text → the day it means, where the column leaves it one meaning (W37)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.forms.workbooks.numbers import letter_for_digit, with_digits

_USUAL = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")
_SAME = str.maketrans(
    {"ё": "е", **dict.fromkeys("–—‑−", "-"), **dict.fromkeys('«»"“”„', " "), "\\": "/", **dict.fromkeys("·_․", ".")}
)
_STEMS = (
    r"янв(?:ар[ьяе])?|jan(?:uary)?",
    r"февр?(?:ал[ьяе])?|feb(?:ruary)?",
    r"мар(?:т[ае]?)?|mar(?:ch)?",
    r"апр(?:ел[ьяе])?|apr(?:il)?",
    r"ма[йяе]|may",
    r"июн[ьяе]?|june?",
    r"июл[ьяе]?|july?",
    r"авг(?:уст[ае]?)?|aug(?:ust)?",
    r"сент?(?:ябр[ьяе])?|sept?(?:ember)?",
    r"окт(?:ябр[ьяе])?|oct(?:ober)?",
    r"ноя(?:б(?:р[ьяе])?)?|nov(?:ember)?",
    r"дек(?:абр[ьяе])?|dec(?:ember)?",
)
_BEGINNINGS = (
    *("янв jan", "фев feb", "мар mar", "апр apr", "май мая мае may", "июн jun"),
    *("июл jul", "авг aug", "сен sep", "окт oct", "ноя nov", "дек dec"),
)
_MONTHS = {word: number for number, words in enumerate(_BEGINNINGS, start=1) for word in words.split()}
_MONTH = f"(?:{'|'.join(_STEMS)})"
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}
_DOTS = re.compile(r"(?<=\d) ?\.{2,3} ?(?=\d)")
_BETWEEN = r"(?: ?[.,/-] ?| )"
_NUMBERS = re.compile(rf"(\d{{1,2}})({_BETWEEN})(\d{{1,2}})({_BETWEEN})(\d{{4}}|\d{{2}})")
_YEAR_FIRST = re.compile(r"(\d{4})([ ./-])(\d{1,2})\2(\d{1,2})")
_WORDS = re.compile(rf"(\d{{1,2}})(?:-?(?:го|ого|ое|е))?[ ./-]*({_MONTH})[ .,/-]*(\d{{4}}|\d{{2}})")
_MONTH_FIRST = re.compile(rf"({_MONTH})[ .]{{1,2}}(\d{{1,2}})(?:,| ,)? (\d{{4}})")
_IN_ROMAN = re.compile(r"(\d{1,2})[ ./-]([ivxх]{1,4})[ ./-](\d{4}|\d{2})")
_YEARLESS = re.compile(rf"\d{{1,2}} ?[./-] ?\d{{1,2}}\.?|\d{{1,2}}(?:-?(?:го|ого|ое|е))?[ .-]*{_MONTH}\.?")
_WEEKDAY = r"(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье)"
_OUTSIDE = re.compile(rf"\A\(?{_WEEKDAY}\b[).,]{{0,3}} ?|[ ,]{{0,3}}\(?\b{_WEEKDAY}[).]{{0,2}}\Z")
_CLOCK = r"(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)"
_UNTIL = r"(?: ?(?:-|до|по) ?\d{1,2}:\d{2})?"
_ZONE = r"(?:z|[+-]\d{2}:?\d{2})?"
_TIME = re.compile(
    rf"\A{_CLOCK}[ ,]{{1,3}}|(?:[ ,]{{1,3}}(?:[вс] )?|(?<=\d)[tт]){_CLOCK}(?:{_UNTIL}|{_ZONE})(?: ?ч\.?)?\Z"
    r"|(?:(?<=\d{4})|(?<=[./]\d{2}))[ ,]{1,3}(?:в )?(\d{1,2}[.-][0-5][05])(?:-\d{1,2}[.-][0-5][05])?(?: ?ч\.?)?\Z"
)
_END = re.compile(r"(?<=\d) ?(?:г|год|года)?[ .,;]{0,4}\Z")
_YEAR_MARK = re.compile(r"(?<=\d) ?(?:г\.?|года?)(?=[ ,(]|\Z)")
_DAYS = re.compile(rf"\d{{1,2}} ?(?:-|,|;|/|\bи\b|\bпо\b|\+|&) ?\d{{1,2}} ?(?:[./-] ?\d{{1,2}}\b|{_MONTH})")
_DAY_AND_MONTH = re.compile(rf"(?<![\d.])\d{{1,2}}(?: ?[./] ?\d{{1,2}}(?!\d)| ?{_MONTH})")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Written:
    """The ``day`` that a text means, or the ``fault``: the code of its finding.

    ``has_time`` says that a time of day was passed over; ``detail`` names the two readings.
    """

    day: date | None = None
    has_time: bool = False
    fault: str = ""
    detail: str = ""


def date_in(text: str, low: date | None = None, high: date | None = None) -> Written:
    """Return what ``text`` means in a column whose days lie from ``low`` to ``high``, both inclusive.

    The day comes first, as in Russian, unless the year does. Slashes and dashes are used in other countries too: they
    are read where the other order gives no day within the bounds. A short year needs bounds that leave one century.
    """
    usual = _USUAL.fullmatch(text)
    if usual is not None:
        return _one(int(usual[3]), int(usual[2]), int(usual[1]))
    if len(text) > _LONGEST:
        return Written(fault="type.date")
    spaced = _DOTS.sub(".", " ".join(text.casefold().translate(_SAME).split()))
    bare, has_time = _without_time(_OUTSIDE.sub("", _YEAR_MARK.sub("", spaced)))
    bare = _END.sub("", bare.strip())
    if found := _YEAR_FIRST.fullmatch(bare):
        result = _one(int(found[1]), int(found[3]), int(found[4]))
    elif found := _WORDS.fullmatch(bare):
        result = _of_year(found[3], _month(found[2]), int(found[1]), low, high)
    elif found := _MONTH_FIRST.fullmatch(bare):
        result = _one(int(found[3]), _month(found[1]), int(found[2]))
    elif (found := _IN_ROMAN.fullmatch(bare)) and (month := _ROMAN.get(found[2].replace("х", "x"))):
        result = _of_year(found[3], month, int(found[1]), low, high)
    elif found := _NUMBERS.fullmatch(bare):
        result = _of_numbers(found, low, high)
    else:
        letter = letter_for_digit(text)
        if letter and date_in(with_digits(text), low, high).day:
            return Written(fault="type.letter", detail=letter)
        return Written(fault=_fault(spaced, bare))
    return Written(result.day, has_time, result.fault, result.detail)


def _without_time(written: str) -> tuple[str, bool]:
    found = _TIME.search(written)
    if found is None:
        return written, False
    return written[: found.start()] + written[found.end() :], bool((found[1] or found[2] or found[3]).strip("0:.,-"))


def _fault(written: str, bare: str) -> str:
    """Why a text is no date: several dates, one among other words, a day without its year, or none."""
    dates = sum(
        1 for pattern in (_NUMBERS, _YEAR_FIRST, _WORDS) for found in pattern.finditer(written) if _apart(found)
    )
    if dates > 1 or _DAYS.search(written) or sum(1 for _ in _DAY_AND_MONTH.finditer(bare)) > 1:
        return "type.two_dates"
    if dates == 1:
        return "type.date_and_words"
    return "type.no_year" if _YEARLESS.fullmatch(bare) else "type.date"


def _apart(found: re.Match[str]) -> bool:
    """Whether no digit goes on before or behind what was found."""
    return not (found.string[: found.start()][-1:].isdigit() or found.string[found.end() :][:1].isdigit())


def _one(year: int, month: int, day: int) -> Written:
    found = _day(year, month, day)
    return Written(fault="type.no_such_date") if found is None else Written(found)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(word: str) -> int:
    return _MONTHS[word[:3]]


def _of_year(year: str, month: int, day: int, low: date | None, high: date | None) -> Written:
    """The day in the year as it is written, or in the one century that the bounds leave for a short year."""
    if len(year) == 4:
        return _one(int(year), month, day)
    days = [found for found in _in_centuries(int(year), month, day) if _within(found, low, high)]
    if len(days) == 1 and (low or high):
        return Written(days[0])
    return Written(fault="type.no_year")


def _in_centuries(year: int, month: int, day: int) -> Iterator[date]:
    for century in (1900, 2000):
        if (found := _day(century + year, month, day)) is not None:
            yield found


def _of_numbers(found: re.Match[str], low: date | None, high: date | None) -> Written:
    first, second, year = int(found[1]), int(found[3]), found[5]
    read = _of_year(year, second, first, low, high)
    if "/" not in found[2] + found[4] and "-" not in found[2] + found[4]:
        return read
    others = [_of_year(year, first, second, low, high).day]
    if len(year) == 2:
        others.append(_day(2000 + first, second, int(year)))
    other = next((day for day in others if day not in (None, read.day) and _within(day, low, high)), None)
    if read.day is None or other is None:
        return Written(fault="type.month_first") if read.fault == "type.no_such_date" and other else read
    return Written(fault="type.two_readings", detail=f"{read.day:%d.%m.%Y}, {other:%d.%m.%Y}")


def _within(day: date | None, low: date | None, high: date | None) -> bool:
    return day is not None and (low is None or low <= day) and (high is None or day <= high)
