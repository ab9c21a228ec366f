"""The shape of a limit: what each file of ``limits`` fills in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Generic, Literal, TypeVar

import polars as pl

from pipeline.authoring.mistake import Mistake, Path
from pipeline.forms.parts.spec import ColumnType, Line, Name, Spec

_DAY_ZERO = date(1899, 12, 30)


class ColumnHead(Spec):
    """What every limit knows of its column."""

    id: Name
    title: Line
    type: ColumnType


Keys_contra = TypeVar("Keys_contra", bound=ColumnHead, contravariant=True)


@dataclass(frozen=True, slots=True)
class Validation:
    """What an editor lets be typed into a cell: ``first`` and ``second`` are the formulas of Excel's dialog."""

    kind: Literal["list", "whole", "decimal", "date", "textLength"]
    first: str
    second: str | None = None


class Limit(Generic[Keys_contra]):
    """A limit of one cell. ``Keys_contra`` are the keys of a column that it reads; ``rule`` is its id in findings.

    ``of_value`` is False for a limit that a blank cell can break: then a column's ``severity`` does not soften it, and
    rules do not take the cell for one with a wrong value.
    """

    rule: ClassVar[str]
    of_value: ClassVar[bool] = True

    def mistakes(self, path: Path, column: Keys_contra, lists: Collection[str]) -> Iterator[Mistake]:
        """Yield what the author of ``column`` got wrong; ``lists`` are the names of the form's lists."""
        del path, column, lists
        return iter(())

    def sentence(self, column: Keys_contra) -> str:
        """Return what a cell must be, for prompts and findings; "" where the column does not have this limit."""
        del column
        return ""

    def fault(self, column: Keys_contra) -> str:
        """Return what is said of a value that breaks this limit: what it must be, without what is right already."""
        return self.sentence(column)

    def holds(self, column: Keys_contra, waived: pl.Expr) -> pl.Expr | None:
        """Return the check over the column's values: False is a fault, null passes. None where there is no limit.

        ``waived`` says of each row that it is opted out.
        """
        del column, waived
        return None

    def validation(self, column: Keys_contra) -> Validation | None:
        """Return the editor's own check, None where Excel has none for this limit or the column has no such limit."""
        del column
        return None


def between(value: pl.Expr, low: float | date | None, high: float | date | None) -> pl.Expr:
    """Whether ``value`` is within the bounds that are given, both inclusive."""
    parts = ([value >= pl.lit(low)] if low is not None else []) + ([value <= pl.lit(high)] if high is not None else [])
    return pl.all_horizontal(parts)


def formula(value: float | date) -> str:
    """Return a bound as Excel's dialog keeps it: a date as its serial."""
    return str((value - _DAY_ZERO).days) if isinstance(value, date) else str(value)
