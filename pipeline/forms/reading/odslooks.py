"""What the styles of an OpenDocument spreadsheet make of its cells: dates shown in part, words struck out or raised.

Markup: ODF 1.3 part 3, section numbers beside the elements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from lxml import etree

from pipeline.forms.workbooks.cells import Cell, CellError, PartDate, Raised, Struck
from pipeline.forms.workbooks.values import as_text

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_STYLE, _NUMBER = (f"{{{_ODF}:{name}:1.0}}" for name in ("style", "datastyle"))
_TABLE, _TEXT = (f"{{{_ODF}:{name}:1.0}}" for name in ("table", "text"))
_MOST_COLUMNS = 512


@dataclass(frozen=True, slots=True)
class Looks:
    """Names of the styles that show a date without its year or day, strike out, and raise or lower."""

    part: frozenset[str] = frozenset()
    struck: frozenset[str] = frozenset()
    raised: frozenset[str] = frozenset()
    columns: Mapping[int, str] = field(default_factory=dict)

    def within(self, table: etree._Element) -> Looks:
        """Return the looks of a sheet: a cell without a style of its own has that of its column (9.1.6)."""
        return Looks(self.part, self.struck, self.raised, dict(_columns(table)))

    def of_cell(self, cell: Cell, element: etree._Element, column: int) -> Cell:
        """Return ``cell``, read of ``element``, as people see it."""
        style = element.get(f"{_TABLE}style-name") or self.columns.get(column, "")
        if cell is None or isinstance(cell, CellError):
            return cell
        if style in self.struck:
            return Struck(as_text(cell))
        if isinstance(cell, str):
            return self._of_text(cell, element)
        if style in self.part and isinstance(cell, date) and not isinstance(cell, datetime):
            return PartDate(cell.year, cell.month, cell.day)
        return cell

    def _of_text(self, text: str, element: etree._Element) -> str:
        if not (self.struck or self.raised):
            return text
        used = {
            span.get(f"{_TEXT}style-name", "")
            for span in element.iter(f"{_TEXT}span")
            if "".join(map(str, span.itertext())).strip()
        }
        return Struck(text) if used & self.struck else Raised(text) if used & self.raised else text


def looks_in(roots: Iterable[etree._Element]) -> Looks:
    """Return the looks that the styles in ``roots`` (content.xml, styles.xml) give."""
    styles = {style.get(f"{_STYLE}name", ""): style for root in roots for style in root.iter(f"{_STYLE}style")}
    parts = {
        style.get(f"{_STYLE}name", "")
        for root in roots
        for style in root.iter(f"{_NUMBER}date-style")
        if style.find(f"{_NUMBER}year") is None or style.find(f"{_NUMBER}day") is None
    }
    by_date, struck, raised = set[str](), set[str](), set[str]()
    for name in styles:
        if _inherited(styles, name, f"{_STYLE}data-style-name") in parts:
            by_date.add(name)
        lines = (_inherited(styles, name, f"{_STYLE}text-line-through-{key}") for key in ("type", "style"))
        if next(filter(None, lines), "none") != "none":
            struck.add(name)
        if _inherited(styles, name, f"{_STYLE}text-position").split(" ")[0] not in ("", "0%"):
            raised.add(name)
    return Looks(frozenset(by_date), frozenset(struck), frozenset(raised))


def _inherited(styles: Mapping[str, etree._Element], name: str, key: str) -> str:
    """Return the attribute of a style or of its text, from the style itself or from those it comes from (16.2)."""
    for _ in range(10):
        style = styles.get(name)
        if style is None:
            return ""
        text = style.find(f"{_STYLE}text-properties")
        found = style.get(key) or (text.get(key) if text is not None else None)
        if found is not None:
            return found
        name = style.get(f"{_STYLE}parent-style-name", "")
    return ""


def _columns(table: etree._Element) -> Iterator[tuple[int, str]]:
    number = 1
    for column in table.iter(f"{_TABLE}table-column"):
        repeated = column.get(f"{_TABLE}number-columns-repeated", "1")
        last = number + (int(repeated) if repeated.isascii() and repeated.isdigit() and len(repeated) < 8 else 1)
        if style := column.get(f"{_TABLE}default-cell-style-name"):
            yield from ((at, style) for at in range(number, min(last, _MOST_COLUMNS + 1)))
        number = last
