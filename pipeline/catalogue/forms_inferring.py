"""Remarks for the author of a definition that is made from an existing workbook (kabinet form infer)."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "infer.nothing": "В книге «{file}» не найдено ни одной таблицы: нужен лист с заголовками столбцов в одной строке.",
    "infer.about": "Черновик формы по книге «{file}». Над каждой графой сказано, откуда она взята и что угадано.",
    "infer.what_to_do": "Проверьте догадки, впишите правила и примеры, затем: kabinet form test, kabinet form build.",
    "infer.passed": "Листы без таблицы не взяты: {sheets}.",
    "infer.rules": "rules: правила между графами из книги не видны, образцы — в publications/vpr-spo-2021-schedule/form.yaml",
    "infer.rows": "заголовок в строке {header}, данные в строках {first}–{last}; сколько строк обязательно, угадано",
    "infer.rows_guessed": "заголовок в строке {header}, данные со строки {first}; число строк угадано: его ничто не "
    "показывает",
    "infer.second_table": "взята первая таблица листа; ниже, со строки {row}, есть ещё одна ({title}): сделайте для неё "
    "отдельный лист",
    "infer.table_beside": "рядом стоит ещё одна таблица и не взята: {titles}",
    "infer.numbering": "графа «{title}» не взята: строки формы нумеровать не нужно",
    "infer.sheet_renamed": "название листа «{title}» занято, дано другое",
    "infer.title_twice": "заголовок «{title}» встречается дважды: назовите графу понятнее",
    "infer.opt_out": "угадано: это значение означает «не участвует» и освобождает строку от обязательных граф",
    "infer.required": "отмечено как обязательное",
    "infer.by_format": "тип взят из формата ячеек",
    "infer.by_values": "тип угадан по значениям, например «{value}»",
    "infer.by_title": "тип угадан по заголовку",
    "infer.by_nothing": "тип неизвестен, оставлен текст",
    "infer.several_validations": "в столбце несколько проверок данных, взята первая",
    "infer.unknown_list": "список не найден, его формула: {formula}",
    "infer.empty_list": "список пуст, его формула: {formula}",
    "infer.long_values": "из списка не взяты значения длиннее {limit} знаков",
    "infer.unknown_bounds": "границы не перенесены, они вычисляются: {formula}",
    "infer.unknown_operator": "проверка «{operator}» не перенесена: {formula}",
    "infer.strict_bound": "в книге граница строгая: само значение {value} не допускалось",
    "infer.crossed": "границы {low} и {high} стояли наоборот",
    "infer.custom": "проверка формулой не перенесена: {formula}",
    "infer.time": "проверка времени не перенесена: {formula}",
}
