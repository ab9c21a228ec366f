"""Findings at cells that the sender cannot see say that the row or column is hidden, and how to show it (W16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pipeline.catalogue import text
from pipeline.forms.locating.locate import LocatedSheet
from pipeline.forms.parts.words import sentence
from pipeline.model import Finding


def with_ways_to_see(findings: Iterable[Finding], sheets: Mapping[str, LocatedSheet]) -> list[Finding]:
    """Return ``findings``, those at hidden cells of ``sheets`` with how to show them."""
    hiding = {sheet.spec.title: sheet for sheet in sheets.values() if sheet.raw.hidden_columns or sheet.raw.hidden_rows}
    if not hiding:
        return list(findings)
    return [_told(item, hiding[item.sheet]) if item.sheet in hiding else item for item in findings]


def _told(item: Finding, sheet: LocatedSheet) -> Finding:
    ways = list(_ways(item, sheet))
    return replace(item, message=" ".join([sentence(item.message), *ways])) if ways else item


def _ways(item: Finding, sheet: LocatedSheet) -> Iterator[str]:
    if item.column and sheet.columns.get(item.column) in sheet.raw.hidden_columns:
        yield text("finding.hidden.column")
    if item.row in sheet.raw.hidden_rows:
        yield text("finding.hidden.filter" if sheet.raw.filtered else "finding.hidden.row")
