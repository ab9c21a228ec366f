"""The columns that frames hold beside a form's own, and whether a cell holds something.

Names that begin with ``@`` or ``!`` are ours and cannot be a form's.
"""

from __future__ import annotations

import polars as pl

RET = "@ret"
"""The place of the workbook in its batch."""
ROW = "@row"
"""The row's number in the spreadsheet."""
POS = "@pos"
"""The order of rows within the frame: a helper of the rules that need it."""
CATEGORY = "@category"
"""The category of a row of an unpivot."""
WORKBOOK = ""
"""The place where a workbook as a whole is one row."""


def bad(column: str) -> str:
    """Return the name of the mark that a cell of ``column`` failed its type."""
    return f"!{column}"


def rows_of(sheet_id: str) -> str:
    """Return the name of a workbook's number of filled rows on a sheet."""
    return f"@rows:{sheet_id}"


def total_of(ref: str) -> str:
    """Return the name of a workbook's sum of ``sheet.column``."""
    return f"@total:{ref}"


def present(column: str) -> pl.Expr:
    """Whether there is something in the cell, be it right or wrong."""
    return pl.col(column).is_not_null() | pl.col(bad(column))


def complete(columns: tuple[str, ...]) -> pl.Expr:
    """Whether all of ``columns`` have known values; true for no columns."""
    return pl.all_horizontal(pl.col(name).is_not_null() for name in columns) if columns else pl.lit(value=True)


def position() -> pl.Expr:
    """The helper ``POS``."""
    return pl.int_range(pl.len(), dtype=pl.UInt32).alias(POS)
