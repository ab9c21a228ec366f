"""The reason on record is data; its text is what the database and ``--json`` have always had."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.reason import Reason, conflict, is_conflict

WRITTEN = {
    "accepted": Reason("accepted"),
    "robot-question": Reason("robot-question"),
    "conflict_dmarc": Reason(conflict("dmarc")),
    "duplicate_of:12": Reason("duplicate_of", 12),
    "bounce_of:7": Reason("bounce_of", 7),
    "undone:3": Reason("undone", 3),
    "answer:no_workbook": Reason("answer", name="no_workbook"),
    "file:Роботы/2021": Reason("file", name="Роботы/2021"),
    "file:2021": Reason("file", name="2021"),
    "command:СВОДКА,ФАЙЛ,СКАЧАТЬ ВСЁ": Reason("command", commands=("СВОДКА", "ФАЙЛ", "СКАЧАТЬ ВСЁ")),
    "command:УЧАСТНИКИ,over_cap": Reason("command", commands=("УЧАСТНИКИ",), undone="over_cap"),
    "question,over_cap": Reason("question", undone="over_cap"),
}


@pytest.mark.parametrize("stored", WRITTEN)
def test_a_reason_is_stored_as_its_text_and_read_back(stored: str) -> None:
    assert str(WRITTEN[stored]) == stored
    assert Reason.read(stored) == WRITTEN[stored]


@given(st.one_of(st.text(), st.text(alphabet="ab:,1")))
def test_whatever_older_versions_have_written_keeps_its_text(stored: str) -> None:
    assert str(Reason.read(stored)) == stored


@pytest.mark.parametrize(
    ("stored", "of_a_cap"),
    [
        ("cap", True),
        ("over_cap", True),
        ("question,over_cap", True),
        ("command:УЧАСТНИКИ,over_cap", True),
        ("command:УЧАСТНИКИ,unanswerable", False),
        ("late", False),
    ],
)
def test_a_reason_tells_whether_a_cap_had_a_part_in_it(stored: str, *, of_a_cap: bool) -> None:
    assert Reason.read(stored).is_of_a_cap is of_a_cap


def test_an_origin_in_conflict_is_told_by_its_code() -> None:
    assert is_conflict(conflict("tags"))
    assert not is_conflict("unproven")
