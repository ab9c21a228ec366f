"""A coordinator's figures, list of participants and consolidated export as one letter: the daily one and the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.cabinet import storage
from pipeline.catalogue import MOSCOW
from pipeline.model import Counts, Login, Publication, ReportKind
from pipeline.reports.participants import as_letter_rows
from pipeline.steps import coordinating, health
from pipeline.steps.context import Context
from pipeline.steps.drafting import NOTICE, Subject, draft
from pipeline.steps.reporting import downloads_report, report_attachment
from pipeline.steps.values import counts_data
from pipeline.store import Session, extensions, letters, participations, reports


@dataclass(frozen=True, slots=True)
class Digested:
    """The ids of new letters, and how many reports they bring."""

    letters: tuple[int, ...] = ()
    reports: int = 0


def enqueue_digest(
    context: Context,
    session: Session,
    kind: str,
    publication: Publication,
    coordinator: Login,
    now: datetime,
    *,
    once: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> Digested:
    """Queue the letter ``kind`` (``digest`` or ``closing``) with its reports; on downloads where there are files (S8).

    It is made once a Moscow day, or once for ``once``; ``more`` is put beside its data.
    """
    day = once or now.astimezone(MOSCOW).date().isoformat()
    publication = extensions.by_login(session, publication.code).own(publication, coordinator)
    keys = {
        address: f"{kind}:{publication.code}:{day}:{coordinator.code}:{address}"
        for address in health.living(session, coordinator.addresses)
    }
    wanted = {address: key for address, key in keys.items() if not letters.key_exists(session, key)}
    if not wanted:
        return Digested()
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
        downloads = {
            "number": brought.number,
            "organisations": brought.found.total,
            "taken": brought.found.having_taken,
        }
    begun, waiting = as_letter_rows(people)
    counts = participations.counts(session, publication.code).get(coordinator.region, Counts())
    data = {
        "counts": counts_data(counts),
        "region": coordinator.region,
        "participants": begun,
        "not_started": waiting,
        "undelivered": health.undelivered_rows(session, coordinator.region),
        "corrections": coordinating.waiting_for(session, coordinator),
        "day": now.isoformat(),
        "report_number": made[-1].number,
        "downloads": downloads,
        **(more or {}),
    }
    queued = [
        letters.enqueue(
            session,
            draft(
                context,
                kind,
                key,
                address,
                Subject(coordinator, publication),
                now,
                data=data,
                attachments=attachments,
                priority=NOTICE,
            ),
        )
        for address, key in wanted.items()
    ]
    return Digested(tuple(letter_id for letter_id in queued if letter_id is not None), len(attachments))
