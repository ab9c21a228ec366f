"""A table fills forms before they are first sent: read as the form reads, every mistake told with its place."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from openpyxl import Workbook

from pipeline.cabinet.prefill import PrefillTable, rows_for
from pipeline.cabinet.publications import LoadedPublication, load_publication
from pipeline.errors import ConfigurationError
from tests.factories.workbooks import XmlBook, XmlSheet, inline

HEAD = """\
---
section: ВПР СПО
title: Проба
published_at: 2021-08-30 20:41
collection: {opens_at: 2021-08-30 20:41, closes_at: 2021-09-07 18:00}
---
Заполните форму.
"""
FORM = """\
form: probe
version: 1
title: Проба
prefill: {from: files/prefill.csv, sheet: main}
lists:
  subjects: {values: [Физика, Химия], aliases: {Физ.: Физика}}
sheets:
  - id: main
    title: Лист
    rows: {max: 2}
    columns:
      - {id: subject, title: Предмет, type: choice, list: subjects}
      - {id: day, title: Дата, type: date}
      - {id: rooms, title: Аудиторий, type: int}
"""
TABLE = """\
Исходные данные;;;
Логин;Предмет;Аудиторий;Дата
spo240065;физ.;12;15.09.2021
SPO240065;Химия;;

sch240001;Химия;3;16.09.2021
"""


def load(
    table: bytes | None = TABLE.encode(), form: str = FORM, head: str = HEAD, name: str = "prefill.csv"
) -> LoadedPublication:
    files = {"publication.md": head.encode(), "form.yaml": form.encode()}
    return load_publication("probe", files | ({f"files/{name}": table} if table is not None else {}))


def table_of(loaded: LoadedPublication) -> PrefillTable:
    assert loaded.prefill is not None
    made: PrefillTable = json.loads(loaded.prefill)
    return made


ROWS = {
    "5": {"subject": "Физика", "rooms": 12, "day": {"date": "2021-09-15"}},
    "6": {"subject": "Химия"},
}


def test_rows_are_put_in_by_login_as_the_form_reads_them() -> None:
    table = table_of(load())
    assert rows_for(table, "Spo240065") == {"main": ROWS}
    assert rows_for(table, "spo990000") is None


def test_the_table_is_sent_to_nobody_and_changes_with_its_content() -> None:
    loaded = load()
    collection = loaded.publication.collection
    assert (loaded.publication.storages, dict(loaded.files)) == ((), {})
    assert collection is not None
    other = load(TABLE.replace("12", "13").encode()).publication.collection
    assert other is not None
    assert collection.prefill != other.prefill


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251", "utf-16"])
def test_a_csv_of_any_office_program_is_read(encoding: str) -> None:
    assert table_of(load(TABLE.replace(";", "\t").encode(encoding))) == table_of(load())


def test_a_workbook_is_read_with_columns_named() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Код ОО", "Что", "Когда"])
    sheet.append(["spo240065", "Физика", date(2021, 9, 15)])
    out = io.BytesIO()
    book.save(out)
    form = FORM.replace(
        "{from: files/prefill.csv, sheet: main}",
        "{from: files/t.xlsx, sheet: main, login: Код ОО, columns: {subject: Что, day: Когда}}",
    )
    rows = {"5": {"subject": "Физика", "day": {"date": "2021-09-15"}}}
    assert table_of(load(out.getvalue(), form, name="t.xlsx")) == {"spo240065": {"main": rows}}


FILE = "Файл probe/files/prefill.csv"
MISTAKES: list[tuple[str | None, str, str]] = [
    (None, FORM, "Файл probe/form.yaml: таблицы «files/prefill.csv», названной в prefill, нет в папке публикации"),
    ("a;b\n1;2\n", FORM, f"{FILE}: в таблице нет строки заголовков с колонкой «Логин»; исправьте заголовок или"),
    ("Логин;Что\nspo1;Физика\n", FORM, f"{FILE}, строка 1: ни один заголовок не совпадает с графами листа «Лист»;"),
    (
        TABLE,
        FORM.replace("sheet: main}", "sheet: main, columns: {rooms: Аудитории}}"),
        f"{FILE}, строка 2: нет колонки «Аудитории»; возможно, «Аудиторий»; исправьте заголовок или ключ columns",
    ),
    (
        TABLE.replace(";12;", ";много;"),
        FORM,
        f"{FILE}, строка 3, колонка «Аудиторий»: «много» не подходит. Введите целое число.",
    ),
    (
        TABLE + "spo240065;Химия;1;\n",
        FORM,
        f"{FILE}, строка 7: у логина «spo240065» больше строк, чем на листе «Лист» (2); уберите лишние.",
    ),
    (TABLE + ";Химия;1;\n", FORM, f"{FILE}, строка 7: нет логина; впишите его или удалите строку."),
    (
        'Логин;Предмет\nspo1;"Физика\n',
        FORM,
        f"{FILE}: таблица не прочитана. В строке 2 не разобрать кавычки, сохраните её как XLSX.",
    ),
    ("PK\x03\x04", FORM, f"{FILE}: таблица не прочитана. "),
    ("\0\0", FORM, f"{FILE}: таблица не прочитана. Сохраните её как XLSX или CSV (UTF-8)."),
]


@pytest.mark.parametrize(("table", "form", "sentence"), MISTAKES, ids=[str(n) for n in range(1, len(MISTAKES) + 1)])
def test_a_mistake_in_the_table_is_named_with_its_place(table: str | None, form: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(None if table is None else table.encode(), form)
    assert str(caught.value).startswith(sentence)
    assert caught.value.exit_code == 2


def test_all_wrong_values_are_told_together() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(TABLE.replace(";12;", ";много;").replace("16.09.2021", "31.09.2021").encode())
    assert [line.partition(":")[0] for line in caught.value.lines] == [
        "Файл probe/files/prefill.csv, строка 3, колонка «Аудиторий»",
        "Файл probe/files/prefill.csv, строка 6, колонка «Дата»",
    ]


def test_a_table_that_people_would_be_given_is_refused() -> None:
    """It holds the data of every organisation."""
    head = HEAD.replace("collection:", "storages: [{title: Файлы, files: [{name: prefill.csv}]}]\ncollection:")
    with pytest.raises(ConfigurationError, match="её увидели бы все"):
        load(head=head)


HEADINGS = f'<row r="1">{inline("A1", "Логин")}{inline("B1", "Предмет")}</row>'
LINE = f'<row r="2">{inline("A2", "spo240065")}{inline("B2", "Химия")}</row>'


def test_w40_an_administrators_own_table_is_judged_by_its_own_limits() -> None:
    row = "".join(f'<c r="{letter}{{0}}"><v>1</v></c>' for letter in "ABCDEFGHIJ")
    others = "".join(f'<row r="{number}">{row.format(number)}</row>' for number in range(1, 25_102))
    book = XmlBook([XmlSheet("Основное", rows=HEADINGS + LINE), XmlSheet("Другое", rows=others)])
    loaded = load(book.data(), FORM.replace("prefill.csv", "prefill.xlsx"), name="prefill.xlsx")
    assert table_of(loaded)["spo240065"]["main"]["5"] == {"subject": "Химия"}


def test_w40_an_administrator_is_not_told_what_a_sender_is() -> None:
    cut = XmlBook([XmlSheet(rows=HEADINGS + LINE)]).data()[:-400]
    with pytest.raises(ConfigurationError) as caught:
        load(cut, FORM.replace("prefill.csv", "prefill.xlsx"), name="prefill.xlsx")
    assert "таблица не прочитана. Причина: файл повреждён. Сохраните её заново" in str(caught.value)


def test_w32_a_percentage_in_the_table_is_what_people_see() -> None:
    form = (
        FORM.replace("prefill.csv", "prefill.xlsx")
        + "      - {id: share, title: Доля, type: decimal, range: [0, 100]}\n"
    )
    rows = HEADINGS.replace("</row>", inline("C1", "Доля") + "</row>") + LINE.replace(
        "</row>", '<c r="C2" s="0"><v>0.15</v></c></row>'
    )
    book = XmlBook([XmlSheet(rows=rows)], formats=[(9, None)])
    loaded = load(book.data(), form, name="prefill.xlsx")
    assert table_of(loaded)["spo240065"]["main"]["5"] == {"subject": "Химия", "share": 15.0}
