"""Typed values, findings and counts as the rows that letters show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pipeline.catalogue import has, text
from pipeline.forms.definition.form import FormDefinition
from pipeline.mail.letters.rows import CountsRow, FindingRow, OrganisationRow, RowCount, ValuesTable
from pipeline.model import Counts, Finding, Letter, Login, Severity


def row_counts(form: FormDefinition | None, rows: Mapping[str, int]) -> tuple[RowCount, ...]:
    """Return how many rows of each sheet are filled, from ``{sheet id: filled rows}``, in the form's order."""
    sheets = form.sheets if form else ()
    return tuple(RowCount(sheet=sheet.title, count=rows.get(sheet.id, 0)) for sheet in sheets)


def withheld(form: FormDefinition | None) -> bool:
    """Whether letters must not show what was received (``mail_back: false``)."""
    return form is not None and not form.mail_back


def severities(findings: Sequence[Finding]) -> tuple[int, int]:
    """Return (errors, warnings)."""
    errors = sum(1 for finding in findings if finding.severity is Severity.ERROR)
    return errors, len(findings) - errors


def any_marked(findings: Sequence[Finding]) -> bool:
    """Whether an error is at a cell of the form: one about a sheet, a column or merged cells colours nothing."""
    return any(finding.severity is Severity.ERROR and finding.cell and finding.column for finding in findings)


def finding_rows(form: FormDefinition | None, findings: Sequence[Finding], most: int) -> tuple[FindingRow, ...]:
    """Return at most ``most`` findings, errors first, as letters show them (W23).

    ``value`` is "" for an empty cell; ``hidden`` says that the form keeps its data out of letters.
    """
    hidden = withheld(form)
    titles = (
        {(sheet.title, column.id): column.title for sheet in form.sheets for column in sheet.columns} if form else {}
    )
    ordered = sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR)
    return tuple(
        FindingRow(
            sheet=finding.sheet or "",
            cell=finding.cell or "",
            column=titles.get((finding.sheet or "", finding.column or ""), ""),
            value="" if hidden else finding.value or "",
            hidden=hidden,
            message=finding.message,
            severity=finding.severity,
        )
        for finding in ordered[:most]
    )


def shown_values(
    form: FormDefinition | None, data: Mapping[str, Any], most: int
) -> tuple[tuple[ValuesTable, ...], int]:
    """Return (tables of at most ``most`` rows in all, rows left out).

    Nothing at all of a form that keeps its data out of letters.
    """
    if withheld(form):
        return (), 0
    tables: list[ValuesTable] = []
    left, room = 0, most
    for sheet in form.sheets if form else ():
        records = data.get(sheet.id, ())
        shown = records[:room]
        left += len(records) - len(shown)
        room -= len(shown)
        if shown:
            rows = (tuple(as_text(record.get(column.id), column.type) for column in sheet.columns) for record in shown)
            header = tuple(column.title for column in sheet.columns)
            tables.append(ValuesTable(sheet=sheet.title, header=header, rows=tuple(rows)))
    return tuple(tables), left


def as_text(value: object, column_type: str) -> str:
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


def organisation_row(login: Login) -> OrganisationRow:
    """Return a login as letters list it."""
    return OrganisationRow(login=login.code, name=login.name)


def counts_row(counts: Counts) -> CountsRow:
    """Return the four figures as letters show them."""
    return CountsRow(
        total=counts.total,
        not_started=counts.not_started,
        in_progress=counts.in_progress,
        submitted=counts.submitted,
    )


def kind_in_words(letter: Letter) -> str:
    """Return what a letter is, as its reader would call it; a kind without a name of its own is added to «Письмо»."""
    code = f"notice.letter.{letter.kind}"
    return text(code) if has(code) else f"{text('notice.letter.other')} ({letter.kind})"
