"""Sheets in tests are Markdown tables: a table with the columns' ids at its head → a workbook as the reader gives it.

A cell is written as it would be seen: ``12`` and ``1.5`` are numbers, ``2021-09-15`` a date, ``'12`` a text,
``#N/A`` an error value, ``=`` a formula without its value, ``true`` a boolean; anything else is text, nothing is blank.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipeline.forms.definition.form import FormDefinition, load_form
from pipeline.forms.parts import layout
from pipeline.forms.parts.columns import kind_label
from pipeline.forms.parts.sheets import SheetSpec
from pipeline.forms.workbooks.cells import (
    Cell,
    CellError,
    Formula,
)
from pipeline.forms.workbooks.workbook import (
    RawSheet,
    RawWorkbook,
)

PUBLICATIONS = Path(__file__).parents[2] / "publications"
_NOT_TAKING_PART = "| subject |\n| Не участвуем |"


def shipped_form(code: str) -> FormDefinition:
    """Return the form of a shipped publication."""
    path = PUBLICATIONS / code / "form.yaml"
    return load_form(path.read_text(encoding="utf-8"), f"{code}/form.yaml")


def cell(written: str) -> Cell:
    """Return the cell that ``written`` stands for."""
    if written in ("", "="):
        return Formula() if written else None
    if written.startswith("'"):
        return written[1:]
    if written.startswith("#"):
        return CellError(written)
    if written in ("true", "false"):
        return written == "true"
    if re.fullmatch(r"-?\d+", written):
        return int(written)
    if re.fullmatch(r"-?\d+\.\d+", written):
        return float(written)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
        return date.fromisoformat(written)
    return written


def sheet_of(spec: SheetSpec, table: str) -> RawSheet:
    """Return a data sheet with the rows of ``table``, header and kinds row included, first row of data as in a form."""
    places = {column.id: number for number, column in enumerate(spec.columns, start=1)}
    lines = [line.strip().strip("|").split("|") for line in table.strip().splitlines()]
    head = [name.strip() for name in lines[0]]
    rows: dict[int, dict[int, Cell]] = {
        layout.TITLE_ROW: {1: spec.title},
        layout.HEADER_ROW: {places[column.id]: column.title for column in spec.columns},
        layout.KINDS_ROW: {places[column.id]: kind_label(column) for column in spec.columns},
    }
    for number, line in enumerate(lines[1:], start=layout.first_row(spec)):
        values = {places[name]: cell(text.strip(" ")) for name, text in zip(head, line, strict=True) if name}
        filled: dict[int, Cell] = {place: value for place, value in values.items() if value is not None}
        if filled:
            rows[number] = filled
    return RawSheet(spec.title, rows=rows)


def workbook(form: FormDefinition, **tables: str) -> RawWorkbook:
    """Return a workbook of ``form`` with a table for each sheet named; the others are empty."""
    return RawWorkbook(tuple(sheet_of(sheet, tables.get(sheet.id, "| |")) for sheet in form.sheets))


def schedule(form: FormDefinition, **tables: str) -> RawWorkbook:
    """As ``workbook`` for the shipped schedule: sheets that are not named say «Не участвуем»."""
    return workbook(form, **{sheet.id: tables.get(sheet.id, _NOT_TAKING_PART) for sheet in form.sheets})


def with_sheet(book: RawWorkbook, title: str, /, **changes: object) -> RawWorkbook:
    """Return ``book`` with fields of one of its sheets changed."""
    sheets = tuple(
        replace(sheet, **changes) if sheet.title == title else sheet  # type: ignore[arg-type]  # fields of one dataclass
        for sheet in book.sheets
    )
    return replace(book, sheets=sheets)
