"""How people write the commands about records: ПАСПОРТ, АДРЕС, ЗАДАЧИ, ПРИНЯТЬ, ОТКЛОНИТЬ."""

from __future__ import annotations

import pytest

from pipeline.mail.commands.reading import read_command


@pytest.mark.parametrize(
    ("written", "command"),
    [
        ("ПАСПОРТ название Лицей №5", "ПАСПОРТ название лицей №5"),
        ("Паспорт регион 24", "ПАСПОРТ регион 24"),
        ("паспорт: удалить адрес old@school.test", "ПАСПОРТ удалить адрес old@school.test"),
        ("ПАСПОРТ вместо old@school.test new@school.test", "ПАСПОРТ вместо old@school.test new@school.test"),
        ("Задачи", "ЗАДАЧИ"),
        ("мои задачи", "ЗАДАЧИ"),
        ("Принять №12, 14 и 15", "ПРИНЯТЬ 12 14 15"),
        ("прошу принять исправление 12", "ПРИНЯТЬ 12"),
        ("Отклонить 12, 13: по уставу иначе", "ОТКЛОНИТЬ 12, 13: по уставу иначе"),
        ("отклоните №12 нет такой школы", "ОТКЛОНИТЬ 12 нет такой школы"),
        ("Адрес spo240065: new@school.test", "АДРЕС spo240065: new@school.test"),
        ("АДРЕС new@school.test для spo240065", "АДРЕС new@school.test для spo240065"),
        ("новый адрес new@school.test", "АДРЕС new@school.test"),
    ],
)
def test_s16_commands_about_records_as_people_write_them(written: str, command: str) -> None:
    assert str(read_command(written)) == command


@pytest.mark.parametrize(
    "written",
    [
        "Паспорт: что записано о вас",
        "паспорт готов",
        "принять к сведению",
        "принять участие в 2 этапах",
        "адрес школы: ул. Мира, 5",
        "задача решена",
    ],
)
def test_s16_running_text_is_no_command_about_records(written: str) -> None:
    assert read_command(written) is None
