"""A right definition becomes types; a wrong one becomes one sentence with the place and the remedy."""

from __future__ import annotations

import pytest

from pipeline.errors import ConfigurationError
from pipeline.forms import describe, layout
from pipeline.forms.definition import FormDefinition, form_schema, load_form
from pipeline.forms.examples import run_examples
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


def mistake(wrong: str, right: str, *, source: str = GOOD) -> str:
    """Return the sentence that an author reads who wrote ``wrong`` in place of ``right``."""
    assert source.count(right) >= 1, right
    with pytest.raises(ConfigurationError) as caught:
        load_form(source.replace(right, wrong, 1), "form.yaml")
    assert caught.value.exit_code == 2
    return str(caught.value)


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


MISTAKES = [
    ("tilte: Проба", "title: Проба", 4, "tilte", "возможно, «title»"),
    ("", "version: 2\n", 1, "", "нет обязательного ключа «version»"),
    ("version: два", "version: 2", 2, "version", "целым числом"),
    ("accepts: [2]", "accepts: [1]", 3, "accepts.1", "прежние"),
    ("{value: [", "{values: [", 6, "lists.subjects.value", "«values»"),
    ("Физ.: Физка", "Физ.: Физика", 6, "lists.subjects.aliases.Физ.", "возможно, «Физика»"),
    ("[Физика, физика]", "[Физика, Химия]", 6, "lists.subjects.values.2", "дважды"),
    ("title: Замечания", "title: Лист", 9, "sheets.main.title", "занято"),
    ("{MOTS.max}", "{MOST.max:genitive}", 10, "sheets.main.hint", "MOTS"),
    ("min_filled: 30", "min_filled: 1", 11, "sheets.main.rows.min_filled", "больше верхней"),
    ("type: dat", "type: date", 14, "sheets.main.columns.start.type", "возможно, «date»"),
    ("list: subject,", "list: subjects,", 13, "sheets.main.columns.subject.list", "возможно, «subjects»"),
    ("range: [100, 1]", "range: [1, 100]", 16, "sheets.main.columns.rooms.range", "поменяйте их местами"),
    ("range: [1, 31]", "range: [2021-09-15, 2021-10-09]", 14, "sheets.main.columns.start.range", "2021-09-15"),
    ("type: date, list: subjects}", "type: date}", 15, "sheets.main.columns.finish.type", "уберите list"),
    ("'[A-Z'", "'[A-Z]-\\d{3}'", 17, "sheets.main.columns.code.pattern", "регулярное выражение"),
    ("sample: A-12}", "sample: A-123}", 17, "sheets.main.columns.code.sample", "не подходит"),
    ("{id: start, title: Конец", "{id: finish, title: Конец", 15, "sheets.main.columns.start.id", "дважды"),
    ("{day: finsh}", "{day: finish}", 18, "sheets.main.unpivot.category.Два.day", "возможно, «finish»"),
    ("{hour: finish}", "{day: finish}", 18, "sheets.main.unpivot.category.Два", "одни и те же поля: day"),
    ("on: dayz", "on: days", 20, "rules.MOST.on", "возможно, «days»"),
    ("check: distinct_mex", "check: distinct_max", 20, "rules.MOST.check", "возможно, «distinct_max»"),
    ("", "check: distinct_max, ", 20, "rules.MOST", "нужен check"),
    ("of: dai", "of: day", 20, "rules.MOST.of", "возможно, «day»"),
    ("maks: 5", "max: 5", 20, "rules.MOST.maks", "возможно, «max»"),
    ("of: rooms, than", "of: finish, than", 21, "rules.ORDER.of", "нужен date"),
    ("compare: rooms <= * 50", "compare: rooms <= 50", 22, "rules.SIZE.compare", "не читается"),
    ("compare: romms <= 50", "compare: rooms <= 50", 22, "rules.SIZE.compare", "возможно, «rooms»"),
    ("severity: warn", "severity: warning", 22, "rules.SIZE.severity", "возможно, «warning»"),
    ("{subject: Не участвует}", "{subject: Не участвуем}", 23, "rules.OUT.when.subject", "возможно, «Не участвуем»"),
    ("then: {}", "then: {empty: [rooms]}", 23, "rules.OUT.then", "что должно выполняться"),
    ("id: SIZE", "id: OUT", 23, "rules.SIZE.id", "дважды"),
    ("id: out", "id: OUT", 23, "rules.out.id", "заглавные"),
    ("title: Проба\ntitle: Ещё", "title: Проба", 5, "title", "дважды"),
    ("2021-09-31, ", "2021-09-15, ", 14, "sheets.1.columns.2.range.1", "2021-09-31"),
    ("title: [Проба", "title: Проба", 5, "", "не YAML"),
]


@pytest.mark.parametrize(
    ("wrong", "right", "line", "key", "remedy"), MISTAKES, ids=[f"{number:02}" for number in range(len(MISTAKES))]
)
def test_a_mistake_of_the_author_is_named_with_its_place_and_remedy(
    wrong: str, right: str, line: int, key: str, remedy: str
) -> None:
    sentence = mistake(wrong, right)
    where = f"Файл form.yaml, строка {line}, ключ «{key}»: " if key else f"Файл form.yaml, строка {line}: "
    assert (sentence[: len(where)], remedy in sentence) == (where, True), sentence


def test_the_first_of_several_mistakes_is_named() -> None:
    source = GOOD.replace("type: int", "type: number").replace("title: Проба", "titel: Проба")
    with pytest.raises(ConfigurationError, match="строка 4, ключ «titel»"):
        load_form(source, "form.yaml")


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
    assert [describe.kind_label(column) for column in sheet.columns][:4] == ["Список*", "Дата", "Число", "Число*"]


def test_w20_a_changed_limit_changes_hint_prompt_and_message_together() -> None:
    source = (PUBLICATIONS / "vpr-spo-2021-schedule" / "form.yaml").read_text(encoding="utf-8")
    form = load_form(source.replace("max: 5\n", "max: 3\n"), "form.yaml")
    assert "трёх" in describe.sheet_hint(form, form.sheet("paper"))
    assert "трёх" in describe.rule_message(form, form.rules[0])


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
