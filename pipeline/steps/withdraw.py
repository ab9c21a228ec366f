"""Withdraw: a publication is taken back. What has not left stays here, who has it is told, its collection is closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from pipeline.catalogue import format_instant, text
from pipeline.errors import UserError
from pipeline.model import Hours, Letter, Login, Publication, Summary
from pipeline.model.audit import Deed
from pipeline.model.outgoing import NOTICE
from pipeline.steps.base.context import Context
from pipeline.steps.letters.copies import spool_ready
from pipeline.steps.letters.publications import withdrawn_letter
from pipeline.steps.letters.writing import Subject, Terms, new_letter
from pipeline.steps.mailings.publication import in_parts
from pipeline.store import (
    Session,
    audience,
    audit,
    health,
    letters,
    publications,
    roster,
)
from pipeline.store.base import turns


def run(context: Context, code: str, why: str, now: datetime, who: str, *, silent: bool = False) -> Summary:
    """Withdraw the publication ``code`` for the reason ``why``, which everybody who has it will read unless ``silent``.

    Counts: ``withheld`` letters that had not left, ``letters`` queued to tell of it, ``logins`` told. Raises UserError
    for an unknown publication, one that was withdrawn before, and without a reason.
    """
    if not why.strip():
        raise UserError("withdraw.why")
    with context.store.transaction() as session:
        turns.take(session, code)
        standing = publications.standing(session, code)
        if standing is None:
            raise UserError("withdraw.unknown", code=code)
        before = standing.publication
        if before.withdrawn_at is not None:
            at = format_instant(before.withdrawn_at)
            raise UserError("withdraw.already", code=code, at=at, why=before.withdrawn_why)
        publications.withdraw(session, code, why.strip(), now)
        withheld = audience.withhold_campaigns(session, code, now, "withdrawn")
        publication = replace(before, withdrawn_at=now, withdrawn_why=why.strip())
        made = [] if silent else list(_letters(context, session, publication, now))
        queued: list[int] = []
        for part in in_parts(made):
            queued += letters.enqueue_all(session, part)
        audit.note(session, Deed(now, who, "publication_withdrawn", code, why=why.strip()))
    spool_ready(context, queued)
    told = len({letter.login for letter in made})
    remarks = [text("withdraw.silent")] if silent else []
    return Summary("withdraw", {"withheld": withheld, "letters": len(queued), "logins": told}, remarks)


def _letters(context: Context, session: Session, publication: Publication, now: datetime) -> Iterator[Letter]:
    """A letter to each living address that the publication has left for, in its thread."""
    reached = audience.reached(session, publication.code)
    codes = {login for login, _ in reached}
    dead = health.dead_addresses(session)
    for login in roster.logins(session):
        if login.code not in codes:
            continue
        data = withdrawn_letter(publication, login.role, "")
        for address in _addresses(login, reached):
            if address.lower() in dead:
                continue
            key = audience.key_of(f"withdrawn:{publication.code}:{publication.edition}", login.code, address)
            letter = new_letter(context, key, data, address, Subject(login, publication), now, Terms(NOTICE, Hours.ANY))
            before = reached.get((login.code, address.lower()))
            yield replace(letter, in_reply_to=before, references=(before,)) if before else letter


def _addresses(login: Login, reached: Mapping[tuple[str, str], str]) -> list[str]:
    """Those that have it; all of a login whose addresses have changed since."""
    have = [address for address in login.addresses if (login.code, address.lower()) in reached]
    return have or list(login.addresses)
