"""Why a file cannot be read as a workbook."""

from __future__ import annotations

_OUR_FORM = "Заполните форму .xlsx, приложенную к нашему письму, и пришлите её ответом."
_SAVE_AS = "Откройте файл, выберите «Файл → Сохранить как», тип «Книга Excel (.xlsx)», и пришлите получившийся файл."
_PASTE = "Скопируйте данные в форму из нашего письма (вставка «только значения») и пришлите её."

MESSAGES: dict[str, str] = {
    # Why a file cannot be read as a workbook
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
    "workbook.unreadable.unsafe": f"Файл собран необычно и в целях безопасности не читается. {_PASTE}",
    "repaired.repacked": "Файл был распакован и упакован снова; пришлите в следующий раз сам файл .xlsx",
    "repaired.foreign": "Файл прочитан из формата .{suffix}; пришлите в следующий раз .xlsx",
}
