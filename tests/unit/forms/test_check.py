"""The verdict on a workbook: every fault in one answer, exact to the cell; our own faults never the respondent's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pandera.polars as pa
import polars as pl
import pytest

from pipeline.forms.checking import check
from pipeline.forms.checking import compile as compiling
from pipeline.forms.checking.check import (
    Checked,
    check_batch,
)
from pipeline.forms.definition.form import (
    FormDefinition,
    load_form,
)
from pipeline.forms.workbooks.cells import (
    Cell,
    CellError,
    Formula,
)
from pipeline.forms.workbooks.workbook import RawWorkbook
from pipeline.kept import Kept
from pipeline.model import Outcome, Severity
from tests.factories.sheets import schedule, sheet_of, shipped_form, with_sheet, workbook

FORM = shipped_form("vpr-spo-2021-schedule")
PAPER = FORM.sheet("paper").title
HEAD = "| subject | date_first | rooms_first | people_first |"
GOOD = f"""
{HEAD}
| Физика  | 2021-09-15 | 1 | 10 |
| Химия   | 2021-09-16 | 2 | 30 |
"""


LOOSE = load_form(
    """
form: loose
version: 1
title: Кружки
sheets:
  - id: one
    title: Кружки
    rows: {max: 20}
    columns:
      - {id: name, title: Название, type: text, required: true}
      - {id: children, title: Детей, type: int}
      - {id: day, title: Начало, type: date}
