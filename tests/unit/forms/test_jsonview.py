"""The lines of ``form read`` and ``form check``: the keys of the contract, and a line for any bytes whatever."""

from __future__ import annotations

import json

import pytest

from pipeline.forms.checking import jsonview
from pipeline.forms.making.build import build_workbook
from tests.factories.sheets import shipped_form
from tests.factories.workbooks import COVER

FORM = shipped_form("vpr-spo-2021-schedule")
OUT = {"5": {"subject": "Не участвуем"}}
PHYSICS = {"subject": "Физика", "date_first": {"date": "2021-09-15"}, "rooms_first": 500, "people_first": 10}
FILLED = {
    "paper": {"5": PHYSICS},
    "meta": OUT,
    "computer": OUT,
}


def test_a_check_is_one_object_with_the_keys_of_the_contract() -> None:
    line = jsonview.check_json(FORM, "ответ.xlsx", build_workbook(FORM, COVER, FILLED))
    assert json.loads(json.dumps(line)) == {
        "file": "ответ.xlsx",
        "outcome": "rejected",
        "findings": [
            {
                "code": "range",
                "rule": "range",
                "severity": "error",
                "sheet": "РАБОТЫ НА БЛАНКЕ",
                "row": 5,
                "column": "rooms_first",
                "cell": "C5",
                "value": "500",
                "message": "Число должно быть между 1 и 100.",
            }
        ],
        "notes": [],
        "draft": False,
        "rows": {"paper": 1, "meta": 1, "computer": 1},
    }


def test_a_check_with_values_shows_the_rows_as_an_export_holds_them() -> None:
    right = FILLED | {"paper": {"5": PHYSICS | {"rooms_first": 2}}}
    line = jsonview.check_json(FORM, "x", build_workbook(FORM, COVER, right), values=True)
    assert list(line) == ["file", "outcome", "findings", "notes", "draft", "rows", "values"]
    assert list(line["values"]) == ["paper", "meta", "computer"]
    (row,) = line["values"]["paper"]
    assert list(row) == ["row", *(column.id for column in FORM.sheet("paper").columns)]
    assert (row["row"], row["subject"], row["date_first"], row["rooms_first"]) == (5, "Физика", "2021-09-15", 2)
    refused = jsonview.check_json(FORM, "x", build_workbook(FORM, COVER, FILLED), values=True)
    assert refused["values"] == {"paper": [], "meta": [], "computer": []}


def test_a_note_names_its_sheet_and_cell() -> None:
    spaced = FILLED | {"paper": {"5": PHYSICS | {"rooms_first": "2"}}}
    (note,) = jsonview.check_json(FORM, "x", build_workbook(FORM, COVER, spaced))["notes"]
    assert list(note) == ["sheet", "cell", "message"]
    assert (note["sheet"], note["cell"]) == ("РАБОТЫ НА БЛАНКЕ", "C5")


def test_bytes_that_are_no_workbook_say_nothing_of_a_draft() -> None:
    line = jsonview.check_json(FORM, "x", b"a;b", values=True)
    assert (line["notes"], line["draft"], line["values"]) == ([], None, {"paper": [], "meta": [], "computer": []})


def test_w22_the_blank_form_itself_is_rejected_for_its_rows_alone() -> None:
    line = jsonview.check_json(FORM, "x", build_workbook(FORM, COVER))
    assert (line["outcome"], {finding["rule"] for finding in line["findings"]}) == ("rejected", {"rows_min"})


def test_reading_shows_every_sheet_and_hidden_ones_too() -> None:
    line = jsonview.workbook_json("x", build_workbook(FORM, COVER, FILLED))
    assert (line["file"], line["outcome"], line["reason"]) == ("x", "read", None)
    assert {"РАБОТЫ НА БЛАНКЕ", "kabinet_key", "kabinet_lists"} <= line["sheets"].keys()
    grid = line["sheets"]["РАБОТЫ НА БЛАНКЕ"]
    assert grid[4][:5] == ["Физика", {"date": "2021-09-15"}, 500, 10, None]
    assert len({len(row) for row in grid}) == 1
    json.dumps(line)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0" * 200, b"a;b\n1;2\n", b"\x00" * 999]
)
def test_any_bytes_get_a_line(data: bytes) -> None:
    read = jsonview.workbook_json("x", data)
    assert (read["outcome"], read["sheets"]) == ("unreadable", {})
    assert read["reason"]
    checked = jsonview.check_json(FORM, "x", data)
    assert checked["outcome"] == "unreadable"
    assert checked["findings"][0]["message"]


def test_w19_even_a_fault_of_ours_gets_a_line_and_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes, isolated: None) -> None:
        raise RecursionError

    monkeypatch.setattr(jsonview, "read_any", broken)
    assert jsonview.workbook_json("x", b"")["reason"] == "incident"
    line = jsonview.check_json(FORM, "x", b"")
    assert (line["outcome"], [finding["code"] for finding in line["findings"]]) == ("incident", ["incident"])
