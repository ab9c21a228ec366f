"""What the cover says of a draft: only an empty cell and «нет» mean that the return is final (W39)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.catalogue import text
from pipeline.forms.locating.notes import Note
from pipeline.forms.parts import layout
from pipeline.forms.workbooks.cells import Cell
from pipeline.forms.workbooks.titles import normal
from pipeline.forms.workbooks.values import as_text, is_blank
from pipeline.forms.workbooks.workbook import RawSheet, RawWorkbook

_YES, _NO = ("да", "yes"), ("нет", "no")
_LONGEST = 60
"""A label with a mark of its own behind it is no longer than this; the hint about drafts is."""


def draft_mark(workbook: RawWorkbook) -> tuple[bool | None, tuple[Note, ...]]:
    """Return whether the return is a draft, None with a note where the mark is neither «да» nor «нет».

    People write the mark in the cell for it, beside or under that, or behind the words of the label.
    """
    for sheet, row, column in _labels(workbook):
        marks = list(_marks(sheet, row, column))
        meant = {True if normal(mark) in _YES else False if normal(mark) in _NO else None for mark, _ in marks}
        if meant <= {False}:
            return False, ()
        if meant == {True}:
            return True, ()
        mark, cell = next(found for found in marks if normal(found[0]) not in _NO)
        message = text("structure.draft_unclear", sheet=sheet.title, cell=cell, mark=mark[:100])
        return None, (Note(message, sheet.title, cell),)
    return False, ()


def _labels(workbook: RawWorkbook) -> Iterator[tuple[RawSheet, int, int]]:
    """Yield the places of the label: as it is printed on any sheet, or as people rewrote it on the cover."""
    wanted, stem = normal(text("cover.draft")), normal(text("cover.draft").split()[0])
    sheets = sorted(workbook.sheets, key=lambda sheet: not sheet.is_visible)
    for exactly in (True, False):
        for sheet in sheets:
            for row, cells in sheet.rows.items():
                for column, cell in cells.items():
                    if not isinstance(cell, str) or len(cell) > _LONGEST:
                        continue
                    key = normal(cell)
                    if key == wanted if exactly else key.startswith(stem) and _is_cover(sheet):
                        yield sheet, row, column


def _is_cover(sheet: RawSheet) -> bool:
    code = normal(text("cover.code"))
    return sheet.title.casefold() == layout.COVER_TITLE.casefold() or any(
        normal(cell) == code for cells in sheet.rows.values() for cell in cells.values()
    )


def _marks(sheet: RawSheet, row: int, column: int) -> Iterator[tuple[str, str]]:
    """Yield what is written about the label, with its place; the label itself where one word is left of it."""
    cells: Mapping[int, Cell] = sheet.rows[row]
    label = normal(cells[column])
    wanted, stem = normal(text("cover.draft")), normal(text("cover.draft").split()[0])
    behind = label.removeprefix(wanted).removeprefix(stem)
    beside = [at for at in sorted(cells) if at != column and not is_blank(cells[at])]
    if behind:
        yield behind, layout.address(row, column)
    elif label == stem and not beside:
        yield as_text(cells[column]), layout.address(row, column)
    for at in beside:
        yield as_text(cells[at]).strip(), layout.address(row, at)
    for at, cell in sheet.rows.get(row + 1, {}).items():
        if normal(cell) in _YES:
            yield as_text(cell).strip(), layout.address(row + 1, at)
