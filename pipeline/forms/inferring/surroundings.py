"""An administrator's own Excel form, read for what is written around its cells: validations, formats, names, locks.

The cells come from the strict reader; here the same bounded container gives the rest (ECMA-376 part 1: 18.3.1.32
dataValidation, 18.8.30 numFmt, 18.2.5 definedName). Excel keeps a list that is on another sheet in an extension of
its own (MS-XLSX 2.4.39, ``x14:dataValidation``). Nothing of the file is executed, followed or written back.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.forms.parts import layout
from pipeline.forms.reading.precheck import (
    Package,
    open_package,
)
from pipeline.forms.reading.read import read_workbook
from pipeline.forms.reading.sheetxml import (
    MAX_COLUMN,
    decode_escapes,
    parse_part,
)
from pipeline.forms.workbooks.serials import is_date_format
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.forms.workbooks.workbook import RawSheet

if TYPE_CHECKING:
    from lxml.etree import _Element

LAST_ROW = 1_048_576
_LAST_COLUMN = 16_384
_STYLED_ROWS = 6_000
"""Rows whose formats are looked at: no form offers more."""
_MOST_VALIDATIONS = 2_000
_MOST_AREAS = 2_000
_AREA = re.compile(r"\$?([A-Za-z]{0,3})\$?([0-9]{0,7})(?::\$?([A-Za-z]{0,3})\$?([0-9]{0,7}))?")
_TRUE = ("1", "true")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell lies in it."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(frozen=True, slots=True)
class Validation:
    """«Проверка данных» of some cells: ``kind`` and ``operator`` as the file names them, formulas without «=»."""

    kind: str
    operator: str
    low: str
    high: str
    areas: tuple[Area, ...]
    prompt: str = ""
    error: str = ""

    def covers(self, row: int, column: int) -> bool:
        """Whether the cell is under it."""
        return any(area.holds(row, column) for area in self.areas)


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell is formatted: its number format (a built-in one has no code), and whether it is locked."""

    number: str = "0"
    code: str | None = None
    locked: bool = True

    @property
    def is_date(self) -> bool:
        """Whether it shows a number as a date."""
        return is_date_format(self.number, self.code)


@dataclass(frozen=True, slots=True)
class DressedSheet:
    """A sheet with what is around its cells. ``looks`` is row → column → look, for the first rows."""

    raw: RawSheet
    validations: tuple[Validation, ...] = ()
    looks: Mapping[int, Mapping[int, Look]] = field(default_factory=dict)
    column_looks: Mapping[int, Look] = field(default_factory=dict)

    def look(self, row: int, column: int) -> Look:
        """The format of a cell: its own, else that of its column."""
        return self.looks.get(row, {}).get(column) or self.column_looks.get(column, Look())


