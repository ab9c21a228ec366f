"""Files on request: «ФАЙЛЫ», «ФАЙЛ n», «СКАЧАТЬ ВСЁ» (S6, S7).

Each file that leaves is on record with its letter; it counts as issued when our mail server took that letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from pipeline.cabinet import storage
from pipeline.catalogue import text
from pipeline.mail.commands.words.files import DOWNLOAD_ALL, FILE, FILES
from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.kinds.file_issued import FileIssuedLetter
from pipeline.mail.letters.kinds.file_list import FileListLetter
from pipeline.mail.letters.kinds.file_refused import FileRefusedLetter
from pipeline.mail.letters.kinds.files_zip import FilesZipLetter
from pipeline.mail.letters.rows import FileRow, LeftOut
from pipeline.model import AttachmentKind, AttachmentSpec, IssueHow, Publication, StoredFile
from pipeline.steps.letters.attachments import file_attachment
from pipeline.steps.requests import choosing
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request
from pipeline.store import issued

log = structlog.get_logger()
_MOST_REFUSED = 40  # named one by one in a letter


@handles(FILES)
def listing(request: Request) -> bool:
    """«ФАЙЛЫ [слово]»: what the storages hold, page by page; without a word that finds anything, all of it."""
    query = request.command.argument
    found = choosing.choose(request, lambda item: _holds(item, query))
    if not found and query:
        found = choosing.choose(request, lambda item: _holds(item, ""))
    if not found and len(query.split()) > 1:
        return False  # «файлы куда присылать»: a question
    if len(found) > 1:
        choosing.ask_which(request, found)
        return True
    if not found:
        request.answers.to_sender(FileListLetter.of_nothing(query), request.login)
        return True
    return _list(request, found[0], query)


@handles(FILE)
def files(request: Request) -> bool:
    """«ФАЙЛ n», «ФАЙЛ 2 и 3»: these files, as they are or, when there are many, as an archive."""
    item = _one(request)
    if item is None:
        return True
    by_number = {file.number: file for file in storage.files_of(item)}
    asked = [int(number) for number in request.command.argument.split()]
    unknown = [number for number in asked if number not in by_number]
    wanted = [by_number[number] for number in asked if number in by_number]
    if not wanted:
        return _list(request, item, "", unknown)
    _give(request, item, wanted, unknown)
    return True


@handles(DOWNLOAD_ALL)
def everything(request: Request) -> bool:
    """«СКАЧАТЬ ВСЁ»: every file that the writer may have, in parts that a letter can carry."""
    item = _one(request)
    if item is not None:
        _give(request, item, storage.files_of(item), (), packed=True)
    return True


def _holds(item: Publication, query: str) -> bool:
    found = storage.files_of(item)
    return any(storage.answers(query, file) for file in found) if query else bool(found)


def _one(request: Request) -> Publication | None:
    """The publication whose files are meant; None when the writer was asked which, or there is nothing."""
    found = choosing.choose(request, lambda item: _holds(item, ""))
    if len(found) > 1:
        choosing.ask_which(request, found)
        return None
    if not found or not storage.files_of(found[0]):
        request.answers.to_sender(FileListLetter.of_nothing(), request.login, found[0] if found else None)
        return None
    return found[0]


def _list(request: Request, item: Publication, query: str, unknown: Sequence[int] = ()) -> bool:
    session, login, answers = request.session, request.login, request.answers
    known = issued.of_login(session, item.code, login.code)
    size, now = answers.context.limits.showing.files_on_page, answers.now
    page = storage.listing(item, login.role, known, now, query=query, page=request.command.page, size=size)
    if query and not page.total:
        if len(query.split()) > 1:
            return False
        page = storage.listing(item, login.role, known, now, size=size)
    asked = request.command.page
    letter = FileListLetter(
        storages=page.storages,
        shown=page.shown,
        total=page.total,
        page=page.page,
        pages=page.pages,
        no_page=asked if asked > page.pages else None,
        all=len(storage.files_of(item)),
        query=query,
        missed=bool(query) and not _holds(item, query),
        unknown=storage.spans(unknown),
    )
    answers.to_sender(letter, login, item)
    choosing.opened(request, item)
    return True


def _give(
    request: Request, item: Publication, wanted: Sequence[StoredFile], unknown: Sequence[int], *, packed: bool = False
) -> None:
    login, answers = request.login, request.answers
    limits = answers.context.limits
    room = storage.room_for_files(limits.sending.largest_letter)
    given, refused = storage.sort_out(wanted, login.role, answers.now, room)
    left_out = LeftOut(
        refused=tuple(replace(_row(request, one.file), reason=one.reason) for one in refused[:_MOST_REFUSED]),
        refused_left=max(0, len(refused) - _MOST_REFUSED),
        unknown=storage.spans(unknown),
    )
    choosing.opened(request, item)
    log.info("files.asked", given=len(given), refused=len(refused), unknown=len(unknown))
    if not given:
        answers.to_sender(FileRefusedLetter(left_out=left_out), login, item)
    elif len(given) <= (1 if packed else limits.showing.files_apart) and sum(file.size for file in given) <= room:
        letter = FileIssuedLetter(files=tuple(_row(request, file) for file in given), left_out=left_out)
        _send(request, letter, item, [file_attachment(file) for file in given], given)
    else:
        _pack(request, item, given, left_out, whole=packed)


def _pack(request: Request, item: Publication, given: Sequence[StoredFile], left_out: LeftOut, *, whole: bool) -> None:
    """One letter a part: «часть 1 из 3». Letters say how to ask for the parts beyond the number of letters at once."""
    limits = request.answers.context.limits
    names = storage.member_names(item.storages, given)
    parts = storage.parts(given, names, storage.room_for_files(limits.sending.largest_letter))
    sent = parts[: max(1, min(limits.showing.parts_at_once, request.answers.answers_left()))]
    rest = [file.number for part in parts[len(sent) :] for file in part.files]
    numbers = storage.spans(file.number for file in given)
    for count, part in enumerate(sent, 1):
        suffix = text("storage.part", part=count, parts=len(sent)) if len(sent) > 1 else ""
        name = text("storage.all_zip", part=suffix) if whole else text("storage.zip", numbers=numbers, part=suffix)
        members = [{"name": names[file.number], "sha256": file.sha256} for file in part.files]
        ref = {"files": members, "at": item.published_at.isoformat()}
        letter = FilesZipLetter(
            part=count,
            parts=len(sent),
            archive=name,
            size=part.size,
            whole=whole,
            files=tuple(_row(request, file) for file in part.files),
            rest=storage.spans(rest),
            rest_count=len(rest),
            left_out=left_out,
        )
        _send(request, letter, item, [AttachmentSpec(AttachmentKind.ZIP, name, ref)], part.files)


def _send(
    request: Request,
    letter: LetterData,
    item: Publication,
    specs: Sequence[AttachmentSpec],
    given: Sequence[StoredFile],
) -> None:
    """Queue a letter with files and put on record, in the same transaction, that they go with it."""
    answers = request.answers
    before = len(answers.queued)
    answers.to_sender(letter, request.login, item, specs)
    for letter_id in answers.queued[before:]:
        issued.add(request.session, letter_id, item.code, request.login.code, given, IssueHow.REQUESTED)


def _row(request: Request, file: StoredFile) -> FileRow:
    return storage.file_row(file, request.login.role, (), request.answers.now)
