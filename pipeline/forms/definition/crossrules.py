"""The rules of a definition held against its sheets: places and columns that exist, types and values that fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from pipeline.authoring.mistake import (
    Mistake,
    Path,
)
from pipeline.catalogue import text
from pipeline.forms.definition import (
    describe,
    expression,
    spec,
)

_NUMBERS = ("int", "decimal")


def columns_of(form: spec.FormDefinition, place: str) -> Mapping[str, spec.ColumnSpec]:
    """What a rule on ``place`` may name: a sheet's columns, or an unpivot's fields and the columns in no category.

    A field has the first category's column as its spec. ``category`` is a text of its own.
    """
    sheet = form.places[place]
    if place in form.by_id or sheet.unpivot is None:
        return sheet.by_id
    unpivot = sheet.unpivot
    used = {column for fields in unpivot.category.values() for column in fields.values()}
    shared = {column.id: column for column in sheet.columns if column.id not in used}
    first = next(iter(unpivot.category.values()))
    category = spec.ColumnSpec(id="category", title=text("forms.category"), type="text")
    return shared | {"category": category} | {name: sheet.by_id[column] for name, column in first.items()}


def rule_mistakes(form: spec.FormDefinition, path: Path, rule: spec.RuleBase) -> Iterator[Mistake]:
    """Yield what does not agree between ``rule`` and the rest of ``form``."""
    if isinstance(rule, spec.TotalsEqualRule):
        yield from _totals(form, path, rule)
    known = list(form.by_id) if isinstance(rule, spec.RowsMinRule) else list(form.places)
    unknown = [place for place in rule.on if place not in known]
    for place in unknown:
        yield Mistake((*path, "on"), "author.unknown_place", {"wrong": place, "right": known})
    if unknown:
        return
    found = [mistake for place in rule.on for mistake in _on_place(path, rule, _safe_columns(form, place))]
    yield from found
    if isinstance(rule, spec.WhenThenRule):
        for place in rule.on:
            yield from _values(form, path, rule, _safe_columns(form, place))
    if not found:
        yield from _texts(path, rule)
        yield from _examples(form, path, rule)


def _safe_columns(form: spec.FormDefinition, place: str) -> Mapping[str, spec.ColumnSpec]:
    """As ``columns_of``; where the unpivot itself is wrong, that is reported elsewhere and nothing is known here."""
    try:
        return columns_of(form, place)
    except KeyError:
        return {}


def _on_place(path: Path, rule: spec.RuleBase, known: Mapping[str, spec.ColumnSpec]) -> Iterator[Mistake]:
    match rule:
        case spec.UniqueRule():
            yield from _named(path, "of", rule.of, known)
        case spec.DistinctMaxRule() | spec.CountRangeRule():
            yield from _named(path, "of", () if rule.of is None else (rule.of,), known)
            yield from _named(path, "by", rule.by, known)
            if isinstance(rule, spec.CountRangeRule) and rule.max is not None and rule.min > rule.max:
                yield Mistake((*path, "min"), "author.crossed", {"low": rule.min, "high": rule.max})
        case spec.NotBeforeRule():
            yield from _named(path, "of", (rule.of,), known, ("date",))
            if not isinstance(rule.than, date):
                yield from _named(path, "than", (rule.than,), known, ("date",))
        case spec.WhenThenRule():
            yield from _named((*path, "when"), None, rule.when, known)
            yield from _named((*path, "then"), "empty", rule.then.empty, known)
            yield from _named((*path, "then"), "required", rule.then.required, known)
            yield from _named((*path, "then", "equals"), None, rule.then.equals, known)
            if not (rule.then.empty or rule.then.required or rule.then.equals):
                yield Mistake((*path, "then"), "author.then_nothing")
        case spec.CompareRule():
            yield from _compare(path, rule, known)


def _named(
    path: Path,
    key: str | None,
    names: Iterable[str],
    known: Mapping[str, spec.ColumnSpec],
    types: tuple[str, ...] = (),
) -> Iterator[Mistake]:
    for name in names:
        place = (*path, name if key is None else key)
        if name not in known:
            yield Mistake(place, "author.unknown_column", {"wrong": name, "right": list(known)})
        elif types and known[name].type not in types:
            values = {"column": name, "type": known[name].type, "types": ", ".join(types)}
            yield Mistake(place, "author.wrong_type", values)


def _compare(path: Path, rule: spec.CompareRule, known: Mapping[str, spec.ColumnSpec]) -> Iterator[Mistake]:
    try:
        comparison = expression.parse(rule.compare)
    except expression.ExpressionError as error:
        yield Mistake((*path, "compare"), *_unread(rule.compare, error))
        return
    if not comparison.columns:
        yield Mistake((*path, "compare"), "author.expression_without_columns")
        return
    if rule.of is not None and rule.of not in comparison.columns:
        yield Mistake((*path, "of"), "author.unknown_column", {"wrong": rule.of, "right": comparison.columns})
    bare = isinstance(comparison.left, expression.Column) and isinstance(comparison.right, expression.Column)
    dates = bare and any(known[name].type == "date" for name in comparison.columns if name in known)
    for name in comparison.columns:
        yield from _in_expression((*path, "compare"), rule.compare, name, known, ("date",) if dates else _NUMBERS)


def _unread(written: str, error: expression.ExpressionError) -> tuple[str, dict[str, object]]:
    """The sentence about an expression that cannot be read, and what it needs: it points at the sign."""
    if not error.near:
        return "author.expression_ends", {"expression": written}
    if error.near in ("<", ">", "=", "<=", ">=", "!=", "=="):
        return "author.expression_twice", {"expression": written, "at": error.at, "near": error.near}
    return "author.bad_expression", {"expression": written, "at": error.at, "near": error.near}


def _in_expression(
    path: Path, written: str, name: str, known: Mapping[str, spec.ColumnSpec], types: tuple[str, ...]
) -> Iterator[Mistake]:
    at = expression.place_of(written, name)
    if name not in known:
        right = [key for key, column in known.items() if column.type in (*_NUMBERS, "date")]
        yield Mistake(path, "author.unknown_in_expression", {"wrong": name, "right": right or list(known), "at": at})
    elif known[name].type not in types:
        values = {"column": name, "at": at, "type": known[name].type, "types": ", ".join(types)}
        yield Mistake(path, "author.wrong_in_expression", values)


def _totals(form: spec.FormDefinition, path: Path, rule: spec.TotalsEqualRule) -> Iterator[Mistake]:
    right = [f"{sheet.id}.{column.id}" for sheet in form.sheets for column in sheet.columns if column.type in _NUMBERS]
    for key in ("left", "right"):
        for ref in getattr(rule, key):
            if ref not in right:
                yield Mistake((*path, key), "author.unknown_total", {"wrong": ref, "right": right})


def _values(
    form: spec.FormDefinition, path: Path, rule: spec.WhenThenRule, known: Mapping[str, spec.ColumnSpec]
) -> Iterator[Mistake]:
    """Values that a column can never hold: a rule with one would never speak."""
    for name, wanted in rule.when.items():
        if isinstance(wanted, spec.Condition):
            yield from _condition((*path, "when", name), wanted)
            values = wanted.none_of or ()
        else:
            values = wanted if isinstance(wanted, tuple) else (wanted,)
        for value in values:
            yield from _value(form, (*path, "when", name), known.get(name), value)
    for name, value in rule.then.equals.items():
        yield from _value(form, (*path, "then", "equals", name), known.get(name), value)


def _condition(path: Path, wanted: spec.Condition) -> Iterator[Mistake]:
    if sum(item is not None for item in (wanted.filled, wanted.empty, wanted.none_of)) != 1:
        yield Mistake(path, "author.one_condition")


def _value(
    form: spec.FormDefinition, path: Path, column: spec.ColumnSpec | None, value: spec.Value
) -> Iterator[Mistake]:
    if column is None:
        return
    listed = form.lists.get(column.list) if column.list else None
    if listed is not None and str(value) not in listed.choices:
        yield Mistake(path, "author.unknown_value", {"wrong": str(value), "right": listed.choices})
        return
    fits = {
        "int": isinstance(value, int) and not isinstance(value, bool),
        "decimal": isinstance(value, int | float) and not isinstance(value, bool),
        "date": isinstance(value, date),
        "bool": isinstance(value, bool),
    }.get(column.type, True)
    if not fits:
        yield Mistake(path, "author.value_type", {"value": describe.value_text(value), "type": column.type})


def _texts(path: Path, rule: spec.RuleBase) -> Iterator[Mistake]:
    for key in ("text", "message"):
        template = getattr(rule, key)
        if template is None:
            continue
        try:
            describe.fill(template, rule)
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            yield Mistake((*path, key), "author.placeholder", {"value": str(error).strip("'")})


def _examples(form: spec.FormDefinition, path: Path, rule: spec.RuleBase) -> Iterator[Mistake]:
    if rule.examples is None:
        return
    for key, rows in (("pass", rule.examples.passing), ("fail", rule.examples.failing)):
        place = (*path, "examples", key)
        if not isinstance(rows, dict) and not rule.on:
            yield Mistake(place, "author.example_needs_sheets", {"sheets": ", ".join(form.by_id)})
            continue
        by_sheet = rows if isinstance(rows, dict) else {form.places[rule.on[0]].id: rows}
        for sheet_id, items in by_sheet.items():
            if sheet_id not in form.by_id:
                values = {"wrong": sheet_id, "right": list(form.by_id)}
                yield Mistake((*place, sheet_id), "author.unknown_place", values)
                continue
            known = form.sheet(sheet_id).by_id
            inside: Path = (*place, sheet_id) if isinstance(rows, dict) else place
            for index, row in enumerate(items):
                yield from _named((*inside, index), None, row, known)