""",
    "loose",
)


def verdict(book: RawWorkbook, form: FormDefinition = FORM) -> Checked:
    (checked,) = check_batch(form, [book])
    assert checked.incident is None
    return checked


def paper(row: str, head: str = HEAD) -> Checked:
    """The verdict on the schedule with one row (or several) on its first sheet."""
    return verdict(schedule(FORM, paper=f"{head}\n{row}"))


def places(checked: Checked) -> list[tuple[str, str | None]]:
    return [(finding.rule, finding.cell) for finding in checked.findings]


def test_a_good_return_is_accepted_with_typed_values() -> None:
    checked = verdict(schedule(FORM, paper=GOOD))
    assert (checked.outcome, checked.findings, checked.repaired) == (Outcome.ACCEPTED, (), ())
    assert checked.rows == {"paper": 2, "meta": 1, "computer": 1}
    assert checked.data["paper"][1] == {
        "row": 6,
        "subject": "Химия",
        "date_first": "2021-09-16",
        "rooms_first": 2,
        "people_first": 30,
        "date_graduates": None,
        "rooms_graduates": None,
        "people_graduates": None,
    }
    assert checked.received["paper"]["6"] == {
        "subject": "Химия",
        "date_first": {"date": "2021-09-16"},
        "rooms_first": 2,
        "people_first": 30,
    }


def test_every_fault_is_in_one_answer_with_place_value_and_remedy() -> None:
    """A text in a number cell and a value out of range in the same column are both named (W26)."""
    checked = paper(
        "| Физика | 2021-09-15 | двадцать | 10 |\n| Химия | 2021-09-16 | 500 | 10 |\n| | 2021-09-17 | 1 | 5 |"
    )
    assert checked.outcome is Outcome.REJECTED
    assert [(f.code, f.rule, f.sheet, f.row, f.column, f.cell, f.value) for f in checked.findings] == [
        ("type.int", "type", PAPER, 5, "rooms_first", "C5", "двадцать"),
        ("range", "range", PAPER, 6, "rooms_first", "C6", "500"),
        ("required", "required", PAPER, 7, "subject", "A7", ""),
    ]
    assert checked.findings[1].message == "Число должно быть между 1 и 100."
    assert checked.data == {}
    assert checked.received["paper"]["5"]["rooms_first"] == "двадцать"


def test_a_warning_alone_does_not_refuse() -> None:
    checked = paper("| Физика | 2021-09-15 | 1 | 16 |")
    assert checked.outcome is Outcome.ACCEPTED_WITH_WARNINGS
    assert places(checked) == [("LOAD", "D5")]
    assert checked.findings[0].severity is Severity.WARNING
    assert checked.data["paper"][0]["people_first"] == 16


def test_a_sixth_day_for_one_subject_and_category_is_named() -> None:
    days = [f"| Физика | 2021-09-{day} | 1 | 5 |" for day in (15, 16, 17, 18, 20, 20, 21)]
    checked = paper("\n".join(days))
    assert places(checked) == [("REPEAT", "B10"), ("DAYS5", "B11")]


def test_days_are_counted_by_category_and_subject() -> None:
    head = "| subject | date_first | rooms_first | people_first | date_graduates | rooms_graduates | people_graduates |"
    rows = "\n".join(f"| Физика | 2021-09-{15 + n} | 1 | 5 | 2021-09-{20 + n} | 1 | 5 |" for n in range(5))
    other = "| Химия | 2021-10-01 | 1 | 5 | | | |"
    assert paper(f"{rows}\n{other}", head).outcome is Outcome.ACCEPTED


def test_opting_out_waives_what_is_required_and_forbids_data() -> None:
    checked = paper("| Не участвуем | | 3 | |")
    assert places(checked) == [("OPTOUT", "C5")]


def test_a_missing_value_is_asked_for_once() -> None:
    """Two rules miss the date of this row; the respondent is asked for it once."""
    checked = paper("| Физика | | 1 | 10 |\n| Химия | 2021-09-16 | 1 | 10 |")
    assert [cell for _, cell in places(checked)] == ["B5", "E5"]


def test_w22_an_empty_return_is_not_complete() -> None:
    checked = verdict(workbook(FORM))
    assert checked.outcome is Outcome.REJECTED
    assert [(finding.rule, finding.sheet) for finding in checked.findings] == [
        ("rows_min", sheet.title) for sheet in FORM.sheets
    ]
    assert "«Не участвуем»" in checked.findings[0].message


def test_w8_data_below_and_beside_the_table_are_named() -> None:
    book = schedule(FORM, paper=GOOD)
    rows = {row: dict(cells) for row, cells in book.sheets[0].rows.items()}
    rows[5][10] = "см. приказ"
    rows[65] = {1: "История"}
    checked = verdict(with_sheet(book, PAPER, rows=rows))
    assert [(f.code, f.cell, f.value, f.severity) for f in checked.findings] == [
        ("outside.beside", "J5", "см. приказ", Severity.WARNING),
        ("outside.below", "A65", "История", Severity.ERROR),
    ]


@pytest.mark.parametrize(("places", "said"), [([10], "(столбец J)"), ([10, 12], "(столбцы J, L)")])
def test_w8_columns_beside_the_table_are_counted_in_words(places: list[int], said: str) -> None:
    book = schedule(FORM, paper=GOOD)
    rows = {row: dict(cells) for row, cells in book.sheets[0].rows.items()}
    rows[5] |= dict.fromkeys(places, 7)
    (found,) = verdict(with_sheet(book, PAPER, rows=rows)).findings
    assert said in found.message


def test_w8_the_whole_range_is_read_across_blank_rows() -> None:
    book = schedule(FORM, paper=GOOD)
    rows = {row: dict(cells) for row, cells in book.sheets[0].rows.items()}
    rows[64] = {1: "История", 2: date(2021, 9, 20), 3: 1, 4: 101}
    checked = verdict(with_sheet(book, PAPER, rows=rows))
    assert (checked.rows["paper"], places(checked)) == (3, [("LOAD", "D64")])


def test_w15_merged_cells_among_the_data_are_refused_by_name() -> None:
    checked = verdict(with_sheet(schedule(FORM, paper=GOOD), PAPER, merged=("A5:A6", "A1:G1")))
    assert [(f.code, f.cell) for f in checked.findings] == [("structure.merged", "A5")]
    assert "A5:A6" in checked.findings[0].message
    assert checked.received["paper"]["5"]["subject"] == "Физика"


def test_w16_hidden_rows_are_taken_and_told() -> None:
    checked = verdict(with_sheet(schedule(FORM, paper=GOOD), PAPER, hidden_rows=frozenset({6, 7})))
    assert checked.outcome is Outcome.ACCEPTED
    assert checked.repaired == (f"Лист «{PAPER}»: скрытые строки с данными учтены: 1 строка",)


def test_w16_a_finding_at_a_hidden_cell_says_how_to_see_it() -> None:
    book = schedule(FORM, paper="| subject | date_first |\n| Физика | 2021-09-15 |\n| Химия | 2021-09-16 |")
    hidden = verdict(with_sheet(book, PAPER, hidden_columns=frozenset({3}), hidden_rows=frozenset({6})))
    told = {finding.cell: finding.message for finding in hidden.findings}
    assert {cell: ("столбец скрыт" in said, "строка скрыта" in said) for cell, said in told.items()} == {
        "C5": (True, False),
        "D5": (False, False),
        "C6": (True, True),
        "D6": (False, True),
    }
    assert all("выберите «Показать»" in said for cell, said in told.items() if cell != "D5")
    assert told["C5"].startswith("Дата указана, а ячейка пуста — введите число. В вашем файле")
    filtered = verdict(with_sheet(book, PAPER, hidden_rows=frozenset({5, 6}), filtered=True))
    assert all("снимите его" in finding.message for finding in filtered.findings)


def test_a_value_beyond_its_bounds_is_told_the_bounds_alone() -> None:
    """That it is a date or a number was never in doubt."""
    checked = paper("| Физика | 2021-12-15 | 0 | 10 |")
    assert [finding.message for finding in checked.findings] == [
        "Дата должна быть с 15.09.2021 по 09.10.2021.",
        "Число должно быть между 1 и 100.",
    ]
    form = shipped_form("vpr-spo-2021-participants")
    head = "| education | specialty_code | specialty | mode | students | participants |"
    short = verdict(workbook(form, first_year=f"{head}\n| Основное общее | '09.02.07 | Ср | Очная | 20 | 18 |"), form)
    assert [finding.message for finding in short.findings] == ["Длина должна быть от 3 до 250 знаков."]


@pytest.mark.parametrize(
    ("code", "shown"), [("#REF!", "#REF! (#ССЫЛКА!)"), ("#N/A", "#N/A (#Н/Д)"), ("#NEW!", "#NEW!")]
)
def test_an_error_value_is_named_as_a_russian_office_shows_it_too(code: str, shown: str) -> None:
    (found,) = paper(f"| Физика | 2021-09-15 | {code} | 10 |").findings
    assert found.message.startswith(f"В ячейке ошибка {shown}: сотрите её")


def test_a_dash_where_zero_is_right_and_something_is_needed_is_told_to_be_zero() -> None:
    form = shipped_form("vpr-spo-2021-participants")
    head = "| education | specialty_code | specialty | mode | students | participants |"
    row = "| Основное общее | '09.02.07 | Программирование | Очная | - | — |"
    students, participants = verdict(workbook(form, first_year=f"{head}\n{row}"), form).findings
    assert "введите значение" in students.message
    assert participants.message.startswith("Здесь прочерк, а ячейка обязательна: вместо прочерка введите 0 или")


@pytest.mark.parametrize("written", ["нет", "не знаю", "…"])
def test_words_where_a_value_may_be_left_out_are_to_be_cleared(written: str) -> None:
    (found,) = verdict(workbook(LOOSE, one=f"| name | children |\n| Шахматы | {written} |"), LOOSE).findings
    assert found.message == "Здесь не число: если данных нет, очистите ячейку. Введите целое число."
    (found,) = verdict(workbook(LOOSE, one=f"| name | day |\n| Шахматы | {written} |"), LOOSE).findings
    assert found.message == "Здесь не дата: если данных нет, очистите ячейку. Введите дату в виде ДД.ММ.ГГГГ."


def test_w18_structure_stops_before_any_rule() -> None:
    book = schedule(FORM, paper=f"{HEAD}\n| Физка | вчера | -1 | 0 |")
    checked = verdict(replace(book, sheets=book.sheets[:2]))
    assert checked.outcome is Outcome.REJECTED
    assert [finding.code for finding in checked.findings] == ["structure.sheet_missing"]
    assert checked.received["paper"]["5"]["subject"] == "Физка"


def test_moved_columns_are_named_where_they_stand() -> None:
    book = schedule(FORM, paper=GOOD)
    rows = {row: {9 - place: cell for place, cell in cells.items()} for row, cells in book.sheets[0].rows.items()}
    rows[5][6] = 500
    assert places(verdict(with_sheet(book, PAPER, rows=rows))) == [("range", "F5")]


def test_w21_zero_is_not_empty() -> None:
    form = shipped_form("vpr-spo-2021-participants")
    head = "| education | specialty_code | specialty | mode | students | participants |"
    row = "| Основное общее | 09.02.07 | Программирование | Очная | 25 | 0 |"
    checked = verdict(workbook(form, first_year=f"{head}\n{row}"), form)
    assert checked.outcome is Outcome.ACCEPTED
    assert checked.data["first_year"][0]["participants"] == 0


def test_w23_findings_are_capped_and_errors_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "MOST_FINDINGS", 3)
    rows = "\n".join("| Физика | 2021-09-15 | 1 | 16 |" for _ in range(9))
    checked = paper(f"{rows}\n| Химия | 2021-09-16 | 500 | 10 |")
    assert len(checked.findings) == 4
    assert (checked.findings[0].rule, checked.findings[-1].code) == ("range", "too_many")


PROBE = """
form: probe
version: 1
title: Проба
lists: {subjects: {values: [Русский язык, ОБЖ], aliases: {Рус. яз.: Русский язык}}}
sheets:
  - id: main
    title: Лист
    rows: {max: 50}
    columns:
      - {id: name, title: Название, type: text, length: [2, 10]}
      - {id: count, title: Число, type: int}
      - {id: share, title: Доля, type: decimal}
      - {id: day, title: Дата, type: date}
      - {id: code, title: Код, type: code}
      - {id: subject, title: Предмет, type: choice, list: subjects}
      - {id: flag, title: Отметка, type: bool}
