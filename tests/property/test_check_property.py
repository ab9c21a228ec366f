"""Filled at random within the rules: no finding. One violation put in: exactly that rule's finding at that cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms.checking.check import check_batch
from pipeline.forms.checking.examples import workbook_of
from pipeline.forms.making.build import build_workbook
from pipeline.forms.parts.layout import FIRST_ROW, address, column_number
from pipeline.forms.parts.sheets import SheetSpec
from pipeline.forms.reading.read import read_workbook
from pipeline.forms.workbooks.cells import to_json
from pipeline.forms.workbooks.values import normalise
from pipeline.model import Outcome
from tests.factories.sheets import shipped_form
from tests.factories.workbooks import COVER

FORM = shipped_form("vpr-spo-2021-schedule")
FIRST_DAY, LAST_DAY = date(2021, 9, 15), date(2021, 10, 9)
DAYS = [FIRST_DAY + timedelta(days=number) for number in range((LAST_DAY - FIRST_DAY).days + 1)]
NOBODY: list[dict[str, Any]] = [{"subject": "Не участвуем"}]
Row = dict[str, Any]


@st.composite
def group(draw: st.DrawFn, name: str, day: date) -> Row:
    """The three cells of one category, within the rules."""
    rooms = draw(st.integers(1, 100))
    return {
        f"date_{name}": day,
        f"rooms_{name}": rooms,
        f"people_{name}": draw(st.integers(1, rooms * 15)),
    }


@st.composite
def rows_of(draw: st.DrawFn, sheet: SheetSpec) -> list[Row]:
    """Rows of one sheet within the rules: up to five days for each subject and category."""
    listed = FORM.choices(sheet.columns[0])
    assert listed is not None
    result: list[Row] = []
    for subject in draw(st.lists(st.sampled_from(listed.values), unique=True, max_size=4)):
        days = {
            name: draw(st.lists(st.sampled_from(DAYS), unique=True, min_size=1, max_size=5))
            for name in ("first", "graduates")
        }
        for number in range(max(map(len, days.values()))):
            row: Row = {"subject": subject}
            for name, chosen in days.items():
                if number < len(chosen):
                    row |= draw(group(name, chosen[number]))
            result.append(row)
    return result or [dict(row) for row in NOBODY]


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[Row]]:
    """A whole form within the rules."""
    return {sheet.id: draw(rows_of(sheet)) for sheet in FORM.sheets}


@settings(max_examples=25, deadline=None)
@given(st.lists(tables(), min_size=1, max_size=4))
def test_what_is_within_the_rules_has_no_finding(batch: list[dict[str, list[Row]]]) -> None:
    for checked, filled in zip(check_batch(FORM, [workbook_of(FORM, item) for item in batch]), batch, strict=True):
        assert (checked.outcome, checked.findings) == (Outcome.ACCEPTED, ())
        for sheet_id, rows in filled.items():
            taken = [{key: value for key, value in row.items() if value is not None} for row in checked.data[sheet_id]]
            expected = [
                {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
                for row in rows
            ]
            assert [{key: value for key, value in row.items() if key != "row"} for row in taken] == expected


@settings(max_examples=8, deadline=None)
@given(tables())
def test_build_fill_read_check_has_no_finding(filled: dict[str, list[Row]]) -> None:
    received = {
        sheet_id: {
            str(number): {key: to_json(value) for key, value in row.items()}
            for number, row in enumerate(rows, start=FIRST_ROW)
        }
        for sheet_id, rows in filled.items()
    }
    (checked,) = check_batch(FORM, [read_workbook(build_workbook(FORM, COVER, received))])
    assert (checked.outcome, checked.findings, checked.repaired) == (Outcome.ACCEPTED, (), ())
    assert checked.received == received


BOTH: Row = {
    "subject": "Физика",
    "date_first": date(2021, 9, 15),
    "rooms_first": 3,
    "people_first": 30,
    "date_graduates": date(2021, 9, 16),
    "rooms_graduates": 2,
    "people_graduates": 20,
}
VIOLATIONS: dict[str, tuple[str, str, Callable[[Row], Row]]] = {
    "a text for a number": ("type", "rooms_first", lambda row: row | {"rooms_first": "двадцать"}),
    "a date as Americans write it": ("type", "date_first", lambda row: row | {"date_first": "9/15/2021"}),
    "too many rooms": ("range", "rooms_graduates", lambda row: row | {"rooms_graduates": 101}),
    "no rooms": ("range", "rooms_first", lambda row: row | {"rooms_first": 0}),
    "before the first day": ("range", "date_first", lambda row: row | {"date_first": date(2021, 9, 14)}),
    "after the last day": ("range", "date_graduates", lambda row: row | {"date_graduates": date(2021, 10, 10)}),
    "not in the list": ("list", "subject", lambda row: row | {"subject": "Астрономия"}),
    "no subject": ("required", "subject", lambda row: row | {"subject": None}),
    "opted out with data": ("OPTOUT", "rooms_first", lambda _: {"subject": "Не участвуем", "rooms_first": 5}),
    "no date at all": ("ANYDATE", "date_graduates", lambda row: {"subject": row["subject"]}),
    "date without people": ("FULL", "people_first", lambda row: row | {"people_first": None}),
    "people without date": ("DATE", "date_graduates", lambda row: row | {"date_graduates": None}),
    "a crowd": ("LOAD", "people_first", lambda row: row | {"people_first": 46}),
}


@pytest.mark.parametrize("name", VIOLATIONS)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_one_violation_gives_exactly_its_finding_at_its_cell(name: str, data: st.DataObject) -> None:
    rule, column, spoil = VIOLATIONS[name]
    filled = data.draw(tables())
    sheet = data.draw(st.sampled_from([FORM.sheet("paper"), FORM.sheet("computer")]))
    rows = [row for row in filled[sheet.id] if row["subject"] not in ("Физика", "Не участвуем")]
    at = data.draw(st.integers(0, len(rows)))
    filled[sheet.id] = [*rows[:at], spoil(dict(BOTH)), *rows[at:]]
    cell = address(FIRST_ROW + at, column_number(sheet, column))
    (checked,) = check_batch(FORM, [workbook_of(FORM, filled)])
    assert [(finding.rule, finding.sheet, finding.cell) for finding in checked.findings] == [(rule, sheet.title, cell)]


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_sixth_day_gives_exactly_its_finding_at_its_cell(data: st.DataObject) -> None:
    days = data.draw(st.lists(st.sampled_from(DAYS), unique=True, min_size=6, max_size=6))
    rows: list[Row] = [{"subject": "ОБЖ", "date_first": day, "rooms_first": 1, "people_first": 1} for day in days]
    (checked,) = check_batch(FORM, [workbook_of(FORM, {"paper": rows, "meta": NOBODY, "computer": NOBODY})])
    assert [(finding.rule, finding.cell) for finding in checked.findings] == [("DAYS5", address(FIRST_ROW + 5, 2))]


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_w14_cleaning_twice_changes_nothing(value: str) -> None:
    assert normalise(normalise(value)) == normalise(value)