@dataclass(frozen=True, slots=True)
class DressedBook:
    """A workbook to infer a form from. ``names`` are defined names in lower case → what they mean."""

    sheets: tuple[DressedSheet, ...]
    names: Mapping[str, str]
    title: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether this program made it."""
        return any(sheet.raw.title == layout.KEY_SHEET for sheet in self.sheets)

    def sheet(self, title: str) -> DressedSheet | None:
        """The sheet on the tab ``title``."""
        wanted = title.casefold()
        return next((sheet for sheet in self.sheets if sheet.raw.title.casefold() == wanted), None)


def open_book(data: bytes) -> DressedBook:
    """Read the workbook in ``data`` (.xlsx or .xlsm). Raises only UnreadableWorkbook, whatever the bytes."""
    workbook = read_workbook(data)
    try:
        return _book(open_package(data), list(workbook.sheets))
    except UnreadableWorkbook:
        raise
    except (ValueError, KeyError, OverflowError) as error:
        raise UnreadableWorkbook("damaged") from error


def parse_area(reference: str) -> Area | None:
    """``$A$2:$A$9``, ``B3`` or a whole column ``A:A`` → the rectangle, None for anything else."""
    found = _AREA.fullmatch(reference.strip())
    if found is None:
        return None
    left, top, right, bottom = found.groups()
    if right is None and bottom is None:
        right, bottom = left, top
        if not (left and top):
            return None
    first = (int(top or 1), _letters(left) or 1)
    last = (int(bottom or LAST_ROW), _letters(right or "") or _LAST_COLUMN)
    if not (1 <= first[0] <= last[0] <= LAST_ROW and 1 <= first[1] <= last[1] <= _LAST_COLUMN):
        return None
    return Area(first[0], first[1], last[0], last[1])


def merged_areas(sheet: RawSheet) -> list[Area]:
    """The merged cells of a sheet as rectangles."""
    return [area for reference in sheet.merged if (area := parse_area(reference)) is not None]


def _letters(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _book(package: Package, raw: list[RawSheet]) -> DressedBook:
    roots = {kind: target for _, kind, target in _relations(package, "")}
    main = roots.get("officeDocument", "xl/workbook.xml")
    root = parse_part(package.read(main))
    related = {key: (kind, target) for key, kind, target in _relations(package, main)}
    looks = next((_looks(package, target) for kind, target in related.values() if kind == "styles"), [])
    parts = []
    for element in root.iterfind("{*}sheets/{*}sheet"):
        key = next((str(value) for name, value in element.attrib.items() if str(name).endswith("}id")), "")
        kind, target = related.get(key, ("", ""))
        if kind == "worksheet":
            parts.append(target)
    sheets = tuple(_sheet(parse_part(package.read(part)), own, looks) for part, own in zip(parts, raw, strict=True))
    names = {
        decode_escapes(element.get("name", "")).casefold(): "".join(map(str, element.itertext())).strip()
        for element in root.iterfind("{*}definedNames/{*}definedName")
    }
    return DressedBook(sheets, names, _title(package, roots.get("core-properties", "docProps/core.xml")))


def _title(package: Package, name: str) -> str:
    found = parse_part(package.read(name)).find("{*}title") if name in package else None
    return "" if found is None else " ".join("".join(map(str, found.itertext())).split())[:250]


def _relations(package: Package, part: str) -> Iterator[tuple[str, str, str]]:
    """Yield (id, kind, part) of the inner relationships of ``part``; what leads outside is not followed."""
    folder, base = posixpath.split(part)
    name = posixpath.join(folder, "_rels", f"{base}.rels")
    if name not in package:
        return
    for element in parse_part(package.read(name)).iter("{*}Relationship"):
        if element.get("TargetMode") == "External":
            continue
        target = element.get("Target", "").replace("\\", "/")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        yield element.get("Id", ""), element.get("Type", "").rpartition("/")[2], path


def _looks(package: Package, name: str) -> list[Look]:
    root = parse_part(package.read(name))
    codes = {item.get("numFmtId", ""): item.get("formatCode", "") for item in root.iterfind("{*}numFmts/{*}numFmt")}
    looks = []
    for xf in root.iterfind("{*}cellXfs/{*}xf"):
        number = xf.get("numFmtId", "0")
        guard = xf.find("{*}protection")
        locked = guard is None or guard.get("locked", "1") in _TRUE
        looks.append(Look(number, codes.get(number), locked))
    return looks


def _sheet(root: _Element, raw: RawSheet, looks: list[Look]) -> DressedSheet:
    columns: dict[int, Look] = {}
    for element in root.iterfind("{*}cols/{*}col"):
        style = _index(element.get("style"))
        if style is not None and style < len(looks):
            first, last = _index(element.get("min")) or 1, _index(element.get("max")) or 0
            columns |= dict.fromkeys(range(first, min(last, MAX_COLUMN) + 1), looks[style])
    cells: dict[int, dict[int, Look]] = {}
    for element in root.iterfind("{*}sheetData/{*}row/{*}c"):
        style, area = _index(element.get("s")), parse_area(element.get("r", ""))
        if style is not None and style < len(looks) and area is not None and area.top <= _STYLED_ROWS:
            cells.setdefault(area.top, {})[area.left] = looks[style]
    return DressedSheet(raw, tuple(_validations(root)), cells, columns)


def _index(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= 7 else None


def _validations(root: _Element) -> Iterator[Validation]:
    room = _MOST_AREAS
    for number, element in enumerate(root.iter("{*}dataValidation")):
        if number >= _MOST_VALIDATIONS:
            return
        where = element.get("sqref") or _child(element, "sqref")
        areas = [area for reference in where.split()[:room] if (area := parse_area(reference)) is not None]
        room -= len(areas)
        yield Validation(
            kind=element.get("type", "none"),
            operator=element.get("operator", "between"),
            low=_child(element, "formula1"),
            high=_child(element, "formula2"),
            areas=tuple(areas),
            prompt=_words(element.get("prompt")),
            error=_words(element.get("error")),
        )


def _child(element: _Element, name: str) -> str:
    """The text of a child; the extension wraps it into an element of its own."""
    found = element.find(f"{{*}}{name}")
    return "" if found is None else "".join(map(str, found.itertext())).strip().removeprefix("=")


def _words(value: str | None) -> str:
    return " ".join(decode_escapes(value or "").split())
