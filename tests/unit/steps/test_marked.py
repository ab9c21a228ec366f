"""A letter sends people to coloured cells only where the copy that goes with it has some."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.forms.checking.check import check_batch
from pipeline.forms.workbooks.workbook import RawSheet, RawWorkbook
from pipeline.model import Outcome
from pipeline.steps.letters.values import any_marked
from tests.factories.sheets import schedule, shipped_form, with_sheet, workbook

FORM = shipped_form("vpr-spo-2021-schedule")
PAPER = "РАБОТЫ НА БЛАНКЕ"
HEAD = "| subject | date_first | rooms_first | people_first |"
GOOD = schedule(FORM, paper=f"{HEAD}\n| Физика | 2021-09-15 | 1 | 10 |")
OTHER = replace(schedule(FORM, paper=f"{HEAD}\n| Химия | 2021-09-16 | 1 | 10 |").sheets[0], title="Филиал")


def marked(book: RawWorkbook) -> bool:
    (checked,) = check_batch(FORM, [book])
    assert checked.outcome is Outcome.REJECTED
    return any_marked(checked.findings)


@pytest.mark.parametrize(
    "book",
    [
        replace(GOOD, sheets=(*GOOD.sheets, OTHER)),
        replace(GOOD, sheets=GOOD.sheets[1:]),
        with_sheet(GOOD, PAPER, merged=("A5:B5",)),
        workbook(FORM),
        replace(GOOD, sheets=(RawSheet("Лист1"),)),
    ],
    ids=["second sheet", "sheet missing", "merged", "nothing filled", "no form"],
)
def test_what_is_wrong_with_sheets_colours_no_cell(book: RawWorkbook) -> None:
    assert not marked(book)


@pytest.mark.parametrize("row", ["| Физика | 2021-12-15 | 1 | 10 |", "| Физика | 2021-09-15 | | 10 |"])
def test_a_wrong_or_missing_value_colours_its_cell(row: str) -> None:
    assert marked(schedule(FORM, paper=f"{HEAD}\n{row}"))
