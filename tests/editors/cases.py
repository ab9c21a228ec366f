"""A form, rows that keep all of its rules, and faults of which each breaks exactly one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.forms.checking.check import Checked
from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.parts import layout

Typed = str | int | float | bool | date
Row = dict[str, Typed | None]
Tables = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Typing:
    """One value typed into one cell: the sheet's title, row and column from 1. None clears the cell."""

    sheet: str
    row: int
    column: int
    value: Typed | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Changes (sheet id, index of the row, column id, value) that break ``rule`` and nothing else.

    The finding is expected on ``sheet``, at the cell of ``row`` and ``column`` where both are given. ``kind_matters``
    marks a value that is wrong only as long as its kind is kept: a number where a text is asked for.
    """

    what: str
    rule: str
    sheet: str
    changes: tuple[tuple[str, int, str, Typed | None], ...]
    row: int | None = None
    column: str | None = None
    kind_matters: bool = False


@dataclass(frozen=True)
class Case:
    """``rows`` has for each sheet id the rows from the form's first one on, without gaps."""

    name: str
    form: FormDefinition
    rows: Tables
    faults: tuple[Fault, ...]

    def typed(self) -> list[Typing]:
        """What somebody types who keeps the rules."""
        return self._typings(
            (sheet_id, index, column, value)
            for sheet_id, rows in self.rows.items()
            for index, row in enumerate(rows)
            for column, value in row.items()
            if value is not None
        )

    def typed_wrong(self, fault: Fault) -> list[Typing]:
        """The same with ``fault`` in it."""
        changed = {(typing.sheet, typing.row, typing.column): typing for typing in self.typed()}
        changed |= {(typing.sheet, typing.row, typing.column): typing for typing in self._typings(fault.changes)}
        return [typing for typing in changed.values() if typing.value is not None]

    def correction(self, fault: Fault) -> list[Typing]:
        """What turns the rows with ``fault`` into right ones again."""
        return self._typings(
            (sheet_id, index, column, self.rows[sheet_id][index].get(column))
            for sheet_id, index, column, _ in fault.changes
        )

    def expected(self, fault: Fault) -> list[tuple[str, str | None, str | None]]:
        """The one finding of ``fault`` as ``said`` shows it."""
        spec = self.form.sheet(fault.sheet)
        cell = None
        if fault.row is not None and fault.column is not None:
            cell = layout.address(layout.first_row(spec) + fault.row, layout.column_number(spec, fault.column))
        return [(fault.rule, spec.title, cell)]

    def data(self) -> dict[str, list[dict[str, Any]]]:
        """The rows as an accepted return keeps them, blank cells left out."""
        return {
            sheet_id: [
                {"row": number} | {key: _json(value) for key, value in row.items() if value is not None}
                for number, row in enumerate(rows, start=layout.first_row(self.form.sheet(sheet_id)))
            ]
            for sheet_id, rows in self.rows.items()
        }

    def _typings(self, cells: Any) -> list[Typing]:
        result = []
        for sheet_id, index, column, value in cells:
            spec = self.form.sheet(sheet_id)
            number = layout.column_number(spec, column)
            result.append(Typing(spec.title, layout.first_row(spec) + index, number, value))
        return result


def said(checked: Checked) -> list[tuple[str, str | None, str | None]]:
    """The findings of a verdict as (rule, sheet, cell)."""
    return [(finding.rule, finding.sheet, finding.cell) for finding in checked.findings]


def taken(checked: Checked) -> dict[str, list[dict[str, Any]]]:
    """The data of an accepted return, blank cells left out."""
    return {
        sheet_id: [{key: value for key, value in row.items() if value is not None} for row in rows]
        for sheet_id, rows in checked.data.items()
    }


def _json(value: Typed) -> Any:
    return value.isoformat() if isinstance(value, date) else value
