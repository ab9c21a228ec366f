"""Values and bounds in words: what hints, prompts and findings are put together from."""

from __future__ import annotations

from datetime import date

from pipeline.catalogue import plural, text

Limit = int | float | date | None


def value_text(value: object) -> str:
    """Return a value as people write it: a date as «15.09.2021», 1.5 as «1,5», True as «да», nothing as «»."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return text("forms.yes") if value else text("forms.no")
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    return str(value)


def bounds_text(code: str, low: Limit, high: Limit) -> str:
    """Return the sentence ``code`` of the catalogue for the bounds given: its form «between», «from» or «to»."""
    if low is not None and high is not None:
        return text(f"{code}.between", low=value_text(low), high=value_text(high))
    if low is not None:
        return text(f"{code}.from", low=value_text(low))
    return text(f"{code}.to", high=value_text(high))


def sentence(words: str) -> str:
    """Return ``words`` with a full stop where they lack an end."""
    words = words.strip()
    return words if not words or words[-1] in ".!?…" else words + "."


def rows_text(minimum: int) -> str:
    """Return a number of rows as «хотя бы 1 строку» needs it: «1 строку», «5 строк»."""
    return plural(minimum, "строку", "строки", "строк")
