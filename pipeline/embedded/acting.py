"""What happens in the demonstration: who answers what, and what the coordinator saves at the end.

One organisation hands in a good return; one makes several faults and mends them only partly; one sends a draft; one
asks for the form again; the rest are silent. The logins are those of the seed's Fig. 20.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from pipeline import private
from pipeline.catalogue import text
from pipeline.embedded import clients
from pipeline.embedded.campaign import Calendar
from pipeline.embedded.organisations import (
    DRAFT_ROWS,
    FAULTY_ROWS,
    GOOD_ROWS,
    HALF_MENDED_ROWS,
    Correspondent,
    Received,
    Servers,
    Typed,
    filled,
    type_rows,
)

GOOD, FAULTY, DRAFT, ASKING = "spo240065", "spo240067", "spo240069", "spo240071"
COLLECTION_SHEET = "РАБОТЫ НА БЛАНКЕ"
OTHER_SHEETS = ("МЕТАПРЕДМЕТ НА КОМПЬЮТЕРЕ", "РАБОТЫ НА КОМПЬЮТЕРЕ")
OPT_OUT = "Не участвуем"


def first_answers(servers: Servers, addresses: Mapping[str, str], calendar: Calendar | None = None) -> int:
    """Four organisations answer, with the seed's days or those of ``calendar``; return how many letters they sent."""
    good = Correspondent(servers, addresses[GOOD], clients.outlook)
    letter = _with_form(good)
    good.answer(letter, text("demo.says_good"), _typed(letter, _moved(GOOD_ROWS, calendar)))

    faulty = Correspondent(servers, addresses[FAULTY], clients.thunderbird)
    letter = _with_form(faulty)
    faulty.answer(letter, text("demo.says_faulty"), _typed(letter, _moved(FAULTY_ROWS, calendar)))

    begun = Correspondent(servers, addresses[DRAFT], clients.webmail)
    letter = _with_form(begun)
    subject = text("demo.subject_draft", subject=letter.subject)
    begun.answer(letter, text("demo.says_draft"), _typed(letter, _moved(DRAFT_ROWS, calendar), whole=False), subject)

    asking = Correspondent(servers, addresses[ASKING], clients.telephone)
    asking.answer(_with_form(asking), text("demo.says_form"))
    return 4


def second_answers(servers: Servers, addresses: Mapping[str, str], calendar: Calendar | None = None) -> int:
    """The one with faults opens the answer, mends some of the coloured cells and sends it back."""
    faulty = Correspondent(servers, addresses[FAULTY], clients.thunderbird)
    letter = faulty.letters()[-1]
    faulty.answer(letter, text("demo.says_mended"), _typed(letter, _moved(HALF_MENDED_ROWS, calendar)))
    return 1


def save_results(coordinator: Correspondent, faulty: Correspondent, folder: Path) -> dict[str, Path]:
    """Save what is worth a look from the mailboxes of the coordinator and of the one with faults; return the files."""
    private.make_folder(folder)
    digest, answer = _with_downloads(coordinator), faulty.letters()[-1]
    (participants, export, downloads), (annotated, *_) = digest.workbooks, answer.workbooks
    files = {
        "annotated": (annotated[0], annotated[1]),
        "digest": ("digest.eml", digest.raw),
        "participants": participants,
        "export": export,
        "downloads": downloads,
    }
    saved: dict[str, Path] = {}
    for name, (file_name, content) in files.items():
        saved[name] = folder / file_name
        private.write_whole(saved[name], content)
    return saved


def _with_form(person: Correspondent) -> Received:
    """The newest letter whose workbook has the sheet of the schedule: a person picks it by its subject."""
    for letter in reversed(person.letters()):
        for _, content in letter.workbooks:
            with filled(content) as (book, _):
                if COLLECTION_SHEET in book.sheetnames:
                    return letter
    raise LookupError(person.address)


def _with_downloads(coordinator: Correspondent) -> Received:
    """The newest digest with all three workbooks: files belong to the schedule's publication alone."""
    return next(letter for letter in reversed(coordinator.letters()) if len(letter.workbooks) == 3)


def _moved(rows: Sequence[Sequence[Typed]], calendar: Calendar | None) -> Sequence[Sequence[Typed]]:
    return [[_moved_cell(value, calendar) for value in row] for row in rows] if calendar else rows


def _moved_cell(value: Typed, calendar: Calendar) -> Typed:
    if isinstance(value, date):
        return calendar.moved(value)
    return calendar.text(value) if isinstance(value, str) else value


def _typed(letter: Received, rows: Sequence[Sequence[Typed]], *, whole: bool = True) -> tuple[str, bytes]:
    """The workbook with ``rows`` typed in; ``whole``: the other sheets say that the organisation does not take part."""
    name, content = letter.workbooks[0]
    with filled(content) as (book, save):
        type_rows(book[COLLECTION_SHEET], rows)
        for title in OTHER_SHEETS if whole else ():
            type_rows(book[title], [(OPT_OUT,)])
        return name, save()
