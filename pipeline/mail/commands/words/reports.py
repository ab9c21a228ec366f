"""Reports and what was sent: ``ЭКСПОРТ``, ``ОТЧЕТ СКАЧИВАНИЯ``, ``ОТЧЕТ n``, ``УВЕДОМЛЕНИЯ``."""

from __future__ import annotations

from pipeline.mail.commands.command import (
    ABOUT,
    COORDINATORS,
    EVERYBODY,
    SIGN,
    Kind,
    Word,
    in_letters,
    shown,
    spelled,
    taking,
)

EXPORT = Word(
    id="export",
    name="ЭКСПОРТ",
    spelling=spelled(r"экспорт(?: результатов)?|выгрузка"),
    roles=COORDINATORS,
    argument=ABOUT,
    placed=True,
    of_collection=True,
    buttons=in_letters(
        *("closing", "digest", "export_forming", "export_ready", "not_started", "participants_list", "report_again"),
        coordinator_publication="collection",
        data="not own",
    ),
    examples={"Экспорт": "ЭКСПОРТ", "Экспорт №2": "ЭКСПОРТ 2", "выгрузка": "ЭКСПОРТ"},
    questions=("Экспорт не открывается",),
)
DOWNLOADS_REPORT = Word(
    id="downloads_report",
    name="ОТЧЕТ СКАЧИВАНИЯ",
    spelling=spelled(r"отчет(?: о| по)? скачивани(?:я|й|ю|и|ям|ях)|отчет о загрузках"),
    roles=COORDINATORS,
    placed=True,
    buttons=in_letters(coordinator_publication="files"),
    examples={"отчёт скачивания": "ОТЧЕТ СКАЧИВАНИЯ", "Отчет о скачиваниях": "ОТЧЕТ СКАЧИВАНИЯ"},
    questions=("Отчёт скачивания пустой",),
)
REPORT = Word(
    id="report",
    name="ОТЧЕТ",
    spelling=spelled(r"отчет"),
    roles=COORDINATORS,
    argument=taking(Kind.NUMBER, rf"{SIGN}? ?(\d{{1,9}})", needed=True),
    shown=shown("ОТЧЕТ 446"),
    examples={"Отчёт №446": "ОТЧЕТ 446", "отчет 446": "ОТЧЕТ 446"},
    questions=("Отчёт отправлен", "Отчёт"),
)
NOTIFICATIONS = Word(
    id="notifications",
    name="УВЕДОМЛЕНИЯ",
    spelling=spelled(r"уведомлени[яей]|список отчетов|отчеты"),
    roles=EVERYBODY,
    buttons=in_letters("downloads", "report_again", "summary"),
    examples={"Уведомления": "УВЕДОМЛЕНИЯ", "список отчётов": "УВЕДОМЛЕНИЯ"},
    questions=("Уведомления не приходят",),
)
COMMANDS = (EXPORT, DOWNLOADS_REPORT, REPORT, NOTIFICATIONS)
