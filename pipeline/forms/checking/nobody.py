"""Categories of a row in which nobody takes part: zeros, dashes and words in their cells get one remedy, to clear them.

A category is one of a sheet's ``unpivot``. What may be a value, wrong though it is, keeps its own findings (W38).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pipeline.catalogue import text
from pipeline.forms.locating.locate import LocatedSheet
from pipeline.forms.workbooks.values import as_text, is_blank, normalise
from pipeline.model import Finding, Severity

_DASH = re.compile(r"[-–—−‑_]+")
_ZERO = re.compile(r"0+(?:[.,]0+)?")
_WORDS = {
    "int": "finding.nobody.words.number",
    "decimal": "finding.nobody.words.number",
    "date": "finding.nobody.words.date",
}
"""Types whose values always have digits → what is said of words in their cells."""


def one_remedy_for_nobody(findings: Iterable[Finding], sheets: Mapping[str, LocatedSheet]) -> list[Finding]:
    """Return ``findings`` with one for each filled cell of such a category, and none for its empty cells."""
    kept = list(findings)
    for sheet in sheets.values():
        unpivot = sheet.spec.unpivot
        for columns in unpivot.category.values() if unpivot is not None else ():
            kept = _without_category(kept, sheet, frozenset(columns.values()))
    return kept


def _without_category(findings: list[Finding], sheet: LocatedSheet, columns: frozenset[str]) -> list[Finding]:
    title = sheet.spec.title
    refused = {
        item.row
        for item in findings
        if item.sheet == title and item.column in columns and _is_of_value(item) and item.row is not None
    }
    said = {row: found for row in refused if (found := _said(sheet, row, columns))}
    if not said:
        return findings
    kept: list[Finding] = []
    for item in findings:
        if item.sheet != title or item.column not in columns or item.row not in said:
            kept.append(item)
        elif _is_of_value(item):
            kept.append(replace(item, message=said[item.row][item.column]))
    return kept


def _is_of_value(item: Finding) -> bool:
    """Whether the value itself is refused, by its column alone."""
    return item.rule in ("type", "range") and item.severity is Severity.ERROR


def _said(sheet: LocatedSheet, row: int, columns: frozenset[str]) -> dict[str, str]:
    """Return what is said of each filled cell of the category, nothing at all where one of them may be a value."""
    found: dict[str, str] = {}
    for column in columns:
        cell = sheet.raw.cell(row, sheet.columns[column])
        if is_blank(cell):
            continue
        written, words = normalise(as_text(cell)), _WORDS.get(sheet.spec.column(column).type)
        if _ZERO.fullmatch(written):
            found[column] = text("finding.nobody.zero")
        elif _DASH.fullmatch(written):
            found[column] = text("finding.nobody.dash")
        elif words and isinstance(cell, str) and not any(map(str.isdigit, written)):
            found[column] = text(words)
        else:
            return {}
    return found
