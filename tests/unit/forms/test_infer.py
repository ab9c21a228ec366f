"""``kabinet form infer``: an Excel form that an administrator has already becomes a definition to edit."""

from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from pipeline.errors import ConfigurationError
from pipeline.forms.definition.form import (
    FormDefinition,
    load_form,
)
from pipeline.forms.inferring.infer import (
    identifier,
    infer_form,
)
from pipeline.forms.making.build import (
    Cover,
    build_workbook,
)
from pipeline.forms.making.pack import put_text
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from tests.factories.sheets import shipped_form
from tests.factories.workbooks import HOSTILE

AT = datetime(2021, 8, 30, 17, 41, tzinfo=UTC)
COVER = Cover("spo240065", "Лицей", "Публикация", "К-1", "token", "a@kabinet.test", AT, AT, "s@kabinet.test")


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def inferred(book: Workbook | bytes, name: str = "форма.xlsx") -> tuple[FormDefinition, str]:
    """The definition that is inferred, and its text."""
    source = infer_form(book if isinstance(book, bytes) else saved(book), name)
    return load_form(source, name), source


def shape(form: FormDefinition) -> list[tuple[object, ...]]:
    """What must survive: sheets, rows, columns, types, required marks, bounds and what each list offers."""
    return [
        (
            sheet.title,
            sheet.rows.max,
            column.title,
            column.type,
            column.range,
            column.length,
            column.required,
            (listed.values, listed.opt_out) if (listed := form.choices(column)) else None,
        )
        for sheet in form.sheets
        for column in sheet.columns
    ]


@pytest.mark.parametrize("code", ["vpr-spo-2021-schedule", "vpr-spo-2021-participants"])
def test_a_form_of_ours_gives_itself_back(code: str) -> None:
    form = shipped_form(code)
    again, _ = inferred(build_workbook(form, COVER), f"{code}.xlsx")
    assert shape(again) == shape(form)
    assert (again.form, again.title, again.version) == (form.form, form.title, 1)
    assert {key: value.choices for key, value in again.lists.items()} == {
        key: value.choices for key, value in form.lists.items()
    }


def test_what_the_program_says_itself_is_not_repeated_as_a_hint() -> None:
    again, _ = inferred(build_workbook(shipped_form("vpr-spo-2021-participants"), COVER), "f.xlsx")
    hints = {column.id: column.hint for column in again.sheets[0].columns}
    assert hints.pop("kod_spetsialnosti_professii").endswith("вводится как текст.")
    assert set(hints.values()) == {""}


def rows_of(form: FormDefinition, index: int = 0) -> dict[str, tuple[object, ...]]:
    """Title → (type, bounds, required, values of its list)."""
    return {
        column.title: (
            column.type,
            column.range or column.length,
            column.required,
            form.choices(column).values if form.choices(column) else None,  # type: ignore[union-attr]  # asked just now
        )
        for column in form.sheets[index].columns
    }


