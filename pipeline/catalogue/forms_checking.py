"""Findings: what is wrong and what to write; what was put right without asking."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # Findings: what is wrong and what to write
    "finding.cell.error": "В ячейке ошибка {detail}: сотрите её и введите значение. {limits}",
    "finding.cell.formula": "В ячейке формула без вычисленного значения: введите вместо неё само значение. {limits}",
    "finding.type.int": "Это не число. {limits}",
    "finding.type.decimal": "Это не число. {limits}",
    "finding.type.several": "В ячейке несколько чисел: оставьте одно. {limits}",
    "finding.type.fraction": "Число не целое: введите его без дробной части. {limits}",
    "finding.type.digits": "В числе больше 15 цифр, последние теряются: проверьте значение. {limits}",
    "finding.type.number_as_date": "Здесь нужно число, а ячейка содержит дату: выберите для ячейки формат «Общий» "
    "и введите число заново. {limits}",
    "finding.type.number_as_time": "Здесь нужно число, а ячейка содержит время: выберите для ячейки формат «Общий» "
    "и введите число заново. {limits}",
    "finding.type.percent": "В ячейке проценты ({detail}), а нужно само число: выберите для ячейки формат «Общий» "
    "и введите число заново. {limits}",
    "finding.type.ambiguous": "Неясно, отделяет знак дробную часть или тысячи: введите число без разделителей. {limits}",
    "finding.type.date": "Это не дата. {limits}",
    "finding.type.two_dates": "В ячейке несколько дат: оставьте одну дату в строке, для других добавьте строки. "
    "{limits}",
    "finding.type.two_readings": "Дату можно понять двояко ({detail}): введите её в виде ДД.ММ.ГГГГ.",
    "finding.type.no_year": "Год в дате не указан или сокращён: введите дату полностью. {limits}",
    "finding.type.no_such_date": "Такой даты нет в календаре: проверьте день и месяц. {limits}",
    "finding.type.bool": "Здесь должно стоять «да» или «нет»: введите одно из двух.",
    "finding.type.code_as_date": "Excel превратил код в дату: выберите для ячейки формат «Текстовый» и введите код "
    "заново. {limits}",
    "finding.type.text_as_date": "Excel превратил запись в дату: выберите для ячейки формат «Текстовый» и введите её "
    "заново. {limits}",
    "finding.type.choice_as_date": "Excel превратил запись в дату: выберите для ячейки формат «Текстовый», затем "
    "значение из списка.",
    "finding.type.lost_digits": "Excel сократил длинный номер до 15 цифр: выберите для ячейки формат «Текстовый» и "
    "введите номер заново. {limits}",
    "finding.cell.raised": "Часть записи поднята или опущена, как знак сноски: уберите её, оставьте одно значение. "
    "{limits}",
    "finding.cell.letters_lost": "Вместо букв стоят знаки вопроса: введите запись заново. {limits}",
    "finding.cell.struck": "Часть записи зачёркнута: оставьте одно значение. {limits}",
    "finding.type.code": "Код записан числом, и его нули могли потеряться: введите его как текст. {limits}",
    "finding.list": "Такого значения нет в списке: выберите значение из списка «{title}».",
    "finding.list.near": "Такого значения нет в списке: выберите «{near}», если вы имели в виду его.",
    "finding.required": "Ячейка «{title}» обязательна и не заполнена. {limits}",
    "finding.range": "Значение вне допустимых границ. {limits}",
    "finding.length": "Длина текста не подходит. {limits}",
    "finding.pattern": "Запись не такая, как нужно. {limits}",
    "finding.rows_min": "{sentence}.",
    "finding.rows_min.opt_out": "Если вы не участвуете, выберите «{value}» в первой строке.",
    "finding.merged": "Объединённые ячейки {range}: отмените объединение и заполните каждую строку отдельно.",
    "finding.below": "Данные стоят ниже последней строки формы ({last}), {rows}: перенесите их в строки формы.",
    "finding.beside": "Данные стоят рядом с таблицей (столбцы {columns}) и не учитываются: перенесите нужное в таблицу.",
    "finding.row_no_data": "Строка {row} («{words}») не похожа на данные: удалите её или допишите до конца.",
    "finding.zero_for_nobody": "Здесь ноль: если в этой категории никто не участвует, очистите ячейку.",
    "finding.opted_out_beside": "Здесь выбрано «{value}», а в других строках листа есть данные: очистите эту строку, "
    "если участвуете, или другие строки, если нет.",
    "finding.sums": "Сейчас: {sums}.",
    "finding.sum": "«{column}» на листе «{sheet}» ({cells}) — {sum}",
    "finding.sum.none": "нет строк",
    "finding.too_many": "И ещё {more}: исправьте названное и пришлите форму снова.",
    "finding.incident": "Проверка остановилась по нашей вине: данные получены и сохранены, мы разбираемся.",
    # What was put right without asking
    "repaired.hidden": "Лист «{sheet}»: скрытые строки с данными учтены: {rows}",
    "repaired.text_box": "Лист «{sheet}»: надпись поверх ячеек ({cell}) не учтена: «{words}». Если это важно, ответьте на "
    "письмо словами.",
    "repaired.picture": "Лист «{sheet}»: рисунок ({cell}) не учтён, данные с рисунков не читаются: введите их в ячейки.",
    "repaired.beside": "Лист «{sheet}»: запись рядом с таблицей ({cell}, «{words}») не учтена.",
    "repaired.row_header": "Лист «{sheet}»: строка {row} повторяет заголовки и не учтена.",
    "repaired.row_numbers": "Лист «{sheet}»: строка {row} нумерует столбцы и не учтена.",
    "repaired.row_total": "Лист «{sheet}»: строка {row} («{words}») — итог, она не учтена.",
    "repaired.row_words": "Лист «{sheet}»: строка {row} («{words}») — не данные, она не учтена.",
    "repaired.opted_out": "Лист «{sheet}»: в строке с «{value}» нули и прочерки приняты за пустые ячейки: {cells}",
    "repaired.choice": "Лист «{sheet}»: написание приведено к значению из списка: {cells}",
    "repaired.number": "Лист «{sheet}»: числа, записанные текстом, прочитаны как числа: {cells}",
    "repaired.date": "Лист «{sheet}»: даты, записанные текстом, прочитаны как даты: {cells}",
    "repaired.serial": "Лист «{sheet}»: даты, сохранённые числом, прочитаны как даты: {cells}",
    "repaired.time": "Лист «{sheet}»: у дат отброшено время: {cells}",
    "repaired.noise": "Лист «{sheet}»: дробный остаток вычислений отброшен: {cells}",
    "repaired.percent": "Лист «{sheet}»: проценты прочитаны как числа: {cells}",
    "repaired.text": "Лист «{sheet}»: числа, даты и время прочитаны как текст: {cells}",
    "repaired.signs": "Лист «{sheet}»: знаки, похожие на дефис, и лишние пробелы исправлены: {cells}",
    "repaired.spaces": "Лист «{sheet}»: убраны лишние пробелы и невидимые знаки: {cells}",
    # Examples of rules (kabinet form test)
    "example.missing": "У правила {rule} нет примеров: добавьте examples с pass и fail.",
    "example.raises": "Правило {rule} прервалось на примере: сообщите разработчикам.",
    "example.pass": "Правило {rule} срабатывает на примере pass: исправьте пример или правило.",
    "example.fail": "Правило {rule} не срабатывает на примере fail: исправьте пример или правило.",
    # Sheets and columns
    "structure.nothing": "ни одного видимого листа",
    "structure.sheet_missing": "В книге нет листа «{title}». Найдены листы: {found}. Верните лист под прежним "
    "названием или перенесите данные в форму из нашего письма.",
    "structure.no_header": "На листе «{sheet}» нет строки с заголовками столбцов. Верните её над данными: {titles}.",
    "structure.column_missing": "На листе «{sheet}» нет столбца «{title}» (заголовки стоят в строке {header}). "
    "Верните столбец с прежним заголовком.",
    "structure.column_twice": "На листе «{sheet}» столбец «{title}» встречается несколько раз: {where}. Оставьте один.",
    "structure.sheet_renamed": "Лист «{title}» найден под названием «{found}».",
    "structure.sheet_passed_over": "Лист «{title}» не из этой формы, данные с него не взяты.",
    "structure.sheet_twice": "Лист «{title}» повторяет таблицу листа «{sheet}», на нём {rows} с данными. Они не взяты: "
    "перенесите нужные строки на лист «{sheet}», а лист «{title}» удалите.",
    "structure.sheet_twice_of_several": "Лист «{title}» повторяет таблицу листов {sheets}, на нём {rows} с данными. Они не "
    "взяты: перенесите их на тот лист, к которому они относятся, а лист «{title}» удалите.",
    "structure.sheet_copied": "Лист «{title}» — копия листа «{sheet}» с теми же данными ({rows}). С копии данные не взяты: "
    "удалите лист «{title}».",
    "structure.sheet_twice_hidden": "Скрытый лист «{title}» повторяет таблицу листа «{sheet}», на нём {rows} с данными. "
    "Они не взяты. Щёлкните по вкладкам правой кнопкой, выберите «Показать», перенесите нужные строки на лист «{sheet}», "
    "а лист «{title}» удалите.",
    "structure.tab_swapped": "Вкладка «{title}», а в самом листе напечатано «{printed}»: данные взяты как лист «{sheet}».",
    "structure.draft_unclear": "Лист «{sheet}», ячейка {cell}: отметка «{mark}» — не «да» и не «нет», форма сохранена "
    "как черновик. Если данные готовы, поставьте «нет» и пришлите форму снова.",
    "structure.column_renamed": "Лист «{sheet}»: столбец «{title}» принят по месту, "
    "его заголовок изменён на «{found}».",
    "structure.columns_moved": "Лист «{sheet}»: столбцы переставлены и найдены по заголовкам: {titles}.",
    # The cover
    "cover.code": "Код формы",
    "cover.draft": "Черновик (да/нет)",
}
