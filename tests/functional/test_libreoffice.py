"""Our workbooks through LibreOffice and back: identity, structure and values survive; and it opens what we make."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipeline.forms.locating.locate import (
    carriers,
    locate,
)
from pipeline.forms.making.annotate import annotate
from pipeline.forms.making.build import build_workbook
from pipeline.forms.parts import layout
from pipeline.forms.reading.read import (
    UnreadableWorkbook,
    read_workbook,
)
from pipeline.model import Finding, Severity
from tests.factories.workbooks import COVER, TOKEN, sample_form
from tests.systems.programs import find_program

pytestmark = pytest.mark.system("libreoffice")

FORM = sample_form()
RECEIVED: dict[str, Any] = {
    "first": {
        "5": {
            "subject": "Химия",
            "day": {"date": "2021-09-15"},
            "rooms": 3,
            "share": 0.5,
            "code": "007",
            "online": "да",
        },
        "6": {"subject": "=1+1", "day": "15/09/21", "rooms": "двадцать", "remark": 'Текст с "кавычками" & знаками'},
        "12": {"subject": "Математика", "day": {"date": "2021-10-09"}, "rooms": 100},
    },
    "second": {"5": {"subject": "Не участвуем"}},
}
FINDINGS = (
    Finding("type", "type", Severity.ERROR, "Введите целое число.", "Первый лист", 6, "rooms", "C6", "двадцать"),
    Finding("rows", "rows", Severity.WARNING, "Проверьте лист.", "Второй лист"),
)
Convert = Callable[[bytes, str], bytes]


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Return a function that saves a workbook again in another format with a LibreOffice of its own profile."""
    program = find_program("soffice", "LibreOffice")
    profile = tmp_path_factory.mktemp("profile")

    def run(data: bytes, suffix: str) -> bytes:
        folder = tmp_path_factory.mktemp("book")
        (folder / "form.xlsx").write_bytes(data)
        out = folder / "out"
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        subprocess.run(
            [*command, "--convert-to", suffix, "--outdir", str(out), str(folder / "form.xlsx")],
            check=True,
            capture_output=True,
            timeout=120,
            env=os.environ | {"HOME": str(profile)},
        )
        return Path(out / f"form.{suffix}").read_bytes()

    return run


def values(data: bytes) -> dict[str, dict[int, dict[str, Any]]]:
    """Return what a workbook holds in the form's columns, by sheet and row."""
    located = locate(FORM, read_workbook(data))
    assert located.findings == ()
    assert located.repaired == ()
    return {
        sheet_id: {
            row: {
                column: cell
                for column, number in place.columns.items()
                if (cell := place.raw.cell(row, number)) is not None
            }
            for row in range(place.first_row, place.last_row + 1)
            if place.raw.rows.get(row)
        }
        for sheet_id, place in located.sheets.items()
    }


@pytest.mark.parametrize("received", [None, RECEIVED], ids=["blank", "prefilled"])
def test_w2_a_form_saved_by_libreoffice_keeps_identity_and_values(convert: Convert, received: Any) -> None:
    sent = build_workbook(FORM, COVER, received)
    back = convert(sent, "xlsx")
    assert back != sent
    said = carriers(read_workbook(back))
    assert said.tokens == (TOKEN, TOKEN)
    assert (said.form_id, said.form_version, said.code, said.draft) == ("sample-form", 3, COVER.form_code, False)
    assert values(back) == values(sent)


def test_w2_an_annotated_form_saved_by_libreoffice_is_still_the_form(convert: Convert) -> None:
    sent = annotate(FORM, COVER, RECEIVED, FINDINGS)
    back = convert(sent, "xlsx")
    assert carriers(read_workbook(back)).tokens == (TOKEN, TOKEN)
    assert read_workbook(back).sheets[1].title == layout.FINDINGS_TITLE
    assert values(back) == values(sent)


def test_s10_libreoffice_keeps_drop_downs_prompts_notes_and_protection(convert: Convert) -> None:
    """What it keeps of our workbook is what it understood of it."""
    book = load_workbook(io.BytesIO(convert(annotate(FORM, COVER, RECEIVED, FINDINGS), "xlsx")))
    sheet = book["Первый лист"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["A5:A12"].formula1 == "kabinet_list_subjects"
    assert book.defined_names["kabinet_list_subjects"].attr_text == "kabinet_lists!$A$2:$A$5"
    assert "Число должно быть между 1 и 100" in str(rules["C5:C12"].prompt)
    note = sheet["C6"].comment
    assert note is not None
    assert note.text == "Введите целое число."
    assert (sheet.protection.sheet, sheet["A5"].protection.locked, sheet["A3"].protection.locked) == (True, False, True)
    link = book[layout.FINDINGS_TITLE]["D6"].hyperlink
    assert link is not None
    assert link.location == "'Первый лист'!C6"


def test_w28_a_form_saved_as_ods_or_xls_is_told_apart(convert: Convert) -> None:
    sent = build_workbook(FORM, COVER)
    for suffix, reason in (("ods", "ods"), ("xls", "old_xls"), ("pdf", "pdf")):
        with pytest.raises(UnreadableWorkbook) as refused:
            read_workbook(convert(sent, suffix))
        assert refused.value.reason == reason
