"""Extend: an operator moves a deadline, with who and why on record; reopening after the closing is the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.catalogue import format_instant, format_weekday, text
from pipeline.errors import UserError
from pipeline.model import Login, Publication, Role, Summary
from pipeline.steps.base.context import Context
from pipeline.steps.letters.copies import spool_ready
from pipeline.steps.mailings import planning
from pipeline.steps.mailings.extension import (
    By,
    Granted,
    Scope,
    grant,
)
from pipeline.store import (
    Session,
    extensions,
    participations,
    publications,
    roster,
)
from pipeline.store.base import turns


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: until when (None withdraws) for these ``logins``, or a region, or ``everybody``."""

    publication: str
    until: datetime | None
    who: str
    why: str
    logins: tuple[str, ...] = ()
    region: str | None = None
    everybody: bool = False


def run(context: Context, asked: Asked, now: datetime) -> Summary:
    """Grant ``asked``, and tell the organisations concerned, in the morning when it is night.

    Counts: ``letters`` queued, ``logins`` told, ``reopened`` returns that were refused as late and are judged again by
    the next check, ``on_time`` returns that are no longer marked late. Remarks show the instant back and name each
    reopened return. Raises UserError for what cannot be granted; what holds already
    is a remark.
    """
    return move(context, asked, now).summary


@dataclass(frozen=True, slots=True)
class Moved:
    """What ``run`` did, and whether some closing is another one now."""

    summary: Summary
    changed: bool


def move(context: Context, asked: Asked, now: datetime) -> Moved:
    """Do what ``run`` does, and return more about it."""
    with context.store.transaction() as session:
        turns.take(session, asked.publication)
        publication = _publication(session, asked.publication)
        scopes = _scopes(session, asked)
        _possible(session, publication, scopes, asked.until)
        granted = grant(context, session, publication, scopes, asked.until, By(asked.who, asked.why), now)
        remarks = _remarks(granted, asked.until, now)
    spool_ready(context, [*granted.letters, *granted.closings])
    counts = {
        "letters": len(granted.letters),
        "logins": granted.told,
        "reopened": len(granted.reopened),
        "on_time": granted.on_time,
    }
    return Moved(Summary("extend", counts, remarks), len(granted.standing) < len(scopes))


def _publication(session: Session, code: str) -> Publication:
    found = publications.publication(session, code)
    if found is None or found.collection is None:
        raise UserError("publication.unknown", code=code)
    if found.withdrawn_at is not None:
        raise UserError("extension.withdrawn_publication", code=code)
    return found


def _scopes(session: Session, asked: Asked) -> list[Scope]:
    named = [bool(asked.logins), asked.region is not None, asked.everybody]
    if sum(named) != 1:
        raise UserError("extension.which")
    if not asked.why.strip():
        raise UserError("extension.why")
    if asked.everybody:
        return [Scope()]
    if asked.region is not None:
        if not roster.logins(session, Role.ORGANISATION, asked.region):
            raise UserError("extension.no_region", region=asked.region)
        return [Scope(region=asked.region)]
    return [Scope(login=_login(session, asked.publication, code)) for code in dict.fromkeys(asked.logins)]


def _login(session: Session, publication: str, code: str) -> Login:
    login = roster.login(session, code)
    if login is None:
        raise UserError("cli.unknown_login", login=code)
    if participations.participation(session, publication, login.code) is None:
        raise UserError("extension.not_asked", login=login.code, code=publication)
    return login


def _possible(session: Session, publication: Publication, scopes: list[Scope], until: datetime | None) -> None:
    """Later than the collection's own closing; and only what was given can be withdrawn."""
    collection = publication.collection
    if until is not None and collection is not None and until <= collection.closes_at:
        raise UserError("extension.too_early", closes_at=format_instant(collection.closes_at))
    if until is None:
        given = {row.scope for row in extensions.by_login(session, publication.code).in_force()}
        for scope in scopes:
            if (scope.login.code if scope.login else None, scope.region) not in given:
                whom = scope.login.code if scope.login else scope.region or text("cli.all_regions")
                raise UserError("extension.none", whom=whom)


def _remarks(granted: Granted, until: datetime | None, now: datetime) -> list[str]:
    """What was understood, shown back with its weekday, and each return that is judged again."""
    said = [text("instant.until", until=format_weekday(until))] if until else []
    if granted.standing and until is not None:
        whom = ", ".join(_named(scope) for scope in granted.standing)
        said.append(text("extension.standing", whom=whom, until=format_instant(until)))
    if granted.letters and granted.at > now:
        said.append(text("extension.rests", at=format_instant(granted.at)))
    said += planning.listed("extension.untold", "logins", granted.untold)
    return [*said, *(text("extension.reopened", number=number, login=login) for number, login in granted.reopened)]


def _named(scope: Scope) -> str:
    if scope.login is not None:
        return scope.login.code
    return text("extension.region", region=scope.region) if scope.region else text("extension.everybody")
