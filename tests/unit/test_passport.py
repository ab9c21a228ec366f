"""Which lines under «ПАСПОРТ» are corrections."""

from __future__ import annotations

import pytest

from pipeline.steps.passport import correction


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("адрес: new@school.test", ("address", "new@school.test")),
        ("Новый адрес — new@school.test", ("address", "new@school.test")),
        ("- e-mail: new@school.test", ("address", "new@school.test")),
        ("адрес new@school.test", ("address", "new@school.test")),
        ("Эл. почта: new@school.test", ("address", "new@school.test")),
        ("Название: МБОУ «Лицей №51»", ("name", "МБОУ «Лицей №51»")),
        ("Полное наименование: МБОУ", ("name", "МБОУ")),
        ("Телефон: 12-34-56", ("other", "Телефон: 12-34-56")),
        ("Добрый день!", None),
        ("Адрес:", None),
        ("Прошу исправить адрес: new@school.test", None),
        ("", None),
        ("С уважением, Иванова", None),
    ],
)
def test_s16_a_correction_names_its_field(line: str, found: tuple[str, str] | None) -> None:
    assert correction(line) == found
