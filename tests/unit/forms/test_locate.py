"""Sheets and columns are found in spite of what people do to them; nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.errors import ConfigurationError
from pipeline.forms.checking.check import Checked, check_batch
from pipeline.forms.definition.form import load_form
from pipeline.forms.locating.locate import (
    Located,
    carriers,
    locate,
)
from pipeline.forms.making.build import build_workbook
from pipeline.forms.parts import layout
from pipeline.forms.reading.read import read_workbook
from pipeline.forms.workbooks.cells import (
    Cell,
    CellError,
)
from pipeline.forms.workbooks.titles import normal
from pipeline.forms.workbooks.values import as_text
from pipeline.forms.workbooks.workbook import (
    RawSheet,
    RawWorkbook,
)
from pipeline.model import Outcome
from tests.factories.sheets import shipped_form, workbook
from tests.factories.workbooks import COVER, TOKEN, sample_form

FORM = sample_form()
SCHEDULE = shipped_form("vpr-spo-2021-schedule")
BOOK = read_workbook(build_workbook(FORM, COVER, {"first": {"5": {"subject": "Химия", "rooms": 3}}}))


def changed(title: str, /, **values: object) -> RawWorkbook:
    """Return the form with one sheet changed."""
    sheets = tuple(replace(sheet, **values) if sheet.title == title else sheet for sheet in BOOK.sheets)  # type: ignore[arg-type]  # fields of one dataclass
    return replace(BOOK, sheets=sheets)


def rows_of(title: str) -> dict[int, dict[int, Cell]]:
    """Return a copy of a sheet's rows."""
    return {row: dict(cells) for sheet in BOOK.sheets if sheet.title == title for row, cells in sheet.rows.items()}


def codes(located: Located) -> list[tuple[str, str | None, str | None]]:
    return [(finding.code, finding.sheet, finding.column) for finding in located.findings]


def test_w17_a_renamed_sheet_is_found_by_the_title_printed_in_it() -> None:
    located = locate(FORM, changed("Первый лист", title="Лист1"))
    assert located.findings == ()
    assert located.sheets["first"].raw.title == "Лист1"
    assert located.repaired == ("Лист «Первый лист» найден под названием «Лист1».",)


def test_w17_case_spaces_and_invisible_characters_in_a_title_do_not_matter() -> None:
    located = locate(FORM, changed("Первый лист", title=" ПЕРВЫЙ\u00a0 лист\u200b "))
    assert (located.findings, located.repaired) == ((), ())


def test_w17_one_sheet_without_any_title_is_found_by_its_header() -> None:
    rows = rows_of("Первый лист")
    del rows[layout.TITLE_ROW]
    located = locate(FORM, changed("Первый лист", title="Sheet1", rows=rows))
    assert located.sheets["first"].raw.title == "Sheet1"


def test_w17_a_missing_sheet_is_named_with_what_was_found() -> None:
    book = replace(BOOK, sheets=tuple(sheet for sheet in BOOK.sheets if sheet.title != "Второй лист"))
    located = locate(FORM, book)
    assert codes(located) == [("structure.sheet_missing", "Второй лист", None)]
    assert "«Титульный лист», «Первый лист»" in located.findings[0].message
    assert located.findings[0].message.endswith("Если сдавать по нему нечего, выберите на нём «Не участвуем».")
    assert set(located.sheets) == {"first"}


def test_w17_a_sheet_that_fits_twice_is_not_guessed() -> None:
    rows = rows_of("Второй лист")
    twins = (RawSheet("а", rows=rows), RawSheet("б", rows=rows))
    kept = tuple(sheet for sheet in BOOK.sheets if sheet.title != "Второй лист")
    located = locate(FORM, replace(BOOK, sheets=(*kept, *twins)))
    assert codes(located) == [("structure.sheet_missing", "Второй лист", None)]


@pytest.mark.parametrize("title", ["Первый лист (2)", "Филиал"])
def test_w29_rows_on_a_second_sheet_of_the_same_table_are_a_finding(title: str) -> None:
    copy = RawSheet(title, rows=rows_of("Первый лист") | {6: {1: "История", 2: 4}})
    located = locate(FORM, replace(BOOK, sheets=(*BOOK.sheets, copy)))
    assert codes(located) == [("structure.sheet_twice", title, None)]
    assert located.sheets["first"].raw.title == "Первый лист"
    message = located.findings[0].message
    assert f"«{title}»" in message
    assert "не взяты" in message
    assert "перенесите" in message


