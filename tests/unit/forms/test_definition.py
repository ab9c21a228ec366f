"""A right definition becomes types; a wrong one becomes one sentence with the place and the remedy."""

from __future__ import annotations

import pytest

from pipeline.errors import ConfigurationError
from pipeline.forms.checking.examples import run_examples
from pipeline.forms.definition import describe
from pipeline.forms.definition.form import (
    FormDefinition,
    form_schema,
    load_form,
)
from pipeline.forms.parts import layout
from pipeline.forms.parts.columns import kind_label
from pipeline.forms.rules.rule import rule_message
from tests.factories.sheets import PUBLICATIONS, shipped_form

GOOD = """\
form: probe
version: 2
accepts: [1]
title: Проба
lists:
  subjects: {values: [Физика, Химия], aliases: {Физ.: Физика}, opt_out: Не участвуем}
sheets:
  - id: main
    title: Лист
    hint: Не больше {MOST.max:genitive} дней.
    rows: {max: 20, min_filled: 1}
    columns:
      - {id: subject, title: Предмет, type: choice, list: subjects, required: true}
      - {id: start, title: Начало, type: date, range: [2021-09-15, 2021-10-09]}
      - {id: finish, title: Конец, type: date}
      - {id: rooms, title: Аудиторий, type: int, range: [1, 100]}
      - {id: code, title: Код, type: code, pattern: '[A-Z]-\\d{3}', sample: A-123}
    unpivot: {as: days, category: {Один: {day: start}, Два: {day: finish}}}
rules:
  - {id: MOST, on: days, check: distinct_max, of: day, by: [subject], max: 5}
  - {id: ORDER, on: main, check: not_before, of: finish, than: start}
  - {id: SIZE, on: main, compare: rooms <= 50, severity: warning}
  - {id: OUT, on: main, when: {subject: Не участвуем}, then: {empty: [rooms]}}
"""


def test_a_right_definition_is_read_whole() -> None:
    form = load_form(GOOD, "form.yaml")
    assert (form.form, form.version, form.accepts, form.mail_back) == ("probe", 2, (1,), True)
    assert [rule.kind for rule in form.rules] == ["distinct_max", "not_before", "compare", "when_then"]
    assert form.places.keys() == {"main", "days"}
    assert form.rules[0].on == ("days",)


def test_the_words_on_and_no_are_words() -> None:
    """YAML 1.1 takes ``on`` for true; an author of forms does not."""
    form = load_form(GOOD.replace("[Физика, Химия]", "[no, Физика]"), "form.yaml")
    assert form.lists["subjects"].values == ("no", "Физика")


@pytest.mark.parametrize("source", ["", "- a\n- b\n", "form", "1: 2", "[" * 5000, "&a [*a]"])
def test_what_is_no_form_at_all_is_said(source: str) -> None:
    with pytest.raises(ConfigurationError, match=r"Файл form\.yaml, строка 1"):
        load_form(source, "form.yaml")


def test_the_schema_for_editors_knows_every_part() -> None:
    schema = form_schema()
    assert {"form", "version", "title", "sheets"} <= set(schema["required"])
    assert {"ListSpec", "SheetSpec", "ColumnSpec", "UnpivotSpec", "CompareRule", "WhenThenRule"} <= set(schema["$defs"])


@pytest.fixture
def seed() -> FormDefinition:
    return shipped_form("vpr-spo-2021-schedule")


def test_the_seed_form_has_three_sheets_and_seven_columns_as_printed(seed: FormDefinition) -> None:
    assert [sheet.title for sheet in seed.sheets] == [
        "РАБОТЫ НА БЛАНКЕ",
        "МЕТАПРЕДМЕТ НА КОМПЬЮТЕРЕ",
        "РАБОТЫ НА КОМПЬЮТЕРЕ",
    ]
    for sheet in seed.sheets:
        assert [column.title for column in sheet.columns] == [
            "Предмет",
            "Дата 1й курс",
            "Количество аудиторий 1й курс",
            "Количество участников 1й курс",
            'Дата "Завершившие"',
            'Количество аудиторий "Завершившие"',
            'Количество участников "Завершившие"',
        ]


