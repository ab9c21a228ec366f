"""Typed frames of a batch of returns: a frame a sheet, a frame an unpivot, and one frame of totals a workbook.

Names that begin with ``@`` or ``!`` are ours and cannot be a form's: ``@ret`` the place of the workbook in the batch,
``@row`` the spreadsheet's row, ``@pos`` the order within the frame, ``!column`` whether the cell failed its type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from pipeline.forms.definition.spec import (
    FormDefinition,
    SheetSpec,
    TotalsEqualRule,
    UnpivotSpec,
)
from pipeline.forms.workbooks.values import Typed

RET, ROW, POS, CATEGORY = "@ret", "@row", "@pos", "@category"
FLAG, HOLDS = "flag", "holds"
"""The columns of verdicts beside the keys above: a row says whether a flag holds at a place."""
_TYPES: Mapping[str, pl.DataType] = {
    "text": pl.String(),
    "code": pl.String(),
    "choice": pl.String(),
    "int": pl.Int64(),
    "decimal": pl.Float64(),
    "date": pl.Date(),
    "bool": pl.Boolean(),
}


def bad(column: str) -> str:
    """The name of the mark that a cell of ``column`` failed its type."""
    return f"!{column}"


def cells_of(sheet_id: str) -> str:
    """The place where a sheet's cells stand as they were read, each to be judged by itself."""
    return f"@cells:{sheet_id}"


def rows_of(sheet_id: str) -> str:
    """The name of a workbook's number of filled rows on a sheet."""
    return f"@rows:{sheet_id}"


def total_of(ref: str) -> str:
    """The name of a workbook's sum of ``sheet.column``."""
    return f"@total:{ref}"


class SheetRows:
    """The rows of one sheet over a whole batch, gathered column by column."""

    def __init__(self, sheet: SheetSpec) -> None:
        self.sheet = sheet
        self.rets: list[int] = []
        self.rows: list[int] = []
        self.values: dict[str, list[Typed]] = {column.id: [] for column in sheet.columns}
        self.bad: dict[str, list[int]] = {}

    def failed(self, column: str, at: int) -> None:
        """Mark the cell of ``column`` in the row number ``at`` of the frame."""
        self.bad.setdefault(column, []).append(at)

    def json_columns(self) -> list[list[Any]]:
        """Return the values by column as ``Return.data`` keeps them: dates in ISO 8601."""
        return [
            [value.isoformat() if isinstance(value, date) else value for value in self.values[column.id]]
            if column.type == "date"
            else list(self.values[column.id])
            for column in self.sheet.columns
        ]

    def frame(self) -> pl.DataFrame:
        """Return the typed frame."""
        count = len(self.rows)
        series = [
            pl.Series(RET, self.rets, dtype=pl.UInt32),
            pl.Series(ROW, self.rows, dtype=pl.UInt32),
        ]
        for column in self.sheet.columns:
            series.append(pl.Series(column.id, self.values[column.id], dtype=_TYPES[column.type]))
            marks = [False] * count
            for at in self.bad.get(column.id, ()):
                marks[at] = True
            series.append(pl.Series(bad(column.id), marks, dtype=pl.Boolean))
        return pl.DataFrame(series).with_row_index(POS)


def frames(
    form: FormDefinition,
    sheets: Mapping[str, SheetRows],
    limits: Mapping[str, Mapping[str, pl.Expr]],
    batch: Iterable[int],
) -> dict[str, pl.DataFrame]:
    """Return every place's frame: a sheet's cells and rows, an unpivot, and "" with a row a workbook of ``batch``.

    ``limits`` (sheet id → column → expression) say which cells are right in themselves: one that is not counts as
    filled and unknown in rows, unpivots and totals, so that one fault is not blamed twice.
    """
    result: dict[str, pl.DataFrame] = {}
    for sheet in form.sheets:
        cells = result[cells_of(sheet.id)] = sheets[sheet.id].frame()
        result[sheet.id] = _known(cells, limits.get(sheet.id, {}))
        if sheet.unpivot:
            result[sheet.unpivot.name] = _unpivoted(result[sheet.id], sheet, sheet.unpivot)
    result[""] = _totals(form, result, batch)
    return result


def _known(frame: pl.DataFrame, limits: Mapping[str, pl.Expr]) -> pl.DataFrame:
    right = {column: ok.fill_null(value=True) for column, ok in limits.items()}
    return frame.with_columns(
        *(pl.when(ok).then(pl.col(column)).alias(column) for column, ok in right.items()),
        *((pl.col(bad(column)) | ~ok).alias(bad(column)) for column, ok in right.items()),
    )


def _unpivoted(frame: pl.DataFrame, sheet: SheetSpec, unpivot: UnpivotSpec) -> pl.DataFrame:
    """A row a category, where at least one of its cells holds something."""
    used = {column for fields in unpivot.category.values() for column in fields.values()}
    shared = [name for column in sheet.columns if column.id not in used for name in (column.id, bad(column.id))]
    parts = [
        frame.select(
            pl.col(POS) * len(unpivot.category) + number,
            RET,
            ROW,
            *shared,
            pl.lit(category).alias("category"),
            pl.lit(value=False).alias(bad("category")),
            pl.lit(category).alias(CATEGORY),
            *(pl.col(column).alias(name) for name, column in fields.items()),
            *(pl.col(bad(column)).alias(bad(name)) for name, column in fields.items()),
        ).filter(pl.any_horizontal(pl.col(name).is_not_null() | pl.col(bad(name)) for name in fields))
        for number, (category, fields) in enumerate(unpivot.category.items())
    ]
    return pl.concat(parts).sort(POS)


def _totals(form: FormDefinition, places: Mapping[str, pl.DataFrame], batch: Iterable[int]) -> pl.DataFrame:
    refs = {ref for rule in form.rules if isinstance(rule, TotalsEqualRule) for ref in (*rule.left, *rule.right)}
    totals = pl.DataFrame({RET: pl.Series(batch, dtype=pl.UInt32)})
    for sheet in form.sheets:
        own = [ref for ref in sorted(refs) if ref.partition(".")[0] == sheet.id]
        summed = places[sheet.id].group_by(RET).agg(pl.len().alias(rows_of(sheet.id)), *(_total(ref) for ref in own))
        totals = totals.join(summed, on=RET, how="left").with_columns(pl.col(rows_of(sheet.id)).fill_null(0))
        # A sheet without rows adds up to nothing; a sum that a faulty cell spoils stays unknown.
        absent = pl.col(rows_of(sheet.id)) == 0
        totals = totals.with_columns(
            pl.when(absent).then(0.0).otherwise(pl.col(total_of(ref))).alias(total_of(ref)) for ref in own
        )
    return totals


def _total(ref: str) -> pl.Expr:
    column = ref.partition(".")[2]
    known = ~pl.col(bad(column)).any()
    return pl.when(known).then(pl.col(column).cast(pl.Float64).sum()).alias(total_of(ref))
