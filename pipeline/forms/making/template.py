"""A form version made once by openpyxl and cut where logins differ: each further form costs 0.2 ms of CPU.

What ``fill`` makes is, byte for byte, what ``whole`` makes cell by cell: the tests hold one against the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.compat import safe_string
from openpyxl.utils.datetime import to_excel

from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.locating.locate import keywords_of
from pipeline.forms.making.assemble import assemble
from pipeline.forms.making.cover import (
    COVER_CELLS,
    Cover,
    fact_height,
    personal_cells,
)
from pipeline.forms.making.datasheet import (
    Rows,
    place_rows,
    shown_format,
    shown_value,
    value_styles,
)
from pipeline.forms.making.pack import (
    GUARDED,
    CellStyles,
    Cut,
    Frame,
    Places,
    cell_text,
    clean,
    cut_at,
    members_of,
    pack,
    styles_of,
)
from pipeline.forms.parts import layout
from pipeline.forms.parts.sheets import SheetSpec

_COVER = "xl/worksheets/sheet1.xml"
_CORE = "docProps/core.xml"
_KEYWORDS = re.compile(rb"(?<=<cp:keywords>)[^<]*(?=</cp:keywords>)")
_FIRST_DATA = b'<row r="%d" ' % layout.FIRST_ROW
_END_OF_ROW = b"</row>"


@dataclass(frozen=True, slots=True)
class _DataSheet:
    """A blank data sheet in pieces: before its rows, each row's opening tag and whole, after them."""

    spec: SheetSpec
    member: str
    head: bytes
    opening: Sequence[str]
    rows: Sequence[bytes]
    tail: bytes
    styles: Sequence[CellStyles]

    @property
    def blank(self) -> bytes:
        return b"".join((self.head, *self.rows, self.tail))

    def filled(self, placed: Mapping[int, int], received: Rows) -> bytes:
        """Return the sheet with ``received`` in it, ``placed`` (see ``place_rows``) where the form offers a place."""
        first, rows = layout.first_row(self.spec), list(self.rows)
        for key, cells in received.items():
            if (row := placed.get(int(key))) is not None:
                written = self._row(row, self.opening[row - first], cells)
                rows[row - first] = written.encode("ascii", "xmlcharrefreplace")
        return b"".join((self.head, *rows, self.tail))

    def _row(self, row: int, opening: str, cells: Mapping[str, Any]) -> str:
        parts = [opening]
        for number, (column, style) in enumerate(zip(self.spec.columns, self.styles, strict=True), start=1):
            address = layout.address(row, number)
            value = shown_value(cells.get(column.id))
            if value is None:
                parts.append(f'<c r="{address}" s="{style.plain}" t="n"></c>')
            elif isinstance(value, str):
                parts.append(_text_cell(address, value, style))
            else:
                looks = style.by_format[shown_format(column, value)]
                parts.append(f'<c r="{address}" s="{looks}" t="n"><v>{_number(value)}</v></c>')
        return "".join(parts) + "</row>"


@dataclass(frozen=True, slots=True)
class Template:
    """A blank form of one publication in pieces. ``cover``, ``key`` and ``core`` are what is between the places
    that differ from login to login; ``frame`` is all the rest without the data sheets, ``blank`` with them.
    """

    frame: Frame
    blank: Frame
    sheets: Sequence[_DataSheet]
    cover: Cut
    cover_styles: Mapping[str, CellStyles]
    key_member: str
    key: Cut
    core: Cut

    def fill(self, form: FormDefinition, cover: Cover, received: Mapping[str, Rows]) -> bytes:
        """Return the form of ``cover.login`` as .xlsx; ``received`` is sheet id → rows and may be empty."""
        frame = self.blank
        members: list[tuple[str, bytes]] = []
        placed = {
            sheet.spec.id: place_rows(sheet.spec, received[sheet.spec.id])
            for sheet in self.sheets
            if sheet.spec.id in received
        }
        if any(placed.values()):
            frame = self.frame
            members = [
                (sheet.member, sheet.filled(placed.get(sheet.spec.id, {}), received.get(sheet.spec.id, {})))
                for sheet in self.sheets
            ]
        own = [
            (_COVER, self.cover.filled([_octets(text) for text in self._cover_texts(cover)])),
            (self.key_member, self.key.filled([_octets(_text_cell(*cell)) for cell in _key_cells(cover)])),
            (_CORE, self.core.filled([_escaped(clean(keywords_of(cover.token, form))).encode()])),
        ]
        return frame.closed(members, own)

    def _cover_texts(self, cover: Cover) -> Iterator[str]:
        for address, value in personal_cells(cover).items():
            yield safe_string(fact_height(value))
            yield _text_cell(address, value, self.cover_styles[address])


