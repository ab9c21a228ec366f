"""The arithmetic of rules as polars expressions: what ``expression`` has read, over the columns of a frame.

A rule speaks only of what is known: a cell that failed its type is null, and so is all that is made from it.
"""

from __future__ import annotations

import polars as pl

from pipeline.forms.parts.expression import Binary, Column, Comparison, Expression, Number, Sum
from pipeline.forms.parts.marks import bad

NUMBERS = ("int", "decimal")
"""The types of columns that can be counted with."""
_EXACT = 4e-15
"""Relative error of a few operations on doubles; beside it ``_NEAR`` forgives 0.1 + 0.2."""
_NEAR = 1e-9


def holds(comparison: Comparison) -> pl.Expr:
    """Whether ``comparison`` holds between numbers; null where a value is not known."""
    left, right = _value(comparison.left), _value(comparison.right)
    difference = left - right
    slack = _slack(left, right)
    result = {
        "<=": difference <= slack,
        ">=": difference >= -slack,
        "<": difference < -slack,
        ">": difference > slack,
        "=": difference.abs() <= slack,
        "!=": difference.abs() > slack,
    }[comparison.op]
    return pl.when(difference.is_finite()).then(result)


def holds_for_dates(comparison: Comparison) -> pl.Expr:
    """Whether ``comparison`` holds between two date columns, compared as they are."""
    left, right = pl.col(comparison.columns[0]), pl.col(comparison.columns[-1])
    return {
        "<=": left <= right,
        ">=": left >= right,
        "<": left < right,
        ">": left > right,
        "=": left == right,
        "!=": left != right,
    }[comparison.op]


def agree(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Whether two sums are equal but for the error of doubles."""
    return (left - right).abs() <= _slack(left, right)


def _slack(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    return pl.max_horizontal(left.abs(), right.abs()) * _EXACT + _NEAR


def _value(part: Expression) -> pl.Expr:
    match part:
        case Number(value):
            return pl.lit(float(value))
        case Column(name):
            return pl.col(name).cast(pl.Float64)
        case Sum(names):
            known = ~pl.any_horizontal(pl.col(bad(name)) for name in names)
            any_filled = pl.any_horizontal(pl.col(name).is_not_null() for name in names)
            total = pl.sum_horizontal(pl.col(name).cast(pl.Float64) for name in names)
            return pl.when(known & any_filled).then(total)
        case Binary(op, left, right):
            return _binary(op, _value(left), _value(right))


def _binary(op: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    if op == "/":
        return pl.when(right != 0).then(left / right)
    return {"+": left + right, "-": left - right, "*": left * right}[op]
