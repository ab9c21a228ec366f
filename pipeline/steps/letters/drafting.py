"""Letter rows: who gets which letter about what. A row is the truth; its bytes are made from it by ``rendering``."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.cabinet import storage
from pipeline.cabinet.publications import filled_text
from pipeline.catalogue import text
from pipeline.errors import Incident
from pipeline.mail.identity import short_code
from pipeline.model import AttachmentKind, AttachmentSpec, Collection, Hours, Issued, Letter, Login, Publication, Role
from pipeline.steps.base import resting
from pipeline.steps.base.context import Context

ANSWER, NOTICE, CAMPAIGN = 1, 3, 5  # priorities: answers leave before campaigns


@dataclass(frozen=True, slots=True)
class Subject:
    """What a letter is about: a login and, where there is one, a publication."""

    login: Login | None = None
    publication: Publication | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The message a letter answers, for its threading headers (RFC 5322, 3.6.4)."""

    receipt_id: int
    message_id: str | None = None
    references: tuple[str, ...] = ()


def draft(
    context: Context,
    kind: str,
    key: str,
    address: str,
    about: Subject,
    now: datetime,
    *,
    data: Mapping[str, Any] | None = None,
    shared: Mapping[str, Any] | None = None,
    attachments: Sequence[AttachmentSpec] = (),
    priority: int = CAMPAIGN,
    reply: Reply | None = None,
    awaits_answer: bool = True,
    hours: Hours | None = None,
) -> Letter:
    """Return a letter row of ``kind`` to ``address``; ``key`` is what makes a repeat harmless.

    It is dated and due at ``now`` or when its ``hours`` begin: by default any for a ``reply``, and not at night for
    everything else (``resting``). The letters of a mailing may all be given the same ``shared``: what they have in
    common, ``mailing_data`` with it.
    """
    hours = hours or (Hours.WAKING if reply is None else Hours.ANY)
    now = resting.leaving(context.limits, now, hours)
    login, publication = about.login, about.publication
    tag = _tag(context, about) if awaits_answer else ""
    own = personal_data(context, about, tag)
    if shared is None:
        own |= mailing_data(context, publication, now)
    domain = context.sender.address.rpartition("@")[2]
    stem = f"{tag}.{secrets.token_hex(8)}" if tag else f"k.{secrets.token_hex(12)}"
    return Letter(
        key=key,
        kind=kind,
        address=address,
        message_id=f"<{stem}@{domain}>",
        created_at=now,
        due_at=now,
        expires_at=now + context.limits.letter_life,
        data=own | dict(data or {}),
        shared=shared or {},
        attachments=tuple(attachments),
        publication=publication.code if publication else None,
        login=login.code if login else None,
        tag=tag,
        edition=publication.edition if publication else 1,
        priority=priority,
        in_reply_to=reply.message_id if reply else None,
        references=_thread(reply),
        receipt_id=reply.receipt_id if reply else None,
        hours=hours,
    )


def reply_address(context: Context, tag: str) -> str:
    """Return the exchange address with ``tag`` in its detail part, or plain without a tag."""
    local, _, domain = context.sender.address.partition("@")
    return f"{local}+{tag}@{domain}" if tag else context.sender.address


def personal_data(context: Context, about: Subject, tag: str) -> dict[str, Any]:
    """Return what every template is given of the one it is written to."""
    login, publication = about.login, about.publication
    return {
        "login": login.code if login else "",
        "name": login.name if login else "",
        "code": short_code(login.code, publication.number) if login and publication else "",
        "reply_to": reply_address(context, tag),
    }


def mailing_data(context: Context, publication: Publication | None, now: datetime) -> dict[str, Any]:
    """Return what every template is given beside that; instants as ISO 8601 text."""
    data: dict[str, Any] = {
        "support": context.support,
        "phone": context.support_phone,
        "service": context.sender.name,
    }
    if publication:
        data["publication"] = {
            "code": publication.code,
            "title": publication.title,
            "section": publication.section,
            "number": publication.number,
            "contact": publication.contact,
        }
        data["collection"] = collection_data(publication.collection, now)
    return data


