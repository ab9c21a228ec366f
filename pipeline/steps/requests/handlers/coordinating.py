"""What a coordinator does about the record of the own region's organisations: ЗАДАЧИ, АДРЕС, ПРИНЯТЬ, ОТКЛОНИТЬ.

Where no address of an organisation is reached by letters, the coordinator gives it a new one, and it is in force at
once: nobody is left there to ask. Any other address is passed on to the administrator. So is what a coordinator asked
for: a coordinator who could add a mailbox to any organisation and approve it could hand in for it. Every deed and every
refusal is audited; one letter answers all the commands of a message. The letter never shows whether another region has
a login or a correction: it is looked for in the same way, and answered with the same words, as what is nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.cabinet.corrections import read_corrections
from pipeline.cabinet.regions import name_of
from pipeline.mail.commands.command import Command
from pipeline.mail.commands.lines import own_subject
from pipeline.mail.commands.reading import read_command
from pipeline.mail.commands.words.record import ACCEPT, ADDRESS, DECLINE, TASKS
from pipeline.mail.letters.kinds.tasks import DoneRow, TaskRow, TasksLetter
from pipeline.model import Login, Role
from pipeline.model.audit import Deed
from pipeline.model.corrections import Change, ChangeState
from pipeline.steps.letters.values import organisation_row
from pipeline.steps.record import (
    corrections,
    health,
)
from pipeline.steps.record.corrections import (
    Decision,
    NotDecidedError,
    not_for,
)
from pipeline.steps.requests import correcting, deeds
from pipeline.steps.requests.handlers import passport
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request
from pipeline.store import Session, audit, changes, roster
from pipeline.store import health as records

_MOST_SHOWN = 50  # of each kind of task in one letter
_LONGEST_REASON = 300
_OURS = (ADDRESS, ACCEPT, DECLINE)
# One sign after another between the numbers: there is one way to read them, and so it is where a reason begins.
_NUMBERS = re.compile(r"\d{1,9}(?:(?:[\s,;&+№#]|и\b)+\d{1,9}\b)*")
_REASON = re.compile(
    r"(?is)(?<!\w)_{0,9}отклони\w{0,10}(?:\s+исправлени\w{1,10})?[\s№#:]*(?:(?:номер\w{0,10}|no?\b)[\s№#:]*)?"
    + _NUMBERS.pattern
    + r"[\s,.:;–—-]*(.*)"
)
_SIGNED = re.compile(r"(?i)\A\W*(?:с\s+уважением|с\s+благодарностью|спасибо|всего\s+доброго)\b")
_NOT_TAKEN = frozenset({"unknown", "unknown_login", "own", "administrator"})


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of one number or address: ``result`` is a stable word of the letter ``tasks``."""

    result: str
    asked: str
    login: Login | None = None
    change: Change | None = None
    reason: str = ""


@handles(TASKS)
def tasks(request: Request) -> bool:
    """«ЗАДАЧИ»: what waits for this coordinator."""
    changes.adopt(request.session, request.login.region)
    _answer(request, [])
    return True


@handles(ADDRESS, Role.COORDINATOR)
@handles(ACCEPT)
@handles(DECLINE)
def obey(request: Request) -> bool:
    """«АДРЕС …», «ПРИНЯТЬ n», «ОТКЛОНИТЬ n почему»: all of them in a message at once, answered in one letter.

    «АДРЕС new@…» without a login is a correction of the coordinator's own record.
    """
    mine = [command for command in request.judgement.classification.commands if is_obeyed(command)]
    if _is_own_address(request.command):
        return passport.address(request)
    if mine and request.command != mine[0]:
        return True
    changes.adopt(request.session, request.login.region)
    done: list[_Done] = []
    for command in mine or [request.command]:
        if command.word is ADDRESS:
            done += _given(request, command)
        else:
            done += [_decided(request, int(number), command) for number in _numbers(command)]
    for item in done:
        if item.result in _NOT_TAKEN:
            _note_refusal(request, item)
    _answer(request, done)
    return True


def is_obeyed(command: Command) -> bool:
    """Whether ``obey`` carries ``command`` out with the others of its message and answers them together."""
    return command.word in _OURS and not _is_own_address(command)


def _is_own_address(command: Command) -> bool:
    return command.word is ADDRESS and not correcting.named_login(command.argument)


def _numbers(command: Command) -> list[str]:
    found = _NUMBERS.match(command.argument)
    return list(dict.fromkeys(re.findall(r"\d+", found[0]))) if found else []


# ПРИНЯТЬ and ОТКЛОНИТЬ


def _decided(request: Request, number: int, command: Command) -> _Done:
    session, asked = request.session, f"№{number}"
    found = next(iter(changes.numbered(session, number, request.login.region)), None)
    login = roster.login(session, found.login) if found is not None else None
    if found is None or login is None or login.region != request.login.region:  # gone, or moved since it was settled
        return _Done("unknown", asked)
    if refusal := not_for(request.login, login, found):
        return _Done(refusal, asked, login, found)
    if found.state is not ChangeState.PENDING:
        return _Done(f"was_{found.state.value}", asked, login, found)
    approve = command.word is ACCEPT
    reason = "" if approve else _reason(request, command)
    by = Decision(deeds.who(request), approve, reason, request.judgement.receipt.id, coordinator=True)
    try:
        request.answers.queued += corrections.decide(request.answers.context, session, found, by, request.answers.now)
    except NotDecidedError as error:
        return _Done(error.why, asked, login, found)
    return _Done("accepted" if approve else "declined", asked, login, found, reason)


