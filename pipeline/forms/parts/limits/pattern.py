"""``pattern``: a regular expression that the whole text must match, with a ``sample`` for people."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl
from polars.exceptions import PolarsError

from pipeline.authoring.mistake import Mistake, Path
from pipeline.catalogue import text
from pipeline.forms.parts.limit import (
    ColumnHead,
    Limit,
)
from pipeline.forms.parts.spec import Line

_TYPES = ("text", "code")


class PatternKeys(ColumnHead):
    """``pattern`` is in Rust's notation of regular expressions; ``sample`` is a right value."""

    pattern: Line | None = None
    sample: Line | None = None


class PatternLimit(Limit[PatternKeys]):
    """The whole text matches the pattern."""

    rule = "pattern"

    def mistakes(self, path: Path, column: PatternKeys, lists: Collection[str]) -> Iterator[Mistake]:
        """The pattern can be read, and the sample matches it."""
        del lists
        if column.pattern is None:
            return
        place = (*path, "pattern")
        if column.type not in _TYPES:
            values = {"key": "pattern", "type": column.type, "types": ", ".join(_TYPES)}
            yield Mistake(place, "author.not_for_type", values)
            return
        try:
            fitting = pl.select(fits(pl.lit(column.sample or ""), column.pattern)).item()
        except PolarsError:
            yield Mistake(place, "author.bad_pattern", {"value": column.pattern})
            return
        if column.sample is None:
            yield Mistake(place, "author.pattern_without_sample")
        elif not fitting:
            values = {"value": column.sample, "pattern": column.pattern}
            yield Mistake((*path, "sample"), "author.sample_unfit", values)

    def sentence(self, column: PatternKeys) -> str:
        """«Значение должно иметь вид: А-123» or, without a sample, the pattern itself."""
        return text("forms.pattern", sample=column.sample or column.pattern) if column.pattern else ""

    def holds(self, column: PatternKeys, waived: pl.Expr) -> pl.Expr | None:
        """The whole text matches."""
        del waived
        return fits(pl.col(column.id), column.pattern) if column.pattern else None


def fits(value: pl.Expr, pattern: str) -> pl.Expr:
    """Return whether the whole of ``value`` matches ``pattern``."""
    return value.str.contains(f"^(?:{pattern})$")
