"""Extending: a deadline is moved for a login, a region or everybody; what came late meanwhile is in time, all are told.

Returns that were refused as late and lie inside the new interval are judged again by the next check, by their own
receipt time; those that were taken and marked late lose the mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.catalogue import format_instant, text
from pipeline.model import AttachmentSpec, Letter, Login, Publication, Status
from pipeline.steps.context import Context
from pipeline.steps.drafting import ANSWER, NOTICE, Subject, draft, form_attachment
from pipeline.steps.publishing import in_parts
from pipeline.steps.rendering import collection_form
from pipeline.steps.values import withheld
from pipeline.store import Session, audit, extensions, health, letters, participations, receipts, returns
from pipeline.store.audit import Deed
from pipeline.store.extensions import Closings, Extension
from pipeline.store.tables import ReceiptEvent

_FEW = 500  # logins whose newest returns are asked for by name


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom an extension is for: one login, or a region, or with neither everybody."""

    login: Login | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class By:
    """On whose word: ``who`` for the record, and why; the message that asked, where there is one."""

    who: str
    why: str
    receipt_id: int | None = None
    coordinator: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    """What came of it: ``letters`` queued to ``told`` logins, returns ``reopened`` as (receipt id, login), and how many
    that were marked late are ``on_time``."""

    letters: tuple[int, ...]
    told: int
    reopened: tuple[tuple[int, str], ...]
    on_time: int


def grant(
    context: Context,
    session: Session,
    publication: Publication,
    scopes: Sequence[Scope],
    until: datetime | None,
    by: By,
    now: datetime,
    *,
    letters_at: datetime | None = None,
) -> Granted:
    """Set the closing of each of ``scopes`` to ``until``, or withdraw what they were given with None.

    The caller has made sure that ``until`` is later than the collection's own closing. Letters leave at once, or at
    ``letters_at``; those about an earlier extension that wait until then are withheld.
    """
    before = extensions.by_login(session, publication.code)
    ids = {scope: _record(session, publication, scope, until, by, now) for scope in scopes}
    after = extensions.by_login(session, publication.code)
    reopened = extensions.reopen_late(session, publication, now)
    for receipt_id, _ in reopened:
        why = f"extension:{max(ids.values())}"
        receipts.note(session, receipt_id, ReceiptEvent.REPLAYED, now, by.who, why)
    on_time = extensions.count_on_time(session, publication)
    again = {login for _, login in reopened}
    queued: list[int] = []
    told: set[str] = set()
    for scope, extension_id in ids.items():
        concerned = _concerned(session, publication, scope, (before, after), now)
        extensions.supersede(session, publication.code, [item.login.code for item in concerned], now)
        for made in in_parts(_letters(context, session, concerned, extension_id, again, by, letters_at or now)):
            queued += letters.enqueue_all(session, made, now)
            told |= {letter.login for letter in made if letter.login}
    return Granted(tuple(queued), len(told), tuple(reopened), on_time)


def _record(
    session: Session, publication: Publication, scope: Scope, until: datetime | None, by: By, now: datetime
) -> int:
    login = scope.login.code if scope.login else None
    found = extensions.grant(
        session, Extension(publication.code, login, scope.region, until, at=now, who=by.who, why=by.why)
    )
    region = scope.login.region if scope.login else scope.region
    detail = text("extension.until", until=format_instant(until)) if until else ""
    what = "extended" if until else "withdrawn"
    audit.note(session, Deed(now, by.who, what, publication.code, login, region, detail, by.why, by.receipt_id))
    return found


@dataclass(frozen=True, slots=True)
class _Concerned:
    """Somebody whose closing has moved: the publication with the new one, and the closing before."""

    login: Login
    publication: Publication
    before: datetime
    single: bool


def _concerned(
    session: Session, publication: Publication, scope: Scope, closings: tuple[Closings, Closings], now: datetime
) -> list[_Concerned]:
    """Those whose closing has moved, unless it was over and is over.

    Who has handed in is written to only when named: «срок продлён» would send them to work again.
    """
    if scope.login is not None:
        people: Iterable[Login] = [scope.login]
    else:
        people = [
            participant.login
            for participant in participations.participants(session, publication.code, scope.region)
            if participant.participation.status is not Status.SUBMITTED or participant.participation.disputed
        ]
    found = []
    for login in people:
        old, new = (_closing(known.own(publication, login)) for known in closings)
        if old != new and max(old, new) > now:
            own = closings[1].own(publication, login)
            found.append(_Concerned(login, own, old, single=scope.login is not None))
    return found


def _closing(publication: Publication) -> datetime:
    assert publication.collection is not None  # only collections are extended
    return publication.collection.closes_at


def _letters(
    context: Context,
    session: Session,
    concerned: Sequence[_Concerned],
    extension_id: int,
    again: set[str],
    by: By,
    now: datetime,
) -> Iterator[Letter]:
    """A letter to each living address: until when, and the form with what was last received in it."""
    if not concerned:
        return
    dead = health.dead_addresses(session)
    codes = [item.login.code for item in concerned]
    latest = returns.latest_ids(session, concerned[0].publication.code, codes if len(codes) < _FEW else None)
    mailed_back = not withheld(collection_form(session, concerned[0].publication))
    for item in concerned:
        login, closing = item.login, _closing(item.publication)
        change = "closed" if closing <= now else "extended" if closing > item.before else "shortened"
        data = {
            "change": change,
            "before": item.before.isoformat(),
            "again": login.code in again,
            "coordinator": by.coordinator,
            "prefilled": login.code in latest and mailed_back,
        }
        form = [] if change == "closed" else [_form(context, item, latest)]
        for address in login.addresses:
            if address.lower() not in dead:
                key, about = f"extended:{extension_id}:{login.code}:{address}", Subject(login, item.publication)
                priority = ANSWER if item.single else NOTICE
                letter = draft(
                    context, "extended", key, address, about, now, data=data, attachments=form, priority=priority
                )
                yield letter if change == "closed" else replace(letter, expires_at=closing)


def _form(context: Context, item: _Concerned, latest: dict[str, int]) -> AttachmentSpec:
    return form_attachment(context, item.login, item.publication, latest.get(item.login.code))