"""
TYPES = load_form(PROBE, "probe.yaml")


def parsed(column: str, cell: Cell, *, date1904: bool = False) -> tuple[object, str | None, str]:
    """Return (typed value, code of the finding, what was repaired) for one cell of the probe form."""
    spec = TYPES.sheet("main")
    sheet = sheet_of(spec, "| name |\n| ряд |")
    place = [item.id for item in spec.columns].index(column) + 1
    rows = {row: dict(cells) for row, cells in sheet.rows.items()}
    rows[5][place] = cell
    checked = verdict(RawWorkbook((replace(sheet, rows=rows),), date1904=date1904), TYPES)
    value = checked.data["main"][0][column] if checked.data else None
    codes = [finding.code for finding in checked.findings]
    assert len(codes) <= 1
    assert all(finding.column == column for finding in checked.findings)
    return value, codes[0] if codes else None, " ".join(checked.repaired)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("count", 32, 32),
        ("count", 32.0, 32),
        ("count", "32", 32),
        ("count", " 32\u00a0", 32),
        ("count", "32,0", 32),
        ("count", "1 234", 1234),
        ("count", "1\u202f234\u00a0567", 1_234_567),
        ("count", "−5", -5),
        ("share", "13,75", 13.75),
        ("share", "13.75", 13.75),
        ("share", "1 234,5", 1234.5),
        ("share", "0,125", 0.125),
        ("share", 3, 3.0),
        ("day", date(2021, 9, 15), "2021-09-15"),
        ("day", datetime(2021, 9, 15), "2021-09-15"),  # noqa: DTZ001 - cells have no zone
        ("day", "15.09.2021", "2021-09-15"),
        ("day", "\u200b15.09.2021 ", "2021-09-15"),
        ("day", 44454, "2021-09-15"),
        ("code", "007", "007"),
        ("subject", "русский  язык", "Русский язык"),
        ("subject", "Рус. яз.", "Русский язык"),
        ("subject", "Русский\u00a0язык\u200b", "Русский язык"),
        ("flag", "Да", True),
        ("flag", False, False),
        ("name", 12.0, "12"),
        ("name", "и\u0306од", "йод"),
        ("name", "ок\u200b", "ок"),
        ("count", "   ", None),
    ],
)
def test_cells_are_read_without_guessing(column: str, cell: Cell, value: object) -> None:
    assert parsed(column, cell)[:2] == (value, None)


@pytest.mark.parametrize(
    ("case", "column", "cell", "code"),
    [
        ("W5", "count", Formula(), "cell.formula"),
        ("W5", "name", CellError("#N/A"), "cell.error"),
        ("W10", "day", "9/15/2021", "type.month_first"),
        ("W10", "day", "31.02.2021", "type.no_such_date"),
        ("W10", "day", 15, "type.date"),
        ("W10", "day", 44454.5, "type.date"),
        ("W11", "share", "1,234", "type.ambiguous"),
        ("W11", "count", "12.500", "type.ambiguous"),
        ("W11", "share", "1.234,5", "type.decimal"),
        ("W11", "count", "13,75", "type.fraction"),
        ("W11", "count", 2.5, "type.fraction"),
        ("W12", "code", 7, "type.code"),
        ("W13", "code", 1.2e20, "type.code"),
        ("W13", "count", 10**15, "type.digits"),
        ("W13", "count", "12345678901234567890", "type.digits"),
        ("", "count", True, "type.int"),
        ("", "count", date(2021, 9, 15), "type.number_as_date"),
        ("", "count", "1e3", "type.number_and_words"),
        ("", "share", "15%", "type.percent"),
        ("", "count", "9" * 5000, "type.int"),
        ("", "subject", "Физика", "list"),
        ("", "subject", 5, "list"),
        ("", "flag", 1, "type.bool"),
        ("", "name", "х", "length"),
        ("", "name", "слишком длинно", "length"),
    ],
)
def test_what_can_be_read_in_two_ways_is_a_finding(case: str, column: str, cell: Cell, code: str) -> None:
    assert parsed(column, cell)[:2] == (None, code)


def test_w10_serials_count_from_1904_where_the_workbook_says_so() -> None:
    assert parsed("day", 42992, date1904=True)[0] == "2021-09-15"


def test_what_was_put_right_is_told() -> None:
    assert parsed("count", "32")[2] == "Лист «Лист»: числа, записанные текстом, прочитаны как числа: 1 ячейка"
    assert parsed("name", "ок\u200b")[2] == "Лист «Лист»: убраны лишние пробелы и невидимые знаки: 1 ячейка"
    assert "даты, сохранённые числом" in parsed("day", 44454)[2]


def code(written: str) -> str:
    """What is said of a code on the participants' form."""
    form = shipped_form("vpr-spo-2021-participants")
    head = "| education | specialty_code | specialty | mode | students | participants |"
    row = f"| Основное общее | '{written} | Программирование | Очная | 50 | 48 |"
    (found,) = verdict(workbook(form, first_year=f"{head}\n{row}"), form).findings
    assert (found.cell, found.code) == ("B5", "pattern")
    return found.message


