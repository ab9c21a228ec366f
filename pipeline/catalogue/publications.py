"""Sentences of the area «publications»: mistakes in a publication's folder, and what to do."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # places and hints, put into the sentences below
    "publications.place": "Файл {file}, строка {line}",
    "publications.place_key": "Файл {file}, строка {line}, ключ «{key}»",
    "publications.instant": "{time} мск {date}",
    "publications.megabytes": "{size} МБ",
    # the YAML of an author
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
    # the folder of a publication
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
}