def test_foreign_languages_are_on_the_computer_sheet_only(seed: FormDefinition) -> None:
    offered = {sheet.id: set(seed.lists[sheet.columns[0].list or ""].choices) for sheet in seed.sheets}
    foreign = {"Английский язык", "Немецкий язык"}
    assert foreign <= offered["computer"]
    assert not foreign & offered["paper"]
    assert offered["meta"] == {"Метапредмет", "Не участвуем"}


def test_w20_the_tips_of_fig_16_and_17_come_from_the_rules(seed: FormDefinition) -> None:
    sheet = seed.sheet("paper")
    assert describe.sheet_hint(seed, sheet) == (
        "Количество дней по одному предмету не должно превышать пяти по каждой категории участников. "
        "Если ОО не участвует в данных предметах, выберите соответствующее значение."
    )
    assert describe.prompt(seed, sheet, sheet.column("rooms_first")).startswith("Число должно быть между 1 и 100.")
    assert [kind_label(column) for column in sheet.columns][:4] == ["Список*", "Дата", "Число", "Число*"]


def test_w20_a_changed_limit_changes_hint_prompt_and_message_together() -> None:
    source = (PUBLICATIONS / "vpr-spo-2021-schedule" / "form.yaml").read_text(encoding="utf-8")
    form = load_form(source.replace("max: 5\n", "max: 3\n"), "form.yaml")
    assert "трёх" in describe.sheet_hint(form, form.sheet("paper"))
    assert "трёх" in rule_message(form, form.rules[0])


@pytest.mark.parametrize("code", ["vpr-spo-2021-schedule", "vpr-spo-2021-participants"])
def test_every_rule_of_the_shipped_forms_has_examples_that_hold(code: str) -> None:
    results = run_examples(shipped_form(code))
    assert len(results) == 2 * len(shipped_form(code).rules)
    assert [result for result in results if not result.ok] == []


def test_a_rule_without_examples_is_a_failure_of_the_form() -> None:
    assert {result.ok for result in run_examples(load_form(GOOD, "form.yaml"))} == {False}


@pytest.mark.parametrize("code", ["vpr-spo-2021-schedule", "vpr-spo-2021-participants"])
def test_prompts_fit_into_a_spreadsheet(code: str) -> None:
    """ECMA-376 gives the prompt of a validation 255 characters."""
    form = shipped_form(code)
    for sheet in form.sheets:
        for column in sheet.columns:
            assert len(describe.prompt(form, sheet, column)) <= 255


def test_columns_are_lettered_as_a_spreadsheet_does() -> None:
    assert [layout.letters(number) for number in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_w31_values_of_a_list_are_kept_as_they_are_written() -> None:
    form = load_form(
        "form: codes\nversion: 1\ntitle: Коды\nlists:\n"
        "  a: {values: [01, 010, 9:00, 2.50, 10, 0x1F, 1_000, on, no], aliases: {02: 01, 2.5: 2.50}}\n"
        "sheets:\n  - id: s\n    title: Л\n    rows: {max: 5}\n"
        "    columns: [{id: a, title: А, type: choice, list: a}]\n",
        "codes.yaml",
    )
    listed = form.lists["a"]
    assert listed.values == ("01", "010", "9:00", "2.50", "10", "0x1F", "1_000", "on", "no")
    assert listed.aliases == {"02": "01", "2.5": "2.50"}


def test_w31_a_bound_that_people_read_otherwise_is_refused() -> None:
    wrong = GOOD.replace("range: [1, 100]", "range: [010, 100]", 1)
    assert wrong != GOOD
    with pytest.raises(ConfigurationError, match="010"):
        load_form(wrong, "probe.yaml")
