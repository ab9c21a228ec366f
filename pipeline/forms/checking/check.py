"""Workbooks → verdicts: a whole batch of returns of one form in one pandera run.

Stages: structure stops a workbook and is reported whole; what the cells, rows, groups and sheets are found to be is
reported in one answer. A rule that raises is ours, never the respondent's: the batch is then run again singly, and
only the workbook that makes it raise becomes an incident (W26, W27).
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandera.polars as pa
import polars as pl
import structlog
from pandera.errors import SchemaErrors

from pipeline.catalogue import plural, text
from pipeline.errors import Incident
from pipeline.forms.checking.compile import CompiledForm, compiled
from pipeline.forms.checking.frames import SheetRows, frames
from pipeline.forms.checking.intake import (
    MOST_FINDINGS,
    Taken,
    finding,
    take,
)
from pipeline.forms.checking.nobody import one_remedy_for_nobody
from pipeline.forms.checking.optouts import without_contradictions
from pipeline.forms.checking.schemas import PlaceCheck
from pipeline.forms.checking.unseen import with_ways_to_see
from pipeline.forms.definition.spec import FormDefinition
from pipeline.forms.locating.notes import Note
from pipeline.forms.parts.columns import ColumnSpec, limits_text
from pipeline.forms.parts.layout import address
from pipeline.forms.parts.marks import CATEGORY, RET, ROW, WORKBOOK, total_of
from pipeline.forms.parts.meant import unfit
from pipeline.forms.workbooks.values import as_text
from pipeline.forms.workbooks.workbook import RawWorkbook
from pipeline.model import Finding, Outcome, Severity

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on one workbook. ``received`` and ``data`` have the shapes of ``model.Return``.

    ``rows`` is sheet id → filled rows; ``notes`` say what was put right or passed over without asking; ``incident`` is
    the name of the fault when it is ours, and there are then no findings.
    """

    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    received: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    incident: str | None = None

    @property
    def repaired(self) -> tuple[str, ...]:
        """The sentences of the notes, as letters list them."""
        return tuple(note.message for note in self.notes)


def check_batch(form: FormDefinition, workbooks: Sequence[RawWorkbook]) -> list[Checked]:
    """Return a verdict for each of ``workbooks``, in their order. Bad workbooks never raise."""
    if not workbooks:
        return []
    try:
        return _run(compiled(form), workbooks)
    except Exception as error:  # noqa: BLE001 - whatever a rule raises is our incident, see W27
        if len(workbooks) > 1:
            # By halves: the same verdicts as one by one, in far fewer runs.
            _log.warning("check.batch_again", form=form.form, size=len(workbooks), error=type(error).__name__)
            middle = len(workbooks) // 2
            return check_batch(form, workbooks[:middle]) + check_batch(form, workbooks[middle:])
        # No traceback: what it shows of local variables would put people's data into the log.
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{where.filename}:{where.lineno}"
        _log.error("check.incident", form=form.form, version=form.version, error=type(error).__name__, at=place)
        return [Checked(Outcome.INCIDENT, incident=type(error).__name__)]


def _run(form: CompiledForm, workbooks: Sequence[RawWorkbook]) -> list[Checked]:
    batch = {sheet.id: SheetRows(sheet) for sheet in form.form.sheets}
    taken = [take(form, index, workbook, batch) for index, workbook in enumerate(workbooks)]
    whole = [index for index, item in enumerate(taken) if not item.broken]
    if whole:
        places = frames(form.form, batch, form.limits, whole)
        for check, index, row, category in _failures(form, places):
            found = _rule_finding(form.form, taken[index], check, row, category)
            if check.demand.sums and form.form.mail_back:
                sums = places[WORKBOOK].filter(pl.col(RET) == index).row(0, named=True)
                found = replace(found, message=f"{found.message.rstrip('.')}. {_sums(taken[index], check, sums)}")
            taken[index].findings.append(found)
        for item in taken:
            item.findings = without_contradictions(item.findings, item.opted, item.alone)
            item.findings = one_remedy_for_nobody(item.findings, item.sheets)
            item.findings = with_ways_to_see(item.findings, item.sheets)
        _keep_data(batch, taken, frozenset(index for index in whole if not _has_errors(taken[index])))
    return [_verdict(form.form, item) for item in taken]


def _failures(
    form: CompiledForm, places: Mapping[str, pl.DataFrame]
) -> Iterator[tuple[PlaceCheck, int, int | None, str | None]]:
    """Yield (check, workbook, row, category) for every failure case of pandera, check by check as the form has them."""
    cases = {name: _failure_cases(schema, places[name]) for name, schema in form.schemas.items()}
    ranks = {key: rank for rank, key in enumerate(form.checks)}
    failed: list[tuple[int, PlaceCheck, int, int | None, str | None]] = []
    for name, found in cases.items():
        if found is None:
            continue
        columns = places[name].columns
        keys = [pl.col(key) if key in columns else pl.lit(None).alias(key) for key in (RET, ROW, CATEGORY)]
        rows = places[name].select(keys)[found["index"].to_list()].iter_rows()
        for column, rule, (index, row, category) in zip(found["column"], found["check"], rows, strict=True):
            key = (name, column, rule)
            failed.append((ranks[key], form.checks[key], index, row, category))
    failed.sort(key=lambda item: item[0])
    return (item[1:] for item in failed)


