"""An administrator's table that fills forms before they are first sent: rows by login → what each form begins with.

Every value is read as the form's own columns read it, so that nobody receives a form that would be refused as it came.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pipeline.authoring.mistake import AuthorError
from pipeline.authoring.spelling import hint
from pipeline.cabinet.delimited import decoded, delimiter
from pipeline.cabinet.unreadable import why_unreadable
from pipeline.catalogue import text
from pipeline.errors import ConfigurationError
from pipeline.files.sniff import begins_like_workbook
from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.parts import layout
from pipeline.forms.parts.columns import ColumnSpec, limits_text
from pipeline.forms.parts.expected import expected_in
from pipeline.forms.parts.sheets import PrefillSpec, SheetSpec
from pipeline.forms.reading.precheck import KEPT
from pipeline.forms.reading.read import (
    UnreadableWorkbook,
    read_workbook,
)
from pipeline.forms.workbooks.cells import (
    Cell,
    to_json,
)
from pipeline.forms.workbooks.values import (
    Choices,
    Parser,
    as_text,
    is_blank,
    match_key,
    normalise,
    parser,
)
from pipeline.model.json import Json

FOLDER = "files/"
_HEADER_WITHIN = 20

Row = Mapping[int, Cell]
PrefillRows: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Json]]]
"""Sheet id → row number as text → column id → cell as JSON."""
PrefillTable: TypeAlias = Mapping[str, PrefillRows]
"""The same by login in lower case."""


@dataclass(frozen=True, slots=True)
class _Column:
    spec: ColumnSpec
    place: int
    heading: str
    read: Parser


@dataclass
class _Table:
    """``logins`` is a ``PrefillTable`` in the making."""

    logins: dict[str, dict[str, dict[str, dict[str, Json]]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def sources(form: FormDefinition) -> frozenset[str]:
    """Names in the folder ``files`` of the tables that ``form`` is filled from."""
    return frozenset(spec.source.removeprefix(FOLDER) for spec in form.prefill)


def prefill_table(code: str, form: FormDefinition, stored: Mapping[str, bytes]) -> bytes | None:
    """Return the tables of ``form`` as canonical JSON (see ``rows_for``), None when it has none.

    ``stored`` are the files of the publication ``code`` by name. Raises ConfigurationError with file, line and column;
    wrong values are all reported together.
    """
    if not form.prefill:
        return None
    table = _Table()
    for spec in form.prefill:
        name = spec.source.removeprefix(FOLDER)
        if name not in stored:
            where = {"file": f"{code}/form.yaml", "path": spec.source, "near": hint(name, stored)}
            raise ConfigurationError("prefill.no_file", **where)
        _take(f"{code}/{FOLDER}{name}", form, spec, stored[name], table)
    if table.faults:
        raise AuthorError(table.faults)
    return json.dumps(table.logins, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def rows_for(table: PrefillTable, login: str) -> PrefillRows | None:
    """Return what the form of ``login`` begins with, in the shape of ``Return.received``; None when it has no rows."""
    return table.get(login.lower())


def _take(file: str, form: FormDefinition, spec: PrefillSpec, data: bytes, table: _Table) -> None:
    rows = list(_rows(file, spec, data))
    sheet = form.sheet(spec.sheet)
    header = next((index for index, (_, row) in enumerate(rows[:_HEADER_WITHIN]) if _place(row, spec.login)), None)
    if header is None:
        raise ConfigurationError("prefill.no_header", file=file, login=spec.login)
    line, headings = rows[header]
    login_place = _place(headings, spec.login) or 0
    columns = _columns(file, line, form, sheet, spec, headings)
    for line, row in rows[header + 1 :]:
        login = normalise(as_text(row.get(login_place))).lower()
        if not login:
            table.faults.append(text("prefill.no_login", file=file, line=line))
            continue
        taken = table.logins.setdefault(login, {}).setdefault(sheet.id, {})
        if len(taken) >= sheet.rows.max:
            facts = {"file": file, "line": line, "login": login, "sheet": sheet.title, "limit": sheet.rows.max}
            table.faults.append(text("prefill.too_many", **facts))
            continue
        taken[str(layout.first_row(sheet) + len(taken))] = _values(file, line, columns, row, table)


def _values(file: str, line: int, columns: list[_Column], row: Row, table: _Table) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for column in columns:
        cell = row.get(column.place)
        if is_blank(cell):
            continue
        parsed = column.read(cell)
        if parsed.problem is not None:
            facts = {"heading": column.heading, "value": as_text(cell), "limits": limits_text(column.spec)}
            table.faults.append(text("prefill.value", file=file, line=line, **facts))
        else:
            values[column.spec.id] = to_json(parsed.value)
    return values


def _columns(
    file: str, line: int, form: FormDefinition, sheet: SheetSpec, spec: PrefillSpec, headings: Row
) -> list[_Column]:
    wanted = spec.columns or {column.id: column.title for column in sheet.columns}
    columns = []
    for column_id, heading in wanted.items():
        place = _place(headings, heading)
        if place is None and spec.columns:
            near = hint(heading, [as_text(cell) for cell in headings.values()])
            raise ConfigurationError("prefill.no_column", file=file, line=line, heading=heading, near=near)
        if place is not None:
            column = sheet.column(column_id)
            listed = form.choices(column)
            choices = Choices(listed.choices, listed.aliases) if listed else None
            read = parser(column.type, choices=choices, expected=expected_in(column))
            columns.append(_Column(column, place, heading, read))
    if not columns:
        raise ConfigurationError("prefill.nothing", file=file, line=line, sheet=sheet.title)
    return columns


def _place(row: Row, heading: str) -> int | None:
    wanted = match_key(heading)
    return next((place for place, cell in row.items() if isinstance(cell, str) and match_key(cell) == wanted), None)


def _rows(file: str, spec: PrefillSpec, data: bytes) -> Iterator[tuple[int, Row]]:
    """Yield (line, cells by column) of the rows that hold something: the first visible sheet, or the CSV."""
    if begins_like_workbook(data[:8]):
        try:
            workbook = read_workbook(data, KEPT)
        except UnreadableWorkbook as error:
            reason = text("prefill.cause", why=why_unreadable(error))
            raise ConfigurationError("prefill.unreadable", file=file, reason=reason) from error
        for sheet in workbook.sheets:
            if sheet.is_visible and sheet.rows:
                yield from ((line, sheet.rows[line]) for line in sorted(sheet.rows))
                return
        return
    source = decoded(data)
    if source is None:
        raise ConfigurationError("prefill.unreadable", file=file, reason=text("prefill.encoding"))
    beginning = source[:4_000].split("\n")[:_HEADER_WITHIN]
    heading = next((line for line in beginning if match_key(spec.login) in match_key(line)), "")
    reader = csv.reader(io.StringIO(source, newline=""), delimiter=delimiter(heading), strict=True)
    line = 1
    try:
        for written in reader:
            row: dict[int, Cell] = {place: cell for place, cell in enumerate(written, start=1) if not is_blank(cell)}
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise ConfigurationError("prefill.unreadable", file=file, reason=text("prefill.quotes", line=line)) from error
