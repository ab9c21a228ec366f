"""What a column's cells are expected to hold, for cells that have one meaning only within its bounds."""

from __future__ import annotations

from pipeline.forms.parts.columns import ColumnSpec
from pipeline.forms.workbooks.values import Expected

_PERCENT = ("%", "процент")


def expected_in(column: ColumnSpec) -> Expected:
    """Return the bounds of ``column``, and whether its title says that it holds percentages."""
    low, high = column.range or (None, None)
    return Expected(low, high, in_percent=any(sign in column.title.casefold() for sign in _PERCENT))
