"""``required``: the cell is filled in every row that is filled, unless the row is opted out."""

from __future__ import annotations

import polars as pl
from pydantic import StrictBool

from pipeline.forms.parts.limit import (
    ColumnHead,
    Limit,
)
from pipeline.forms.parts.marks import present


class RequiredKeys(ColumnHead):
    """``required: true`` asks for a value."""

    required: StrictBool = False


class RequiredLimit(Limit[RequiredKeys]):
    """The cell is filled."""

    rule = "required"
    of_value = False

    def holds(self, column: RequiredKeys, waived: pl.Expr) -> pl.Expr | None:
        """Something is in the cell; a value that could not be read counts, it has a finding of its own."""
        return present(column.id) | waived if column.required else None
