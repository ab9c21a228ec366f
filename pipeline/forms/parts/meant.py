"""What a text that does not match its column's pattern was surely meant to be, so that its finding names the cause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import polars as pl

from pipeline.forms.parts.columns import ColumnSpec
from pipeline.forms.parts.limits.pattern import fits
from pipeline.forms.workbooks.dates import date_in
from pipeline.forms.workbooks.numbers import letter_for_digit, with_digits
from pipeline.forms.workbooks.values import Problem

_LONGEST = 100
_DIGITS = re.compile(r"\d+")
_EDGES = " .,;:'\"«»()*"


@lru_cache(maxsize=1024)
def unfit(column: ColumnSpec, written: str) -> Problem | None:
    """Return why ``written`` does not match the pattern of ``column``; None where nothing is known.

    That is what people cannot see (a letter for a digit), what Excel did, or the nearest right value.
    """
    if column.pattern is None or len(written) > _LONGEST:
        return None
    letter = letter_for_digit(written)
    if letter and _fitting(column.pattern, [with_digits(written)]):
        return Problem("type.letter", letter)
    near = _fitting(column.pattern, list(dict.fromkeys(_candidates(written, column.sample or ""))))
    if near:
        return Problem("pattern.near", near)
    found = date_in(written)
    return Problem("type.code_as_date") if found.day and column.type == "code" else None


def _fitting(pattern: str, candidates: list[str]) -> str:
    """Return the first of ``candidates`` that matches, by the same judge as the check, "" where none does."""
    frame = pl.DataFrame({"written": candidates}, schema={"written": pl.String})
    return next(iter(frame.filter(fits(pl.col("written"), pattern))["written"]), "")


def _candidates(written: str, sample: str) -> Iterator[str]:
    """Yield ``written`` put right: without what is around it, with the signs of the sample, with its zeros."""
    yield written.strip(_EDGES)
    yield "".join(written.split())
    for part in written.split():
        yield part.strip(_EDGES)
    yield from _shaped(_DIGITS.findall(written), sample)


def _shaped(groups: list[str], sample: str) -> Iterator[str]:
    """Yield the digits of ``groups`` in the places that digits have in ``sample``."""
    places = [len(place) for place in _DIGITS.findall(sample)]
    digits = "".join(groups)
    if not places or any(char.isalpha() for char in sample):
        return
    if len(groups) == len(places) and all(len(group) <= size for group, size in zip(groups, places, strict=True)):
        filled = iter(group.zfill(size) for group, size in zip(groups, places, strict=True))
        yield _DIGITS.sub(lambda _: next(filled), sample)
    elif len(digits) == sum(places):
        left = iter(digits)
        yield re.sub(r"\d", lambda _: next(left), sample)
