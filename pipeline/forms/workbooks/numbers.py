"""A number that somebody wrote as text → its value, or what stands in the way; nothing is guessed (W11, W30, W32)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MOST: Final = 10**15
"""A spreadsheet keeps 15 digits; what is longer has lost its tail already (W13)."""
_LONGEST = 30
_WHOLE = re.compile(r"[+-]?\d+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?: \d{3})+")
_DECIMAL = re.compile(r"\A([+-]?(?:\d+|\d{1,3}(?: \d{3})+))[.,](\d+)")
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_SUM = re.compile(r"\d{1,15}(?:\s?\+\s?\d{1,15}){1,9}")
_SEVERAL = re.compile(r"\d{1,15}(?:\s?(?:[;/+,–—-]|\bи\b|\bили\b|\n)\s?\d{1,15}){1,9}")
_OTHER = re.compile(r"[^\W\d_]|[^\w\s.,+-]")
"""A letter or a sign that no number has."""
_AS_DIGITS = str.maketrans("ОоOoЗзlI|", "000033111")
_LETTER = re.compile("[ОоOoЗзlI|]")


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """The ``value`` of a text, or the ``fault``: the code of its finding, "" where the text is simply no number."""

    value: int | float | None = None
    fault: str = ""
    detail: str = ""


NONE: Final = WrittenNumber()


def number_in(written: str) -> WrittenNumber:
    """Return what ``written`` means: Russian and English decimals, groups of three digits between spaces."""
    if len(written) > _LONGEST:
        return WrittenNumber(fault="type.number_and_words") if _has_words(written) else NONE
    if _WHOLE.fullmatch(written) or _GROUPED.fullmatch(written):
        number = int(written.replace(" ", ""))
        return WrittenNumber(number) if abs(number) < MOST else WrittenNumber(fault="type.digits")
    if _AMBIGUOUS.fullmatch(written):
        return WrittenNumber(fault="type.ambiguous")
    found = _DECIMAL.fullmatch(written)
    return WrittenNumber(float(f"{found[1].replace(' ', '')}.{found[2]}")) if found else _fault(written)


def letter_for_digit(written: str) -> str:
    """Return the letter that stands in place of a digit, "" where there is none: «5О» looks like «50»."""
    found = _LETTER.search(written)
    return found[0] if found else ""


def with_digits(written: str) -> str:
    """Return ``written`` with digits for the letters that look like them."""
    return written.translate(_AS_DIGITS)


def _fault(written: str) -> WrittenNumber:
    if _SUM.fullmatch(written):
        return WrittenNumber(fault="type.sum")
    if _SEVERAL.fullmatch(written):
        return WrittenNumber(fault="type.several")
    letter = letter_for_digit(written)
    if letter and any(map(str.isdigit, written)) and number_in(with_digits(written)).value is not None:
        return WrittenNumber(fault="type.letter", detail=letter)
    if written.endswith("%") and number_in(written[:-1].rstrip()).value is not None:
        return WrittenNumber(fault="type.percent", detail=written)
    return WrittenNumber(fault="type.number_and_words") if _has_words(written) else NONE


def _has_words(written: str) -> bool:
    return any(map(str.isdigit, written)) and _OTHER.search(written) is not None