def _failure_cases(schema: pa.DataFrameSchema, frame: pl.DataFrame) -> pl.DataFrame | None:
    """Return what pandera says is wrong in ``frame``, None where nothing is."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        assert isinstance(cases, pl.DataFrame)
    else:
        return None
    # A check that raised, or a column of another type, is no fault of a row: it has no index.
    if cases["index"].null_count():
        raise Incident("check.schema_failed", checks=sorted(set(cases.filter(pl.col("index").is_null())["check"])))
    return cases


def _rule_finding(
    form: FormDefinition, taken: Taken, check: PlaceCheck, row: int | None, category: str | None
) -> Finding:
    sheet, column = check.demand.sheet, check.demand.column
    unpivot = form.sheet(sheet).unpivot
    if category is not None and unpivot is not None and column is not None:
        column = unpivot.category[category].get(column, column)
    found = finding(
        taken.sheets[sheet],
        row,
        column,
        code=check.code,
        rule=check.rule,
        severity=check.severity,
        message=check.message,
    )
    if check.by_cell and check.code == "pattern" and column and found.value and form.mail_back:
        return _as_meant(form.sheet(sheet).column(column), found)
    return found


def _as_meant(column: ColumnSpec, found: Finding) -> Finding:
    """Return the finding of a pattern with its cause or the nearest right value, where one is known."""
    meant = unfit(column, found.value or "")
    if meant is None:
        return found
    return replace(found, message=text(f"finding.{meant.code}", detail=meant.detail, limits=limits_text(column)))


def _sums(taken: Taken, check: PlaceCheck, sums: Mapping[str, float]) -> str:
    """Return what the columns of a check over sheets add up to, each with its cells."""
    parts: list[str] = []
    for ref in check.demand.sums:
        sheet_id, _, column_id = ref.partition(".")
        sheet = taken.sheets[sheet_id]
        rows, place = sorted(map(int, taken.received[sheet_id])), sheet.columns[column_id]
        ends = dict.fromkeys(address(row, place) for row in (rows[0], rows[-1])) if rows else ()
        cells = ":".join(ends) or text("finding.sum.none")
        title = sheet.spec.column(column_id).title
        shown = as_text(sums[total_of(ref)])
        parts.append(text("finding.sum", column=title, sheet=sheet.spec.title, cells=cells, sum=shown))
    return text("finding.sums", sums="; ".join(parts))


def _keep_data(batch: Mapping[str, SheetRows], taken: Sequence[Taken], accepted: frozenset[int]) -> None:
    """Give the accepted returns their typed rows."""
    for sheet_id, rows in batch.items():
        names = ("row", *rows.values)
        for index, *values in zip(rows.rets, rows.rows, *rows.json_columns(), strict=True):
            if index in accepted:
                taken[index].data.setdefault(sheet_id, []).append(dict(zip(names, values, strict=True)))


def _has_errors(taken: Taken) -> bool:
    return any(item.severity is Severity.ERROR for item in taken.findings)


def _verdict(form: FormDefinition, taken: Taken) -> Checked:
    findings = _arranged(form, taken.findings)
    errors = _has_errors(taken)
    outcome = Outcome.REJECTED if errors else Outcome.ACCEPTED_WITH_WARNINGS if findings else Outcome.ACCEPTED
    return Checked(
        outcome=outcome,
        findings=tuple(findings),
        rows=taken.rows,
        received=taken.received,
        data={} if errors else {sheet.id: taken.data.get(sheet.id, []) for sheet in form.sheets},
        notes=tuple(taken.notes),
    )


def _arranged(form: FormDefinition, findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the order of sheets, rows and columns, each fault of a cell once, no more than people can use."""
    sheets = {sheet.title: number for number, sheet in enumerate(form.sheets)}
    columns = {(sheet.title, column.id): number for sheet in form.sheets for number, column in enumerate(sheet.columns)}
    ordered = sorted(
        findings,
        key=lambda item: (
            sheets.get(item.sheet or "", -1),
            item.row or 0,
            columns.get((item.sheet or "", item.column or ""), -1),
            item.severity is Severity.WARNING,
        ),
    )
    kept = list({_fault(item): item for item in reversed(ordered)}.values())[::-1]
    if len(kept) <= MOST_FINDINGS:
        return kept
    # Errors first, so that a refused return never shows warnings alone (W19).
    left = sorted(kept, key=lambda item: item.severity is Severity.WARNING)[:MOST_FINDINGS]
    more = plural(len(kept) - MOST_FINDINGS, "замечание", "замечания", "замечаний")
    severity = Severity.ERROR if any(item.severity is Severity.ERROR for item in kept) else Severity.WARNING
    return [*left, Finding("too_many", "too_many", severity, text("finding.too_many", more=more))]


def _fault(item: Finding) -> tuple[object, ...]:
    """What makes two findings one: an empty cell is asked for once, however many rules miss it."""
    empty = item.cell is not None and not item.value and item.severity is Severity.ERROR
    return (item.sheet, item.row, item.column, "empty" if empty else (item.rule, item.code, item.message))
