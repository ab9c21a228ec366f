"""Sentences of the area «workbooks»: what stands in a form beside its data, and why a file could not be read."""

from __future__ import annotations

_OUR_FORM = "Заполните форму .xlsx, приложенную к нашему письму, и пришлите её ответом."
_SAVE_AS = "Откройте файл, выберите «Файл → Сохранить как», тип «Книга Excel (.xlsx)», и пришлите получившийся файл."
_PASTE = "Скопируйте данные в форму из нашего письма (вставка «только значения») и пришлите её."

MESSAGES: dict[str, str] = {
    "workbook.unreadable.old_xls": f"Это файл старого формата .xls. {_SAVE_AS}",
    "workbook.unreadable.encrypted": "Файл защищён паролем на открытие, прочитать его нельзя. Снимите пароль "
    "(«Файл → Сведения → Защита книги → Зашифровать с использованием пароля», сотрите пароль), сохраните файл "
    "и пришлите снова.",
    "workbook.unreadable.ods": f"Это таблица OpenDocument (.ods), даже если имя файла другое. {_SAVE_AS}",
    "workbook.unreadable.xlsb": f"Это двоичная книга .xlsb. {_SAVE_AS}",
    "workbook.unreadable.csv": "Это текстовый файл CSV: в нём нет листов формы, а числа и даты теряют вид. "
    f"{_OUR_FORM}",
    "workbook.unreadable.text": f"Это текстовый файл, а не заполненная форма. {_OUR_FORM}",
    "workbook.unreadable.html": f"Это веб-страница или XML, а не книга .xlsx, даже если имя файла другое. {_SAVE_AS}",
    "workbook.unreadable.pdf": f"Это документ PDF: данные из него не переносятся. {_OUR_FORM}",
    "workbook.unreadable.image": f"Это снимок или скан: данные из него не переносятся. {_OUR_FORM}",
    "workbook.unreadable.word": f"Это текстовый документ, а не заполненная форма. {_OUR_FORM}",
    "workbook.unreadable.archive": "Это архив, формы в нём не видно. Пришлите саму форму .xlsx, не упаковывая её.",
    "workbook.unreadable.winmail": "Почтовая программа упаковала вложение в winmail.dat. Отправьте письмо в формате "
    "«обычный текст» и приложите форму .xlsx ещё раз.",
    "workbook.unreadable.empty": "Файл пустой: он не записался или не загрузился. Откройте форму, сохраните её "
    "и приложите снова.",
    "workbook.unreadable.not_a_workbook": f"Это не книга .xlsx. {_OUR_FORM}",
    "workbook.unreadable.damaged": "Файл повреждён или передан не целиком. Откройте форму у себя, сохраните под новым "
    "именем в формате .xlsx и пришлите снова.",
    "workbook.unreadable.too_large": "Файл слишком большой для формы: обычно в нём лишние картинки или тысячи пустых "
    f"оформленных строк. {_PASTE}",
    "workbook.unreadable.too_many_cells": f"В файле слишком много ячеек для этой формы. {_PASTE}",
    "workbook.unreadable.too_many_parts": f"В файле слишком много листов или вложенных объектов. {_PASTE}",
    "workbook.unreadable.too_many_sheets": "В книге {count} листов, больше {limit} не читается. Оставьте листы формы, "
    "удалите остальные и пришлите снова.",
    "workbook.unreadable.too_much_text": "В ячейках слишком много текста. Сократите самые длинные записи "
    "(в ячейке помещается не более 32 767 знаков) и пришлите снова.",
    "workbook.unreadable.far_cell": "На листе «{sheet}» в строке {row} есть значение далеко за пределами таблицы. "
    "Удалите его (Ctrl+End ведёт к последней ячейке) и пришлите снова.",
    "workbook.unreadable.giant_merge": "На листе «{sheet}» объединены ячейки {range}. Отмените объединение "
    "и пришлите снова.",
    "workbook.unreadable.out_of_time": f"Файл не удалось прочитать за отведённое время: он устроен слишком сложно. {_PASTE}",
    "workbook.unreadable.out_of_memory": f"Файл не удалось прочитать: он занимает слишком много памяти. {_PASTE}",
    "workbook.unreadable.reader_crashed": f"Файл не удалось прочитать: он повреждён или собран необычно. {_SAVE_AS}",
    "repaired.foreign": "Файл прочитан из формата .{suffix}; пришлите в следующий раз .xlsx",
    "workbook.unreadable.unsafe": f"Файл собран необычно и в целях безопасности не читается. {_PASTE}",
    "structure.nothing": "ни одного видимого листа",
    "structure.sheet_missing": "В книге нет листа «{title}». Найдены листы: {found}. Верните лист под прежним "
    "названием или перенесите данные в форму из нашего письма.",
    "structure.column_missing": "На листе «{sheet}» нет столбца «{title}» (заголовки стоят в строке {header}). "
    "Верните столбец с прежним заголовком.",
    "structure.column_twice": "На листе «{sheet}» столбец «{title}» встречается несколько раз: {where}. Оставьте один.",
    "structure.sheet_renamed": "Лист «{title}» найден под названием «{found}».",
    "structure.sheet_passed_over": "Лист «{title}» не из этой формы, данные с него не взяты.",
    "structure.column_renamed": "Лист «{sheet}»: столбец «{title}» принят по месту, "
    "его заголовок изменён на «{found}».",
    "structure.columns_moved": "Лист «{sheet}»: столбцы переставлены и найдены по заголовкам: {titles}.",
    # The cover
    "cover.name": "Организация",
    "cover.login": "Логин",
    "cover.deadline": "Сдать до",
    "cover.deadline_value": "{closes_at}",
    "cover.opens": "Приём открыт с",
    "cover.reply_to": "Куда отправить",
    "cover.reply_to_value": "Ответом на письмо с этой формой или на адрес\n{address}",
    "cover.reply_only": "Ответом на письмо с этой формой",
    "cover.code": "Код формы",
    "cover.steps": "Что сделать",
    "cover.step": "Шаг {number}",
    "cover.step.fill.one": "Заполните белые ячейки на листе формы. Графы со звёздочкой (*) обязательны.",
    "cover.step.fill.many": "Заполните белые ячейки на листах формы. Графы со звёздочкой (*) обязательны.",
    "cover.step.lists": "Где есть список, выбирайте из него; даты пишите в виде ДД.ММ.ГГГГ. "
    "Встаньте на ячейку — появится подсказка.",
    "cover.step.save": "Сохраните файл в формате Excel (.xlsx). Имя файла можно оставить любым.",
    "cover.step.send": "Ответьте на наше письмо, приложив этот файл. Ответ должен прийти не позднее {closes_at}.",
    "cover.draft": "Черновик (да/нет)",
    "cover.draft_hint": "«да» — мы проверим и сохраним данные, но отчёт не будет считаться сданным. "
    "«нет» — отчёт сдаётся.",
    "cover.draft_error": "Выберите «{yes}» или «{no}».",
    "cover.sheets": "Листы формы",
    "cover.sheet": "Лист {number}",
    "cover.support": "Вопросы и помощь",
    # Data sheets
    "sheet.no_hint": "Заполните таблицу. Графы со звёздочкой (*) обязательны.",
    "sheet.page": "Страница &P из &N",
    # The sheet «Замечания» and the notes on cells
    "notes.author": "Проверка формы",
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
