"""Sentences of the area «roster»: what is wrong in the list, what an import did, corrections and who decided."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "roster.covered": "Адреса здесь сокращены; целиком их печатает kabinet roster import ФАЙЛ --dry-run.",
    "roster.figures": "добавлено {added}, изменено {changed}, выбыло {departed}",
    # the roster as a file
    "roster.unreadable": "Список организаций «{name}» не прочитан: {why}. Сохраните его заново как книгу Excel (.xlsx) "
    "или CSV (UTF-8).",
    "roster.unreadable_old_xls": "это книга старого формата .xls или она закрыта паролем",
    "roster.unreadable_encrypted": "он закрыт паролем",
    "roster.unreadable_ods": "это таблица OpenDocument (.ods)",
    "roster.unreadable_damaged": "файл повреждён",
    "roster.unreadable_other": "это не таблица, которую можно прочитать",
    "roster.too_big": "Список организаций «{name}» занимает {size}, а допустимо не больше {limit}.",
    "roster.encoding": "Список организаций «{name}» не похож на таблицу: сохраните его как XLSX или CSV (UTF-8).",
    "roster.broken_csv": "Список организаций «{name}», строка {line}: не разобрать кавычки, сохраните список как XLSX.",
    "roster.no_header": "В списке «{name}» нет строки заголовков с колонкой «Логин»: первая строка должна быть "
    "такой: Логин, Пользователь, Регион, Адреса, Роль.",
    "roster.no_name_column": "В списке «{name}», строка {line}, нет колонки «Пользователь» с наименованием "
    "организации: добавьте её.",
    "roster.doubled_column": "В списке «{name}», строка {line}, колонка «{title}» есть дважды: оставьте одну.",
    "roster.no_lines": "В списке «{name}» нет ни одной организации, ничего не изменено.",
    "roster.too_many_lines": "В списке «{name}» больше {limit} строк: разделите его.",
    # the roster line by line
    "roster.problem": "строка {line}: {message}",
    "roster.no_login": "нет логина: впишите его или удалите строку",
    "roster.login_shape": "логин «{login}» не вида schRRNNNN, spoRRNNNN или spo_coord_RR (RR — код региона): "
    "исправьте его",
    "roster.login_cyrillic": "в логине «{login}» есть русские буквы, похожие на латинские: наберите его заново "
    "латиницей",
    "roster.login_doubled": "логин «{login}» уже есть в строке {first}, эта строка не взята: оставьте одну",
    "roster.login_case": "логин «{login}» отличается от «{other}» в строке {first} только регистром букв, эта строка "
    "не взята: оставьте одну",
    "roster.no_name": "у логина «{login}» нет наименования организации: впишите его",
    "roster.name_too_long": "наименование у логина «{login}» длиннее {limit} знаков: сократите его",
    "roster.region": "регион «{region}» у логина «{login}» не найден: впишите код из двух цифр или название, "
    "например «24» или «Красноярский край», или оставьте ячейку пустой, тогда регион берётся из логина",
    "roster.region_unknown": "кода региона «{region}» (логин «{login}») нет среди кодов регионов: логин взят, "
    "проверьте код",
    "roster.role": "роль «{role}» у логина «{login}» неизвестна: впишите «организация» или «координатор» или "
    "оставьте пустой",
    "roster.role_against_login": "роль «{role}» не подходит логину «{login}»: у координаторов логин вида spo_coord_RR",
    "roster.address_syntax": "адрес «{address}» у логина «{login}» написан неверно и не взят: исправьте его, "
    "он пишется как school@example.org",
    "roster.address_domain": "адрес «{address}» у логина «{login}» не взят: после знака @ не имя почтового сервера, "
    "исправьте его",
    "roster.address_cyrillic": "адрес «{address}» у логина «{login}» не взят: в нём есть русские буквы, похожие на "
    "латинские; наберите его заново латиницей",
    "roster.address_beyond_ascii": "адрес «{address}» у логина «{login}» взят, но до знака @ в нём русские буквы: не каждый почтовый "
    "сервер доставит на него письмо, впишите рядом адрес латиницей",
    "roster.address_doubled": "адрес «{address}» у логина «{login}» записан дважды, взят один раз",
    "roster.no_address": "у логина «{login}» нет ни одного верного адреса, писем он не получит: впишите адрес",
    "roster.many_addresses": "у логина «{login}» больше {limit} адресов, взяты первые",
    "roster.cell": "в ячейке колонки «{title}» ошибка или формула без значения: впишите в неё сам текст",
    "roster.many_cells": "ячеек больше, чем заголовков: возьмите несколько адресов в кавычки или разделите их пробелом",
    # what an import does, or would do
    "roster.dry_run": "Проба: ничего не изменено. Так будет после загрузки:",
    "roster.count_added": "добавлено: {count}",
    "roster.count_changed": "изменено: {count}",
    "roster.count_departed": "выбыло: {count}",
    "roster.count_problems": "замечаний: {count}",
    "roster.count_kept": "нет в файле, но оставлено: {count}",
    "roster.would_add": "добавится {login} «{name}», регион {region}, {addresses}",
    "roster.would_return": "вернётся {login} «{name}», регион {region}, {addresses}",
    "roster.would_change": "изменится {login}: {changes}",
    "roster.would_depart": "выбудет {login} «{name}», регион {region}",
    "roster.more": "и ещё {count}: все они есть в ответе с ключом --json",
    "roster.no_addresses": "адресов нет",
    "roster.field_code": "логин «{was}» → «{now}»",
    "roster.field_name": "название «{was}» → «{now}»",
    "roster.field_region": "регион {was} → {now}",
    "roster.field_role": "роль {was} → {now}",
    "roster.field_addresses": "адреса {was} → {now}",
    "roster.role_organisation": "организация",
    "roster.role_coordinator": "координатор",
    "roster.kept_incomplete": "В файле нет {count}, но часть строк не прочитана: никто не выведен. Исправьте строки, "
    "указанные выше, и загрузите список снова.",
    "roster.kept_many": "В файле нет {count} из {total}: похоже, файл неполный, поэтому никто не выведен. Если они "
    "действительно выбыли, повторите загрузку с ключом --allow-departures.",
    "roster.no_coordinator": "У этих регионов есть организации, но нет координатора: {regions}.",
    "roster.approved_missing": "{login}: исправления №{number} ({field}: {value}), одобренного раньше, в файле нет: "
    "{deed}. Если оно верно, внесите его в файл или возьмите полный список командой kabinet roster export.",
    "roster.approved_gone": "загрузка вернула прежнее",
    "roster.approved_going": "загрузка вернёт прежнее",
    "roster.exported": "Список записан в файл {path}: {count}.",
    "roster.sheet": "Организации",
    "roster.column_login": "Логин",
    "roster.column_name": "Пользователь",
    "roster.column_region": "Регион",
    "roster.column_addresses": "Адреса",
    "roster.column_role": "Роль",
    "flag.departed": "выбыла из списка {departed}",
    # corrections of the record
    "change.unknown": "Исправления №{number} нет: номера показывает kabinet roster changes.",
    "change.several": "Исправлений №{number} несколько: {names}. Напишите номер вместе с кодом региона.",
    "change.settled": "По исправлению №{number} решение уже принято: {state}.",
    "change.gone": "Логин {login} выбыл из списка: исправление №{number} можно только отклонить.",
    "change.last": "Исправление №{number} убрало бы последний адрес логина {login}: сначала добавьте ему другой адрес "
    "или не одобряйте исправление.",
    "change.state_pending": "ждёт решения",
    "change.state_approved": "одобрено",
    "change.state_declined": "не одобрено",
    "change.address": "новый адрес",
    "change.replaced_address": "замена адреса",
    "change.removed_address": "убрать адрес",
    "change.name": "название",
    "change.region": "регион",
    "change.other": "другое",
    "change.approved_address": "Адрес {value} добавлен логину {login}. {file}",
    "change.approved_replaced_address": "Адрес логина {login} заменён: {value}. {file}",
    "change.approved_removed_address": "Адрес {value} убран у логина {login}. {file}",
    "change.approved_name": "Название логина {login} исправлено: {value}. {file}",
    "change.approved_region": "Регион логина {login} исправлен: {value}. {file}",
    "change.approved_other": "Исправление №{number} отмечено. В списке для него нет места: {value}",
    "change.into_file": "Внесите это и в файл списка, иначе следующая загрузка вернёт прежнее (готовый список даёт "
    "kabinet roster export).",
    "change.declined": "Исправление №{number} не одобрено.",
    "change.into": "{was} → {now}",
    # commands
    "cli.help_roster": "Список организаций и координаторов.",
    "cli.help_roster_import": "Загрузить список из файла XLSX или CSV: добавить, исправить, отметить выбывших.",
    "cli.help_roster_dry_run": "Ничего не менять: показать, что добавится, изменится и выбудет, и все плохие строки.",
    "cli.help_roster_departures": "Вывести из списка и тогда, когда в файле нет большой его части.",
    "cli.help_roster_export": "Записать нынешний список в книгу XLSX, которую можно загрузить обратно.",
    "cli.help_changes": "Показать исправления, которые прислали организации («ПАСПОРТ»).",
    "cli.help_changes_all": "И те, по которым решение принято.",
    "cli.help_change_number": "Номер с кодом региона, например 24-3; номера показывает kabinet roster changes.",
    "cli.help_approve": "Одобрить исправление: оно попадёт в список.",
    "cli.help_decline": "Не одобрить исправление.",
}
