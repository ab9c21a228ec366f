"""Mistakes in a publication's folder and in the roster, what a new edition changes, the preview."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "publications.html": "ВНИМАНИЕ: {file}, строка {lines}: HTML (теги: {tags}) в письмах виден как обычный текст, замените его разметкой "
    "Markdown или уберите.",
    "publish.and_more": "{shown} и ещё {count}",
    "publications.html_many": "ВНИМАНИЕ: {file}, строки {lines}: HTML (теги: {tags}) в письмах виден как обычный текст, замените его "
    "разметкой Markdown или уберите.",
    # The table that fills a form before it is first sent
    "prefill.no_file": "Файл {file}: таблицы «{path}», названной в prefill, нет в папке публикации{near}; положите её туда.",
    "prefill.unreadable": "Файл {file}: таблица не прочитана. {reason}",
    "prefill.cause": "Причина: {why}. Сохраните её заново как XLSX или CSV (UTF-8).",
    "prefill.encoding": "Сохраните её как XLSX или CSV (UTF-8).",
    "prefill.quotes": "В строке {line} не разобрать кавычки, сохраните её как XLSX.",
    "prefill.listed": "Файл {file}: таблица «{name}» перечислена в storages, её увидели бы все; уберите её оттуда.",
    "prefill.no_header": "Файл {file}: в таблице нет строки заголовков с колонкой «{login}»; исправьте заголовок или "
    "ключ login в prefill.",
    "prefill.no_column": "Файл {file}, строка {line}: нет колонки «{heading}»{near}; исправьте заголовок или ключ columns в "
    "prefill.",
    "prefill.nothing": "Файл {file}, строка {line}: ни один заголовок не совпадает с графами листа «{sheet}»; назовите "
    "колонки в ключе columns.",
    "prefill.no_login": "Файл {file}, строка {line}: нет логина; впишите его или удалите строку.",
    "prefill.too_many": "Файл {file}, строка {line}: у логина «{login}» больше строк, чем на листе «{sheet}» ({limit}); "
    "уберите лишние.",
    "prefill.value": "Файл {file}, строка {line}, колонка «{heading}»: «{value}» не подходит. {limits}",
    # Instants that somebody typed
    "instant.wrong": "{field}: «{value}» не прочитано. Напишите дату и время по Москве в виде ДД.ММ.ГГГГ ЧЧ:ММ, например {example}, "
    "и больше ничего.",
    "instant.half": "Нужны оба срока: «{opens}» и «{closes}». Назовите и второй или не называйте ни одного.",
    "instant.reversed": "«{closes}» должно быть позже, чем «{opens}»: проверьте оба срока.",
    "instant.cut": "{value}…",
    # What a later edition changes; also shown in letters, without a full stop
    "edition.none": "не указано",
    "edition.title": "заголовок: было «{before}», стало «{after}»",
    "edition.section": "раздел: было «{before}», стало «{after}»",
    "edition.contact": "контакты: было «{before}», стало «{after}»",
    "edition.audience_all": "публикация отправляется всем",
    "edition.audience_organisations": "публикация отправляется организациям",
    "edition.audience_coordinators": "публикация отправляется только координаторам",
    "edition.valid_until": "срок действия публикации: было {before}, стало {after}",
    "edition.opens_at": "начало приема: было {before}, стало {after}",
    "edition.closes_at": "срок сдачи: было до {before}, стало до {after}",
    "edition.collection_title": "название сбора: было «{before}», стало «{after}»",
    "edition.collection_added": "добавлен сбор данных",
    "edition.collection_removed": "сбор данных отменен",
    "edition.late_refuse": "формы, пришедшие после срока, не принимаются",
    "edition.late_accept": "формы, пришедшие после срока, принимаются с отметкой об опоздании",
    "edition.form": "форма заменена, версия {version}",
    "edition.other_form": "форма заменена на другую",
    "edition.prefill": "изменены исходные данные в форме",
    "edition.file_added": "добавлен файл «{title}»",
    "edition.file_removed": "убран файл «{title}»",
    "edition.file_changed": "заменен файл «{title}»",
    "edition.file_rules": "изменены название, время или порядок выдачи файла «{title}»",
    "edition.file_added_many": "добавлены файлы, всего {count}",
    "edition.file_removed_many": "убраны файлы, всего {count}",
    "edition.file_changed_many": "заменены файлы, всего {count}",
    "edition.file_rules_many": "изменены названия, время или порядок выдачи файлов, всего {count}",
    "edition.storages": "файлы расположены иначе",
    "edition.text": "изменен текст",
    # The preview of a publication
    "preview.title": "Как будет выглядеть: {title}",
    "preview.publication": "Письмо организации",
    "preview.coordinator_publication": "Письмо координатора",
    "preview.note": "Письма ещё никому не отправлены. Страница ничего не загружает из сети.",
    "preview.plan": "План рассылки",
    "preview.files": "Рядом с этой страницей",
    "preview.from": "От кого",
    "preview.to": "Кому",
    "preview.subject": "Тема",
    "preview.attached": "Вложения",
    "preview.plain": "То же текстом",
    "preview.desktop": "На компьютере",
    "preview.phone": "На телефоне",
    # The folder of a publication
    "publications.place": "Файл {file}, строка {line}",
    "publications.place_key": "Файл {file}, строка {line}, ключ «{key}»",
    "publications.instant": "{time} мск {date}",
    "publications.megabytes": "{size} МБ",
    "publications.no_front_matter": "{place}: файл должен начинаться со строки «---», за ней идут свойства "
    "публикации (section, title, published_at …) и ещё одна строка «---», дальше текст.",
    "publications.front_matter_open": "{place}: свойства публикации не закрыты: поставьте после них строку «---».",
    "publications.broken_yaml": "{place}: строку не удалось разобрать: {advice}.",
    "publications.yaml_quote": "проверьте, что каждая открытая кавычка и скобка закрыта",
    "publications.yaml_other": "проверьте отступы, кавычки и двоеточие после имени ключа",
    "publications.not_a_mapping": "{place}: здесь нужны строки вида «ключ: значение».",
    "publications.doubled_key": "{place}: ключ уже указан в строке {first}, оставьте один из двух.",
    "publications.unknown_key": "{place}: такого ключа нет{hint}; допустимы: {known}.",
    "publications.missing_key": "{place}: обязательное значение не указано, добавьте его.",
    "publications.too_long": "{place}: в значении {length} знаков, сократите его до {limit}.",
    "publications.not_texts": "{place}: нужен текст или список непустых текстов.",
    "publications.not_a_text": "{place}: нужен текст, а здесь список или вложенные ключи.",
    "publications.unknown_choice": "{place}: значения «{value}» нет{hint}; допустимы: {known}.",
    "publications.not_a_number": "{place}: нужно целое число от {low} до {high}, а здесь «{value}».",
    "publications.not_an_instant": "{place}: нужны существующие дата и время, например «2021-09-07 18:00» (по "
    "Москве), а здесь «{value}».",
    "publications.not_a_block": "{place}: под ключом нужны с отступом строки вида «ключ: значение».",
    "publications.not_a_list": "{place}: нужен список: каждый его пункт начинается с «- » и состоит из строк «ключ: "
    "значение».",
    "publications.bad_code": "Папка «{place}»: имя папки служит кодом публикации, в нём допустимы строчные латинские "
    "буквы, цифры и дефис, например «vpr-spo-2021-schedule».",
    "publications.no_text_file": "В папке {place} нет файла publication.md{hint}; добавьте его: в нём "
    "свойства публикации и её текст.",
    "publications.unknown_file": "Файл {place} публикации не нужен{hint}; допустимы publication.md, form.yaml и "
    "файлы в папке files.",
    "publications.not_utf8": "{place}: файл не в кодировке UTF-8, пересохраните его в UTF-8.",
    "publications.file_too_big": "Файл {place} занимает {size}, а допустимо не больше {limit}: сократите его или "
    "разделите.",
    "publications.all_too_big": "Папка {place}: все файлы вместе занимают {size}, а допустимо не больше {limit}.",
    "publications.attached_too_big": "{place}: вложения письма вместе занимают {size}, а допустимо не больше "
    "{limit}: уберите attach у больших файлов.",
    "publications.empty_file": "{place}: файл «{name}» пуст, положите в папку files его содержание.",
    "publications.no_text": "{place}: у публикации нет текста, напишите его после второй строки «---».",
    "publications.text_too_long": "{place}: в тексте {length} знаков, а допустимо не больше {limit}: перенесите "
    "подробности в файл.",
    "publications.unknown_placeholder": "{place}: подстановки «{name}» нет{hint}; допустимы: {known}.",
    "publications.placeholder_without_value": "{place}: подстановка «{name}» не заполнится: укажите «{needs}» в "
    "свойствах публикации.",
    "publications.broken_placeholder": "{place}: фигурные скобки подстановки не закрыты или не открыты; подстановка "
    "пишется так: {{{{ closes_at }}}}.",
    "publications.no_files": "{place}: в хранилище нет ни одного файла: перечислите их в files или уберите хранилище.",
    "publications.too_many_files": "{place}: файлов {count}, а допустимо не больше {limit}.",
    "publications.file_name": "{place}: «{name}» не имя файла: нужно имя с расширением, без папок и знаков / \\ : * "
    '? " < > |, не длиннее {limit} знаков.',
    "publications.file_missing": "{place}: файла «{name}» нет в папке files{hint}; положите его туда или исправьте "
    "имя.",
    "publications.file_doubled": "{place}: файл «{name}» уже перечислен в строке {first}, оставьте один пункт.",
    "publications.file_unlisted": "Файл {place} лежит в папке, но не перечислен в storages файла "
    "publication.md{hint}; перечислите его или удалите.",
    "publications.attached_too_early": "{place}: файл доступен только с {available}, а письмо уходит раньше: уберите "
    "attach или измените available_from.",
    "publications.closes_before_opens": "{place}: сбор закрывается ({closes}) не позже, чем открывается ({opens}): "
    "исправьте opens_at или closes_at.",
    "publications.closes_before_published": "{place}: сбор закрывается ({closes}) не позже, чем выходит публикация "
    "({published}): исправьте closes_at или published_at.",
    "publications.valid_before_published": "{place}: публикация действует до ({until}) не позже, чем выходит "
    "({published}): исправьте valid_until или published_at.",
    "publications.too_many_changes": "{place}: изменений {count}, а допустимо не больше {limit}: объедините их.",
    "publications.first_edition": "{place}: у первой редакции исправлять нечего: укажите edition: 2 (или следующий "
    "номер) либо уберите этот ключ.",
    "publications.nothing_to_ask_again": "{place}: данных по этой публикации не собирают: уберите ключ или укажите "
    "collection.",
    "publications.no_form": "{place}: указан сбор данных, но в папке нет файла form.yaml{hint}; добавьте форму или "
    "уберите collection.",
    "publications.collection_unseen": "{place}: форму заполняют организации, а публикация адресована только "
    "координаторам: укажите audience: all или уберите collection.",
    "publications.no_collection": "Файл {place}: форма есть, но в publication.md нет ключа collection: добавьте его "
    "с opens_at и closes_at или удалите форму.",
    "publications.form_id": "{place}: «{value}» не код формы: нужны строчные латинские буквы, цифры и дефис.",
    # The roster
    "roster.unreadable": "Список организаций «{name}» не прочитан: {why}. Сохраните его заново как книгу Excel (.xlsx) "
    "или CSV (UTF-8).",
    "roster.unreadable_old_xls": "это книга старого формата .xls или она закрыта паролем",
    "roster.unreadable_encrypted": "файл закрыт паролем",
    "roster.unreadable_ods": "это таблица OpenDocument (.ods)",
    "roster.unreadable_damaged": "файл повреждён",
    "roster.unreadable_too_large": "файл больше 20 МБ",
    "roster.unreadable_too_many_cells": "в книге больше миллиона заполненных ячеек",
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
    "handed.nothing": "В том, что загружено, нет файлов. Выберите папку публикации, в которой лежит publication.md.",
    "handed.twice": "Файл «{path}» есть дважды. Оставьте один.",
    "handed.leads_out": "Имя файла «{path}» ведёт за пределы папки. Упакуйте папку публикации заново.",
    "handed.one_file": "Файл «{name}» – это не публикация. Выберите папку целиком или упакуйте её в zip; в ней должен быть {wanted}.",
    "handed.other_archive": "Архив «{name}» здесь не читается. Упакуйте папку в zip.",
    "handed.zip.damaged": "Архив «{name}» повреждён или скачан не целиком. Упакуйте папку в zip заново.",
    "handed.zip.encrypted": "Архив «{name}» закрыт паролем. Упакуйте папку в zip без пароля.",
    "handed.zip.unsafe": "Архив «{name}» устроен необычно и не читается. Упакуйте папку в zip заново.",
    "handed.zip.too_large": "В архиве «{name}» слишком большие файлы: всё вместе не должно быть больше {limit}.",
    "handed.zip.too_many_parts": "В архиве «{name}» слишком много файлов. Упакуйте одну папку публикации.",
}
