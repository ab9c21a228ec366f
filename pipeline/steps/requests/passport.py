"""«ПАСПОРТ»: what is on record about a login, and the corrections it asks for, which somebody else approves."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from pipeline.cabinet.corrections import Correction, read_corrections, unsigned
from pipeline.cabinet.regions import name_of
from pipeline.cabinet.rosterline import login_complaint
from pipeline.catalogue import text
from pipeline.mail.addresses import readable
from pipeline.mail.commands.reading import (
    Command,
    normalised,
    subject_and_lines,
)
from pipeline.mail.message.parse import ParsedMessage
from pipeline.model import Login, Role
from pipeline.model.corrections import Change, applied
from pipeline.steps.answers.answering import Answers
from pipeline.steps.base.context import Context
from pipeline.steps.judging.judge import is_registered
from pipeline.steps.letters.publications import collection_state
from pipeline.steps.record import (
    corrections,
    health,
)
from pipeline.steps.requests.request import Request
from pipeline.store import Session, changes, extensions, participations, publications, roster
from pipeline.store import health as records

MOST_CORRECTIONS = 10  # that wait of one login
_ADDRESS = re.compile(r"(?<![^\s<>,;\"()«»])[^\s<>,;\"()«»]{1,254}@[^\s<>,;\"()«»]{1,254}")
_LOGIN = re.compile(r"\A[a-z][a-z0-9_.-]{1,40}\d[a-z0-9_.-]{0,10}", re.IGNORECASE)


def show(request: Request) -> bool:
    """«ПАСПОРТ»: the record, and what is written beside or under the word as corrections is put on record."""
    _answer(request.session, request.login, subject_and_lines(request.judgement.message), request.answers)
    return True


def asks_for_corrections(message: ParsedMessage, login: Login) -> bool:
    """Whether anything that stands with «ПАСПОРТ» in ``message`` is to be changed in the record of ``login``."""
    return bool(read_corrections(subject_and_lines(message), login.addresses))


def address(request: Request) -> bool:
    """«АДРЕС new@…» of an organisation is a correction of its own record; beside «ПАСПОРТ» it is a part of that.

    False when it names a login for which the writer is not registered.
    """
    if any(command.name == "ПАСПОРТ" for command in request.judgement.classification.commands):
        return True
    argument = as_written(request.judgement.message, request.command)
    login, named = request.login, named_login(argument)
    if named and named.lower() != login.code.lower():
        other = roster.login(request.session, named)
        if other is None or not is_registered(other, request.judgement.message.sender):
            return False
        login = other
    argument = argument.replace(named, " ") if named else argument
    _answer(request.session, login, [f"адрес {argument.strip(' :,–—-')}"], request.answers)
    return True


def named_login(argument: str) -> str:
    """Return the login that stands in the argument of «АДРЕС», "" without one."""
    words = [word.strip(":,;–—") for word in argument.split() if "@" not in word]
    return next((word for word in words if _LOGIN.fullmatch(word)), "")


def as_written(message: ParsedMessage, command: Command) -> str:
    """Return the argument of «АДРЕС» with its addresses as they were written.

    For comparing commands ё is е, but «ёлка.рф» is another domain than «елка.рф».
    """
    written = {normalised(found): found for line in subject_and_lines(message) for found in _ADDRESS.findall(line)}
    return _ADDRESS.sub(lambda match: written.get(match[0], match[0]), command.argument)


def _answer(session: Session, login: Login, written: list[str], answers: Answers) -> None:
    changes.adopt(session, login.region)
    others = [line for line in unsigned(written) if _names_another(line, login)]
    own = read_corrections([line for line in written if line not in others], login.addresses)
    asked = [*map(_not_taken, others), *(_asked(session, login, item, answers) for item in own)]
    now = answers.now
    data = {
        "coordinator": login.role is Role.COORDINATOR,
        "region": login.region,
        "region_name": name_of(login.region),
        "addresses": _addresses(answers.context, session, login, now),
        "items": _collections(session, login, now),
        "asked": asked[:MOST_CORRECTIONS],
        "waiting": _waiting(session, login, {item["number"] for item in asked}),
    }
    answers.to_sender("passport", data, (login, None))


def _asked(session: Session, login: Login, item: Correction, answers: Answers) -> dict[str, Any]:
    """Put a correction on record, and return the line that tells what became of it."""
    change: Change | None = None
    if item.fault:
        result = f"unclear_{item.fault}"
    elif (refusal := unacceptable(answers.context, login, item)) is not None:
        result = refusal
    else:
        change, result = request_change(session, login, item, answers)
    value = item.value if item.fault else corrections.shown(item.field, item.value)
    return {"field": item.field, "value": value, "result": result, "number": change.number if change else None}


def _names_another(line: str, login: Login) -> bool:
    """Whether a line with an address names somebody else's login: «адрес new@school.test для spo240066»."""
    words = [word.strip(".,:;–—()«»\"'") for word in line.split()] if "@" in line else []
    return any(login_complaint(word) is None and word.lower() != login.code.lower() for word in words)


