"""Letter rows: who gets which letter about what. A row is the truth; its bytes are made from it by ``rendering``."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.mail.identity import short_code
from pipeline.model import AttachmentSpec, Hours, Letter, Login, Publication
from pipeline.steps.base import resting
from pipeline.steps.base.context import Context
from pipeline.steps.letters.attachments import reply_address
from pipeline.steps.letters.publications import collection_data

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
        expires_at=now + context.limits.sending.letter_life,
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


def _tag(context: Context, about: Subject) -> str:
    if about.login is None or about.publication is None:
        return ""
    version = about.publication.collection.form_version if about.publication.collection else 0
    return context.tagger.make(about.login.code, about.publication.number, version)


def _thread(reply: Reply | None) -> tuple[str, ...]:
    if reply is None or reply.message_id is None:
        return ()
    return (*reply.references[-20:], reply.message_id)
