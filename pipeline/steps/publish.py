"""Publish: a publication becomes a letter row for each address of its audience. Run again, it fills the gaps."""

from __future__ import annotations

from collections.abc import Collection as Container
from datetime import datetime

from pipeline.cabinet.publications import LoadedPublication
from pipeline.catalogue import text
from pipeline.errors import ConfigurationError
from pipeline.forms.definition import load_form
from pipeline.model import (
    AttachmentKind,
    AttachmentSpec,
    Audience,
    Counts,
    Letter,
    Login,
    Publication,
    Role,
    Summary,
)
from pipeline.steps.context import Context
from pipeline.steps.drafting import CAMPAIGN, Subject, draft, form_attachment, publication_data
from pipeline.steps.spooling import spool_ready
from pipeline.steps.values import counts_data
from pipeline.store import Session, letters, participations, publications, roster


def run(context: Context, loaded: LoadedPublication, now: datetime, only: Container[str] = ()) -> Summary:
    """Save the publication with its form and files, and queue a letter for each login and address.

    ``only`` limits the letters to these logins (a trial on one). Counts: ``letters`` queued now, ``logins`` addressed,
    ``no_address`` logins that have none. Raises ConfigurationError for a form that cannot be used.
    """
    if loaded.form_source is not None:
        load_form(loaded.form_source, f"{loaded.publication.code}/form.yaml")
    context.archive.put_many(list(loaded.files.values()))
    with context.store.transaction() as session:
        publication = _save(session, loaded, now)
        logins = [login for login in _audience(session, publication) if not only or login.code in only]
        if not logins:
            raise ConfigurationError("publish.nobody", code=publication.code)
        queued = [
            letter_id
            for login in logins
            for letter in _letters(context, session, publication, login, now)
            if (letter_id := letters.enqueue(session, letter)) is not None
        ]
    spool_ready(context, queued)
    without = [login.code for login in logins if not login.addresses]
    remarks = [text("publish.no_address", logins=", ".join(without))] if without else []
    counts = {"letters": len(queued), "logins": len(logins), "no_address": len(without)}
    return Summary("publish", counts, remarks)


def _save(session: Session, loaded: LoadedPublication, now: datetime) -> Publication:
    publication = loaded.publication
    if publication.collection and loaded.form_source is not None:
        collection = publication.collection
        publications.save_form(session, collection.form_id, collection.form_version, loaded.form_source, now)
    publication = publications.save_publication(session, publication, now)
    if publication.collection:
        members = roster.logins(session, role=Role.ORGANISATION)
        participations.ensure(session, publication.code, [login.code for login in members])
    return publication


def _audience(session: Session, publication: Publication) -> list[Login]:
    if publication.audience is Audience.COORDINATORS:
        return roster.logins(session, role=Role.COORDINATOR)
    return roster.logins(session)


def _letters(context: Context, session: Session, publication: Publication, login: Login, now: datetime) -> list[Letter]:
    """An organisation gets the publication with its form; a coordinator the letter of Fig. 19 (S11a)."""
    about = Subject(login, publication)
    watching = login.role is Role.COORDINATOR
    data = publication_data(publication, locked_for_coordinator=watching)
    if watching:
        data["counts"] = counts_data(participations.counts(session, publication.code).get(login.region, Counts()))
    kind = "coordinator_publication" if watching else "publication"
    return [
        draft(
            context,
            kind,
            f"{kind}:{publication.code}:{publication.edition}:{login.code}:{address}",
            address,
            about,
            now,
            data=data,
            attachments=_attachments(context, publication, login),
            priority=CAMPAIGN,
        )
        for address in login.addresses
    ]


def _attachments(context: Context, publication: Publication, login: Login) -> list[AttachmentSpec]:
    watching = login.role is Role.COORDINATOR
    specs = []
    if publication.collection and not watching:
        specs.append(form_attachment(context, login, publication))
    return specs + [
        AttachmentSpec(AttachmentKind.FILE, file.name, {"sha256": file.sha256})
        for storage in publication.storages
        for file in storage.files
        if file.attach and not (watching and file.organisations_only)
    ]
