"""Words and pictures over the cells are noted, and nothing in them stops the reading (W29)."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from pipeline.forms.checking.jsonview import check_json
from pipeline.forms.making.build import build_workbook
from pipeline.forms.reading.drawings import drawn_in
from tests.factories.sheets import shipped_form
from tests.factories.workbooks import COVER

FORM = shipped_form("vpr-spo-2021-schedule")
TITLE = FORM.sheet("paper").title
BOX = (
    '<xdr:wsDr xmlns:xdr="urn:x" xmlns:a="urn:a"><xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col>'
    "<xdr:row>{row}</xdr:row></xdr:from><xdr:sp><xdr:txBody><a:p><a:r><a:t>{words}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    "</xdr:twoCellAnchor></xdr:wsDr>"
)
PICTURE = BOX.replace("<xdr:sp><xdr:txBody>", "<xdr:pic><xdr:x>").replace(
    "</xdr:txBody></xdr:sp>", "</xdr:x></xdr:pic>"
)
RELATION = '<Relationship Id="d" Type="http://x/drawing" Target="../drawings/drawing1.xml"/>'


def test_w29_a_text_box_is_quoted_with_its_place() -> None:
    (found,) = drawn_in(BOX.format(row=10, words="Срок  уточним").encode())
    assert (found.words, found.place) == ("Срок уточним", (11, 2))
    (long,) = drawn_in(BOX.format(row="99999999999", words="ы" * 500).encode())
    assert (len(long.words), long.place) == (200, (1, 1))


@pytest.mark.parametrize(
    "content", [b"", b"<", b"<!DOCTYPE a><a/>", BOX.format(row=1, words="  ").encode(), b" " * 600_000]
)
def test_w29_a_broken_or_empty_drawing_says_nothing(content: bytes) -> None:
    assert drawn_in(content) == ()


@pytest.mark.parametrize(("drawing", "said"), [(PICTURE.format(row=6, words=""), "не читаются"), ("<broken", None)])
def test_w29_a_picture_on_a_sheet_is_a_note_in_the_check(drawing: str, said: str | None) -> None:
    book = BytesIO(build_workbook(FORM, COVER))
    with zipfile.ZipFile(book, "a") as package:
        package.writestr("xl/worksheets/_rels/sheet2.xml.rels", f"<Relationships>{RELATION}</Relationships>")
        package.writestr("xl/drawings/drawing1.xml", drawing)
    notes = check_json(FORM, "x", book.getvalue())["notes"]
    assert [(note["sheet"], note["cell"]) for note in notes] == ([(TITLE, "B7")] if said else [])
    assert said is None or said in notes[0]["message"]