def test_w29_a_copy_of_the_same_rows_is_only_to_be_deleted() -> None:
    copy = RawSheet("Запасной", rows=rows_of("Первый лист"))
    (found,) = locate(FORM, replace(BOOK, sheets=(*BOOK.sheets, copy))).findings
    assert (found.code, found.sheet) == ("structure.sheet_twice", "Запасной")
    assert found.message == (
        "Лист «Запасной» — копия листа «Первый лист» с теми же данными (1 строка). С копии данные не взяты: "
        "удалите лист «Запасной»."
    )


def twins(**tables: str) -> RawWorkbook:
    """Return the schedule, whose three sheets have one heading, with these tables."""
    return workbook(SCHEDULE, **tables)


PAPER, COMPUTER = "РАБОТЫ НА БЛАНКЕ", "РАБОТЫ НА КОМПЬЮТЕРЕ"
PHYSICS, HISTORY = ("| subject | rooms_first |\n| " + subject + " | 2 |" for subject in ("Физика", "История"))


@pytest.mark.parametrize(
    ("title", "tables", "named"),
    [
        ("Лист1", {"paper": PHYSICS, "meta": PHYSICS}, [COMPUTER]),  # the only one that misses its rows
        ("Лист1", {"computer": PHYSICS, "meta": PHYSICS}, [PAPER]),
        ("Работы на компьютере (2)", {"meta": PHYSICS, "computer": PHYSICS}, [COMPUTER]),  # its title says it
        ("Работы на бланке - филиал", {"meta": PHYSICS, "paper": PHYSICS}, [PAPER]),
        ("Филиал", {"meta": PHYSICS}, [PAPER, COMPUTER]),  # nothing tells
        ("Филиал", {"paper": PHYSICS, "meta": PHYSICS, "computer": PHYSICS}, [PAPER, "МЕТАПРЕДМЕТ", COMPUTER]),
        ("Запас", {"computer": HISTORY, "paper": PHYSICS}, [COMPUTER]),  # the very rows of that sheet
    ],
)
def test_w29_a_second_sheet_belongs_to_the_sheet_that_misses_its_rows(
    title: str, tables: dict[str, str], named: list[str]
) -> None:
    book = twins(**tables)
    (written,) = (sheet for sheet in twins(paper=HISTORY).sheets if sheet.title == PAPER)
    rows = {row: cells for row, cells in written.rows.items() if row >= layout.HEADER_ROW}
    (found,) = locate(SCHEDULE, replace(book, sheets=(*book.sheets, RawSheet(title, rows=rows)))).findings
    others = {PAPER, COMPUTER, "МЕТАПРЕДМЕТ"} - set(named)
    assert all(f"«{name}" in found.message for name in named)
    assert not any(f"«{name}" in found.message for name in others)


def test_w29_a_blank_copy_and_a_sheet_of_calculations_are_passed_over_with_a_note() -> None:
    blank = {row: cells for row, cells in rows_of("Первый лист").items() if row < layout.FIRST_ROW}
    own: dict[int, dict[int, Cell]] = {1: {1: "Химия", 2: 5}, 2: {1: "Физика", 2: "Количество аудиторий"}, 3: {2: 7}}
    strange = (RawSheet("Первый лист (2)", rows=blank), RawSheet("Расчёт", rows=own))
    located = locate(FORM, replace(BOOK, sheets=(*BOOK.sheets, *strange)))
    assert located.findings == ()
    assert located.repaired == tuple(
        f"Лист «{sheet.title}» не из этой формы, данные с него не взяты." for sheet in strange
    )


CONTINUED = shipped_form("vpr-spo-2021-participants")
FULL = """
    | education | specialty_code | specialty | mode | students | participants |
    | Основное общее | '15.02.08 | Технология машиностроения | Очная | 31 | 30 |
"""


def elsewhere(rows: dict[int, dict[int, Cell]]) -> Checked:
    book = workbook(CONTINUED, first_year=FULL)
    (checked,) = check_batch(CONTINUED, [replace(book, sheets=(*book.sheets, RawSheet("Лист2", rows=rows)))])
    return checked


@pytest.mark.parametrize("start", [1, 3])
@pytest.mark.parametrize("head", [(), ("Обр.", "Код", "Спец.", "Форма", "Всего", "Участн.")])
def test_w29_rows_that_go_on_without_the_header_are_a_finding(start: int, head: tuple[str, ...]) -> None:
    row = ("Среднее общее", "34.02.01", "Сестринское дело", "Заочная", 15, 15)
    rows = {2: head, 3: row}
    checked = elsewhere({at: dict(enumerate(cells, start)) for at, cells in rows.items() if cells})
    (found,) = checked.findings
    assert (found.code, found.sheet, found.row) == ("structure.sheet_twice", "Лист2", 3)
    assert "не взяты" in found.message
    assert [note for note in checked.notes if note.sheet == "Лист2"] == []


