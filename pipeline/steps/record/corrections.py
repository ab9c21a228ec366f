"""Correcting: a correction of the roster is decided; the roster, the tasks, the audit and the letters follow."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from pipeline.cabinet.regions import name_of
from pipeline.catalogue import text
from pipeline.errors import UserError
from pipeline.mail.addresses import readable
from pipeline.mail.letters.kinds.change_result import ChangeResultLetter
from pipeline.model import Hours, Login, Role
from pipeline.model.audit import Deed
from pipeline.model.corrections import Change, ChangeState, applied
from pipeline.model.outgoing import ANSWER
from pipeline.model.roster import described
from pipeline.steps.base.context import Context
from pipeline.steps.judging.judge import is_registered
from pipeline.steps.letters.copies import spool_ready
from pipeline.steps.letters.writing import Reply, Subject, Terms, new_letter
from pipeline.steps.record import health
from pipeline.store import Session, audit, changes, letters, roster
from pipeline.store import health as records

log = structlog.get_logger()

_NAME = re.compile(r"\A\s*(?:№\s*)?(?:(?P<region>\d\d)\s?[-–—/]\s?)?(?P<number>\d{1,9})\s*")


@dataclass(frozen=True, slots=True)
class Decision:
    """On whose word: ``who`` for the record, and why; the message that said so, where there is one.

    ``coordinator``: it is the coordinator's of the region; ``given``: and nobody of the organisation has asked for it.
    """

    who: str
    approve: bool
    reason: str = ""
    receipt_id: int | None = None
    coordinator: bool = False
    given: bool = False


class NotDecidedError(Exception):
    """Nothing was changed: ``why`` is ``settled`` (before), ``gone`` (the login) or ``last`` (its only address)."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def decide(context: Context, session: Session, found: Change, by: Decision, now: datetime) -> list[int]:
    """Settle a waiting correction, write an approved one into the roster, and tell the organisation.

    Told are its addresses that live, those that go with it too, and the one that comes. Returns the ids of the letters.
    Raises NotDecidedError.
    """
    before = roster.login(session, found.login)
    if before is None and by.approve:
        raise NotDecidedError("gone")
    after = applied(found, before) if before is not None and by.approve else before
    if before is not None and after is not None and before.addresses and not after.addresses:
        raise NotDecidedError("last")
    state = ChangeState.APPROVED if by.approve else ChangeState.DECLINED
    if not changes.decide(session, found.id, state, now, by.who, by.reason or None):
        raise NotDecidedError("settled")
    if before is not None and after is not None and after != before:
        _write(session, before, after, now)
    _note(session, found, (before, after), by, now)
    about = {"number": found.name, "login": found.login, "field": found.field}
    log.info("change.decided", **about, state=state.value, given=by.given)
    return _tell(context, session, found, (before, after), by, now) if before is not None and after is not None else []


def shown(field: str, value: str) -> str:
    """Return the value of a correction as people read it."""
    if field == "replaced_address":
        was, _, now = value.partition(" ")
        return readable(text("change.into", was=was, now=now))
    name = name_of(value) if field == "region" else ""
    return f"{value}, {name}" if name else readable(value) if field.endswith("address") else value


def _write(session: Session, before: Login, after: Login, now: datetime) -> None:
    tasks = [task for task in records.open_tasks(session, before.region) if task.login.code == before.code]
    roster.amend(session, before, after, now)
    health.close_changed(session, tasks, now)


def _note(
    session: Session, found: Change, states: tuple[Login | None, Login | None], by: Decision, now: datetime
) -> None:
    before, after = states
    changed = described(before, after) if before and after else ""
    detail = f"{found.name} {changed or f'{found.field}: {found.value}'}"
    what = "address_given" if by.given else "change_approved" if by.approve else "change_declined"
    region = before.region if before else None
    deed = Deed(now, by.who, what, None, found.login, region, detail, by.reason, by.receipt_id)
    audit.note(session, deed)


def _tell(
    context: Context, session: Session, found: Change, states: tuple[Login, Login], by: Decision, now: datetime
) -> list[int]:
    before, after = states
    new = found.new_address if by.approve else None
    new = new if new and new.lower() not in {address.lower() for address in before.addresses} else None
    told = dict.fromkeys([*health.living(session, before.addresses), *([new] if new else [])])
    reply = Reply(by.receipt_id) if by.receipt_id is not None else None
    # Whoever asked did so in an earlier message; this one is the coordinator's, or there is none.
    terms = Terms(ANSWER, Hours.WAKING, reply)
    queued = []
    for address in told:
        data = ChangeResultLetter(
            approved=by.approve,
            field=found.field,
            value=shown(found.field, found.value),
            new=readable(found.new_address or ""),
            old=readable(found.old_address or ""),
            requested_by="" if by.given else readable(found.requested_by),
            by="coordinator" if by.coordinator else "administrator",
            reason=by.reason,
            addresses=tuple(map(readable, after.addresses)),
            to_new=address == new,
        )
        key = f"{data.kind}:{found.id}:{address}"
        letter = new_letter(context, key, data, address, Subject(after), now, terms)
        queued.append(letters.enqueue(session, letter, now))
    return [letter_id for letter_id in queued if letter_id is not None]


def waiting_for(session: Session, coordinator: Login) -> int:
    """Return how many corrections wait for this coordinator's decision; the administrator's are not among them."""
    waiting = changes.waiting_in(session, coordinator.region)
    return sum(1 for change, login in waiting if not not_for(coordinator, login, change))


def not_for(coordinator: Login, login: Login, change: Change) -> str:
    """Return why this coordinator may not decide about a correction in the own region, "" when it is theirs.

    ``administrator``: it moves an organisation between regions, or is about a coordinator; ``own``: who asked decides
    nothing.
    """
    if login.role is not Role.ORGANISATION or change.field == "region":
        return "administrator"
    return "own" if is_registered(coordinator, change.requested_by.lower()) else ""


def decide_named(
    context: Context, name: str, now: datetime, who: str, *, approve: bool, reason: str | None = None
) -> Change:
    """Approve or decline the correction ``name`` (``24-3``) for an administrator ``who``; see ``decide``.

    A number alone will do where only one region has it. Raises UserError for one that is not there, could be several,
    was settled, or cannot be approved. A new address gets the letters that have not expired when the gaps are filled.
    """
    with context.store.transaction() as session:
        found = _named(session, name)
        try:
            queued = decide(context, session, found, Decision(who, approve, reason or ""), now)
        except NotDecidedError as error:
            state = text(f"change.state_{found.state.value}")
            values = {"number": found.name, "login": found.login, "state": state}
            raise UserError(f"change.{error.why}", **values) from error
    spool_ready(context, queued)
    state = ChangeState.APPROVED if approve else ChangeState.DECLINED
    return replace(found, state=state, decided_at=now, decided_by=who, reason=reason)


def _named(session: Session, name: str) -> Change:
    """The correction that an administrator means by its region and number."""
    read = _NAME.fullmatch(name)
    if read is None:
        raise UserError("change.unknown", number=name)
    found = changes.numbered(session, int(read["number"]), read["region"])
    if not found:
        raise UserError("change.unknown", number=name)
    if len(found) > 1:
        raise UserError("change.several", number=name, names=", ".join(change.name for change in found))
    return found[0]
