"""A coordinator's figures, list of participants and consolidated export as one letter: the daily one and the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pipeline.cabinet import storage
from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import DownloadsLine, Figures
from pipeline.model import Counts, Login, Publication, ReportKind
from pipeline.model.outgoing import NOTICE
from pipeline.reports.participants import as_letter_rows
from pipeline.steps.base.context import Context
from pipeline.steps.letters.values import counts_row
from pipeline.steps.letters.writing import Subject, Terms, new_letter
from pipeline.steps.record import corrections, health
from pipeline.steps.reports.downloads import downloads_report
from pipeline.steps.reports.forming import report_attachment
from pipeline.store import Session, extensions, letters, participations, reports


@dataclass(frozen=True, slots=True)
class Digested:
    """The ids of new letters, and how many reports they bring."""

    letters: tuple[int, ...] = ()
    reports: int = 0


def is_made(session: Session, kind: str, publication: Publication, coordinator: Login, once: str) -> bool:
    """Whether this letter is on record, to whatever addresses the coordinator had then."""
    return letters.key_exists(session, _key(kind, publication, coordinator, once, 1))


def enqueue_digest(
    context: Context,
    session: Session,
    kind: str,
    publication: Publication,
    coordinator: Login,
    now: datetime,
    *,
    once: str,
    made_of: Callable[[Figures], LetterData],
) -> Digested:
    """Queue the letter ``kind`` (``digest`` or ``closing``) with its reports; on downloads where there are files (S8).

    ``made_of`` makes the letter's data of the figures. It is queued once for ``once``, to all addresses that the
    coordinator has.
    """
    addresses = health.living(session, coordinator.addresses)
    if not addresses or is_made(session, kind, publication, coordinator, once):
        return Digested()
    publication = extensions.by_login(session, publication.code).own(publication, coordinator)
    people = participations.participants(session, publication.code, coordinator.region)
    if not people:
        return Digested()
    made = [
        reports.create(session, report_kind, publication.code, coordinator.region, coordinator.code, now)
        for report_kind in (ReportKind.PARTICIPANTS, ReportKind.EXPORT)
    ]
    attachments = [report_attachment(context, session, report, now) for report in made]
    downloads = None
    if storage.for_organisations(publication):
        brought = downloads_report(context, session, publication, coordinator, now)
        attachments.append(brought.attachment)
        downloads = DownloadsLine(
            number=brought.number, organisations=brought.found.total, taken=brought.found.having_taken
        )
    begun, waiting = as_letter_rows(people)
    counts = participations.counts(session, publication.code).get(coordinator.region, Counts())
    figures = Figures(
        counts=counts_row(counts),
        region=coordinator.region,
        participants=begun,
        not_started=waiting,
        undelivered=tuple(health.undelivered_rows(session, coordinator.region)),
        corrections=corrections.waiting_for(session, coordinator),
        day=now,
        report_number=made[-1].number,
        downloads=downloads,
    )
    data, about = made_of(figures), Subject(coordinator, publication)
    queued: list[int] = []
    for number, address in enumerate(addresses, start=1):
        key = _key(kind, publication, coordinator, once, number)
        letter = new_letter(context, key, data, address, about, now, Terms(NOTICE), attachments)
        letter_id = letters.enqueue(session, letter, now)
        queued += [letter_id] if letter_id is not None else []
    return Digested(tuple(queued), len(attachments))


def _key(kind: str, publication: Publication, coordinator: Login, once: str, number: int) -> str:
    return f"{kind}:{publication.code}:{once}:{coordinator.code.lower()}:{number}"