def _reason(request: Request, command: Command) -> str:
    """What was written behind the numbers, as written; else the first line under them that is no command."""
    message = request.judgement.message
    lines = [own_subject(message.subject), *message.own_lines[:40]]
    for at, line in enumerate(lines):
        if read_command(line) != command:
            continue
        behind = _REASON.search(line)
        if behind and behind[1].strip():
            return behind[1].strip()[:_LONGEST_REASON]
        under = next((below.strip() for below in lines[at + 1 :] if below.strip()), "")
        if under and read_command(under) is None and not _SIGNED.match(under):
            return under[:_LONGEST_REASON]
    return ""


# АДРЕС


def _given(request: Request, command: Command) -> list[_Done]:
    session, context = request.session, request.answers.context
    code = correcting.named_login(command.argument)
    login = roster.organisation_of(session, code, request.login.region)
    if login is None:
        return [_Done("unknown_login", code)]
    rest = correcting.as_written(request.judgement.message, command).replace(code, " ", 1).strip(" :,–—-")
    done: list[_Done] = []
    for item in read_corrections([f"адрес {rest}"], login.addresses):
        refusal = f"unclear_{item.fault}" if item.fault else correcting.unacceptable(context, login, item)
        if refusal is not None:
            done.append(_Done(refusal, item.value, login))
            continue
        change, result = correcting.request_change(session, login, item, request.answers)
        if change is None or not _is_task(session, login, change):
            done.append(_Done("passed_on" if result == "asked" else result, item.value, login, change))
            continue
        done.append(_in_force(request, login, change))
        login = roster.login(session, code) or login
    return done or [_Done("unclear_syntax", rest or code, login)]


def _is_task(session: Session, login: Login, change: Change) -> bool:
    """Whether letters do not reach the organisation, so that an address for it is the coordinator's to give.

    What takes a living address away is not.
    """
    if change.field not in ("address", "replaced_address"):
        return False
    living = {address.lower() for address in health.living(session, login.addresses)}
    if change.old_address and change.old_address.lower() in living:
        return False
    open_ones = {task.login.code for task in records.open_tasks(session, login.region)}
    return not living or login.code in open_ones


def _in_force(request: Request, login: Login, change: Change) -> _Done:
    by = Decision(
        deeds.who(request), approve=True, receipt_id=request.judgement.receipt.id, coordinator=True, given=True
    )
    try:
        made = corrections.decide(request.answers.context, request.session, change, by, request.answers.now)
    except NotDecidedError as error:
        return _Done(error.why, change.value, login, change)
    request.answers.queued += made
    return _Done("given", change.value, login, change)


# The answer


def _answer(request: Request, done: Sequence[_Done]) -> None:
    session, coordinator = request.session, request.login
    waiting = changes.waiting_in(session, coordinator.region)
    undelivered = health.undelivered_rows(session, coordinator.region)
    unreachable = [
        organisation_row(login)
        for login in roster.logins(session, Role.ORGANISATION, coordinator.region)
        if not login.addresses
    ]
    letter = TasksLetter(
        done=tuple(map(_row, done)),
        region=coordinator.region,
        region_name=name_of(coordinator.region),
        waiting=tuple(_task(coordinator, change, login) for change, login in waiting[:_MOST_SHOWN]),
        waiting_left=max(0, len(waiting) - _MOST_SHOWN),
        undelivered=tuple(undelivered[:_MOST_SHOWN]),
        undelivered_left=max(0, len(undelivered) - _MOST_SHOWN),
        no_address=tuple(unreachable[:_MOST_SHOWN]),
        no_address_left=max(0, len(unreachable) - _MOST_SHOWN),
    )
    request.answers.to_sender(letter, coordinator)


def _row(item: _Done) -> DoneRow:
    return DoneRow(
        result=item.result,
        asked=item.asked,
        login=item.login.code if item.login else "",
        name=item.login.name if item.login else "",
        field=item.change.field if item.change else "",
        value=corrections.shown(item.change.field, item.change.value) if item.change else item.asked,
        number=item.change.number if item.change else None,
        reason=item.reason,
    )


def _task(coordinator: Login, change: Change, login: Login) -> TaskRow:
    return TaskRow(
        number=change.number,
        login=login.code,
        name=login.name,
        field=change.field,
        value=corrections.shown(change.field, change.value),
        was={"name": login.name, "region": login.region}.get(change.field, ""),
        requested_at=change.requested_at,
        theirs=not not_for(coordinator, login, change),
    )


def _note_refusal(request: Request, item: _Done) -> None:
    detail = f"{request.command.name} {item.asked}: {item.result}"
    region = item.login.region if item.login else None
    code = item.login.code if item.login else item.asked if item.result.endswith("_login") else None
    receipt_id, now = request.judgement.receipt.id, request.answers.now
    deed = Deed(now, deeds.who(request), "refused", None, code, region, detail, "", receipt_id)
    audit.note(request.session, deed)
