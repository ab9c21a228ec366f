"""Workbooks → verdicts: a whole batch of returns of one form in one pandera run.

Stages: structure stops a workbook and is reported whole; what the cells, rows, groups and sheets are found to be is
reported in one answer. A rule that raises is ours, never the respondent's: the batch is then run again singly, and
only the workbook that makes it raise becomes an incident (W26, W27).
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import structlog
from pandera.errors import SchemaErrors

from pipeline.catalogue import plural, text
from pipeline.errors import Incident
from pipeline.forms.checking.compile import (
    CompiledForm,
    Flag,
    compiled,
)
from pipeline.forms.checking.frames import (
    CATEGORY,
    FLAG,
    HOLDS,
    RET,
    ROW,
    SheetRows,
    frames,
)
from pipeline.forms.checking.intake import (
    MOST_FINDINGS,
    Taken,
    finding,
    take,
)
from pipeline.forms.definition.spec import FormDefinition
from pipeline.forms.workbooks.workbook import RawWorkbook
from pipeline.model import Finding, Outcome, Severity

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on one workbook. ``received`` and ``data`` have the shapes of ``model.Return``.

    ``rows`` is sheet id → filled rows; ``repaired`` says in words what was put right without asking; ``incident`` is
    the name of the fault when it is ours, and there are then no findings.
    """

    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    received: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    repaired: tuple[str, ...] = ()
    incident: str | None = None


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
        for index, flag, row, category in _failures(form, frames(form.form, batch, form.limits, whole)):
            taken[index].findings.append(_rule_finding(form.form, taken[index], flag, row, category))
        _keep_data(batch, taken, frozenset(index for index in whole if not _has_errors(taken[index])))
    return [_verdict(form.form, item) for item in taken]


def _failures(
    form: CompiledForm, places: Mapping[str, pl.DataFrame]
) -> Iterable[tuple[int, Flag, int | None, str | None]]:
    """Yield (workbook, flag, row, category) for every flag that does not hold."""
    parts = [_verdicts(places[place], flags) for place, flags in form.by_place.items()]
    if not parts:
        return
    verdicts = pl.concat(parts, how="diagonal").with_columns(pl.col(FLAG).cast(pl.Enum(list(form.flags))))
    try:
        form.schema.validate(verdicts.select(FLAG, HOLDS), lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return
    if cases["index"].null_count() or set(cases["check"]) != {HOLDS}:
        raise Incident("check.schema_failed", checks=sorted(set(cases["check"])))
    failed = verdicts[cases["index"].to_list()]
    for name in (ROW, CATEGORY):
        if name not in failed.columns:
            failed = failed.with_columns(pl.lit(None).alias(name))
    for index, flag, row, category in failed.select(RET, FLAG, ROW, CATEGORY).iter_rows():
        yield index, form.flags[flag], row, category


def _verdicts(frame: pl.DataFrame, flags: Sequence[Flag]) -> pl.DataFrame:
    """Return a row for every flag at every row of ``frame``: its keys, FLAG and HOLDS."""
    frame = frame.with_columns(helper for flag in flags for helper in flag.helpers)
    keys = [name for name in (RET, ROW, CATEGORY) if name in frame.columns]
    wide = frame.select(*keys, *(flag.ok.alias(flag.name) for flag in flags))
    return wide.unpivot(index=keys, variable_name=FLAG, value_name=HOLDS)


def _rule_finding(form: FormDefinition, taken: Taken, flag: Flag, row: int | None, category: str | None) -> Finding:
    column = flag.column
    assert flag.sheet is not None, "every flag names the sheet that it blames"
    unpivot = form.sheet(flag.sheet).unpivot
    if category is not None and unpivot is not None and column is not None:
        column = unpivot.category[category].get(column, column)
    return finding(
        taken.sheets[flag.sheet],
        row,
        column,
        code=flag.code,
        rule=flag.rule,
        severity=flag.severity,
        message=flag.message,
    )


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
        repaired=tuple(taken.repaired),
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