@pytest.mark.parametrize(
    "row",
    [
        ("Основное общее", "15.02.08", "Технология машиностроения", "Очная", 16, 15),  # what the form has, by groups
        ("Основное общее", "Очная", "Среднее общее", "Заочная", 1, 2),
        ("Группа ТМ-11", "15.02.08", "Технология машиностроения", "Очная", 31, 30),
        ("15.02.09", "Аддитивные технологии"),
        (31, 30),
    ],
)
def test_w29_the_senders_own_reckoning_is_passed_over_with_a_note(row: tuple[Cell, ...]) -> None:
    checked = elsewhere({1: dict(enumerate(row, 1))})
    assert (checked.outcome, checked.findings) == (Outcome.ACCEPTED, ())
    assert [note.sheet for note in checked.notes] == ["Лист2"]


def test_w17_a_sheet_without_any_header_is_one_finding() -> None:
    rows = {row: cells for row, cells in rows_of("Первый лист").items() if row != layout.HEADER_ROW}
    (found,) = locate(FORM, changed("Первый лист", rows=rows)).findings
    assert found.code == "structure.no_header"
    assert all(f"«{column.title}»" in found.message for column in FORM.sheets[0].columns)


def test_w29_a_hidden_copy_is_a_finding_only_where_its_rows_differ() -> None:
    rows = rows_of("Первый лист")
    same = RawSheet("копия", "hidden", rows=rows)
    other = RawSheet("копия", "hidden", rows=rows | {20: {1: "История"}})
    assert codes(locate(FORM, replace(BOOK, sheets=(*BOOK.sheets, same)))) == []
    found = locate(FORM, replace(BOOK, sheets=(*BOOK.sheets, other)))
    assert codes(found) == [("structure.sheet_twice", "копия", None)]
    assert "Скрытый лист" in found.findings[0].message


def test_w30_tabs_that_were_swapped_are_noted() -> None:
    titles = {"Первый лист": "Второй лист", "Второй лист": "Первый лист"}
    sheets = tuple(replace(sheet, title=titles.get(sheet.title, sheet.title)) for sheet in BOOK.sheets)
    notes = locate(FORM, replace(BOOK, sheets=sheets)).notes
    assert {note.sheet for note in notes if "напечатано" in note.message} == set(titles)
    assert all("верните им названия" in note.message for note in notes if "напечатано" in note.message)


def test_w18_moved_columns_are_found_by_their_headers() -> None:
    rows = {row: {8 - column: cell for column, cell in cells.items()} for row, cells in rows_of("Первый лист").items()}
    located = locate(FORM, changed("Первый лист", rows=rows))
    assert located.findings == ()
    assert located.sheets["first"].columns["subject"] == 7
    assert located.sheets["first"].columns["online"] == 1
    assert "переставлены" in located.repaired[0]


def test_w18_a_column_inserted_before_the_table_moves_it_whole() -> None:
    rows = {row: {column + 1: cell for column, cell in cells.items()} for row, cells in rows_of("Первый лист").items()}
    located = locate(FORM, changed("Первый лист", rows=rows))
    assert located.sheets["first"].columns["subject"] == 2
    assert located.repaired == ("Лист «Первый лист»: таблица сдвинута, её столбцы найдены по заголовкам.",)


def test_w18_rows_inserted_above_move_the_data() -> None:
    rows = {row + 3: cells for row, cells in rows_of("Первый лист").items()}
    place = locate(FORM, changed("Первый лист", rows=rows)).sheets["first"]
    assert (place.header_row, place.first_row, place.last_row) == (6, 8, 15)


def test_w18_a_deleted_kinds_row_is_not_missed() -> None:
    rows = rows_of("Первый лист")
    rows = {row - (row > layout.KINDS_ROW): cells for row, cells in rows.items() if row != layout.KINDS_ROW}
    place = locate(FORM, changed("Первый лист", rows=rows)).sheets["first"]
    assert (place.header_row, place.first_row) == (3, 4)
    assert place.raw.cell(4, 1) == "Химия"


@pytest.mark.parametrize(
    "first", [{3: 12, 4: 0.5}, {2: date(2021, 9, 15), 3: 12}, {1: "Список*", 3: 12}, {1: CellError("#N/A")}]
)
def test_w18_a_first_row_of_numbers_is_data_where_the_kinds_row_was_deleted(first: dict[int, Cell]) -> None:
    rows = rows_of("Первый лист") | {layout.KINDS_ROW: first}
    place = locate(FORM, changed("Первый лист", rows=rows)).sheets["first"]
    assert place.first_row == layout.KINDS_ROW


