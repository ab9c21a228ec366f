"""A person's comment on a cell is a word: it is told, and what our own answer wrote there is not (W29)."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

from pipeline.forms.checking.check import check_batch
from pipeline.forms.making.annotate import annotate
from pipeline.forms.making.build import build_workbook
from pipeline.forms.reading.opendocument import read_ods
from pipeline.forms.reading.read import read_workbook
from pipeline.forms.reading.remarks import remarks_in
from pipeline.forms.workbooks.plain import from_plain, to_plain
from pipeline.forms.workbooks.workbook import RawSheet, RawWorkbook, Remark
from tests.factories.foreign import ods, ods_cell, ods_row
from tests.factories.sheets import shipped_form
from tests.factories.workbooks import COVER

FORM = shipped_form("vpr-spo-2021-schedule")
TITLE = FORM.sheet("paper").title
WRONG = {"paper": {"5": {"subject": "Химея", "rooms_first": "два"}}}
THREAD = (
    '<t:ThreadedComments xmlns:t="urn:t"><t:threadedComment ref="D5"><t:text>двое болеют</t:text></t:threadedComment>'
    '<t:threadedComment ref="D5"><t:text>уже трое</t:text></t:threadedComment></t:ThreadedComments>'
)
OLD = "<comments><authors><author>Завуч</author></authors><commentList>{list}</commentList></comments>"


def said(workbook: RawWorkbook) -> list[str]:
    """What is noted of comments."""
    (checked,) = check_batch(FORM, [workbook])
    return [note.message for note in checked.notes if "примечани" in note.message]


def blank_with(cell: str, words: str, author: str = "Секретарь") -> RawWorkbook:
    book = load_workbook(BytesIO(build_workbook(FORM, COVER)))
    book[TITLE][cell].comment = Comment(words, author)
    saved = BytesIO()
    book.save(saved)
    return read_workbook(saved.getvalue())


def answer(*, added: str = "") -> RawWorkbook:
    """Our answer to a faulty return, as it would come back; ``added`` is typed into its first comment."""
    findings = check_batch(FORM, [read_workbook(annotate(FORM, COVER, WRONG, ()))])[0].findings
    data = annotate(FORM, COVER, WRONG, findings)
    if not added:
        return read_workbook(data)
    book = load_workbook(BytesIO(data))
    comment = book[TITLE]["A5"].comment
    book[TITLE]["A5"].comment = Comment(f"{comment.text}\n{added}", comment.author)
    saved = BytesIO()
    book.save(saved)
    return read_workbook(saved.getvalue())


def test_w29_a_comment_is_quoted_with_its_cell_and_the_way() -> None:
    (note,) = said(blank_with("D5", "Секретарь:\nдвое  болеют"))
    assert "D5" in note
    assert "«Секретарь: двое болеют»" in note
    assert "ответьте на письмо" in note


def test_w29_our_own_comments_are_none_of_a_person_s() -> None:
    assert any(remark.place == (5, 1) for sheet in answer().sheets for remark in sheet.remarks)
    assert said(answer()) == []
    nameless = (
        replace(sheet, remarks=tuple(replace(remark, author="") for remark in sheet.remarks))
        for sheet in answer().sheets
    )
    assert said(RawWorkbook(tuple(nameless))) == []


def test_w29_what_a_person_adds_to_our_comment_is_told_alone() -> None:
    (note,) = said(answer(added="это не опечатка"))
    assert "«это не опечатка»" in note


def test_w29_without_its_list_our_comment_is_known_by_its_author() -> None:
    whole = answer()
    assert said(RawWorkbook(tuple(sheet for sheet in whole.sheets if sheet.title != "Замечания"))) == []


def test_w29_many_comments_are_quoted_in_part_and_counted() -> None:
    sheet = RawSheet(TITLE, remarks=tuple(Remark(f"слово {row}", (row, 1)) for row in range(5, 20)))
    notes = said(RawWorkbook((sheet,)))
    assert len(notes) == 11
    assert "5 примечаний" in notes[-1]


def test_w29_threads_and_old_comments_are_read() -> None:
    assert [(remark.words, remark.place) for remark in remarks_in(THREAD.encode())] == [
        ("двое болеют", (5, 4)),
        ("уже трое", (5, 4)),
    ]
    rich = '<comment ref="B7" authorId="0"><text><r><t>да</t></r><r><t>же</t></r></text></comment>'
    plain = '<comment ref="C8" authorId="9"><text><t>нет_x000A_</t></text></comment>'
    assert remarks_in(OLD.format(list=rich + plain).encode()) == (
        Remark("даже", (7, 2), "Завуч"),
        Remark("нет", (8, 3)),
    )


@pytest.mark.parametrize(
    "content", [b"", b"<", b"<!DOCTYPE a><a/>", OLD.format(list='<comment ref="?"/>').encode(), b" " * 3_000_000]
)
def test_w29_a_broken_or_empty_part_of_comments_says_nothing(content: bytes) -> None:
    assert remarks_in(content) == ()


def test_w29_comments_of_ods_are_read_and_cross_from_the_child() -> None:
    note = "<office:annotation><text:p>двое</text:p><text:p>болеют</text:p></office:annotation>"
    blank = f"<table:table-cell>{note}</table:table-cell>"
    read = read_ods(ods(ods_row(ods_cell("да")) + ods_row(ods_cell("нет"), blank)))
    for workbook in (read, from_plain(to_plain(read))):
        assert workbook.sheets[0].remarks == (Remark("двое\nболеют", (2, 2)),)
        assert workbook.sheets[0].cell(2, 2) is None
