"""A form's rules as pandera schemas: one for each place, whose columns are the place's and whose checks are its rules.

A place is a sheet, an unpivot, or ``WORKBOOK``, where the whole workbook is one row. Every check is named by its rule's
id and belongs to the column that a finding of it points at. A schema works on any frame with the columns of its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandera.polars as pa
import polars as pl

from pipeline.catalogue import text
from pipeline.forms.definition.describe import rows_sentence
from pipeline.forms.definition.spec import FormDefinition
from pipeline.forms.parts.columns import demands, limits_text, severity
from pipeline.forms.parts.marks import RET, WORKBOOK, bad, rows_of
from pipeline.forms.parts.sheets import Place, SheetSpec
from pipeline.forms.parts.words import sentence
from pipeline.forms.rules.rule import Demand, rule_message, workbook_demand
from pipeline.model import Severity

DTYPES: Mapping[str, pl.DataType] = {
    "text": pl.String(),
    "code": pl.String(),
    "choice": pl.String(),
    "int": pl.Int64(),
    "decimal": pl.Float64(),
    "date": pl.Date(),
    "bool": pl.Boolean(),
}
"""Type of a column → type of its values in a frame."""
Key = tuple[str, str, str]
"""What a failure case names: the place, the column, the check."""
Limits = Mapping[str, pl.Expr]
"""Column → what makes its cells right in themselves."""


@dataclass(frozen=True, slots=True)
class PlaceCheck:
    """A check of a place and what its finding says: ``rule`` is the check's name too.

    ``by_cell`` is True for a limit, which judges each cell by itself, as it was read.
    """

    rule: str
    code: str
    severity: Severity
    message: str
    demand: Demand
    by_cell: bool = False

    @property
    def key(self) -> Key:
        """What its failure cases name."""
        return self.demand.place, self.demand.at, self.rule


def place_checks(form: FormDefinition) -> list[PlaceCheck]:
    """Return every check of ``form``, in the order in which findings of one cell are listed."""
    found = [check for sheet in form.sheets for check in _of_sheet(form, form.place(sheet.id))]
    for rule in form.rules:
        level, message = Severity(rule.severity), rule_message(form, rule)
        found += [PlaceCheck(rule.id, rule.kind, level, message, demand) for demand in rule.demands(form)]
    stages = [*dict.fromkeys((check.by_cell, check.demand.place) for check in found)]
    return sorted(found, key=lambda check: stages.index((check.by_cell, check.demand.place)))


def place_schemas(form: FormDefinition) -> dict[str, pa.DataFrameSchema]:
    """Return the schema of every place of ``form`` that has checks."""
    checks: dict[str, list[PlaceCheck]] = {}
    for check in place_checks(form):
        checks.setdefault(check.demand.place, []).append(check)
    return {name: _schema(form, name, own) for name, own in checks.items()}


def only_checked(schema: pa.DataFrameSchema) -> pa.DataFrameSchema:
    """Return ``schema`` without the columns that have no check, for frames whose types are known to be right.

    Each column costs pandera as much as a third of a check, and ``frames`` makes every frame by the definition.
    """
    return schema.remove_columns([name for name, column in schema.columns.items() if not column.checks])


def cell_limits(place: Place) -> dict[str, pl.Expr]:
    """Return what makes a cell right in itself, for the columns whose limits are more than a warning.

    A cell that is not counts as filled and unknown wherever a rule meets it, so that one fault is not blamed twice.
    """
    limits: dict[str, pl.Expr] = {}
    for column in place.columns.values():
        if column.severity == "error":
            own = [ok for limit, ok in demands(column, place.waived) if limit.of_value]
            if own:
                limits[column.id] = pl.all_horizontal(own).fill_null(value=True)
    return limits


def known(limits: Limits) -> list[pl.Expr]:
    """Return the expressions that make unknown the cells which are not right in themselves."""
    return [
        *(pl.when(ok).then(pl.col(column)).alias(column) for column, ok in limits.items()),
        *((pl.col(bad(column)) | ~ok).alias(bad(column)) for column, ok in limits.items()),
    ]


def schema_json(form: FormDefinition) -> Iterator[dict[str, str | None]]:
    """Yield a line of ``form schema`` for each column of the schemas and for each check at it, as pandera has them.

    ``check`` and ``words`` (what a finding says) are None on the line of the column itself.
    """
    for name, schema in place_schemas(form).items():
        for column, spec in schema.columns.items():
            line = {
                "place": name,
                "sheet": schema.title,
                "column": column,
                "title": spec.title,
                "type": str(spec.dtype),
            }
            yield {**line, "check": None, "words": None}
            for check in spec.checks:
                yield {**line, "check": check.name, "words": check.title}


def _schema(form: FormDefinition, name: str, checks: Sequence[PlaceCheck]) -> pa.DataFrameSchema:
    limits = cell_limits(form.place(name)) if name in form.by_id else {}
    by_column: dict[str, list[pa.Check]] = {}
    used: set[str] = set()
    for check in checks:
        steps = _steps(check, limits)
        made = {helper.meta.output_name() for helper in check.demand.helpers}
        used |= _names(check.demand.ok, *(expression for step in steps for expression in step)) - made
        function = _function(check.demand.ok, steps)
        own = pa.Check(function, name=check.rule, error=check.rule, title=check.message)
        by_column.setdefault(check.demand.at, []).append(own)
    columns = {
        column: pa.Column(dtype, by_column.get(column), nullable=True, default=default, title=title)
        for column, dtype, default, title in _columns(form, name, used)
    }
    sheet = form.places.get(name)
    # A frame may come without our own columns: marks of cells that failed their type, the place in a batch.
    return pa.DataFrameSchema(columns, add_missing_columns=True, title=sheet.title if sheet else None)


def _steps(check: PlaceCheck, limits: Limits) -> list[list[pl.Expr]]:
    """Return the columns to be made before the check, step by step: what is known, then the helpers of the rule."""
    helpers = [[helper] for helper in check.demand.helpers]
    if check.by_cell:
        return helpers
    needed = _names(check.demand.ok, *check.demand.helpers)
    first = [expression for expression in known(limits) if expression.meta.output_name() in needed]
    return [first, *helpers] if first else helpers


def _function(ok: pl.Expr, steps: Sequence[Sequence[pl.Expr]]) -> Callable[[pa.PolarsData], bool | pl.LazyFrame]:
    """Return the function of a pandera check. A plain True where all is right spares pandera the search for faults."""

    def check(data: pa.PolarsData) -> bool | pl.LazyFrame:
        frame = data.lazyframe
        for step in steps:
            frame = frame.with_columns(*step)
        answer = frame.select(ok).collect()
        return True if answer.to_series().all() else answer.lazy()

    return check


def _names(*expressions: pl.Expr) -> set[str]:
    return {name for expression in expressions for name in expression.meta.root_names()}


def _columns(
    form: FormDefinition, name: str, used: set[str]
) -> Iterator[tuple[str, pl.DataType, bool | int | None, str | None]]:
    """Yield the columns of a place's frame: name, type, value where it may be left out, title."""
    if name == WORKBOOK:
        for own in sorted(used):
            yield own, pl.UInt32() if own.startswith(rows_of("")) else pl.Float64(), None, None
        return
    place = form.place(name)
    for column, spec in place.columns.items():
        yield column, DTYPES[spec.type], None, place.titles[column]
    for column in place.columns:
        if bad(column) in used:
            yield bad(column), pl.Boolean(), False, None
    if RET in used:
        yield RET, pl.UInt32(), 0, None


def _of_sheet(form: FormDefinition, place: Place) -> Iterator[PlaceCheck]:
    """What the sheet and its columns themselves demand."""
    sheet = place.sheet
    if sheet.rows.min_filled:
        ok = pl.col(rows_of(sheet.id)) >= sheet.rows.min_filled
        demand = workbook_demand(rows_of(sheet.id), sheet.id, None, ok)
        yield PlaceCheck("rows_min", "rows_min", Severity.ERROR, _rows_message(form, sheet), demand)
    for column in sheet.columns:
        for limit, ok in demands(column, place.waived):
            message = text(
                f"finding.{limit.rule}",
                title=column.title,
                limits=limits_text(column),
                fault=sentence(limit.fault(column)),
            )
            demand = Demand(place.name, column.id, sheet.id, column.id, ok)
            yield PlaceCheck(limit.rule, limit.rule, Severity(severity(column, limit)), message, demand, by_cell=True)


def _rows_message(form: FormDefinition, sheet: SheetSpec) -> str:
    message = text("finding.rows_min", sentence=rows_sentence(sheet.rows.min_filled))
    opt_out = form.opt_out(sheet)
    return message if opt_out is None else f"{message} {text('finding.rows_min.opt_out', value=opt_out)}"
