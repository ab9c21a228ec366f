"""Typed frames of a batch of returns: a frame a sheet, a frame an unpivot, and one frame with a row a workbook.

``parts.marks`` names the columns beside the form's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from pipeline.forms.checking.schemas import DTYPES, Limits, known
from pipeline.forms.definition.spec import FormDefinition
from pipeline.forms.parts.marks import CATEGORY, RET, ROW, WORKBOOK, bad, rows_of
from pipeline.forms.parts.sheets import SheetSpec, UnpivotSpec
from pipeline.forms.rules.rule import Total
from pipeline.forms.workbooks.values import Typed


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
            series.append(pl.Series(column.id, self.values[column.id], dtype=DTYPES[column.type]))
            marks = [False] * count
            for at in self.bad.get(column.id, ()):
                marks[at] = True
            series.append(pl.Series(bad(column.id), marks, dtype=pl.Boolean))
        return pl.DataFrame(series)


def frames(
    form: FormDefinition, sheets: Mapping[str, SheetRows], limits: Mapping[str, Limits], batch: Iterable[int]
) -> dict[str, pl.DataFrame]:
    """Return every place's frame: a sheet's rows as they were read, an unpivot's, and a row a workbook of ``batch``.

    ``limits`` say by sheet which cells are right in themselves: in unpivots and totals the others count as filled and
    unknown, as rules on the sheet itself take them.
    """
    result: dict[str, pl.DataFrame] = {}
    totals = {total.name: total for rule in form.rules for total in rule.totals()}
    whole = pl.DataFrame({RET: pl.Series(batch, dtype=pl.UInt32)})
    for sheet in form.sheets:
        result[sheet.id] = sheets[sheet.id].frame()
        own = sorted((total for total in totals.values() if total.sheet == sheet.id), key=lambda total: total.name)
        rows = result[sheet.id]
        if sheet.unpivot or own:
            rows = rows.with_columns(*known(limits[sheet.id]))
        if sheet.unpivot:
            result[sheet.unpivot.name] = _unpivoted(rows, sheet, sheet.unpivot)
        whole = _with_totals(whole, rows, sheet, own)
    result[WORKBOOK] = whole
    return result


def _unpivoted(frame: pl.DataFrame, sheet: SheetSpec, unpivot: UnpivotSpec) -> pl.DataFrame:
    """A row a category, where at least one of its cells holds something, in the order of rows and categories."""
    free = [column.id for column in sheet.columns if column.id not in unpivot.columns]
    shared = [name for column in free for name in (column, bad(column))]
    order = "@order"
    parts = [
        frame.select(
            (pl.int_range(pl.len()) * len(unpivot.category) + number).alias(order),
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
    return pl.concat(parts).sort(order).drop(order)


def _with_totals(whole: pl.DataFrame, rows: pl.DataFrame, sheet: SheetSpec, totals: Iterable[Total]) -> pl.DataFrame:
    """Add to each workbook's row how many rows ``sheet`` holds, and the sums that rules need of it."""
    count = rows_of(sheet.id)
    summed = rows.group_by(RET).agg(pl.len().alias(count), *(total.value.alias(total.name) for total in totals))
    whole = whole.join(summed, on=RET, how="left").with_columns(pl.col(count).fill_null(0))
    # A sheet without rows adds up to nothing.
    return whole.with_columns(
        pl.when(pl.col(count) == 0).then(0.0).otherwise(pl.col(total.name)).alias(total.name) for total in totals
    )