def collection_state(collection: Collection, now: datetime) -> str:
    """Return ``soon``, ``open`` or ``closed``; both ends belong to the open interval's start only."""
    if now < collection.opens_at:
        return "soon"
    return "open" if now <= collection.closes_at else "closed"


def collection_data(collection: Collection | None, now: datetime) -> dict[str, Any] | None:
    """Return the block «Сбор данных» for a template, or None for a publication without a collection.

    Letters about a login take the publication with the closing that holds for it (``store.extensions.own``).
    """
    if collection is None:
        return None
    return {
        "title": collection.title,
        "opens_at": collection.opens_at.isoformat(),
        "closes_at": collection.closes_at.isoformat(),
        "extended_from": collection.extended_from.isoformat() if collection.extended_from else None,
        "state": collection_state(collection, now),
    }


def publication_data(
    publication: Publication,
    *,
    locked_for_coordinator: bool,
    issued: Iterable[Issued] = (),
    now: datetime | None = None,
) -> dict[str, Any]:
    """Return text and file storages for the publication letter; ``locked`` files are listed and not given (S7).

    ``issued`` is what went to the login before; ``now`` (by default the publishing) says which files are available.
    The first files are listed, the rest is «ФАЙЛЫ».
    """
    role = Role.COORDINATOR if locked_for_coordinator else Role.ORGANISATION
    page = storage.listing(publication, role, issued, now or publication.published_at)
    attached = {file.number for file in storage.files_of(publication) if file.attach}
    return {
        "text": filled_text(publication),
        "edition": publication.edition,
        "corrected": None,
        "accepted": False,
        "prefilled": False,
        "storages": [
            {
                **listed,
                "files": [
                    {**file, "attached": file["number"] in attached and not file["locked"]} for file in listed["files"]
                ],
            }
            for listed in page.storages
        ],
        "files_total": page.total,
        "files_left": page.total - page.shown,
    }


def form_attachment(
    context: Context, login: Login, publication: Publication, prefill: int | None = None
) -> AttachmentSpec:
    """Return how to make ``login``'s form again, filled with what return ``prefill`` recorded, or, before there is
    one, with the rows of the collection's table.

    The cover is written down as it is now, so that a later change of name or deadline does not change a letter's bytes.
    """
    ref = {**_form_reference(context, login, publication), "prefill": prefill}
    if publication.collection and publication.collection.prefill and prefill is None:
        ref["table"] = publication.collection.prefill
    return AttachmentSpec(AttachmentKind.FORM, text("form.file_name", login=login.code), ref)


def annotated_attachment(context: Context, login: Login, publication: Publication, return_id: int) -> AttachmentSpec:
    """Return how to make the answer workbook of a return: our form, its values, its findings (W3)."""
    ref = {**_form_reference(context, login, publication), "return": return_id}
    return AttachmentSpec(AttachmentKind.ANNOTATED, text("form.annotated_name", login=login.code), ref)


def _form_reference(context: Context, login: Login, publication: Publication) -> dict[str, Any]:
    collection = publication.collection
    if collection is None:
        raise Incident("letter.form_without_collection", publication=publication.code)
    tag = context.tagger.make(login.code, publication.number, collection.form_version)
    return {
        "form": collection.form_id,
        "version": collection.form_version,
        "login": login.code,
        "name": login.name,
        "title": publication.title,
        "code": short_code(login.code, publication.number),
        "token": tag,
        "reply_to": reply_address(context, tag),
        "opens_at": collection.opens_at.isoformat(),
        "closes_at": collection.closes_at.isoformat(),
        "support": context.support,
    }


def _tag(context: Context, about: Subject) -> str:
    if about.login is None or about.publication is None:
        return ""
    version = about.publication.collection.form_version if about.publication.collection else 0
    return context.tagger.make(about.login.code, about.publication.number, version)


def _thread(reply: Reply | None) -> tuple[str, ...]:
    if reply is None or reply.message_id is None:
        return ()
    return (*reply.references[-20:], reply.message_id)
