"""Sentences of the area «steps»: file names of what is sent, remarks for the operator, reasons on record."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "form.file_name": "Форма {login}.xlsx",
    "form.file_name_of": "Форма {login}, публикация {number}.xlsx",
    "form.annotated_name": "Замечания {login}.xlsx",
    "question.file_name": "Исходное письмо.eml",
    "publish.no_address": "нет адресов, письма не отправлены: {logins}",
    "publish.nobody": "Публикацию {code} некому отправить: сначала загрузите список организаций (kabinet roster import).",
    "publication.unknown": "Публикации со сбором данных «{code}» нет: проверьте код или опубликуйте её (kabinet publish).",
    "digest.already": "Сводка за {day} уже отправлена; следующая – {on} в {at}.",
    "digest.today": "сегодня",
    "digest.on": "{day}",
    "digest.closing": "Сбор закрывается или закрылся: вместо сводки координаторы получают итог сбора.",
    "close.figures": "сдано {submitted} из {total}",
    "answer.wrong_version": "Это прежняя версия формы. Заполните приложенную форму: в ней действующие правила.",
    "folder.accepted": "Принято",
    "folder.drafts": "Черновики",
    "folder.returned": "На исправление",
    "folder.held": "Задержано",
    "folder.failed": "Не разобрано",
    "folder.refused": "Отклонено",
    "folder.too_large": "Слишком большие",
    "folder.requests": "Запросы",
    "folder.questions": "Вопросы",
    "folder.service": "Служебные",
    "folder.other": "Прочее",
}
