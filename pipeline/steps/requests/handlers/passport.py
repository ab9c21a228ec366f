"""``ПАСПОРТ``: what is on record about a login, and the corrections it asks for, which somebody else approves."""

from __future__ import annotations

from datetime import datetime

from pipeline.cabinet.corrections import Correction, read_corrections, unsigned
from pipeline.cabinet.regions import name_of
from pipeline.cabinet.rosterline import login_complaint
from pipeline.catalogue import text
from pipeline.mail.addresses import readable
from pipeline.mail.commands.lines import subject_and_lines
from pipeline.mail.commands.words.record import ADDRESS, PASSPORT
from pipeline.mail.letters.kinds.passport import AskedCorrection, PassportAddress, PassportLetter, WaitingCorrection
from pipeline.model import Login, Role
from pipeline.model.corrections import Change
from pipeline.steps.answers.answering import Answers
from pipeline.steps.base.context import Context
from pipeline.steps.judging.judge import is_registered
from pipeline.steps.record import (
    corrections,
    health,
)
from pipeline.steps.record.health import State
from pipeline.steps.requests import correcting, participating
from pipeline.steps.requests.correcting import MOST_CORRECTIONS
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request
from pipeline.store import Session, changes, publications, roster
from pipeline.store import health as records


@handles(PASSPORT, changes=correcting.asks_for_corrections)
def show(request: Request) -> bool:
    """«ПАСПОРТ»: the record, and what is written beside or under the word as corrections is put on record."""
    _answer(request.session, request.login, subject_and_lines(request.judgement.message), request.answers)
    return True


@handles(ADDRESS, Role.ORGANISATION)
def address(request: Request) -> bool:
    """«АДРЕС new@…» of an organisation is a correction of its own record; beside «ПАСПОРТ» it is a part of that.

    False when it names a login for which the writer is not registered.
    """
    if any(command.word is PASSPORT for command in request.judgement.classification.commands):
        return True
    argument = correcting.as_written(request.judgement.message, request.command)
    login, named = request.login, correcting.named_login(argument)
    if named and named.lower() != login.code.lower():
        other = roster.login(request.session, named)
        if other is None or not is_registered(other, request.judgement.message.sender):
            return False
        login = other
    argument = argument.replace(named, " ") if named else argument
    _answer(request.session, login, [f"адрес {argument.strip(' :,–—-')}"], request.answers)
    return True


def _answer(session: Session, login: Login, written: list[str], answers: Answers) -> None:
    changes.adopt(session, login.region)
    others = [line for line in unsigned(written) if _names_another(line, login)]
    own = read_corrections([line for line in written if line not in others], login.addresses)
    asked = (*map(_not_taken, others), *(_asked(session, login, item, answers) for item in own))
    now = answers.now
    letter = PassportLetter(
        coordinator=login.role is Role.COORDINATOR,
        region=login.region,
        region_name=name_of(login.region),
        addresses=_addresses(answers.context, session, login, now),
        items=participating.status_rows(session, login, publications.publications(session, out_at=now), now),
        asked=asked[:MOST_CORRECTIONS],
        waiting=_waiting(session, login, {item.number for item in asked}),
    )
    answers.to_sender(letter, login)


def _asked(session: Session, login: Login, item: Correction, answers: Answers) -> AskedCorrection:
    """Put a correction on record, and return the line that tells what became of it."""
    change: Change | None = None
    if item.fault:
        result = f"unclear_{item.fault}"
    elif (refusal := correcting.unacceptable(answers.context, login, item)) is not None:
        result = refusal
    else:
        change, result = correcting.request_change(session, login, item, answers)
    value = item.value if item.fault else corrections.shown(item.field, item.value)
    number = change.number if change else None
    return AskedCorrection(field=item.field, value=value, result=result, number=number)


def _names_another(line: str, login: Login) -> bool:
    """Whether a line with an address names somebody else's login: «адрес new@school.test для spo240066»."""
    words = [word.strip(".,:;–—()«»\"'") for word in line.split()] if "@" in line else []
    return any(login_complaint(word) is None and word.lower() != login.code.lower() for word in words)


def _not_taken(line: str) -> AskedCorrection:
    return AskedCorrection(field="other", value=line.strip(), result="other_login", number=None)


def _addresses(context: Context, session: Session, login: Login, now: datetime) -> tuple[PassportAddress, ...]:
    """Each address with what is known of it; what counts as dead is shown with the reason on record."""
    tasks = {
        task.address.lower(): task
        for task in records.open_tasks(session, login.region)
        if task.login.code == login.code
    }
    dead = records.dead_addresses(session)
    found: list[PassportAddress] = []
    for item in login.addresses:
        verdict = health.of_address(context, session, item, now)
        task = tasks.get(item.lower())
        state = State.DEAD if item.lower() in dead else verdict.state
        troubled = state is not State.ALIVE
        since = task.since if task else verdict.since
        reason = task.reason if task else verdict.reason
        found.append(
            PassportAddress(
                address=readable(item),
                state=state.value,
                since=since if troubled else None,
                reason=text(f"undelivered.{reason}") if reason and troubled else "",
            )
        )
    return tuple(found)


def _waiting(session: Session, login: Login, besides: set[int | None]) -> tuple[WaitingCorrection, ...]:
    """What was asked for before and waits; what this message asks for is listed apart."""
    return tuple(
        WaitingCorrection(
            number=change.number,
            field=change.field,
            value=corrections.shown(change.field, change.value),
            requested_at=change.requested_at,
        )
        for change in changes.listed(session, login=login.code)
        if change.number not in besides
    )
