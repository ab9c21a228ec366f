"""«Экспорт результатов»: the accepted returns of a collection in one workbook, a sheet of the form a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from pipeline.catalogue import format_instant, text
from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.parts.columns import ColumnSpec
from pipeline.forms.parts.sheets import SheetSpec
from pipeline.model import Login, Publication, Return
from pipeline.model.json import Json
from pipeline.reports.sheets import Table, Tell, Value, untold, write_tables

_LEAD = ("login", "name", "region", "handed_in_at", "row")
_LEAD_WIDTHS = (14, 50, 8, 18, 8)


def export_workbook(
    publication: Publication,
    forms: Sequence[FormDefinition],
    accepted: Iterable[tuple[Login, Return]],
    now: datetime,
    disputed: Sequence[Login] = (),
    tell: Tell = untold,
) -> tuple[bytes, int]:
    """Return (.xlsx, number of data rows). ``disputed`` handed in and took it back: named, without data.

    ``forms`` are all versions in use, newest last: columns are matched by their stable ids, so that a return of an
    older version cannot shift (W24). Values are those the organisations handed in, with their types.
    """
    accepted = list(accepted)
    tables = [_table(sheet, columns, accepted) for sheet, columns in _layout(forms)]
    count = sum(len(table.rows) for table in tables)
    return write_tables([_about(publication, len(accepted), count, now, disputed), *tables], now, tell), count


def _layout(forms: Sequence[FormDefinition]) -> list[tuple[SheetSpec, list[ColumnSpec]]]:
    sheets: dict[str, SheetSpec] = {}
    columns: dict[str, dict[str, ColumnSpec]] = {}
    for form in forms:
        for sheet in form.sheets:
            sheets[sheet.id] = sheet
            columns.setdefault(sheet.id, {}).update({column.id: column for column in sheet.columns})
    return [(sheets[sheet_id], list(columns[sheet_id].values())) for sheet_id in sheets]


def _table(sheet: SheetSpec, columns: Sequence[ColumnSpec], accepted: Sequence[tuple[Login, Return]]) -> Table:
    rows: list[list[Value]] = []
    for login, ret in accepted:
        for record in ret.data.get(sheet.id, ()):
            lead = [login.code, login.name, login.region, ret.received_at, record["row"]]
            rows.append([*lead, *(_typed(record.get(column.id), column.type) for column in columns)])
    header = [*(text(f"report.{key}") for key in _LEAD), *(column.title for column in columns)]
    return Table(sheet.title, header, [*_LEAD_WIDTHS, *(22 for _ in columns)], rows)


def _typed(value: Json, column_type: str) -> Value:
    if column_type == "date" and isinstance(value, str):
        return date.fromisoformat(value[:10])
    if isinstance(value, bool):
        return text("report.yes") if value else text("report.no")
    assert value is None or isinstance(value, str | int | float)  # values of a return are scalars
    return value


def _about(publication: Publication, organisations: int, rows: int, now: datetime, disputed: Sequence[Login]) -> Table:
    collection = publication.collection
    facts: list[tuple[str, Value]] = [
        (text("report.publication"), publication.title),
        (text("report.collection"), collection.title if collection else ""),
        (text("report.made_at"), format_instant(now)),
        (text("report.organisations"), organisations),
        (text("report.rows"), rows),
    ]
    if disputed:
        facts.append((text("report.disputed"), "; ".join(f"{login.code} {login.name}" for login in disputed)))
    return Table(text("report.about"), [text("report.fact"), text("report.value")], (30, 90), facts)
