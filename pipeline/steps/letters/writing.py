"""Letter rows: who gets which letter about what. A row is the truth; its bytes are made from it by ``rendering``."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.mail.identity import short_code
from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.rows import Mailing, Personal
from pipeline.model import AttachmentSpec, Hours, Letter, Login, Publication
from pipeline.model.json import Json
from pipeline.model.outgoing import CAMPAIGN
from pipeline.steps.base import resting
from pipeline.steps.base.context import Context
from pipeline.steps.letters.attachments import reply_address
from pipeline.steps.letters.publications import collection_block, publication_block


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


@dataclass(frozen=True, slots=True)
class Terms:
    """When and how a letter leaves.

    ``hours`` are by default any for a ``reply``, and not at night for everything else. ``expires_at`` is by default
    ``limits.letter_life`` after the letter's date.
    """

    priority: int = CAMPAIGN
    hours: Hours | None = None
    reply: Reply | None = None
    awaits_answer: bool = True
    expires_at: datetime | None = None


def new_letter(
    context: Context,
    key: str,
    data: LetterData,
    address: str,
    about: Subject,
    now: datetime,
    terms: Terms,
    attachments: Sequence[AttachmentSpec] = (),
    shared: Mapping[str, Json] | None = None,
) -> Letter:
    """Return the row of a letter to ``address`` that says ``data``; ``key`` is what makes a repeat harmless.

    It is dated and due at ``now`` or when the hours of its ``terms`` begin (``resting``). The letters of a mailing may
    all be given the same ``shared``: what they have in common, ``mailing_data`` with it.
    """
    reply = terms.reply
    hours = terms.hours or (Hours.WAKING if reply is None else Hours.ANY)
    now = resting.leaving(context.limits, now, hours)
    login, publication = about.login, about.publication
    tag = _tag(context, about) if terms.awaits_answer else ""
    own = personal_data(context, about, tag)
    if shared is None:
        own |= mailing_data(context, publication, now)
    domain = context.sender.address.rpartition("@")[2]
    stem = f"{tag}.{secrets.token_hex(8)}" if tag else f"k.{secrets.token_hex(12)}"
    return Letter(
        key=key,
        kind=data.kind,
        address=address,
        message_id=f"<{stem}@{domain}>",
        created_at=now,
        due_at=now,
        expires_at=terms.expires_at or now + context.limits.sending.letter_life,
        data=own | data.as_json(),
        shared=shared or {},
        attachments=tuple(attachments),
        publication=publication.code if publication else None,
        login=login.code if login else None,
        tag=tag,
        edition=publication.edition if publication else 1,
        priority=terms.priority,
        in_reply_to=reply.message_id if reply else None,
        references=_thread(reply),
        receipt_id=reply.receipt_id if reply else None,
        hours=hours,
    )


def personal_data(context: Context, about: Subject, tag: str) -> dict[str, Json]:
    """Return what every template is given of the one it is written to."""
    login, publication = about.login, about.publication
    return Personal(
        login=login.code if login else "",
        name=login.name if login else "",
        code=short_code(login.code, publication.number) if login and publication else "",
        reply_to=reply_address(context, tag),
    ).as_json()


def mailing_data(context: Context, publication: Publication | None, now: datetime) -> dict[str, Json]:
    """Return what every template is given beside that."""
    made = Mailing(support=context.support, phone=context.support_phone, service=context.sender.name).as_json()
    if publication is None:
        return made
    collection = collection_block(publication.collection, now)
    return made | {
        "publication": publication_block(publication).as_json(),
        "collection": collection.as_json() if collection else None,
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
