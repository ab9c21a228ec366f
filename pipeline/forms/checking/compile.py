"""A definition → its rules as flags over typed frames and one pandera schema, made once for each form.

A flag is one rule at one column. The flags of a whole batch of returns stand under each other in one frame of
verdicts, which pandera checks lazily in one run; a schema with a column a flag would cost a run for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pandera.polars as pa
import polars as pl

from pipeline.catalogue import text
from pipeline.forms.checking import predicates
from pipeline.forms.checking.frames import (
    FLAG,
    HOLDS,
    cells_of,
    rows_of,
    total_of,
)
from pipeline.forms.definition import (
    describe,
    spec,
)
from pipeline.forms.definition.crossrules import columns_of
from pipeline.forms.definition.expression import parse
from pipeline.forms.workbooks.values import (
    Choices,
    Parser,
    parser,
)
from pipeline.kept import Kept
from pipeline.model import Severity


@dataclass(frozen=True, slots=True)
class Flag:
    """One rule at one column of one place; ``ok`` is True or null where a row is right.

    ``place`` names the frame: a sheet's cells, its rows, an unpivot, or "" for the workbook as a whole; ``column`` a
    column's id or an unpivot's field. ``helpers`` are columns that ``ok`` needs.
    """

    name: str
    place: str
    code: str
    rule: str
    severity: Severity
    message: str
    ok: pl.Expr
    sheet: str | None = None
    column: str | None = None
    helpers: tuple[pl.Expr, ...] = ()


@dataclass(frozen=True)
class CompiledForm:
    """What ``check`` runs: cell readers by (sheet, column, is 1904), the words for a column's limits, what makes a cell
    right in itself by sheet and column, flags by name and by place, the schema."""

    form: spec.FormDefinition
    parsers: Mapping[tuple[str, str, bool], Parser]
    sentences: Mapping[tuple[str, str], str]
    limits: Mapping[str, Mapping[str, pl.Expr]]
    flags: Mapping[str, Flag]
    by_place: Mapping[str, tuple[Flag, ...]]
    schema: pa.DataFrameSchema


_COMPILED: Kept[str, CompiledForm] = Kept(200)


def compiled(form: spec.FormDefinition) -> CompiledForm:
    """Return the compiled form, from the cache where it has been compiled before."""
    return _COMPILED.get(form.digest, lambda: compile_form(form))


def compile_form(form: spec.FormDefinition) -> CompiledForm:
    """Return the form's rules ready to run over batches."""
    flags = {flag.name: flag for flag in _flags(form)}
    by_place: dict[str, list[Flag]] = {}
    for flag in flags.values():
        by_place.setdefault(flag.place, []).append(flag)
    schema = pa.DataFrameSchema({FLAG: pa.Column(pl.Enum(list(flags))), HOLDS: _holds()})
    limits = {sheet.id: _limits(sheet) for sheet in form.sheets}
    ordered = {place: tuple(own) for place, own in by_place.items()}
    sentences = {
        (sheet.id, column.id): describe.limits(form, column) for sheet in form.sheets for column in sheet.columns
    }
    return CompiledForm(form, _parsers(form), sentences, limits, flags, ordered, schema)


def _limits(sheet: spec.SheetSpec) -> dict[str, pl.Expr]:
    """What makes a cell right in itself, for the columns whose limits are more than a warning."""
    strict = [column for column in sheet.columns if column.severity == "error"]
    return {column.id: pl.all_horizontal(ok) for column in strict if (ok := _own_limits(column).values())}


def _own_limits(column: spec.ColumnSpec) -> dict[str, pl.Expr]:
    demands: dict[str, pl.Expr] = {}
    if column.range:
        demands["range"] = predicates.in_range(column)
    if column.length:
        demands["length"] = predicates.in_length(column)
    if column.pattern:
        demands["pattern"] = predicates.fits_pattern(column)
    return demands


def _holds() -> pa.Column:
    """The column that must be true in every row; null passes, as in SQL."""
    check = pa.Check(lambda data: data.lazyframe.select(pl.col(data.key)), name=HOLDS, error=HOLDS)
    return pa.Column(pl.Boolean, check, nullable=True)


def _parsers(form: spec.FormDefinition) -> dict[tuple[str, str, bool], Parser]:
    choices = {list_id: Choices(listed.choices, listed.aliases) for list_id, listed in form.lists.items()}

    @cache  # one reader for all columns of a kind: what it has read once it remembers
    def shared(kind: str, list_id: str | None, date1904: bool) -> Parser:
        return parser(kind, choices=choices[list_id] if list_id else None, date1904=date1904)

    return {
        (sheet.id, column.id, date1904): shared(column.type, column.list, date1904)
        for sheet in form.sheets
        for column in sheet.columns
        for date1904 in (False, True)
    }


def _flags(form: spec.FormDefinition) -> Iterator[Flag]:
    for sheet in form.sheets:
        yield from _sheet_flags(form, sheet)
    for rule in form.rules:
        if isinstance(rule, spec.TotalsEqualRule | spec.RowsMinRule):
            yield _workbook_flag(form, rule)
            continue
        for place in rule.on:
            yield from _rule_flags(form, rule, place)