@pytest.mark.parametrize(
    "written",
    ["9.2.7", "09,02,07", "09-02-07", "090207", "09. 02. 07", "09.02.07.", "09.02.07 Программирование", "код 09.02.07"],
)
def test_w30_a_code_written_otherwise_is_told_as_it_should_be(written: str) -> None:
    assert "введите «09.02.07», если" in code(written)


def test_w30_w35_a_code_with_a_letter_or_made_a_date_names_its_cause() -> None:
    assert "буква «О»" in code("09.02.О7")
    assert "Excel превратил код в дату" in code("09.02.2007")
    for written in ("9.2", "ИСП-21", "10.11.12.13", "02.07 или 09.02"):
        assert "если вы имели в виду" not in code(written)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("| Химия | 2021-09-16 | 2 | 30 | '- | '– | '— |", [("E5", "прочерк"), ("F5", "прочерк"), ("G5", "прочерк")]),
        ("| Химия | 2021-09-16 | 2 | 30 | '- | 1 | 12 |", [("E5", "даты нет")]),
        ("| Химия | 2021-09-16 | '- | 30 | | | |", [("C5", "введите число")]),
    ],
)
def test_a_dash_means_nothing_and_gets_one_remedy(row: str, said: list[tuple[str, str]]) -> None:
    head = HEAD + " date_graduates | rooms_graduates | people_graduates |"
    found = paper(row, head).findings
    assert [finding.cell for finding in found] == [cell for cell, _ in said]
    assert all(word in finding.message for finding, (_, word) in zip(found, said, strict=True))


