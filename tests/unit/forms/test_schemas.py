"""pandera carries the rules: a schema a place, a check a rule, and no finding that is no failure case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandera.polars as pa
import polars as pl
import pytest
from pandera.errors import SchemaErrors

from pipeline.forms.checking import compile as compiling
from pipeline.forms.checking.check import check_batch
from pipeline.forms.checking.schemas import place_checks, place_schemas
from pipeline.forms.definition.form import FormDefinition, load_form
from pipeline.forms.workbooks.workbook import RawWorkbook
from pipeline.kept import Kept
from tests.factories.sheets import shipped_form, workbook

SOURCE = """
form: probe
version: 1
title: Проба
lists: {kinds: {values: [x, y], opt_out: none}}
sheets:
  - id: main
    title: Лист
    rows: {max: 30}
    columns:
      - {id: kind, title: Вид, type: choice, list: kinds, required: true}
      - {id: total, title: Всего, type: int, range: [0, 100]}
      - {id: boys, title: Мальчиков, type: int}
      - {id: start, title: Начало, type: date}
      - {id: finish, title: Конец, type: date}
      - {id: name, title: Имя, type: text, length: [2, 5], severity: warning}
      - {id: code, title: Код, type: code, pattern: '[A-Z]{2}', sample: AB}
    unpivot: {as: days, category: {Один: {day: start}, Два: {day: finish}}}
  - id: more
    title: Ещё
    rows: {max: 30, min_filled: 1}
    columns: [{id: count, title: Число, type: int}]
rules:
  - {id: REPEAT, on: main, check: unique, of: name}
  - {id: DAYS, on: days, check: distinct_max, of: day, by: kind, max: 1}
  - {id: FEW, on: main, check: count_range, by: kind, max: 1}
  - {id: ORDER, on: main, check: not_before, of: finish, than: start}
  - {id: MANY, on: main, check: rows_min, min: 4}
  - {id: SUMS, check: totals_equal, left: main.boys, right: more.count}
  - {id: FILLED, on: main, when: {kind: x}, then: {required: boys}}
  - {id: PART, on: main, compare: boys <= total, severity: warning}
"""
FORM = load_form(SOURCE, "probe.yaml")
WRONG = """
| kind | total | boys | start      | finish     | name   | code |
| x    | 5     | 6    | 2021-09-15 | 2021-09-14 | абв    | A    |
| x    | 500   |      | 2021-09-15 |            | абв    | AB   |
|      | 5     | 1    |            |            | абвгде | AB   |
"""
RULES = {check.rule for check in place_checks(FORM)}


def rules_of(form: FormDefinition, book: RawWorkbook) -> set[str]:
    """The rules that speak, and no incident."""
    (checked,) = check_batch(form, [book])
    assert checked.incident is None
    return {finding.rule for finding in checked.findings}


def without(schema: pa.DataFrameSchema, rule: str) -> pa.DataFrameSchema:
    """The schema without the checks of one rule."""
    columns = {
        name: {"checks": [check for check in column.checks if check.name != rule]}
        for name, column in schema.columns.items()
    }
    return schema.update_columns(columns)


def test_every_rule_of_the_form_speaks_of_the_wrong_workbook() -> None:
    assert rules_of(FORM, workbook(FORM, main=WRONG)) == RULES


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_check_taken_out_of_the_schema_is_a_finding_that_vanishes(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = compiling.compile_form(FORM)
    fewer = replace(ready, schemas={name: without(schema, rule) for name, schema in ready.schemas.items()})
    kept: Kept[str, compiling.CompiledForm] = Kept(1)
    kept.get(FORM.digest, lambda: fewer)
    monkeypatch.setattr(compiling, "_COMPILED", kept)
    assert rules_of(FORM, workbook(FORM, main=WRONG)) == RULES - {rule}


def test_every_check_is_named_by_its_rule_and_belongs_to_the_column_that_it_blames() -> None:
    found = {
        (place, column, check.name)
        for place, schema in place_schemas(FORM).items()
        for column, spec in schema.columns.items()
        for check in spec.checks
    }
    assert found == {
        ("", "@rows:more", "rows_min"),
        ("", "@rows:main", "MANY"),
        ("", "@total:more.count", "SUMS"),
        ("main", "kind", "required"),
        ("main", "kind", "FEW"),
        ("main", "total", "range"),
        ("main", "name", "length"),
        ("main", "code", "pattern"),
        ("main", "name", "REPEAT"),
        ("main", "finish", "ORDER"),
        ("main", "boys", "FILLED"),
        ("main", "boys", "PART"),
        ("days", "day", "DAYS"),
    }


def test_a_schema_works_alone_on_a_frame() -> None:
    frame = pl.DataFrame(
        {
            "kind": ["x", None, "none"],
            "total": [5, 500, 7],
            "boys": [6, 600, None],
            "start": [date(2021, 9, 15), None, None],
            "finish": [date(2021, 9, 14), None, None],
            "name": ["абв", "абв", None],
            "code": ["AB", "abc", None],
        }
    )
    with pytest.raises(SchemaErrors) as raised:
        place_schemas(FORM)["main"].validate(frame, lazy=True)
    cases = raised.value.failure_cases
    assert isinstance(cases, pl.DataFrame)
    assert set(cases.select("check", "column", "index").iter_rows()) == {
        ("required", "kind", 1),
        ("range", "total", 1),
        ("pattern", "code", 1),
        ("REPEAT", "name", 1),
        ("ORDER", "finish", 0),
        ("PART", "boys", 0),  # not of row 1, where the total is out of its bounds and so not known
    }


def test_a_schema_takes_a_right_frame_and_refuses_other_types() -> None:
    schema = place_schemas(FORM)["days"]
    right = pl.DataFrame({"kind": ["x"], "day": [date(2021, 9, 15)], "category": ["Один"]})
    assert schema.validate(right, lazy=True)["day"].to_list() == [date(2021, 9, 15)]
    assert schema.validate(right.clear(), lazy=True).height == 0
    with pytest.raises(SchemaErrors):
        schema.validate(right.with_columns(pl.lit("15.09.2021").alias("day")), lazy=True)


@pytest.mark.parametrize("code", ["vpr-spo-2021-schedule", "vpr-spo-2021-participants"])
def test_the_schemas_of_a_shipped_form_hold_all_its_rules(code: str) -> None:
    form = shipped_form(code)
    columns = [column for schema in place_schemas(form).values() for column in schema.columns.values()]
    names = {str(check.name) for column in columns for check in column.checks}
    assert {rule.id for rule in form.rules} <= names
    assert all(check.title for column in columns for check in column.checks)