@pytest.mark.parametrize("kept", [{1: "СПИСОК *"}, {2: "дата", 3: " число", 4: "\u200b"}])
def test_w18_a_kinds_row_is_known_by_any_of_its_words(kept: dict[int, Cell]) -> None:
    place = locate(FORM, changed("Первый лист", rows=rows_of("Первый лист") | {layout.KINDS_ROW: kept})).sheets["first"]
    assert place.first_row == layout.FIRST_ROW


def test_w18_a_rewritten_header_is_taken_by_its_place_and_told() -> None:
    rows = rows_of("Первый лист")
    rows[layout.HEADER_ROW][3] = "Сколько комнат"
    located = locate(FORM, changed("Первый лист", rows=rows))
    assert located.findings == ()
    assert located.sheets["first"].columns["rooms"] == 3
    told = "столбец «Количество аудиторий» принят по месту, его заголовок изменён на «Сколько комнат»."
    assert located.repaired == (f"Лист «Первый лист»: {told}",)


def test_w18_a_deleted_column_is_named() -> None:
    rows = {
        row: {column - (column > 3): cell for column, cell in cells.items() if column != 3}
        for row, cells in rows_of("Первый лист").items()
    }
    located = locate(FORM, changed("Первый лист", rows=rows))
    assert codes(located) == [("structure.column_missing", "Первый лист", "rooms")]
    assert "«Количество аудиторий»" in located.findings[0].message


def test_w18_a_column_that_stands_twice_is_named() -> None:
    rows = rows_of("Первый лист")
    rows[layout.HEADER_ROW][9] = "Количество аудиторий"
    located = locate(FORM, changed("Первый лист", rows=rows))
    assert codes(located) == [("structure.column_twice", "Первый лист", "rooms")]
    assert "C, I" in located.findings[0].message


def test_w18_an_empty_workbook_misses_every_sheet() -> None:
    located = locate(FORM, RawWorkbook((RawSheet("Лист1"),)))
    assert [code for code, _, _ in codes(located)] == ["structure.sheet_missing"] * 2


@pytest.mark.parametrize(("answer", "draft"), [("да", True), ("ДА ", True), ("нет", False), (None, False), (1, None)])
def test_s11_the_covers_own_cell_marks_a_draft(answer: Cell, draft: bool | None) -> None:
    rows = rows_of(layout.COVER_TITLE)
    row = int(layout.COVER_DRAFT[1:])
    rows[row] = {**rows[row], 3: answer}
    assert carriers(changed(layout.COVER_TITLE, rows=rows)).draft is draft


@pytest.mark.parametrize("answer", ["да, жду приказ", "x", "V", "-", "+", "черновик", "не готово", True, False, 0])
def test_w39_any_other_mark_is_asked_about(answer: Cell) -> None:
    rows = rows_of(layout.COVER_TITLE)
    row = int(layout.COVER_DRAFT[1:])
    rows[row] = {**rows[row], 3: answer}
    said = carriers(changed(layout.COVER_TITLE, rows=rows))
    assert said.draft is None
    (note,) = said.notes
    assert (note.sheet, note.cell) == (layout.COVER_TITLE, layout.COVER_DRAFT)
    assert f"«{as_text(answer)}»" in note.message


@pytest.mark.parametrize("answer", ["", " ", "\u200b", "Нет", "НЕТ.", " нет "])
def test_w39_an_empty_cell_and_no_are_final(answer: str) -> None:
    rows = rows_of(layout.COVER_TITLE)
    row = int(layout.COVER_DRAFT[1:])
    rows[row] = {**rows[row], 3: answer}
    said = carriers(changed(layout.COVER_TITLE, rows=rows))
    assert (said.draft, said.notes) == (False, ())


DRAFT_ROW = int(layout.COVER_DRAFT[1:])