def _not_taken(line: str) -> dict[str, Any]:
    return {"field": "other", "value": line.strip(), "result": "other_login", "number": None}


def unacceptable(context: Context, login: Login, item: Correction) -> str | None:
    """Return why a well-written correction is not taken, as a stable word, or None.

    ``known``: it is so already; ``ours``: an address of this exchange; ``last``: nothing would be left to write to.
    """
    new = item.value.rpartition(" ")[2].lower() if item.field in ("address", "replaced_address") else ""
    if new in context.own_addresses:
        return "ours"
    if item.field == "other":
        return None
    after = applied(item, login)
    if after == login:
        return "known"
    return "last" if login.addresses and not after.addresses else None


def request_change(session: Session, login: Login, item: Correction, answers: Answers) -> tuple[Change | None, str]:
    """Put a correction of ``login`` on record as the writer's; return (it as it is on record, ``asked``).

    Or (the same one, ``waiting``) when it waits already, and (None, ``many``) when too many do.
    """
    wanted = Change(
        login=login.code,
        field=item.field,
        value=item.value,
        requested_by=answers.judgement.message.sender or "",
        receipt_id=answers.judgement.receipt.id,
        requested_at=answers.judgement.receipt.received_at,
    )
    waiting = changes.listed(session, login=login.code)
    same = [change for change in waiting if (change.field, change.value) == (item.field, item.value)]
    if same:
        return same[0], "waiting"
    if len(waiting) >= MOST_CORRECTIONS:
        return None, "many"
    return changes.add(session, wanted), "asked"


def _addresses(context: Context, session: Session, login: Login, now: datetime) -> list[dict[str, Any]]:
    """Each address with what is known of it; what counts as dead is told with the reason on record."""
    tasks = {
        task.address.lower(): task
        for task in records.open_tasks(session, login.region)
        if task.login.code == login.code
    }
    dead = records.dead_addresses(session)
    found: list[dict[str, Any]] = []
    for item in login.addresses:
        verdict = health.of_address(context, session, item, now)
        task = tasks.get(item.lower())
        state = "dead" if item.lower() in dead else verdict.state.value
        since = task.since if task else verdict.since
        reason = task.reason if task else verdict.reason
        found.append(
            {
                "address": readable(item),
                "state": state,
                "since": since.isoformat() if since and state != "alive" else None,
                "reason": text(f"undelivered.{reason}") if reason and state != "alive" else "",
            }
        )
    return found


def _collections(session: Session, login: Login, now: datetime) -> list[dict[str, Any]]:
    """The collections that the login takes part in, with its status and its own closing."""
    items: list[dict[str, Any]] = []
    for publication in publications.publications(session, out_at=now):
        own = extensions.own(session, publication, login)
        part = participations.participation(session, publication.code, login.code) if own and own.collection else None
        if own is None or own.collection is None or part is None:
            continue
        items.append(
            {
                "title": own.title,
                "status": part.status.value,
                "begun_at": part.begun_at.isoformat() if part.begun_at else None,
                "handed_in_at": part.handed_in_at.isoformat() if part.handed_in_at else None,
                "state": collection_state(own.collection, now),
                "closes_at": own.collection.closes_at.isoformat(),
            }
        )
    return items


def _waiting(session: Session, login: Login, besides: set[int | None]) -> list[dict[str, Any]]:
    """What was asked for before and waits; what this message asks for is told apart."""
    return [
        {
            "number": change.number,
            "field": change.field,
            "value": corrections.shown(change.field, change.value),
            "requested_at": change.requested_at.isoformat(),
        }
        for change in changes.listed(session, login=login.code)
        if change.number not in besides
    ]
