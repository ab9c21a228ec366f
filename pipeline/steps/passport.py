"""«ПАСПОРТ»: what is on record about a login, and the corrections it asks for, which a person approves."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipeline.catalogue import text
from pipeline.errors import UserError
from pipeline.mail.addresses import normalise
from pipeline.mail.commands import Command
from pipeline.model import Audience, Login, Role
from pipeline.steps.answering import Answers
from pipeline.steps.context import Context
from pipeline.steps.drafting import ANSWER, Subject, draft
from pipeline.steps.spooling import spool_ready
from pipeline.store import Session, changes, letters, participations, publications, roster
from pipeline.store.changes import Change, ChangeState

MOST_CORRECTIONS = 10  # of one message
_LONGEST = 300
_FIELDS = {
    "address": r"(?:новый )?адрес|(?:эл\.? ?|электронная )?почта|e-?mail",
    "name": r"(?:полное )?на(?:зв|имен)\w+",
}
_OTHER = r"телефон|ответственн\w+|директор|руководител\w+|контакт\w*|регион"
_LINE = re.compile(
    rf"(?i)[\W_]*(?:(?P<address>{_FIELDS['address']})|(?P<name>{_FIELDS['name']})|(?P<other>{_OTHER}))"
    r"(?:\s*[:=–—-]\s*|\s+)(?P<value>\S.*)"
)
_ADDRESS = re.compile(r"[^\s<>,;\"()]+@[^\s<>,;\"()]+")


def answer(session: Session, login: Login, command: Command, answers: Answers) -> None:
    """Show the record of ``login``; what is written under the word as corrections is put on record for approval."""
    lines = [command.argument, *answers.judgement.message.own_lines[:40]]
    asked = [_asked(session, login, *found, answers) for line in lines if (found := correction(line)) is not None]
    data = {
        "region": login.region,
        "addresses": list(login.addresses),
        "items": _publications(session, login),
        "asked": _once(asked)[:MOST_CORRECTIONS],
    }
    answers.to_sender("passport", data, (login, None))


def correction(line: str) -> tuple[str, str] | None:
    """Return (field, value) of a line like «адрес: new@school.test», or None when it asks for no correction."""
    match = _LINE.fullmatch(line.strip()[:_LONGEST])
    if match is None or match.lastgroup is None:
        return None
    field = next(name for name in ("address", "name", "other") if match[name])
    value = match["value"].strip() if field != "other" else line.strip()[:_LONGEST]
    return field, value


def _asked(session: Session, login: Login, field: str, value: str, answers: Answers) -> dict[str, Any]:
    if field == "address":
        found = _ADDRESS.search(value)
        address = normalise(found[0]) if found else None
        if address is None:
            return {"field": field, "value": value, "result": "unclear"}
        value = address
    if value.lower() in {address.lower() for address in login.addresses} or (field == "name" and value == login.name):
        return {"field": field, "value": value, "result": "known"}
    wanted = Change(
        login=login.code,
        field=field,
        value=value,
        requested_by=answers.judgement.message.sender or "",
        receipt_id=answers.judgement.receipt.id,
        requested_at=answers.judgement.receipt.received_at,
    )
    new = len(changes.listed(session, login=login.code)) < MOST_CORRECTIONS and changes.add(session, wanted)
    return {"field": field, "value": value, "result": "asked" if new else "waiting"}


def _once(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The subject and the first line may both hold the same words."""
    return list({(item["field"], item["value"].lower()): item for item in reversed(asked)}.values())[::-1]


def _publications(session: Session, login: Login) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for publication in publications.publications(session):
        if publication.audience is Audience.COORDINATORS and login.role is not Role.COORDINATOR:
            continue
        part = participations.participation(session, publication.code, login.code)
        items.append({"title": publication.title, "status": part.status.value if part else None})
    return items


def decide(
    context: Context, change_id: int, now: datetime, who: str, *, approve: bool, reason: str | None = None
) -> Change:
    """Approve or decline a correction: write it into the roster, and tell the addresses on record before.

    Raises UserError for one that is not there or was settled. An approved address gets the letters of a publication
    when that is published again.
    """
    with context.store.transaction() as session:
        found = changes.change(session, change_id)
        if found is None:
            raise UserError("change.unknown", number=change_id)
        state = ChangeState.APPROVED if approve else ChangeState.DECLINED
        if not changes.decide(session, change_id, state, now, who, reason):
            raise UserError("change.settled", number=change_id, state=text(f"change.state_{found.state.value}"))
        login = roster.login(session, found.login)
        if approve:
            changes.apply(session, found)
        queued = _tell(context, session, found, login, now, approve=approve, reason=reason) if login else []
    spool_ready(context, queued)
    return replace(found, state=state, decided_at=now, decided_by=who, reason=reason)


def _tell(
    context: Context,
    session: Session,
    change: Change,
    login: Login,
    now: datetime,
    *,
    approve: bool,
    reason: str | None,
) -> list[int]:
    data = {
        "approved": approve,
        "field": change.field,
        "value": change.value,
        "requested_by": change.requested_by,
        "reason": reason or "",
    }
    queued = []
    for address in login.addresses:
        key, about = f"change_result:{change.id}:{address}", Subject(login)
        letter = draft(context, "change_result", key, address, about, now, data=data, priority=ANSWER)
        queued.append(letters.enqueue(session, letter))
    return [letter_id for letter_id in queued if letter_id is not None]
