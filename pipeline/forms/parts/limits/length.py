"""``length``: how many characters a text or a code may have."""

from __future__ import annotations

from collections.abc import Collection, Iterator

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
from pipeline.forms.parts.spec import Count
from pipeline.forms.parts.words import bounds_text

_TYPES = ("text", "code")
_LONGEST = 32_767
"""Characters that a cell of Excel can hold."""


class LengthKeys(ColumnHead):
    """``length`` is [shortest, longest], both inclusive; one of them may be null."""

    length: tuple[Count | None, Count | None] | None = None


class LengthLimit(Limit[LengthKeys]):
    """The text is as long as it may be."""

    rule = "length"

    def mistakes(self, path: Path, column: LengthKeys, lists: Collection[str]) -> Iterator[Mistake]:
        """The column is a text, and the bounds do not cross."""
        del lists
        if column.length is None:
            return
        path = (*path, "length")
        if column.type not in _TYPES:
            values = {"key": "length", "type": column.type, "types": ", ".join(_TYPES)}
            yield Mistake(path, "author.not_for_type", values)
        low, high = column.length
        if low is None and high is None:
            yield Mistake(path, "author.no_bounds")
        elif low is not None and high is not None and low > high:
            yield Mistake(path, "author.crossed", {"low": low, "high": high})

    def sentence(self, column: LengthKeys) -> str:
        """«Длина должна быть от 3 до 10 знаков» and the like."""
        if column.length is None:
            return ""
        low, high = column.length
        return text("forms.length.exact", value=low) if low == high else bounds_text("forms.length", low, high)

    def holds(self, column: LengthKeys, waived: pl.Expr) -> pl.Expr | None:
        """The text has so many characters."""
        del waived
        return between(pl.col(column.id).str.len_chars(), *column.length) if column.length else None

    def validation(self, column: LengthKeys) -> Validation | None:
        """Excel counts characters too."""
        if column.length is None:
            return None
        low, high = column.length
        return Validation("textLength", formula(low or 0), formula(_LONGEST if high is None else high))
