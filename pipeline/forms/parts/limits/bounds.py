"""``range``: bounds of a number or a date."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Literal

import polars as pl

from pipeline.authoring.mistake import Mistake, Path
from pipeline.catalogue import text
from pipeline.forms.parts.limit import (
    ColumnHead,
    Limit,
    Validation,
    between,
    formula,
)
from pipeline.forms.parts.spec import Bound, ColumnType
from pipeline.forms.parts.words import bounds_text, sentence, value_text

_BIG = 999_999_999_999_999
_WIDEST: dict[ColumnType, tuple[Literal["whole", "decimal", "date"], float | date, float | date]] = {
    "int": ("whole", -_BIG, _BIG),
    "decimal": ("decimal", -_BIG, _BIG),
    "date": ("date", date(1900, 3, 1), date(9999, 12, 31)),
}


class BoundsKeys(ColumnHead):
    """``range`` is [least, greatest], both inclusive; one of them may be null."""

    range: tuple[Bound | None, Bound | None] | None = None

    @property
    def takes_zero(self) -> bool:
        """Whether 0 is a right value of the column."""
        low, high = self.range or (None, None)
        if self.type not in ("int", "decimal") or isinstance(low, date) or isinstance(high, date):
            return False
        return (low is None or low <= 0) and (high is None or high >= 0)


class BoundsLimit(Limit[BoundsKeys]):
    """The value is within the bounds."""

    rule = "range"

    def mistakes(self, path: Path, column: BoundsKeys, lists: Collection[str]) -> Iterator[Mistake]:
        """The bounds fit the type and do not cross."""
        del lists
        if column.range is None:
            return
        path = (*path, "range")
        if column.type not in _WIDEST:
            values = {"key": "range", "type": column.type, "types": ", ".join(_WIDEST)}
            yield Mistake(path, "author.not_for_type", values)
            return
        bounds = [bound for bound in column.range if bound is not None]
        if any(isinstance(bound, date) != (column.type == "date") for bound in bounds):
            wanted = text(f"author.bounds.{'date' if column.type == 'date' else 'number'}")
            yield Mistake(path, "author.bound_type", {"wanted": wanted})
        elif not bounds:
            yield Mistake(path, "author.no_bounds")
        elif len(bounds) == 2 and bounds != sorted(bounds):
            low, high = (value_text(bound) for bound in bounds)
            yield Mistake(path, "author.crossed", {"low": low, "high": high})

    def sentence(self, column: BoundsKeys) -> str:
        """«Число должно быть между 1 и 100. Введите целое число.»"""
        if column.range is None:
            return ""
        said = self.fault(column)
        how = {"int": "forms.limit.whole", "date": "forms.limit.date_format"}.get(column.type)
        return f"{sentence(said)} {text(how)}" if how else said

    def fault(self, column: BoundsKeys) -> str:
        """«Дата должна быть с 15.09.2021 по 09.10.2021»: that it is a date was never in doubt."""
        if column.range is None:
            return ""
        noun = "date" if column.type == "date" else "number"
        return bounds_text(f"forms.range.{noun}", *column.range)

    def holds(self, column: BoundsKeys, waived: pl.Expr) -> pl.Expr | None:
        """The value is within the bounds."""
        del waived
        return between(pl.col(column.id), *column.range) if column.range else None

    def validation(self, column: BoundsKeys) -> Validation | None:
        """Numbers and dates are bounded by their type even without ``range``."""
        if column.type not in _WIDEST:
            return None
        kind, least, most = _WIDEST[column.type]
        low, high = column.range or (None, None)
        return Validation(kind, formula(least if low is None else low), formula(most if high is None else high))
