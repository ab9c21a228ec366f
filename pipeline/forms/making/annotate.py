"""The answer to a faulty return: our own form with the values received, wrong cells coloured and explained.

Never the file that came (it may carry macros, links or worse; and editing it would lose its drop-downs, W3). The result
is a form like any other: corrected and sent back it is read and checked as usual, «Замечания» is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.catalogue import plural, text
from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.making import styles
from pipeline.forms.making.assemble import assemble
from pipeline.forms.making.cover import Cover
from pipeline.forms.making.pack import (
    copy_look,
    pack,
    put_text,
)
from pipeline.forms.parts import layout
from pipeline.forms.parts.sheets import SheetSpec
from pipeline.model import Finding, Severity

MAX_LISTED = 2_000
"""Findings that «Замечания» names one by one (W23)."""
MAX_NOTES = 1_000
_MAX_NOTE = 900
"""Characters of one note: longer ones do not fit a screen."""
_NOTE_WIDTH = 340
_MAX_VALUE = 200
_WIDTHS = (6.0, 17.0, 30.0, 10.0, 30.0, 24.0, 62.0)
_HEADER_ROW = 5


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a finding is in our form: the sheet, and the cell where it has one."""

    spec: SheetSpec | None
    row: int | None
    column: int | None

    @property
    def cell(self) -> str | None:
        """``B7``, None for a finding about a row, a sheet or the whole workbook."""
        return layout.address(self.row, self.column) if self.row and self.column else None


def annotate(form: FormDefinition, cover: Cover, received: Mapping[str, Any], findings: Sequence[Finding]) -> bytes:
    """Return our form as .xlsx with ``received`` filled in, the cells of ``findings`` marked, and all of them listed.

    The same input gives the same bytes. A form that keeps its data out of letters comes back without values.
    """
    book, placed = assemble(form, cover, received)
    ordered = sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR)
    places = [_place(form, finding, placed) for finding in ordered]
    _mark(book, list(zip(ordered, places, strict=True)))
    _write_list(book.create_sheet(layout.FINDINGS_TITLE, 1), form, ordered, places)
    book.active = 1  # the list is what opens first
    return pack(book, cover.opens_at)


def _place(form: FormDefinition, finding: Finding, placed: Mapping[str, Mapping[int, int]]) -> _Place:
    """A return may have had its columns moved: the column's id counts, not the address in the file that came."""
    spec = next((spec for spec in form.sheets if finding.sheet in (spec.id, spec.title)), None)
    if spec is None or finding.row is None:
        return _Place(spec, None, None)
    rows = placed.get(spec.id, {})
    row = rows.get(finding.row)
    if row is None and layout.first_row(spec) <= finding.row <= layout.last_row(spec):
        row = finding.row
    known = finding.column is not None and finding.column in spec.by_id
    column = layout.column_number(spec, finding.column) if known and finding.column else None
    return _Place(spec, row, column)


def _mark(book: Workbook, found: list[tuple[Finding, _Place]]) -> None:
    """Colour the cells, errors over warnings, and give each one note that says everything about it."""
    notes: dict[tuple[str, str], list[Finding]] = {}
    for finding, place in found:
        if place.spec is None or place.row is None:
            continue
        columns = [place.column] if place.column else list(range(1, len(place.spec.columns) + 1))
        for column in columns:
            _colour(book[place.spec.title], place.row, column, finding.severity)
        notes.setdefault((place.spec.title, layout.address(place.row, columns[0])), []).append(finding)
    for (title, address), findings in list(notes.items())[:MAX_NOTES]:
        book[title][address].comment = _note([finding.message for finding in findings])


def _colour(sheet: Worksheet, row: int, column: int, severity: Severity) -> None:
    cell = sheet.cell(row, column)
    if severity is Severity.ERROR:
        cell.fill, cell.font = styles.WRONG, styles.WRONG_FONT
    elif cell.fill != styles.WRONG:
        cell.fill, cell.font = styles.DOUBTFUL, styles.DOUBTFUL_FONT


def _note(messages: Sequence[str]) -> Comment:
    words = "\n".join(dict.fromkeys(messages))
    if len(words) > _MAX_NOTE:
        words = words[: _MAX_NOTE - 1].rstrip() + "…"
    tall = styles.lines(words, _NOTE_WIDTH / 6.6) * 17 + 24
    return Comment(words, text("notes.author"), height=tall, width=_NOTE_WIDTH)


def _write_list(sheet: Worksheet, form: FormDefinition, findings: Sequence[Finding], places: Sequence[_Place]) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = "C0392B"
    for number, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[layout.letters(number)].width = width
    _list_head(sheet, form, findings)
    looks = _looks(sheet)
    for number, (finding, place) in enumerate(zip(findings[:MAX_LISTED], places, strict=False), start=1):
        _list_row(sheet, form, looks, number, finding, place)
    last = _HEADER_ROW + min(len(findings), MAX_LISTED)
    if len(findings) > MAX_LISTED:
        last += 1
        put_text(sheet.cell(last, 1), text("notes.more", count=len(findings) - MAX_LISTED))
        sheet.cell(last, 1).font = styles.STRONG
    edge = layout.letters(len(_WIDTHS))
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    styles.set_page(sheet, f"A1:{edge}{last}")
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    footer = sheet.oddFooter
    assert footer is not None
    footer.right.text, footer.right.font, footer.right.size = text("sheet.page"), f"{styles.FACE},Regular", 9