def schools() -> Workbook:
    """Merged title rows, a hint, the header of two levels in rows 5–6, numbers of columns under it, sixty rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Сведения"
    sheet["A1"] = "Сведения об оснащении кабинетов"
    sheet.merge_cells("A1:G1")
    sheet["A2"] = "Заполняется всеми школами. Поля со звёздочкой {обязательны}."
    sheet.merge_cells("A2:G2")
    sheet["A5"], sheet["B5"], sheet["C5"], sheet["E5"], sheet["G5"] = (
        "№ п/п", "Наименование кабинета*", "Оснащение", "Ремонт", "Площадь, кв. м",
    )  # fmt: skip
    for merge in ("A5:A6", "B5:B6", "C5:D5", "E5:F5", "G5:G6"):
        sheet.merge_cells(merge)
    for address, words in {"C6": "Компьютеров", "D6": "Есть интернет", "E6": "Дата", "F6": "ИНН подрядчика"}.items():
        sheet[address] = words
    for column in range(1, 8):
        sheet.cell(7, column, column)
    for row in range(8, 68):
        for column in range(1, 8):
            sheet.cell(row, column).protection = Protection(locked=False)
        sheet.cell(row, 5).number_format = "DD.MM.YYYY"
        sheet.cell(row, 6).number_format = "@"
        sheet.cell(row, 7).number_format = "0.00"
    whole = DataValidation("whole", operator="greaterThan", formula1="0", showInputMessage=True)
    whole.promptTitle, whole.prompt = "Компьютеры", "Только исправные. Число должно быть не меньше 1."
    whole.add("C8:C67")
    yes = DataValidation("list", formula1='"да,нет"')
    yes.add("D8:D67")
    for rule in (whole, yes):
        sheet.add_data_validation(rule)
    return book


def test_merged_titles_and_a_header_of_two_levels_in_the_fifth_row() -> None:
    form, source = inferred(schools(), "C:\\Формы\\Оснащение кабинетов.xlsx")
    assert (form.form, form.title) == ("osnashchenie-kabinetov", "Сведения об оснащении кабинетов")
    assert form.sheets[0].hint == "Заполняется всеми школами. Поля со звёздочкой {{обязательны}}."
    assert (form.sheets[0].title, form.sheets[0].rows.max) == ("Сведения", 60)
    assert rows_of(form) == {
        "Наименование кабинета": ("text", None, True, None),
        "Оснащение: Компьютеров": ("int", (1, None), False, None),
        "Оснащение: Есть интернет": ("bool", None, False, None),
        "Ремонт: Дата": ("date", None, False, None),
        "Ремонт: ИНН подрядчика": ("code", None, False, None),
        "Площадь, кв. м": ("decimal", None, False, None),
    }
    assert [column.id for column in form.sheets[0].columns][:2] == ["naimenovanie_kabineta", "osnashchenie_kompyuterov"]
    assert form.sheets[0].columns[1].hint == "Только исправные."
    assert "# графа «№ п/п» не взята" in source
    assert "# заголовок в строке 6, данные в строках 8–67" in source
    assert "# тип взят из формата ячеек" in source
    assert "# тип угадан по заголовку" in source


def lists_elsewhere() -> Workbook:
    """Lists that no validation can hold: on another sheet, by name, through Excel's own extension, computed."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Заявка"
    book.create_sheet("Инструкция")["A1"] = "Прочитайте сначала."
    source = book.create_sheet("Списки")
    source.sheet_state = "hidden"
    for row in range(1, 61):
        source.cell(row, 1, f"Муниципальное образование № {row}")
    source["A30"] = None
    source["A31"] = "МУНИЦИПАЛЬНОЕ образование № 1"
    for row, year in enumerate((2021, 2022, 2023), start=1):
        source.cell(row, 2, year)
    source["C1"] = datetime(2021, 9, 1)  # noqa: DTZ001 - cells know no zone
    book.defined_names["Годы"] = DefinedName("Годы", attr_text="Списки!$B$1:$B$3")
    titles = ("Муниципалитет", "Год", "Район", "Дата подачи", "Сумма", "Примечание", "Количество мест")
    for column, title in enumerate(titles, start=1):
        sheet.cell(3, column, title)
    for cells, rule in {
        "A4:A23": DataValidation("list", formula1="Списки!$A$1:$A$60"),
        "B4:B23": DataValidation("list", formula1="Годы"),
        "C4:C23": DataValidation("list", formula1="INDIRECT($A4)"),
        "D4:D23": DataValidation("date", formula1="Списки!$C$1", formula2="DATE(2021,12,31)"),
        "E4:E23": DataValidation("decimal", operator="lessThan", formula1="1.5"),
        "F4:F23": DataValidation("textLength", operator="lessThanOrEqual", formula1="300", error="Не длиннее 300."),
    }.items():
        rule.add(cells)
        sheet.add_data_validation(rule)
    return book


def test_lists_on_another_sheet_longer_than_a_validation_holds() -> None:
    form, source = inferred(lists_elsewhere())
    assert [sheet.title for sheet in form.sheets] == ["Заявка"]
    assert "# Листы без таблицы не взяты: «Инструкция»." in source
    found = rows_of(form)
    values = found.pop("Муниципалитет")[-1]
    assert isinstance(values, tuple)
    assert (len(values), values[0], len(",".join(values)) > 255) == (58, "Муниципальное образование № 1", True)
    assert found == {
        "Год": ("choice", None, False, ("2021", "2022", "2023")),
        "Район": ("text", None, False, None),
        "Дата подачи": ("date", (date(2021, 9, 1), date(2021, 12, 31)), False, None),
        "Сумма": ("decimal", (None, 1.5), False, None),
        "Примечание": ("text", (None, 300), False, None),
        "Количество мест": ("int", None, False, None),
    }
    assert list(form.lists) == ["munitsipalitet", "gody"]
    assert "# список не найден, его формула: INDIRECT($A4)" in source
    assert "# в книге граница строгая: само значение 1,5 не допускалось" in source


def test_a_list_in_excels_own_extension_is_found() -> None:
    """Excel writes a list that stands on another sheet as ``x14:dataValidation``."""
    book = lists_elsewhere()
    sheet = book["Заявка"]
    sheet.data_validations.dataValidation = []
    packed, out = io.BytesIO(saved(book)), io.BytesIO()
    extension = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list">'
        "<x14:formula1><xm:f>Списки!$B$1:$B$3</xm:f></x14:formula1><xm:sqref>B4:B23</xm:sqref>"
        "</x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
    )
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</worksheet>", extension.encode())
            target.writestr(name, content)
    form, _ = inferred(out.getvalue())
    assert rows_of(form)["Год"] == ("choice", None, False, ("2021", "2022", "2023"))
    assert form.sheets[0].rows.max == 20


