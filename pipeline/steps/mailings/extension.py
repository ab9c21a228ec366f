"""Extending: a deadline is moved for a login, a region or everybody; what came late meanwhile is in time, all are told.

Returns that were refused as late and lie inside the new interval are judged again by the next check, by their own
receipt time; those that were taken and marked late lose the mark. What waits for the morning and names the old deadline
does not leave: reminders, closing letters, and letters of an earlier extension of that night.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.catalogue import format_instant, text
from pipeline.mail.letters.kinds.extended import ExtendedLetter
from pipeline.model import AttachmentSpec, Letter, Login, Publication, Status
from pipeline.model.audit import Deed
from pipeline.model.closings import Closings, Extension
from pipeline.model.incoming import ReceiptEvent
from pipeline.model.outgoing import ANSWER, NOTICE
from pipeline.steps.base import resting
from pipeline.steps.base.context import Context
from pipeline.steps.letters.attachments import form_attachment
from pipeline.steps.letters.rendering import collection_form
from pipeline.steps.letters.values import withheld
from pipeline.steps.letters.writing import Subject, Terms, new_letter
from pipeline.steps.mailings import closing
from pipeline.steps.mailings.publication import in_parts
from pipeline.store import (
    Session,
    audience,
    audit,
    extensions,
    health,
    letters,
    participations,
    publications,
    receipts,
    returns,
)

_FEW = 500  # logins whose newest returns are asked for by name


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom an extension is for: one login, or a region, or with neither everybody."""

    login: Login | None = None
    region: str | None = None

    @property
    def named(self) -> tuple[str | None, str | None]:
        """As ``Extension.scope`` has it."""
        return self.login.code if self.login else None, self.region


@dataclass(frozen=True, slots=True)
class By:
    """On whose word: ``who`` for the record, and why; the message that asked, where there is one."""

    who: str
    why: str
    receipt_id: int | None = None
    coordinator: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    """What came of it: ``letters`` queued that leave ``at``, to ``told`` logins, returns ``reopened`` as (receipt id,
    login), and how many that were marked late are ``on_time``.

    ``closings`` are the ids of closing letters that were made again. ``untold`` logins get no letter, for their new
    deadline is over before it would leave. ``standing`` scopes had just this already.
    """

    letters: tuple[int, ...]
    at: datetime
    told: int
    reopened: tuple[tuple[int, str], ...]
    on_time: int
    closings: tuple[int, ...] = ()
    untold: tuple[str, ...] = ()
    standing: tuple[Scope, ...] = ()


def grant(
    context: Context,
    session: Session,
    publication: Publication,
    scopes: Sequence[Scope],
    until: datetime | None,
    by: By,
    now: datetime,
) -> Granted:
    """Set the closing of each of ``scopes`` to ``until``, or withdraw what they were given with None.

    The caller holds the turn of the publication, and has made sure that ``until`` is later than the collection's own
    closing. A scope that has just this already is passed over: nothing is recorded and nobody is written to.
    """
    before = extensions.by_login(session, publication.code)
    given = {row.scope: row.until for row in before.in_force()}
    standing = [scope for scope in scopes if given.get(scope.named) == until]
    ids = {scope: _record(session, publication, scope, until, by, now) for scope in scopes if scope not in standing}
    after = extensions.by_login(session, publication.code)
    reopened = extensions.reopen_late(session, publication, now)
    for receipt_id, _ in reopened:
        why = f"extension:{max(ids.values())}" if ids else "extension"
        receipts.note(session, receipt_id, ReceiptEvent.REPLAYED, now, by.who, why)
    on_time = extensions.count_on_time(session, publication)
    at = resting.leaving(context.limits, now)
    again = {login for _, login in reopened} if at == now else set()  # by the morning it has been judged and answered
    queued: list[int] = []
    told: set[str] = set()
    untold: list[str] = []
    for scope, extension_id in ids.items():
        concerned = _concerned(session, publication, scope, (before, after), now)
        concerned = _not_told_before(session, publication, concerned, now)
        untold += [item.login.code for item in concerned if item.before < _closing(item.publication) <= at]
        concerned = [item for item in concerned if item.login.code not in untold]
        for made in in_parts(_letters(context, session, concerned, extension_id, again, by, at)):
            queued += letters.enqueue_all(session, made, now)
            told |= {letter.login for letter in made if letter.login}
    closings = _close_again(context, session, publication, ids, now)
    return Granted(
        letters=tuple(queued),
        at=at,
        told=len(told),
        reopened=tuple(reopened),
        on_time=on_time,
        closings=tuple(closings),
        untold=tuple(untold),
        standing=tuple(standing),
    )


def _close_again(
    context: Context, session: Session, publication: Publication, ids: Mapping[Scope, int], now: datetime
) -> list[int]:
    """A closing letter that waits for the morning must name who has more time by then."""
    if not ids or not publications.is_closed(session, publication.code):
        return []
    regions = [scope.login.region if scope.login else scope.region for scope in ids]
    only = None if None in regions else [region for region in regions if region]
    return closing.renew(context, session, publication, only, f"extension{max(ids.values())}", now)


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


def _not_told_before(
    session: Session, publication: Publication, concerned: Sequence[_Concerned], now: datetime
) -> list[_Concerned]:
    """Take back what waits and names the deadline before, and count from the deadline that was last told.

    Who was told of none but the present one has nothing to be told.
    """
    codes = [item.login.code for item in concerned]
    audience.withhold_reminders(session, publication.code, codes, now, "extension")
    back = audience.take_back(session, ExtendedLetter.kind, publication.code, codes, now, "extension")
    known = {letter.login: datetime.fromisoformat(letter.data["before"]) for letter in back}
    found = [replace(item, before=known.get(item.login.code, item.before)) for item in concerned]
    return [item for item in found if item.before != _closing(item.publication)]


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
    at: datetime,
) -> Iterator[Letter]:
    """A letter to each living address, leaving ``at``: until when, and the form with what was last received in it."""
    if not concerned:
        return
    dead = health.dead_addresses(session)
    codes = [item.login.code for item in concerned]
    latest = returns.latest_ids(session, concerned[0].publication.code, codes if len(codes) < _FEW else None)
    mailed_back = not withheld(collection_form(session, concerned[0].publication))
    for item in concerned:
        login, closing = item.login, _closing(item.publication)
        data = ExtendedLetter(
            change="closed" if closing <= at else "extended" if closing > item.before else "shortened",
            before=item.before,
            again=login.code in again,
            coordinator=by.coordinator,
            prefilled=login.code in latest and mailed_back,
        )
        over = data.change == "closed"
        form = [] if over else [_form(context, item, latest)]
        terms = Terms(ANSWER if item.single else NOTICE, expires_at=None if over else closing)
        for address in login.addresses:
            if address.lower() not in dead:
                key, about = f"{data.kind}:{extension_id}:{login.code}:{address}", Subject(login, item.publication)
                yield new_letter(context, key, data, address, about, at, terms, form)


def _form(context: Context, item: _Concerned, latest: dict[str, int]) -> AttachmentSpec:
    return form_attachment(context, item.login, item.publication, latest.get(item.login.code))
