"""The list of organisations: good lines are taken as written, each bad one is told with its line and what to do."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from pipeline.cabinet import roster, rosterline
from pipeline.cabinet.roster import RosterReport, parse_roster
from pipeline.errors import ConfigurationError
from pipeline.model import Login, Role
from tests.factories import campaign

EXAMPLES = Path(__file__).parents[3] / "publications"
HEADER = "Логин;Пользователь;Регион;Адреса;Роль"


def parse(*lines: str, header: str = HEADER, encoding: str = "utf-8") -> RosterReport:
    return parse_roster("список.csv", "\r\n".join([header, *lines]).encode(encoding))


def only(report: RosterReport) -> Login:
    (login,) = report.logins
    assert report.problems == ()
    return login


def workbook(*rows: list[object], title: str = "Организации") -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["roster.csv", "roster.xlsx"])
def test_s1_the_shipped_roster_is_the_list_of_the_manual(name: str) -> None:
    report = parse_roster(name, (EXAMPLES / name).read_bytes())
    assert report.problems == ()
    assert {login.code: login for login in report.logins} == {login.code: login for login in campaign.roster()}
    assert len(report.logins) == 14
    assert {login.region for login in report.logins} == {"24"}


@pytest.mark.parametrize(
    ("code", "region", "role"),
    [
        ("spo240065", "24", Role.ORGANISATION),
        ("sch050016", "05", Role.ORGANISATION),
        ("sch77777", "77", Role.ORGANISATION),
        ("SpO240065", "24", Role.ORGANISATION),
        ("spo_coord_24", "24", Role.COORDINATOR),
    ],
)
def test_s1_the_login_keeps_its_case_and_gives_region_and_role(code: str, region: str, role: Role) -> None:
    login = only(parse(f"{code};Лицей;;a@school.test;"))
    assert (login.code, login.region, login.role) == (code, region, role)


def test_s1_the_list_decides_the_region() -> None:
    assert only(parse("sch050016;Лицей;24;a@school.test;")).region == "24"
    assert only(parse("sch050016;Лицей;5;a@school.test;")).region == "05"


@pytest.mark.parametrize(
    "written",
    [
        "a@school.test; b@school.test",
        "a@school.test,b@school.test",
        "a@school.test  b@school.test;",
        "<a@school.test> b@school.test",
    ],
)
def test_several_addresses_are_split_however_they_are_written(written: str) -> None:
    header = HEADER.replace(";", "\t")
    login = only(parse(f"spo240065\tЛицей\t24\t{written}\t", header=header))
    assert login.addresses == ("a@school.test", "b@school.test")


def test_s1_an_address_twice_within_a_login_is_told_and_taken_once() -> None:
    report = parse("spo240065;Лицей;24;a@school.test b@school.test A@SCHOOL.test;")
    assert report.logins[0].addresses == ("a@school.test", "b@school.test")
    (problem,) = report.problems
    assert problem.line == 2
    assert "«a@school.test»" in problem.message
    assert "дважды" in problem.message
    assert report.complete


def test_s1_one_address_may_serve_several_logins() -> None:
    report = parse("spo240065;Лицей;24;office@town.test;", "spo240066;Школа;24;office@town.test;")
    assert report.problems == ()
    assert [login.addresses for login in report.logins] == [("office@town.test",)] * 2


def test_s1_addresses_may_stand_in_several_columns() -> None:
    login = only(parse("spo240065;Лицей;a@school.test;b@school.test", header="Логин;Название;Почта 1;Почта 2"))
    assert login.addresses == ("a@school.test", "b@school.test")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("b@@school.test", "school@example.org"),
        ("школа@school.test", "русские буквы"),
        ("b@schооl.test", "русские буквы"),
        ("b@localhost", "почтового сервера"),
        ("b@school..test", "почтового сервера"),
        ("b@школа_1.test", "почтового сервера"),
        (".b@school.test", "school@example.org"),
    ],
)
def test_s1_a_wrong_address_is_told_with_what_is_wrong(written: str, words: str) -> None:
    report = parse(f"spo240065;Лицей;24;a@school.test, {written};")
    assert report.logins[0].addresses == ("a@school.test",)
    (problem,) = report.problems
    assert written in problem.message
    assert words in problem.message


@pytest.mark.parametrize("written", ["24", "024", "Красноярский край", "красноярский", "24 — Красноярский край"])
def test_s1_a_region_is_a_code_or_a_name(written: str) -> None:
    assert only(parse(f"sch050016;Лицей;{written};a@school.test;")).region == "24"


def test_s1_a_region_that_nobody_numbers_is_told_and_the_login_taken() -> None:
    report = parse("sch050016;Лицей;97;a@school.test;", "spo980001;Школа;;b@school.test;")
    assert [login.region for login in report.logins] == ["97", "98"]
    assert [problem.line for problem in report.problems] == [2, 3]
    assert "«97»" in report.problems[0].message
    assert report.complete


def test_an_address_of_a_cyrillic_domain_is_taken_ready_for_smtp() -> None:
    (address,) = only(parse("spo240065;Лицей;24;office@школа.test;")).addresses
    assert address.isascii()
    assert address.startswith("office@xn--")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_a_csv_is_read_in_the_encodings_that_excel_writes(encoding: str) -> None:
    assert only(parse("spo240065;Лицей «Радуга»;24;a@school.test;", encoding=encoding)).name == "Лицей «Радуга»"


def test_commas_quotes_and_line_breaks_within_a_cell() -> None:
    report = parse(
        '"spo240065","Центр ""Радуга"",\nфилиал","24","a@school.test, b@school.test","организация"',
        "spo240066,Лицей,24,не адрес,",
        header=HEADER.replace(";", ","),
    )
    assert report.logins[0].name == 'Центр "Радуга", филиал'
    assert report.logins[0].addresses == ("a@school.test", "b@school.test")
    assert {problem.line for problem in report.problems} == {4}


def test_english_headings_any_order_titles_above_and_columns_that_do_not_concern_us() -> None:
    report = parse(
        "",
        "Note;E-mail;Role;Name;Login",
        "x;a@school.test;coordinator;Region;spo_coord_24",
        header="Список на 1 сентября;;;;",
    )
    assert only(report) == Login("spo_coord_24", "Region", Role.COORDINATOR, "24", ("a@school.test",))


def test_w14_invisible_characters_fall_away() -> None:
    login = only(parse("\ufeffspo240065\u00a0;Лицей\u00a0\u00a0№\u200b1;24;\u200ba@school.test;"))
    assert (login.code, login.name, login.addresses) == ("spo240065", "Лицей №1", ("a@school.test",))


def test_a_workbook_with_numbers_blank_rows_and_another_sheet_first() -> None:
    data = workbook(
        ["Список", None],
        ["Логин", "Наименование организации", "Код региона", "Электронная почта"],
        [None, None, None, None],
        ["spo240065", "Лицей", 24.0, "a@school.test"],
        ["sch050016", "Школа", 5, "b@school.test"],
    )
    report = parse_roster("список.xlsx", data)
    assert [(login.code, login.region) for login in report.logins] == [("spo240065", "24"), ("sch050016", "05")]
    assert report.problems == ()


def test_w5_a_formula_without_a_value_or_an_error_is_told_and_the_line_not_taken() -> None:
    data = workbook(["Логин", "Пользователь"], ["spo240065", "=A1"], ["spo240066", "#N/A"])
    report = parse_roster("список.xlsx", data)
    assert [problem.line for problem in report.problems if "Пользователь" in problem.message] == [2, 3]
    assert (report.logins, report.complete) == ((), False)


BAD_LINES = {
    "no login": (";Лицей;24;a@school.test;", "нет логина"),
    "no login at all": ("лицей;Лицей;24;a@school.test;", "русские буквы"),
    "another shape": ("org240065;Лицей;24;a@school.test;", "schRRNNNN"),
    "too short": ("spo24;Лицей;24;a@school.test;", "schRRNNNN"),
    "Cyrillic look-alikes": ("sрo240065;Лицей;24;a@school.test;", "латиницей"),
    "other digits": ("spo24٠٠٦٥;Лицей;24;a@school.test;", "schRRNNNN"),
    "no name": ("spo240065;;24;a@school.test;", "наименования"),
    "a long name": (f"spo240065;{'Л' * 501};24;a@school.test;", "500"),
    "a region of words": ("spo240065;Лицей;Край света;a@school.test;", "из двух цифр"),
    "a region of another name": ("spo240065;Лицей;77 Красноярский край;a@school.test;", "из двух цифр"),
    "a region of three digits": ("spo240065;Лицей;124;a@school.test;", "из двух цифр"),
    "a region of zeros": ("spo240065;Лицей;00;a@school.test;", "«00»"),
    "an unknown role": ("spo240065;Лицей;24;a@school.test;директор", "«директор»"),
    "a role against the login": ("spo240065;Лицей;24;a@school.test;координатор", "spo_coord_RR"),
    "too many cells": ("spo240065;Лицей;24;a@school.test;;b@school.test", "кавычки"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_s1_a_bad_line_is_told_and_the_good_ones_are_taken(name: str) -> None:
    line, words = BAD_LINES[name]
    report = parse("spo240001;Первая;24;x@school.test;", line, "spo240002;Вторая;24;y@school.test;")
    assert [login.code for login in report.logins] == ["spo240001", "spo240002"]
    (problem,) = report.problems
    assert problem.line == 3
    assert words in problem.message


def test_s1_a_wrong_address_is_dropped_and_the_login_stays() -> None:
    report = parse("spo240065;Лицей;24;a@school.test, b@@school.test;", "spo240066;Школа;24;нет;")
    assert [login.addresses for login in report.logins] == [("a@school.test",), ()]
    assert [(problem.line, problem.message.split(" ")[0]) for problem in report.problems] == [
        (2, "адрес"),
        (3, "адрес"),
        (3, "у"),
    ]
    assert "«b@@school.test»" in report.problems[0].message
    assert "писем он не получит" in report.problems[2].message


def test_s1_a_login_twice_is_told_also_when_only_the_case_differs() -> None:
    report = parse(
        "spo240065;Лицей;24;a@school.test;",
        "spo240065;Лицей второй раз;24;b@school.test;",
        "SPO240065;Лицей третий раз;24;c@school.test;",
    )
    assert [login.name for login in report.logins] == ["Лицей"]
    assert [problem.line for problem in report.problems] == [3, 4]
    assert all("строке 2" in problem.message for problem in report.problems)
    assert "регистром" in report.problems[1].message
    assert report.complete


@pytest.mark.parametrize("line", ["spo240065;;24;a@school.test;", "spo24O065;Лицей;24;a@school.test;", ";Лицей;24;;"])
def test_a_list_with_a_line_not_taken_says_nothing_about_who_left_it(line: str) -> None:
    report = parse(line, "spo240066;Школа;24;b@school.test;")
    assert len(report.logins) == 1
    assert not report.complete


def test_a_wrong_address_or_a_repeated_line_leaves_the_list_complete() -> None:
    assert parse("spo240065;Лицей;24;нет;", "spo240065;Лицей;24;a@school.test;").complete


def test_a_bad_line_followed_by_its_correction_is_taken() -> None:
    report = parse("spo240065;;24;a@school.test;", "spo240065;Лицей;24;a@school.test;")
    assert [login.name for login in report.logins] == ["Лицей"]
    assert report.complete


def test_too_many_addresses_are_told() -> None:
    addresses = " ".join(f"a{number}@school.test" for number in range(25))
    report = parse(f"spo240065;Лицей;24;{addresses};")
    assert len(report.logins[0].addresses) == rosterline.ADDRESS_COUNT
    assert "больше 20 адресов" in report.problems[0].message


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_header"),
        ("Организация;Регион\nЛицей;24".encode(), "no_header"),
        ("Логин;Регион\nspo240065;24".encode(), "no_name_column"),
        ("Логин;Логин;Пользователь\n".encode(), "doubled_column"),
        (HEADER.encode(), "no_lines"),
        (HEADER.encode() + b'\nspo240065;"\xd0\x9b', "broken_csv"),
        (b"\x00\x01\x02\x98", "encoding"),
        (b"PK\x03\x04 broken", "unreadable"),
        (b"\xd0\xcf\x11\xe0 old", "unreadable"),
        (b"x" * (roster.FILE_BYTES + 1), "too_big"),
    ],
)
def test_a_file_that_is_no_list_is_one_sentence_and_changes_nothing(data: bytes, code: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_roster("список.xlsx", data)
    assert caught.value.code == f"roster.{code}"
    assert "список.xlsx" in str(caught.value)


@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: f"{HEADER}\n{text}".encode())))
def test_whatever_the_bytes_are_they_are_a_list_or_one_sentence(data: bytes) -> None:
    try:
        report = parse_roster("список", data)
    except ConfigurationError as error:
        said = str(error)
    else:
        said = " ".join([*(login.code for login in report.logins), *(problem.message for problem in report.problems)])
    assert said


def test_the_number_of_lines_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "LINE_COUNT", 1)
    with pytest.raises(ConfigurationError, match="больше 1 строк"):
        parse("spo240065;a;;;", "spo240066;b;;;")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_s1_forty_thousand_lines_are_read_each_with_its_own_login(kind: str, *, soak: bool) -> None:
    count = 40_000 if soak else 3_000
    names = [f"Муниципальное бюджетное общеобразовательное учреждение «Школа №{number}»" for number in range(count)]
    rows = [
        [f"sch{number % 79 + 1:02}{number:05}", name, "", f"s{number}@school.test d{number}@mail.test", ""]
        for number, name in enumerate(names)
    ]
    report = parse_roster(f"все.{kind}", as_csv(rows) if kind == "csv" else as_xlsx(rows))
    assert report.problems == ()
    assert [login.name for login in report.logins] == names
    assert report.logins[-1].addresses == (f"s{count - 1}@school.test", f"d{count - 1}@mail.test")


def as_csv(rows: list[list[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerows([HEADER.split(";"), *rows])
    return buffer.getvalue().encode()


def as_xlsx(rows: list[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Организации")
    for row in [HEADER.split(";"), *rows]:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