def test_of_two_tables_under_each_other_the_first_is_taken_and_it_is_said() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "Отчёт за год"
    for column, title in enumerate(("Школа", "Классов", "Дата открытия", "Школа"), start=2):
        sheet.cell(3, column, title)
    for row, (name, classes, opened) in enumerate((("Первая", 12, 1990), ("Вторая", 8, 2001)), start=4):
        sheet.cell(row, 2, name)
        sheet.cell(row, 3, classes)
        sheet.cell(row, 4, date(opened, 9, 1))
        sheet.cell(row, 5, "да, есть")
    for column, title in enumerate(("Предмет", "Учителей", "Часов", "Кабинет", "Этаж"), start=2):
        sheet.cell(9, column, title)
    sheet.cell(10, 2, "Физика")
    form, source = inferred(book)
    assert rows_of(form) == {
        "Школа": ("text", None, False, None),
        "Классов": ("int", None, False, None),
        "Дата открытия": ("date", None, False, None),
        "Школа (2)": ("text", None, False, None),
    }
    assert "# взята первая таблица листа; ниже, со строки 9, есть ещё одна (Предмет, Учителей, Часов," in source
    assert "число строк угадано" in source
    assert "# тип угадан по значениям, например «12»" in source


def test_a_workbook_without_a_table_is_said() -> None:
    book = Workbook()
    assert book.active is not None
    book.active["A1"] = "Просто текст"
    with pytest.raises(ConfigurationError, match="не найдено ни одной таблицы") as caught:
        infer_form(saved(book), "пусто.xlsx")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_what_is_no_workbook_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableWorkbook):
        infer_form(data, "x.xlsx")


def test_a_doctype_is_refused_where_only_the_formats_are() -> None:
    """The styles are read here as strictly as the cells are."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(schools()))) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content[content.index(b"<cp:") :]
            target.writestr(name, content)
    with pytest.raises(UnreadableWorkbook, match="в целях безопасности"):
        infer_form(out.getvalue(), "x.xlsx")


@pytest.mark.parametrize("name", HOSTILE)
def test_w28_a_hostile_file_is_refused_here_too(name: str) -> None:
    with pytest.raises(UnreadableWorkbook):
        infer_form(HOSTILE[name][1](), "x.xlsx")


def test_damaged_parts_give_a_definition_or_one_error() -> None:
    """Styles, names and validations that are not what they should be: never another exception."""
    chance = random.Random(20210907)
    whole = saved(lists_elsewhere())
    with zipfile.ZipFile(io.BytesIO(whole)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    for _ in range(150):
        name = chance.choice(["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "docProps/core.xml"])
        content = bytearray(parts[name])
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(content))
            content[at : at + chance.randint(0, 4)] = bytes(
                chance.choices(b'0123456789:$,"AZ<>/ ', k=chance.randint(0, 4))
            )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as target:
            for other, data in parts.items():
                target.writestr(other, bytes(content) if other == name else data)
        with suppress(UnreadableWorkbook, ConfigurationError):
            infer_form(out.getvalue(), "x.xlsx")


def test_shipped_schema_is_named_where_a_publication_will_find_it() -> None:
    _, source = inferred(schools())
    line = source.splitlines()[0]
    path = line.removeprefix("# yaml-language-server: $schema=")
    assert (Path(__file__).parents[3] / "publications" / "any" / path).resolve().is_file()


TITLES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(st.lists(TITLES, min_size=2, max_size=6), st.lists(TITLES, min_size=1, max_size=5), TITLES)
def test_any_words_whatever_give_a_definition_that_loads(titles: list[str], values: list[str], prompt: str) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row, words in ((1, [prompt]), (3, titles)):
        for column, word in enumerate(words, start=1):
            put_text(sheet.cell(row, column), word)
    for row, value in enumerate(values, start=1):
        put_text(sheet.cell(row, 20), value)
    rule = DataValidation("list", formula1=f"$T$1:$T${len(values)}", prompt=prompt[:255], showInputMessage=True)
    rule.add("A4:A40")
    sheet.add_data_validation(rule)
    with suppress(ConfigurationError):  # these words are no table, which is one sentence too
        infer_form(saved(book), "любая.xlsx")  # loads what it made before it gives it back


@pytest.mark.parametrize(
    ("title", "name"),
    [("Дата 1й курс", "data_1y_kurs"), ("1 квартал", "c_1_kvartal"), ("", "c"), ("ЩЁЛОЧЬ", "shcheloch"), ("№", "c")],
)
def test_ids_are_transliterated(title: str, name: str) -> None:
    assert identifier(title) == name
