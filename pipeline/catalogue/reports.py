"""Sentences of the area «reports»: headings of workbooks for coordinators and administrators."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "report.participants": "Список участников",
    "report.not_begun": "Не приступили",
    "report.login": "Логин",
    "report.name": "Пользователь",
    "report.region": "Регион",
    "report.status": "Статус",
    "report.begun_at": "Дата начала работы",
    "report.handed_in_at": "Дата подачи",
    "report.flags": "Отметки",
    "report.row": "Строка формы",
    "report.about": "Сведения",
    "report.fact": "Показатель",
    "report.value": "Значение",
    "report.publication": "Публикация",
    "report.collection": "Сбор данных",
    "report.made_at": "Сформировано",
    "report.organisations": "Организаций сдали",
    "report.rows": "Строк данных",
    "report.yes": "да",
    "report.no": "нет",
    "report.export_file": "Отчёт {number} Экспорт результатов.xlsx",
    "report.participants_file": "Отчёт {number} Список участников.xlsx",
}
