"""frictionless with a schema a sheet and the rules as checks; its own Excel plugin (openpyxl) reads the workbook.

The rules are those of the shipped schedule form: field types and constraints in the schema, rules on several cells in a
check of one's own class, the documented way. Aliases of list values are among the allowed values.
What it cannot do: clean a value before the list is held against it (a trailing space, another case), or keep a cell
that failed its type from being missed by the other rules as well, so that one fault is told as two.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from frictionless import Check, Checklist, Dialect, Resource, Schema, errors  # type: ignore[import-not-found]
from frictionless.formats import ExcelControl  # type: ignore[import-not-found]  # in .venv-bench only

from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.parts.layout import FIRST_ROW, HEADER_ROW, KINDS_ROW, address, column_number
from pipeline.forms.parts.sheets import SheetSpec

OPT_OUT = "Не участвуем"
CATEGORIES = ("first", "graduates")


def checker(form: FormDefinition) -> Callable[[bytes], set[tuple[str, str]]]:
    """Return the function that reads and checks a workbook: bytes → wrong cells as (sheet title, address)."""
    schemas = {sheet.id: _schema(form, sheet) for sheet in form.sheets}
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / "return.xlsx"

    def check(data: bytes, _: object = folder) -> set[tuple[str, str]]:
        path.write_bytes(data)
        wrong: set[tuple[str, str]] = set()
        for sheet in form.sheets:
            wrong |= {(sheet.title, place) for place in _check_sheet(path, sheet, schemas[sheet.id])}
        return wrong

    return check


def _check_sheet(path: Path, sheet: SheetSpec, schema: Schema) -> Iterator[str]:
    dialect = Dialect(header_rows=[HEADER_ROW], comment_rows=[1, 2, KINDS_ROW])
    dialect.add_control(ExcelControl(sheet=sheet.title))
    resource = Resource(path=path.name, basepath=str(path.parent), dialect=dialect, schema=schema.to_copy())
    report = resource.validate(Checklist(checks=[ScheduleRules()], skip_errors=["blank-row", "incorrect-label"]))
    for row, name in report.flatten(["rowNumber", "fieldName"]):
        if row is not None and name in sheet.by_id and row >= FIRST_ROW:
            yield address(row, column_number(sheet, name))


def _schema(form: FormDefinition, sheet: SheetSpec) -> Schema:
    fields: list[dict[str, Any]] = []
    for column in sheet.columns:
        low, high = column.range or (None, None)
        if column.type == "choice":
            listed = form.lists[column.list or ""]
            allowed = [*listed.choices, *listed.aliases]
            fields.append({"name": column.id, "type": "string", "constraints": {"required": True, "enum": allowed}})
        elif isinstance(low, date):
            days = {"minimum": f"{low:%d.%m.%Y}", "maximum": f"{high:%d.%m.%Y}"}
            fields.append({"name": column.id, "type": "date", "format": "%d.%m.%Y", "constraints": days})
        else:
            limits = {"minimum": low, "maximum": high}
            fields.append({"name": column.id, "type": "integer", "constraints": limits})
    return Schema.from_descriptor({"fields": fields})


class ScheduleRules(Check):  # type: ignore[misc]  # the peer is not typed here
    """The form's rules on several cells of a row or of the sheet."""

    type = "schedule-rules"
    Errors: ClassVar[list[Any]] = [errors.CellError]

    def __init__(self) -> None:
        super().__init__()
        self._days: dict[tuple[str, str], list[date]] = {}

    def validate_row(self, row: Any) -> Iterable[errors.CellError]:  # noqa: ANN401 - the peer's row
        """Yield an error for each cell that breaks a rule."""
        for name, note in self._faults(row):
            yield errors.CellError.from_row(row, note=note, field_name=name)

    def _faults(self, row: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - the peer's row
        subject = row["subject"]
        days = [row[f"date_{category}"] for category in CATEGORIES]
        if subject not in (None, OPT_OUT) and not any(days):
            yield "date_graduates", "no date"
        for category, day in zip(CATEGORIES, days, strict=True):
            rooms, people = row[f"rooms_{category}"], row[f"people_{category}"]
            if subject == OPT_OUT:
                yield from ((f"{name}_{category}", "opted out") for name in _given(day, rooms, people))
            if day is not None:
                yield from ((f"{name}_{category}", "empty") for name in _missing(rooms, people))
            elif people is not None:
                yield f"date_{category}", "no date"
            if people is not None and rooms is not None and people > rooms * 15:
                yield f"people_{category}", "crowd"
            if day is not None and subject is not None:
                yield from ((f"date_{category}", note) for note in self._day_faults(subject, category, day))

    def _day_faults(self, subject: str, category: str, day: date) -> Iterator[str]:
        seen = self._days.setdefault((subject, category), [])
        if day in seen:
            yield "repeated"
        elif len(seen) == 5:
            yield "sixth day"
        else:
            seen.append(day)


def _given(day: object, rooms: object, people: object) -> list[str]:
    return [name for name, value in (("date", day), ("rooms", rooms), ("people", people)) if value is not None]


def _missing(rooms: object, people: object) -> list[str]:
    return [name for name, value in (("rooms", rooms), ("people", people)) if value is None]
