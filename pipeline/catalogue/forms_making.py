"""What a form shows beside its data: the cover, the sheets, the findings that go back."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # The cover
    "cover.name": "Организация",
    "cover.login": "Логин",
    "cover.deadline": "Сдать до",
    "cover.deadline_value": "{closes_at}",
    "cover.opens": "Приём открыт с",
    "cover.reply_to": "Куда отправить",
    "cover.reply_to_value": "Ответом на письмо с этой формой или на адрес\n{address}",
    "cover.reply_only": "Ответом на письмо с этой формой",
    "cover.steps": "Что сделать",
    "cover.step": "Шаг {number}",
    "cover.step.fill.one": "Заполните белые ячейки на листе формы. Графы со звёздочкой (*) обязательны.",
    "cover.step.fill.many": "Заполните белые ячейки на листах формы. Графы со звёздочкой (*) обязательны.",
    "cover.step.lists": "Где есть список, выбирайте из него; даты пишите в виде ДД.ММ.ГГГГ. "
    "Встаньте на ячейку — появится подсказка.",
    "cover.step.save": "Сохраните файл в формате Excel (.xlsx). Имя файла можно оставить любым.",
    "cover.step.send": "Ответьте на наше письмо, приложив этот файл. Ответ должен прийти не позднее {closes_at}.",
    "cover.draft_hint": "«да» — мы проверим и сохраним данные, но отчёт не будет считаться сданным. "
    "«нет» — отчёт сдаётся.",
    "cover.draft_error": "Выберите «{yes}» или «{no}».",
    "cover.sheets": "Листы формы",
    "cover.sheet": "Лист {number}",
    "cover.support": "Вопросы и помощь",
    "sheet.no_hint": "Заполните таблицу. Графы со звёздочкой (*) обязательны.",
    "sheet.page": "Страница &P из &N",
    # The sheet «Замечания» and the notes on cells
    "notes.title": "Замечания к присланной форме",
    "notes.counts": "Найдено: {counts}.",
    "notes.none": "замечаний нет",
    "notes.what_to_do": "Ваши данные перенесены в эту форму. Исправьте выделенные ячейки (красным — ошибки, жёлтым — "
    "предупреждения; к каждой есть примечание), сохраните файл и пришлите его ответом на наше "
    "письмо. Этот лист менять не нужно.",
    "notes.what_to_do_withheld": "Данные этой формы по почте не пересылаются, здесь их нет. Исправьте в файле, который вы "
    "отправляли, ячейки, выделенные здесь (красным — ошибки, жёлтым — предупреждения; к каждой есть примечание), и "
    "пришлите его ответом на наше письмо.",
    "notes.head.number": "№",
    "notes.head.severity": "Важность",
    "notes.head.sheet": "Лист",
    "notes.head.cell": "Ячейка",
    "notes.head.column": "Графа",
    "notes.head.value": "Указано",
    "notes.head.message": "Что исправить",
    "notes.severity.error": "Ошибка",
    "notes.severity.warning": "Проверьте",
    "notes.row": "строка {row}",
    "notes.more": "…и ещё замечаний: {count}. Исправьте перечисленные и пришлите форму, остальные мы назовём.",
}
