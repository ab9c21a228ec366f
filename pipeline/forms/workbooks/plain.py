"""A workbook as plain JSON and back: what may cross from the process that reads risky files into ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.forms.workbooks.cells import (
    Cell,
    from_json,
    to_json,
)
from pipeline.forms.workbooks.workbook import (
    HIDDEN,
    VERY_HIDDEN,
    VISIBLE,
    RawSheet,
    RawWorkbook,
    Remark,
)

_MOST_EXACT = 2**53


def to_plain(workbook: RawWorkbook) -> dict[str, Any]:
    """Return ``workbook`` as JSON values; ``from_plain`` reads them back."""
    return {
        "sheets": [
            {
                "title": sheet.title,
                "state": sheet.state,
                "rows": [[row, [[at, to_json(cell)] for at, cell in cells.items()]] for row, cells in _rows(sheet)],
                "merged": list(sheet.merged),
                "hidden_rows": sorted(sheet.hidden_rows),
                "filtered": sheet.filtered,
                "hidden_columns": sorted(sheet.hidden_columns),
                "remarks": [[*remark.place, remark.author, remark.words] for remark in sheet.remarks],
            }
            for sheet in workbook.sheets
        ],
        "keywords": workbook.keywords,
        "date1904": workbook.date1904,
    }


def from_plain(plain: Any) -> RawWorkbook:  # noqa: ANN401 - JSON is untyped
    """Return the workbook of ``to_plain``; ValueError for anything that has not exactly that shape."""
    try:
        return RawWorkbook(
            tuple(_sheet(sheet) for sheet in plain["sheets"]), _str(plain["keywords"]), _bool(plain["date1904"])
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not a workbook") from error


def as_number(value: float) -> int | float:
    """A number of a format that only knows floating point: whole numbers come out whole."""
    return int(value) if value.is_integer() and abs(value) < _MOST_EXACT else value


def as_range(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """``(1, 1, 3, 2)`` → «A1:B3»."""
    return f"{_letters(first_column)}{first_row}:{_letters(last_column)}{last_row}"


def _letters(column: int) -> str:
    written = ""
    while column:
        column, digit = divmod(column - 1, 26)
        written = chr(ord("A") + digit) + written
    return written


def _rows(sheet: RawSheet) -> list[tuple[int, Mapping[int, Cell]]]:
    return sorted(sheet.rows.items())


def _sheet(plain: Any) -> RawSheet:  # noqa: ANN401 - JSON is untyped
    if plain["state"] not in (VISIBLE, HIDDEN, VERY_HIDDEN):
        raise ValueError("not a state of a sheet")
    return RawSheet(
        _str(plain["title"]),
        plain["state"],
        {_place(row): {_place(at): from_json(cell) for at, cell in cells} for row, cells in plain["rows"]},
        tuple(_str(merge) for merge in plain["merged"]),
        frozenset(_place(row) for row in plain["hidden_rows"]),
        _bool(plain["filtered"]),
        hidden_columns=frozenset(_place(column) for column in plain["hidden_columns"]),
        remarks=tuple(
            Remark(_str(words), (_place(row), _place(at)), _str(author)) for row, at, author, words in plain["remarks"]
        ),
    )


def _str(value: Any) -> str:  # noqa: ANN401 - JSON is untyped
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _bool(value: Any) -> bool:  # noqa: ANN401 - JSON is untyped
    if not isinstance(value, bool):
        raise TypeError("not a truth value")
    return value


def _place(value: Any) -> int:  # noqa: ANN401 - JSON is untyped
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise TypeError("not a row or column")
    return value