def make(form: FormDefinition, cover: Cover) -> Template:
    """Build the blank form once with openpyxl and cut it."""
    book, _ = assemble(form, cover, None)
    first = book.worksheets[0]
    addresses = personal_cells(cover)
    styles = {address: styles_of(cell) for address in addresses if isinstance(cell := first[address], Cell)}
    columns = [value_styles(book[spec.title], spec) for spec in form.sheets]
    members = dict(members_of(book, cover.opens_at))
    names, own = _data_sheets(form), _own_members(form)
    cuts = {name: Cut.of(cut_at(members[name], places)[0]) for name, places in own.items()}
    frame = Frame().plus((name, content) for name, content in members.items() if name not in [*names, *own])
    sheets = [
        _cut_sheet(spec, name, members[name], style)
        for spec, name, style in zip(form.sheets, names, columns, strict=True)
    ]
    return Template(
        frame=frame,
        blank=frame.plus((sheet.member, sheet.blank) for sheet in sheets),
        sheets=sheets,
        cover=cuts[_COVER],
        cover_styles=styles,
        key_member=_key_member(form),
        key=cuts[_key_member(form)],
        core=cuts[_CORE],
    )


def whole(form: FormDefinition, cover: Cover, received: Mapping[str, Any] | None) -> bytes:
    """Return the form as .xlsx, every cell by openpyxl: the long way, for what a template has no place for."""
    book, placed = assemble(form, cover, received)
    sheets, own = _data_sheets(form), _own_members(form)
    if any(placed.values()):
        return pack(book, cover.opens_at, hasty=sheets, own=own)
    return pack(book, cover.opens_at, last=sheets, own=own)


def _data_sheets(form: FormDefinition) -> list[str]:
    return [_sheet(number) for number in range(2, len(form.sheets) + 2)]


def _own_members(form: FormDefinition) -> Places:
    """The members that differ from login to login, and where: cover, key, properties."""
    return {
        _COVER: [part for address in COVER_CELLS for part in _height_and_cell(address)],
        _key_member(form): [_cell(address) for address in (layout.KEY_TOKEN, layout.KEY_CODE)],
        _CORE: [_KEYWORDS],
    }


def _key_member(form: FormDefinition) -> str:
    return _sheet(len(form.sheets) + (3 if form.lists else 2))


def _sheet(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _key_cells(cover: Cover) -> tuple[tuple[str, str], ...]:
    return (layout.KEY_TOKEN, cover.token), (layout.KEY_CODE, cover.form_code)


def _text_cell(address: str, value: str, style: CellStyles | None = None) -> str:
    """Return a cell with a text as openpyxl writes it."""
    written = cell_text(value)
    number = style and (style.guarded if written.startswith(GUARDED) else style.plain)
    attributes = f'r="{address}"' + (f' s="{number}"' if number is not None else "") + ' t="inlineStr"'
    if not written:
        return f"<c {attributes}></c>"
    kept = ' xml:space="preserve"' if written != written.strip() else ""
    return f"<c {attributes}><is><t{kept}>{_escaped(written)}</t></is></c>"


def _number(value: float | date) -> str:
    """Return a number as openpyxl writes it, a date as its serial."""
    stored = to_excel(value) if isinstance(value, date) else value  # type: ignore[no-untyped-call]  # openpyxl's
    return str(safe_string(stored))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _octets(text: str) -> bytes:
    """Sheets are written in ASCII with references, as openpyxl does."""
    return text.encode("ascii", "xmlcharrefreplace")


def _cell(address: str) -> re.Pattern[bytes]:
    return re.compile(rb'<c r="%b"(?:(?!<c ).)*?</c>' % address.encode("ascii"), re.DOTALL)


def _height_and_cell(address: str) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    row = address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").encode("ascii")
    return re.compile(rb'(?<=<row r="%b" ht=")[^"]*' % row), _cell(address)


def _cut_sheet(spec: SheetSpec, name: str, content: bytes, styles: Sequence[CellStyles]) -> _DataSheet:
    start, end = content.index(_FIRST_DATA), content.rindex(_END_OF_ROW) + len(_END_OF_ROW)
    head, tail = content[:start], content[end:]
    blank = [row + _END_OF_ROW for row in content[start:end].split(_END_OF_ROW)[:-1]]
    opening = [row[: row.index(b">") + 1].decode("ascii") for row in blank]
    return _DataSheet(spec, name, head, opening, blank, tail, styles)
