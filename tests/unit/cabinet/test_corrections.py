"""Which lines beside and under «ПАСПОРТ» are corrections, and of what."""

from __future__ import annotations

import pytest

from pipeline.cabinet.corrections import read_corrections

OLD, SECOND = "old@school.test", "second@school.test"
NEW = "new@school.test"


def read(*lines: str) -> list[tuple[str, str, str]]:
    """What is read where two addresses are on record."""
    return [(item.field, item.value, item.fault) for item in read_corrections(lines, [OLD, SECOND])]


@pytest.mark.parametrize(
    "line",
    [
        "адрес: new@school.test",
        "Новый адрес — new@school.test",
        "- e-mail: new@school.test",
        "адрес new@school.test",
        "1. Эл. почта: NEW@school.test",
        "Электронная почта: <new@school.test>",
        "new@school.test — новый адрес",
        "ПАСПОРТ адрес new@school.test",
        "Паспорт: new@school.test",
        "АДРЕС new@school.test",
        "Прошу исправить адрес: new@school.test",
        "добавьте адрес new@school.test",
    ],
)
def test_s16_one_more_address_however_it_is_written(line: str) -> None:
    assert read(line) == [("address", NEW, "")]


@pytest.mark.parametrize(
    "line",
    [
        "адрес old@school.test заменить на new@school.test",
        "old@school.test -> new@school.test",
        "вместо old@school.test new@school.test",
        "new@school.test вместо old@school.test",
        "Прошу вместо старого адреса old@school.test записать new@school.test",
        "old@school.test на new@school.test",
    ],
)
def test_s16_one_address_for_another(line: str) -> None:
    assert read(line) == [("replaced_address", f"{OLD} {NEW}", "")]


@pytest.mark.parametrize("line", ["Удалить адрес old@school.test", "адрес old@school.test больше не работает"])
def test_s16_an_address_less(line: str) -> None:
    assert read(line) == [("removed_address", OLD, "")]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Название: МБОУ «Лицей №51»", ("name", "МБОУ «Лицей №51»", "")),
        ("Полное наименование организации: МБОУ", ("name", "МБОУ", "")),
        ("регион 24", ("region", "24", "")),
        ("Регион: Красноярский край", ("region", "24", "")),
        ("Телефон: 12-34-56", ("other", "Телефон: 12-34-56", "")),
        ("Регион: Мордор", ("region", "Мордор", "region")),
        ("Адрес: школа на почте", ("address", "школа на почте", "syntax")),
        ("Почта: new@mаil.test", ("address", "new@mаil.test", "cyrillic")),
        ("Почта: new@localhost", ("address", "new@localhost", "domain")),
        ("удалить адрес other@school.test", ("removed_address", "other@school.test", "unknown_address")),
        (f"Название: {'Л' * 501}", ("name", "Л" * 500, "long")),
    ],
)
def test_s16_a_correction_names_its_field(line: str, found: tuple[str, str, str]) -> None:
    assert read(line) == [found]


@pytest.mark.parametrize("line", ["Добрый день!", "Адрес:", "", "С уважением, Иванова", "адресат выбыл a@b.test"])
def test_s16_what_asks_for_nothing_is_no_correction(line: str) -> None:
    assert read(line) == []


def test_s16_several_lines_in_any_order_each_once() -> None:
    found = read(
        "ПАСПОРТ адрес new@school.test", "ПАСПОРТ адрес NEW@school.test", "название Лицей; регион 24", "a@b.test"
    )
    assert [item[0] for item in found] == ["address", "name", "region"]
    assert found[1][1] == "Лицей"


def test_s16_an_address_alone_counts_first_under_the_word_and_not_in_a_signature() -> None:
    assert read("ПАСПОРТ", "", "new@school.test", "Иванова И. И.", "ivanova@mail.test") == [("address", NEW, "")]
    assert read("ПАСПОРТ", "название Лицей", "С уважением", "e-mail: ivanova@mail.test") == [("name", "Лицей", "")]


def test_s16_a_name_that_a_mail_program_has_wrapped_is_whole() -> None:
    found = read(
        "ПАСПОРТ",
        "Название: Муниципальное бюджетное общеобразовательное учреждение «Средняя",
        "общеобразовательная школа №5» города Канска",
        "адрес: new@school.test",
    )
    whole = (
        "Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа №5» города Канска"
    )
    assert found == [("name", whole, ""), ("address", NEW, "")]


def test_s16_of_two_addresses_on_record_the_word_decides_which_goes() -> None:
    assert read(f"{OLD} заменить на {SECOND}") == [("replaced_address", f"{OLD} {SECOND}", "")]
    assert read(f"{SECOND} вместо {OLD}") == [("replaced_address", f"{OLD} {SECOND}", "")]