def _list_head(sheet: Worksheet, form: FormDefinition, findings: Sequence[Finding]) -> None:
    advice = text("notes.what_to_do" if form.mail_back else "notes.what_to_do_withheld")
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = len(findings) - errors
    parts = [
        plural(errors, "ошибка", "ошибки", "ошибок") if errors else "",
        plural(warnings, "предупреждение", "предупреждения", "предупреждений") if warnings else "",
    ]
    counts = text("notes.counts", counts=", ".join(part for part in parts if part) or text("notes.none"))
    for row, value, font in (
        (1, text("notes.title"), styles.SHEET_TITLE),
        (2, counts, styles.STRONG),
        (3, advice, styles.BODY),
    ):
        put_text(sheet.cell(row, 1), value)
        sheet.cell(row, 1).font = font
        sheet.cell(row, 1).alignment = styles.FLAT
        sheet.row_dimensions[row].height = 28 if row == 1 else 20
    sheet.merge_cells(start_row=3, start_column=1, end_row=3, end_column=len(_WIDTHS))
    sheet.cell(3, 1).alignment = styles.LEFT
    sheet.row_dimensions[3].height = styles.height(advice, sum(_WIDTHS)) + 4
    for number, code in enumerate(("number", "severity", "sheet", "cell", "column", "value", "message"), start=1):
        cell = sheet.cell(_HEADER_ROW, number)
        put_text(cell, text(f"notes.head.{code}"))
        cell.font, cell.fill, cell.alignment, cell.border = styles.HEADER, styles.BAND, styles.CENTRE, styles.BOX
    sheet.row_dimensions[_HEADER_ROW].height = 24


def _list_row(
    sheet: Worksheet, form: FormDefinition, looks: Mapping[str, Cell], number: int, finding: Finding, place: _Place
) -> None:
    row, spec = _HEADER_ROW + number, place.spec
    column = spec.columns[place.column - 1].title if spec and place.column else ""
    title = spec.title if spec else finding.sheet or ""
    value = (finding.value or "")[:_MAX_VALUE] if form.mail_back else ""
    where = place.cell or finding.cell or (text("notes.row", row=place.row) if place.row else "")
    values = (text(f"notes.severity.{finding.severity.value}"), title, where, column, value, finding.message)
    for offset, words in enumerate(("", *values), start=1):
        cell = sheet.cell(row, offset)
        assert isinstance(cell, Cell)
        copy_look(looks[_look(offset, finding, place)], cell)
        put_text(cell, words)
    sheet.cell(row, 1, number)
    if spec is not None:
        _link(sheet, row, spec, place)
    needs = [styles.height(words, width) for words, width in zip(values, _WIDTHS[1:], strict=True)]
    sheet.row_dimensions[row].height = max(needs) + 4


def _looks(sheet: Worksheet) -> Mapping[str, Cell]:
    """Return a cell, in no sheet, for each way in which cells of the list look: they are many, and styling is slow."""
    looks = {}
    for name, font, alignment, fill, number_format in (
        ("number", styles.QUIET, styles.CENTRE, None, "General"),
        ("error", styles.WRONG_FONT, styles.LEFT, styles.WRONG, "@"),
        ("warning", styles.DOUBTFUL_FONT, styles.LEFT, styles.DOUBTFUL, "@"),
        ("text", styles.BODY, styles.LEFT, None, "@"),
        ("place", styles.BODY, styles.CENTRE, None, "@"),
        ("linked text", styles.LINK, styles.LEFT, None, "@"),
        ("linked place", styles.LINK, styles.CENTRE, None, "@"),
    ):
        look = looks[name] = Cell(sheet, row=1, column=1)
        look.font, look.alignment, look.border, look.number_format = font, alignment, styles.BOX, number_format
        if fill is not None:
            look.fill = fill
    return looks


def _look(column: int, finding: Finding, place: _Place) -> str:
    if column <= 2:
        return ("number", "error" if finding.severity is Severity.ERROR else "warning")[column - 1]
    linked = "linked " if place.spec is not None and column == _link_column(place) else ""
    return linked + ("place" if column == 4 else "text")


def _link_column(place: _Place) -> int:
    """A finding with a place leads to it by a click; one about a sheet leads to the sheet."""
    return 4 if place.row else 3


def _link(sheet: Worksheet, row: int, spec: SheetSpec, place: _Place) -> None:
    target = place.cell or f"A{place.row or layout.TITLE_ROW}"
    cell = sheet.cell(row, _link_column(place))
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{spec.title}'!{target}", display=str(cell.value))