def test_a_dash_in_a_required_cell_is_asked_for_a_value_once() -> None:
    (found,) = paper("| '- | 2021-09-16 | 2 | 30 |").findings
    assert (found.cell, "обязательна" in found.message, "очистите" in found.message) == ("A5", True, False)


def test_a_near_miss_names_the_value_meant() -> None:
    checked = paper("| Физка | 2021-09-15 | 1 | 10 |")
    assert "«Физика»" in checked.findings[0].message


def test_w27_a_rule_that_raises_is_our_incident_and_only_for_the_return_that_raises(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails_on_777(series: pl.Series) -> pl.Series:
        if 777 in series.to_list():
            raise ZeroDivisionError("a rule went wrong")
        return series.is_not_null()

    ready = compiling.compile_form(FORM)
    raises = pl.col("people_first").map_batches(fails_on_777, return_dtype=pl.Boolean) | pl.lit(value=True)
    rule = pa.Check(lambda data: data.lazyframe.select(raises), name="range", error="range")
    broken = ready.schemas["paper"].update_column("people_first", checks=[rule])
    kept: Kept[str, compiling.CompiledForm] = Kept(1)
    kept.get(FORM.digest, lambda: replace(ready, schemas={**ready.schemas, "paper": broken}))
    monkeypatch.setattr(compiling, "_COMPILED", kept)

    good = schedule(FORM, paper=GOOD)
    bad = schedule(FORM, paper=f"{HEAD}\n| Физика | 2021-09-15 | 500 | 10 |")
    raising = schedule(FORM, paper=f"{HEAD}\n| Физика | 2021-09-15 | 60 | 777 |")
    verdicts = check_batch(FORM, [good, raising, bad])
    assert [checked.outcome for checked in verdicts] == [Outcome.ACCEPTED, Outcome.INCIDENT, Outcome.REJECTED]
    assert verdicts[1].incident is not None
    assert verdicts[1].findings == ()


def test_a_batch_gives_the_verdicts_of_its_members_alone() -> None:
    books = [
        schedule(FORM, paper=GOOD),
        workbook(FORM),
        schedule(FORM, paper=f"{HEAD}\n| Физика | 2021-09-15 | 500 | десять |"),
        replace(schedule(FORM, paper=GOOD), sheets=()),
        schedule(FORM, paper=GOOD),
    ]
    assert check_batch(FORM, books) == [check_batch(FORM, [book])[0] for book in books]


def test_no_workbooks_no_verdicts() -> None:
    assert check_batch(FORM, []) == []
