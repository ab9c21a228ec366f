"""Typed values, findings and counts as the rows that letters show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pipeline.catalogue import text
from pipeline.forms.definition.form import FormDefinition
from pipeline.model import Counts, Finding, Severity


def row_counts(form: FormDefinition | None, rows: Mapping[str, int]) -> list[dict[str, Any]]:
    """``{sheet id: filled rows}`` → ``[{"sheet": title, "count": n}]`` in the form's order."""
    return [{"sheet": sheet.title, "count": rows.get(sheet.id, 0)} for sheet in form.sheets] if form else []


def withheld(form: FormDefinition | None) -> bool:
    """Whether letters must not show what was received (``mail_back: false``)."""
    return form is not None and not form.mail_back


def severities(findings: Sequence[Finding]) -> tuple[int, int]:
    """Return (errors, warnings)."""
    errors = sum(1 for finding in findings if finding.severity is Severity.ERROR)
    return errors, len(findings) - errors


def finding_rows(form: FormDefinition | None, findings: Sequence[Finding], most: int) -> list[dict[str, Any]]:
    """Return at most ``most`` findings, errors first, as the letters' templates take them (W23).

    ``value`` is "" for an empty cell; ``hidden`` says that the form keeps its data out of letters.
    """
    hidden = withheld(form)
    titles = (
        {(sheet.title, column.id): column.title for sheet in form.sheets for column in sheet.columns} if form else {}
    )
    ordered = sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR)
    return [
        {
            "sheet": finding.sheet or "",
            "cell": finding.cell or "",
            "column": titles.get((finding.sheet or "", finding.column or ""), ""),
            "value": "" if hidden else finding.value or "",
            "hidden": hidden,
            "message": finding.message,
            "severity": finding.severity.value,
        }
        for finding in ordered[:most]
    ]


def shown_values(form: FormDefinition | None, data: Mapping[str, Any], most: int) -> tuple[list[dict[str, Any]], int]:
    """Return (tables ``{"sheet", "header", "rows"}`` of at most ``most`` rows in all, rows left out).

    Nothing at all of a form that keeps its data out of letters.
    """
    if withheld(form):
        return [], 0
    tables: list[dict[str, Any]] = []
    left, room = 0, most
    for sheet in form.sheets if form else ():
        records = data.get(sheet.id, ())
        shown = records[:room]
        left += len(records) - len(shown)
        room -= len(shown)
        if shown:
            rows = [[as_text(record.get(column.id), column.type) for column in sheet.columns] for record in shown]
            tables.append({"sheet": sheet.title, "header": [column.title for column in sheet.columns], "rows": rows})
    return tables, left


def as_text(value: Any, column_type: str) -> str:  # noqa: ANN401 - a JSON value
    """A typed value as people write it: ``ДД.ММ.ГГГГ``, a decimal comma, «да»/«нет», "" for nothing."""
    if value is None:
        return ""
    if column_type == "date" and isinstance(value, str):
        day = datetime.fromisoformat(value).date() if "T" in value else date.fromisoformat(value)
        return f"{day:%d.%m.%Y}"
    if isinstance(value, bool):
        return text("report.yes") if value else text("report.no")
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    return str(value)


def counts_data(counts: Counts) -> dict[str, Any]:
    """Return the four figures as templates and ``status --json`` name them."""
    return {"total": counts.total, **asdict(counts)}
