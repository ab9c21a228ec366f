"""Rules as polars expressions: True where a row is right, False where it is not; null counts as right, as in SQL.

A rule speaks only of what is known: a cell that failed its type is null here and is never blamed twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from pipeline.forms.checking.frames import (
    POS,
    RET,
    bad,
)
from pipeline.forms.definition import expression
from pipeline.forms.definition.spec import (
    ColumnSpec,
    Condition,
    Value,
    WhenThenRule,
)

_EXACT = 4e-15
"""Relative error of a few operations on doubles; beside it ``_NEAR`` forgives 0.1 + 0.2."""
_NEAR = 1e-9


def present(column: str) -> pl.Expr:
    """Whether there is something in the cell, be it right or wrong."""
    return pl.col(column).is_not_null() | pl.col(bad(column))


def in_range(column: ColumnSpec) -> pl.Expr:
    """The value is within ``range``."""
    low, high = column.range or (None, None)
    return _between(pl.col(column.id), low, high)


def in_length(column: ColumnSpec) -> pl.Expr:
    """The text is as long as ``length`` says, in characters."""
    low, high = column.length or (None, None)
    return _between(pl.col(column.id).str.len_chars(), low, high)


def fits_pattern(column: ColumnSpec) -> pl.Expr:
    """The whole text matches ``pattern``."""
    return pl.col(column.id).str.contains(f"^(?:{column.pattern})$")


def _between(value: pl.Expr, low: float | date | None, high: float | date | None) -> pl.Expr:
    parts = ([value >= pl.lit(low)] if low is not None else []) + ([value <= pl.lit(high)] if high is not None else [])
    return pl.all_horizontal(parts)


def waived(columns: Mapping[str, ColumnSpec], opt_outs: Mapping[str, str]) -> pl.Expr:
    """Whether the row says «does not take part»: ``opt_outs`` is list id → its value."""
    says = [
        pl.col(name) == opt_outs[column.list]
        for name, column in columns.items()
        if column.list is not None and column.list in opt_outs
    ]
    return pl.any_horizontal(says).fill_null(value=False) if says else pl.lit(value=False)


def condition(rule: WhenThenRule) -> pl.Expr:
    """Whether every condition of ``when`` holds; an unknown cell fulfils none but ``filled``."""
    return pl.all_horizontal(_holds(column, wanted) for column, wanted in rule.when.items()).fill_null(value=False)


def _holds(column: str, wanted: Value | tuple[Value, ...] | Condition) -> pl.Expr:
    if isinstance(wanted, Condition):
        if wanted.none_of is not None:
            return ~_one_of(column, wanted.none_of)
        filled = wanted.filled if wanted.filled is not None else not wanted.empty
        return present(column) if filled else ~present(column)
    return _one_of(column, wanted if isinstance(wanted, tuple) else (wanted,))


def _one_of(column: str, values: Sequence[Value]) -> pl.Expr:
    return pl.any_horizontal(pl.col(column) == pl.lit(value) for value in values)


def first_of_key(of: Sequence[str]) -> pl.Expr:
    """The row is the first of its workbook with these values; rows with an empty one do not count."""
    complete = pl.all_horizontal(pl.col(column).is_not_null() for column in of)
    return (pl.col(POS) == pl.col(POS).min().over([RET, *of])) | ~complete


def first_seen(of: str, by: Sequence[str]) -> pl.Expr:
    """Where the value of ``of`` is first seen in its group; null where it does not count."""
    complete = pl.all_horizontal(pl.col(column).is_not_null() for column in (of, *by))
    return pl.when(complete).then(pl.col(POS)).min().over([RET, *by, of])


def distinct_at_most(seen: str, by: Sequence[str], most: int) -> pl.Expr:
    """The value is among the first ``most`` different ones of its group; ``seen`` names a ``first_seen`` column."""
    return pl.col(seen).rank("dense").over([RET, *by]) <= most


def counted(of: str | None, by: Sequence[str]) -> pl.Expr:
    """The row's number among those of its group that count; null where it does not count."""
    needed = (*by, *(() if of is None else (of,)))
    complete = pl.all_horizontal(pl.col(column).is_not_null() for column in needed) if needed else pl.lit(value=True)
    return pl.when(complete).then(pl.col(POS)).rank("ordinal").over([RET, *by])


def count_within(number: str, by: Sequence[str], least: int, most: int | None) -> pl.Expr:
    """The group has from ``least`` to ``most`` rows: the rows too many are wrong, or the last row of too few."""
    here, last = pl.col(number), pl.col(number).max().over([RET, *by])
    enough = (last >= least) | (here < last)
    return enough if most is None else enough & (here <= most)


def not_before(of: str, than: str | date) -> pl.Expr:
    """The date is not earlier than the other."""
    return pl.col(of) >= (pl.lit(than) if isinstance(than, date) else pl.col(than))


def compares(written: str, dates: frozenset[str]) -> pl.Expr:
    """The comparison holds. Columns named in ``dates`` are compared as they are, all others as numbers."""
    comparison = expression.parse(written)
    if set(comparison.columns) & dates:
        left, right = pl.col(comparison.columns[0]), pl.col(comparison.columns[-1])
        return {"<=": left <= right, ">=": left >= right, "<": left < right, ">": left > right, "=": left == right,
                "!=": left != right}[comparison.op]  # fmt: skip
    left, right = _number(comparison.left), _number(comparison.right)
    difference = left - right
    slack = pl.max_horizontal(left.abs(), right.abs()) * _EXACT + _NEAR
    holds = {
        "<=": difference <= slack,
        ">=": difference >= -slack,
        "<": difference < -slack,
        ">": difference > slack,
        "=": difference.abs() <= slack,
        "!=": difference.abs() > slack,
    }[comparison.op]
    return pl.when(difference.is_finite()).then(holds)


def _number(part: expression.Expression) -> pl.Expr:
    match part:
        case expression.Number(value):
            return pl.lit(float(value))
        case expression.Column(name):
            return pl.col(name).cast(pl.Float64)
        case expression.Sum(names):
            known = ~pl.any_horizontal(pl.col(bad(name)) for name in names)
            any_filled = pl.any_horizontal(pl.col(name).is_not_null() for name in names)
            total = pl.sum_horizontal(pl.col(name).cast(pl.Float64) for name in names)
            return pl.when(known & any_filled).then(total)
        case expression.Binary(op, left, right):
            return _binary(op, _number(left), _number(right))


def _binary(op: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    if op == "/":
        return pl.when(right != 0).then(left / right)
    return {"+": left + right, "-": left - right, "*": left * right}[op]


def equal_totals(left: Sequence[str], right: Sequence[str]) -> pl.Expr:
    """The sums of two sets of total columns agree; unknown when any of them is."""
    one, other = (sum((pl.col(name) for name in names), start=pl.lit(0.0)) for names in (left, right))
    return (one - other).abs() <= pl.max_horizontal(one.abs(), other.abs()) * _EXACT + _NEAR
