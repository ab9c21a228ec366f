"""Publications with file storages for functional tests, written as an administrator writes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage

from pipeline.cabinet.publications import LoadedPublication, load_publication
from pipeline.catalogue import MOSCOW
from tests.functional.world import World

LIBRARY = "library"
TITLES = (
    "План-график проведения",
    "Приказ о проведении",
    "Методические рекомендации",
    "Инструкция организатору",
    "Протокол проведения",
    "Образцы и описания работ",
)


def content_of(number: int, size: int = 3_000) -> bytes:
    """The bytes of file ``number``, different from every other's."""
    line = f"файл {number}\n".encode()
    return (line * (size // len(line) + 1))[:size]


def name_of(number: int) -> str:
    """The name of file ``number``: Cyrillic, with what names of offices hold."""
    return f"{TITLES[number % len(TITLES)]} №{number} (ред. от 30.08.2021).pdf"


def library(now: datetime, count: int = 120, size: int = 3_000, code: str = LIBRARY) -> LoadedPublication:
    """A publication without a form and ``count`` files in two storages.

    File 2 is attached, 3 is for organisations only, 4 is available a fortnight after ``now``.
    """
    at = now.astimezone(MOSCOW)
    special = {
        2: "attach: true",
        3: "organisations_only: true",
        4: f"available_from: {at + timedelta(days=14):%Y-%m-%d %H:%M}",
    }
    lines = []
    for first, last, title in ((1, count // 2, "Документы"), (count // 2 + 1, count, "Материалы")):
        lines += [f"  - title: {title}", "    files:"]
        lines += [
            f'      - {{name: "{name_of(number)}", title: "{TITLES[number % len(TITLES)]} {number}"'
            f"{', ' + special[number] if number in special else ''}}}"
            for number in range(first, last + 1)
        ]
    head = f"section: ШНОР\ntitle: Библиотека документов\npublished_at: {at:%Y-%m-%d %H:%M}\nstorages:\n"
    text = f"---\n{head}" + "\n".join(lines) + "\n---\nУважаемые коллеги!\n\nДокументы в хранилище.\n"
    files = {f"files/{name_of(number)}": content_of(number, size) for number in range(1, count + 1)}
    return load_publication(code, {"publication.md": text.encode(), **files})


def files_in(message: EmailMessage) -> dict[str, bytes]:
    """Attached files by name."""
    parts = ((str(part.get_filename()), part.get_payload(decode=True)) for part in message.iter_attachments())
    return {name: data for name, data in parts if isinstance(data, bytes)}


def address_of(world: World, code: str) -> str:
    """The first address of ``code``; the roster of a world is asked once."""
    known: dict[str, str] = world.__dict__.setdefault("known_addresses", {})
    if not known:
        known.update(world.addresses())
    return known[code]