@pytest.mark.parametrize(
    ("row", "below", "draft"),
    [
        ({2: "Черновик (да/нет): да"}, {}, True),
        ({2: "Черновик: нет"}, {}, False),
        ({2: "Черновик", 3: "да"}, {}, True),
        ({2: "ЧЕРНОВИК"}, {}, None),
        ({2: "Черновик (да/нет)", 3: "нет", 4: "да"}, {}, None),
        ({1: "да", 2: "Черновик (да/нет)"}, {}, True),
        ({2: "Черновик (да/нет)"}, {3: "да"}, True),
        ({2: "Черновик (да/нет)", 3: "нет"}, {3: "да"}, None),
    ],
)
def test_w39_a_mark_beside_its_cell_or_in_the_label_is_never_final(
    row: dict[int, Cell], below: dict[int, Cell], draft: bool | None
) -> None:
    rows = rows_of(layout.COVER_TITLE)
    rows[DRAFT_ROW], rows[DRAFT_ROW + 1] = row, below
    assert carriers(changed(layout.COVER_TITLE, rows=rows)).draft is draft
    assert carriers(changed(layout.COVER_TITLE, rows=rows, state="hidden")).draft is draft


def test_s11_the_draft_cell_is_found_when_the_cover_was_renamed_and_moved() -> None:
    rows = {row + 2: dict(cells) for row, cells in rows_of(layout.COVER_TITLE).items()}
    rows[int(layout.COVER_DRAFT[1:]) + 2][3] = "да"
    said = carriers(changed(layout.COVER_TITLE, rows=rows, title="Лист1"))
    assert (said.draft, said.code) == (True, COVER.form_code)


def test_each_carrier_is_heard_by_itself() -> None:
    without_key = replace(BOOK, sheets=tuple(sheet for sheet in BOOK.sheets if sheet.title != layout.KEY_SHEET))
    assert carriers(without_key).tokens == (TOKEN,)
    assert carriers(without_key).form_version == 3
    assert carriers(replace(BOOK, keywords="")).tokens == (TOKEN,)
    other = replace(BOOK, keywords=BOOK.keywords.replace(TOKEN, "v1.spo240066.2.1.zzzzzzzzzzzz"))
    assert carriers(other).tokens == (TOKEN, "v1.spo240066.2.1.zzzzzzzzzzzz")


@pytest.mark.parametrize("keywords", ["", "отчёт; 2021", "token=", "token=a b", "a=b=c", "version=" + "9" * 40])
def test_foreign_keywords_say_nothing(keywords: str) -> None:
    said = carriers(RawWorkbook((RawSheet("Лист1"),), keywords=keywords))
    assert (said.tokens, said.form_version, said.draft) == ((), None, False)


def test_a_hidden_key_sheet_that_became_visible_is_still_read() -> None:
    assert carriers(changed(layout.KEY_SHEET, state="visible")).tokens == (TOKEN, TOKEN)


def test_normal_forms() -> None:
    assert normal('Дата "Завершившие"') == normal("ДАТА «завершившие» *")
    assert normal("Приём") == normal("прие\u200bм")
    assert normal(5) == ""


SIGNED = """
form: signs
version: 1
title: Знаки
sheets:
  - id: a
    title: 9 класс
    rows: {max: 5}
    columns: [{id: plus, title: "Изменение, +", type: int}, {id: minus, title: "Изменение, -", type: int}]
  - id: b
    title: 9 класс +
    rows: {max: 5}
    columns: [{id: share, title: "Доля, %", type: decimal}, {id: total, title: "Доля, №", type: decimal}]
"""


def test_w30_titles_that_differ_in_a_sign_alone_are_told_apart_wherever_they_are_moved() -> None:
    form = load_form(SIGNED, "signs")
    sheets = [
        RawSheet("9 класс", rows={3: {1: "Изменение, −", 2: "изменение +"}, 5: {1: 1, 2: 2}}),
        RawSheet("9 класс +", rows={3: {1: "Доля №*", 2: "Доля, %"}, 5: {1: 1, 2: 2}}),
    ]
    located = locate(form, RawWorkbook(tuple(reversed(sheets))))
    assert located.findings == ()
    assert located.sheets["a"].columns == {"plus": 2, "minus": 1}
    assert located.sheets["b"].columns == {"share": 2, "total": 1}


def test_w30_a_dash_at_the_end_tells_titles_apart_and_one_within_does_not() -> None:
    assert normal("Прирост, −") == normal("прирост -") != normal("Прирост")
    assert normal("Очно-заочная") == normal("Очно – заочная")


def test_w30_signs_of_comparison_tell_titles_apart() -> None:
    titles = ["≥ 18", "≤ 18", "> 18", "< 18", "= 18", "≠ 18"]
    assert len({normal(title) for title in titles}) == len(titles)


@pytest.mark.parametrize("title", ["Изменение +", "«Изменение», +"])
def test_w30_titles_that_fall_together_in_reading_are_the_authors_mistake(title: str) -> None:
    with pytest.raises(ConfigurationError, match="дважды"):
        load_form(SIGNED.replace('"Изменение, -"', f'"{title}"'), "signs")
