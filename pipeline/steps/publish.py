"""Publish: a publication becomes a letter row for each address of its audience. Run again, it fills the gaps."""

from __future__ import annotations

import json
from collections.abc import Collection as Container
from collections.abc import Sequence
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
from pipeline.steps.rendering import render
from pipeline.steps.spooling import copy_name, spool_ready
from pipeline.steps.values import counts_data
from pipeline.store import Session, health, letters, participations, publications, roster


def run(context: Context, loaded: LoadedPublication, now: datetime, only: Container[str] = ()) -> Summary:
    """Save the publication with its form and files, and queue a letter for each login and address.

    ``only`` limits the letters to these logins (a trial on one). Counts: ``letters`` queued now, ``logins`` addressed,
    ``no_address`` logins that have none. Raises ConfigurationError for a form that cannot be used.
    """
    _validate(context, loaded)
    with context.store.transaction() as session:
        logins, queued = _queue(context, session, loaded, now, only)
        remarks = _remarks(session, logins, loaded)
    spool_ready(context, queued)
    return Summary("publish", _counts(logins, queued), remarks)


def _validate(context: Context, loaded: LoadedPublication) -> None:
    if loaded.form_source is not None:
        load_form(loaded.form_source, f"{loaded.publication.code}/form.yaml")
    tables = [loaded.prefill] if loaded.prefill is not None else []
    context.archive.put_many([*loaded.files.values(), *tables])


def _queue(
    context: Context, session: Session, loaded: LoadedPublication, now: datetime, only: Container[str]
) -> tuple[list[Login], list[int]]:
    publication = _save(session, loaded, now)
    logins = [login for login in _audience(session, publication) if not only or login.code in only]
    if not logins:
        raise ConfigurationError("publish.nobody", code=publication.code)
    dead = health.dead_addresses(session)
    drafts = [
        letter
        for login in logins
        for letter in _letters(context, session, publication, login, now)
        if letter.address.lower() not in dead
    ]
    return logins, letters.enqueue_all(session, drafts)


def _counts(logins: Sequence[Login], queued: Sequence[int]) -> dict[str, int]:
    without = sum(1 for login in logins if not login.addresses)
    return {"letters": len(queued), "logins": len(logins), "no_address": without}


def _remarks(session: Session, logins: Sequence[Login], loaded: LoadedPublication) -> list[str]:
    dead = health.dead_addresses(session)
    lists = {
        "publish.no_address": ("logins", [login.code for login in logins if not login.addresses]),
        "health.passed_over": (
            "addresses",
            [f"{login.code} {address}" for login in logins for address in login.addresses if address.lower() in dead],
        ),
        "prefill.strangers": ("logins", _strangers(session, loaded)),
    }
    return [text(code, **{name: ", ".join(found)}) for code, (name, found) in lists.items() if found]


def _strangers(session: Session, loaded: LoadedPublication) -> list[str]:
    """Logins of the table that fills the form whom nobody knows: most likely misspelt, their rows reach no one."""
    if loaded.prefill is None:
        return []
    known = {login.code.lower() for login in roster.logins(session)}
    return sorted(login for login in json.loads(loaded.prefill) if login not in known)


class _Undo(Exception):  # noqa: N818 - a signal to roll back, not an error
    """Ends the transaction of a dry run."""


def dry_run(context: Context, loaded: LoadedPublication, now: datetime, only: Container[str] = ()) -> Summary:
    """Leave every letter that ``run`` would queue as .eml in ``outbox/dry-run`` and change nothing else.

    Counts and errors as in ``run``. The archive keeps the publication's files: they are named by their hash.
    """
    _validate(context, loaded)
    counts: dict[str, int] = {}
    try:
        with context.store.transaction() as session:
            logins, queued = _queue(context, session, loaded, now, only)
            for letter_id in queued:
                letter = letters.letter(session, letter_id)
                if letter is not None:
                    context.spool.dry_run(copy_name(letter), render(context, session, letter))
            counts, remarks = _counts(logins, queued), _remarks(session, logins, loaded)
            raise _Undo
    except _Undo:
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
