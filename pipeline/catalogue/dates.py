"""Dates, instants and counted nouns as Russian readers expect them. Moscow time for people, aware UTC inside."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")
_MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
_SHORT_MONTHS = ("янв.", "февр.", "мар.", "апр.", "мая", "июня", "июля", "авг.", "сент.", "окт.", "нояб.", "дек.")
_WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")


def _moscow(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an aware instant is needed")
    return at.astimezone(MOSCOW)


def format_date(day: date) -> str:
    """``date(2021, 9, 7)`` → «7 сентября 2021 года»; an aware datetime is first taken to Moscow."""
    if isinstance(day, datetime):
        day = _moscow(day).date()
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year} года"


def format_instant(at: datetime) -> str:
    """An aware instant → «7 сентября 2021 года, 18:00 мск»."""
    local = _moscow(at)
    return f"{format_date(local)}, {local:%H:%M} мск"


def format_short(at: datetime) -> str:
    """An aware instant → «27.08.2021 13:37», Moscow time, as in the participants' list (seed, Fig. 20)."""
    return f"{_moscow(at):%d.%m.%Y %H:%M}"


def format_weekday(at: datetime) -> str:
    """An aware instant → «20 сентября 2021 г. (понедельник), 18:00 по Москве»: shown back to who typed it."""
    local = _moscow(at)
    day = f"{local.day} {_MONTHS[local.month - 1]} {local.year} г. ({_WEEKDAYS[local.weekday()]})"
    return f"{day}, {local:%H:%M} по Москве"


def format_listed(at: datetime) -> str:
    """An aware instant → «30 авг. 2021 (понедельник)», as publications are listed (seed, Fig. 3)."""
    local = _moscow(at)
    return f"{local.day} {_SHORT_MONTHS[local.month - 1]} {local.year} ({_WEEKDAYS[local.weekday()]})"


def plural(count: int, one: str, few: str, many: str) -> str:
    """``plural(3, "строка", "строки", "строк")`` → «3 строки»: the count and the noun in its right form."""
    tail, tens = count % 10, count % 100
    if tail == 1 and tens != 11:
        word = one
    elif 2 <= tail <= 4 and not 12 <= tens <= 14:
        word = few
    else:
        word = many
    return f"{count} {word}"
