"""Files of a publication: ``СКАЧАТЬ ВСЁ``, ``ФАЙЛ``, ``ФАЙЛЫ``. «Файлы 2 и 3» are files, «файлы план» is the list."""

from __future__ import annotations

from pipeline.mail.commands.command import EVERYBODY, NUMBERS, Kind, Word, in_letters, shown, spelled, taking

DOWNLOAD_ALL = Word(
    id="download_all",
    name="СКАЧАТЬ ВСЁ",
    spelling=spelled(r"скачать все(?: файлы)?(?:\.zip)?|скачать файлы|все файлы|скачать$"),
    roles=EVERYBODY,
    placed=True,
    ends_with_publication=True,
    buttons=in_letters("file_issued", file_list="files", publication="files", coordinator_publication="files"),
    examples={
        "Скачать всё": "СКАЧАТЬ ВСЁ",
        "скачать": "СКАЧАТЬ ВСЁ",
        "Все файлы.": "СКАЧАТЬ ВСЁ",
        "скачать все из публикации vpr-spo-2021-schedule": "СКАЧАТЬ ВСЁ из публикации vpr-spo-2021-schedule",
    },
    questions=("скачать не могу", "СКАЧАТЬ ВСЁ страница 2"),
)
FILE = Word(
    id="file",
    name="ФАЙЛ",
    spelling=spelled(r"скачать(?: файлы?)?|файлы?"),
    roles=EVERYBODY,
    argument=NUMBERS,
    placed=True,
    ends_with_publication=True,
    shown=shown("ФАЙЛ 2"),
    examples={
        "Файл №2": "ФАЙЛ 2",
        "файлы 2 и 4-6": "ФАЙЛ 2 4 5 6",
        "скачать 3": "ФАЙЛ 3",
        "файл 2, публикация №3": "ФАЙЛ 2 из публикации 3",
    },
    questions=("файл не открывается", "Файл 2 не открывается", "файл"),
)
FILES = Word(
    id="files",
    name="ФАЙЛЫ",
    spelling=spelled(r"список файлов|файлы"),
    roles=EVERYBODY,
    argument=taking(Kind.TITLE, r"([\w][\w.+-]{0,59}(?: [\w][\w.+-]{0,59}){0,2})"),
    placed=True,
    paged=True,
    ends_with_publication=True,
    buttons=in_letters(
        *("downloads", "file_issued", "file_refused", "files_zip"),
        publication="files",
        coordinator_publication="files",
    ),
    examples={
        "Файлы": "ФАЙЛЫ",
        "файлы план": "ФАЙЛЫ план",
        "Файлы публикации 3": "ФАЙЛЫ из публикации 3",
        "Файлы страница 2 из публикации 3": "ФАЙЛЫ из публикации 3 страница 2",
    },
    questions=("Файлы прилагаем", "файлы битые"),
)
COMMANDS = (DOWNLOAD_ALL, FILE, FILES)