def _sheet_flags(form: spec.FormDefinition, sheet: spec.SheetSpec) -> Iterator[Flag]:
    """What the sheet and its columns themselves demand."""
    if sheet.rows.min_filled:
        message = text("finding.rows_min", sentence=describe.rows_sentence(sheet.rows.min_filled))
        opt_out = next((lst.opt_out for c in sheet.columns if (lst := form.choices(c)) and lst.opt_out), None)
        if opt_out is not None:
            message += " " + text("finding.rows_min.opt_out", value=opt_out)
        ok = pl.col(rows_of(sheet.id)) >= sheet.rows.min_filled
        yield Flag(f"|rows_min|{sheet.id}", "", "rows_min", "rows_min", Severity.ERROR, message, ok, sheet=sheet.id)
    free = predicates.waived(sheet.by_id, _opt_outs(form))
    for column in sheet.columns:
        demands = _own_limits(column)
        if column.required:
            demands["required"] = predicates.present(column.id) | free
        for code, ok in demands.items():
            message = text(f"finding.{code}", title=column.title, limits=describe.limits(form, column))
            place, name = cells_of(sheet.id), f"{sheet.id}|{code}|{column.id}"
            severity = Severity.ERROR if code == "required" else Severity(column.severity)
            yield Flag(name, place, code, code, severity, message, ok, sheet.id, column.id)


def _opt_outs(form: spec.FormDefinition) -> dict[str, str]:
    return {list_id: listed.opt_out for list_id, listed in form.lists.items() if listed.opt_out is not None}


def _workbook_flag(form: spec.FormDefinition, rule: spec.TotalsEqualRule | spec.RowsMinRule) -> Flag:
    message = describe.rule_message(form, rule)
    if isinstance(rule, spec.RowsMinRule):
        ok = pl.sum_horizontal(pl.col(rows_of(sheet_id)) for sheet_id in rule.on) >= rule.min
        return Flag(f"|{rule.id}", "", rule.kind, rule.id, Severity(rule.severity), message, ok, sheet=rule.on[0])
    sheet_id, _, column = rule.right[-1].partition(".")
    left, right = ([total_of(ref) for ref in refs] for refs in (rule.left, rule.right))
    ok = predicates.equal_totals(left, right)
    return Flag(f"|{rule.id}", "", rule.kind, rule.id, Severity(rule.severity), message, ok, sheet_id, column)


def _rule_flags(form: spec.FormDefinition, rule: spec.RuleBase, place: str) -> Iterator[Flag]:
    """A rule of the form at one place: a flag for each cell that it may blame."""
    sheet = form.places[place]
    known = columns_of(form, place)
    free = predicates.waived(known, _opt_outs(form))
    for number, demand in enumerate(_demands(rule, known, free)):
        yield Flag(
            name=f"{place}|{rule.id}|{number}",
            place=place,
            code=rule.kind,
            rule=rule.id,
            severity=Severity(rule.severity),
            message=describe.rule_message(form, rule),
            ok=demand.ok,
            sheet=sheet.id,
            column=demand.column,
            helpers=demand.helpers,
        )


@dataclass(frozen=True, slots=True)
class _Demand:
    column: str
    ok: pl.Expr
    helpers: tuple[pl.Expr, ...] = ()


def _demands(rule: spec.RuleBase, known: Mapping[str, spec.ColumnSpec], free: pl.Expr) -> Iterator[_Demand]:
    match rule:
        case spec.UniqueRule():
            yield _Demand(_blamed(rule.of, known), predicates.first_of_key(rule.of))
        case spec.DistinctMaxRule():
            seen = f"@{rule.id}"
            ok = predicates.distinct_at_most(seen, rule.by, rule.max)
            yield _Demand(rule.of, ok, (predicates.first_seen(rule.of, rule.by).alias(seen),))
        case spec.CountRangeRule():
            number = f"@{rule.id}"
            ok = predicates.count_within(number, rule.by, rule.min, rule.max)
            blamed = rule.of or _blamed(rule.by or tuple(known), known)
            yield _Demand(blamed, ok, (predicates.counted(rule.of, rule.by).alias(number),))
        case spec.NotBeforeRule():
            yield _Demand(rule.of, predicates.not_before(rule.of, rule.than))
        case spec.CompareRule():
            dates = frozenset(name for name, column in known.items() if column.type == "date")
            yield _Demand(rule.of or parse(rule.compare).columns[0], predicates.compares(rule.compare, dates))
        case spec.WhenThenRule():
            yield from _then(rule, free)


def _then(rule: spec.WhenThenRule, free: pl.Expr) -> Iterator[_Demand]:
    otherwise = ~predicates.condition(rule)
    for column in rule.then.empty:
        yield _Demand(column, otherwise | ~predicates.present(column))
    for column in rule.then.required:
        yield _Demand(column, otherwise | predicates.present(column) | free)
    for column, value in rule.then.equals.items():
        yield _Demand(column, otherwise | (pl.col(column) == pl.lit(value)))


def _blamed(of: tuple[str, ...], known: Mapping[str, spec.ColumnSpec]) -> str:
    """The cell that a rule on several columns points at: a category's own one first, else the first named."""
    fields = [name for name in of if name in known and name != known[name].id]
    others = [name for name in of if name != "category"]
    return (fields or others or list(known))[0]
