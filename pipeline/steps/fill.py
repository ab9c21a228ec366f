"""Fill: publications that are still of use go to who has come since: logins added, addresses mended.

From the database alone, no folder is needed; one query a publication finds whom it has yet to reach. Each address gets
a publication once. Organisations that have come become participants of collections that are open. Reminders are not
made up for: the next one goes to whatever addresses there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from pipeline.catalogue import text
from pipeline.errors import KabinetError, UserError
from pipeline.model import Login, Summary
from pipeline.model.audit import SYSTEM, Deed
from pipeline.model.publication import Standing
from pipeline.steps.base.context import Context
from pipeline.steps.letters.copies import spool_ready
from pipeline.steps.mailings import planning
from pipeline.steps.mailings.publication import Writer, enqueue, fills_until, mailing
from pipeline.store import (
    Session,
    audience,
    audit,
    extensions,
    publications,
    roster,
)
from pipeline.store.base import turns

log = structlog.get_logger()
_FEW = 500  # logins that are asked for by name rather than the whole roster


def run(context: Context, now: datetime, code: str | None = None, who: str = SYSTEM) -> Summary:
    """Queue what is missing of every publication still of use, or of ``code`` alone; ``who`` is for the audit.

    Counts: ``letters`` queued, ``logins`` they go to, ``joined`` new participants, ``publications`` looked at and
    ``failed``: one that cannot be sent stops no other (M19). Raises UserError for a ``code`` that is not of use.
    """
    with context.store.reading() as session:
        current = [
            standing for standing in publications.issued(session) if _is_current(context, session, standing, now)
        ]
    wanted = [standing for standing in current if code is None or standing.publication.code == code]
    if code is not None and not wanted:
        raise UserError("fill.unknown", code=code)
    queued: list[int] = []
    told: set[str] = set()
    counts = {"joined": 0, "failed": 0}
    remarks: list[str] = []
    for standing in wanted:
        named = standing.publication.code
        try:
            with context.store.transaction() as session:
                turns.take(session, named)
                made, logins, joined = _fill(context, session, named, now, who)
        except KabinetError as error:
            log.exception("fill.failed", publication=named)
            counts["failed"] += 1
            remarks.append(str(error))
            continue
        queued += made
        told |= logins
        counts["joined"] += joined
        if made or joined:
            remarks.append(text("fill.found", code=named, letters=len(made), joined=joined))
    spool_ready(context, queued)
    figures = {"letters": len(queued), "logins": len(told), "publications": len(wanted), **counts}
    return Summary("fill", figures, remarks)


def _is_current(context: Context, session: Session, standing: Standing, now: datetime) -> bool:
    """Whether a publication still goes to new addresses; an extension keeps a collection open for some."""
    publication = standing.publication
    if fills_until(context, publication, standing.issued_at) >= now:
        return True
    in_force = extensions.by_login(session, publication.code).in_force() if publication.collection else []
    return any(item.until is not None and item.until >= now for item in in_force)


def _fill(context: Context, session: Session, code: str, now: datetime, who: str) -> tuple[list[int], set[str], int]:
    """Return the ids of new letters, the logins they go to, and how many new participants there are."""
    standing = next((item for item in publications.issued(session) if item.publication.code == code), None)
    if standing is None:
        return [], set(), 0
    joined = audience.joined(session, code) if standing.publication.collection is not None else 0
    made, logins = _write(context, session, standing, now)
    if made or joined:
        detail = text("fill.figures", letters=len(made), joined=joined)
        audit.note(session, Deed(now, who, "filled", code, detail=detail))
    return made, logins, joined


def _write(context: Context, session: Session, standing: Standing, now: datetime) -> tuple[list[int], set[str]]:
    out = mailing(context, standing, now)
    missing = audience.missing(session, out.prefixes)
    if not missing:
        return [], set()
    people = [
        (login, address)
        for login, address in _named(session, missing)
        if _is_open_for(context, session, standing, login, out.due)
    ]
    if not people:
        return [], set()
    writer = Writer(context, session, out)
    concerned = list({login.code: login for login, _ in people}.values())
    writer.out = replace(out, lasts_until=planning.plan(context, session, writer, people, concerned, now).finishes_at)
    return enqueue(context, session, writer, people, now), {login.code for login in concerned}


def _named(session: Session, missing: Sequence[tuple[str, str]]) -> list[tuple[Login, str]]:
    codes = {code for code, _ in missing}
    if len(codes) <= _FEW:
        roster.read_ahead(session, (), codes)
        logins = {code: roster.login(session, code) for code in codes}
    else:
        logins = {login.code: login for login in roster.logins(session)}
    return [(login, address) for code, address in missing if (login := logins.get(code)) is not None]


def _is_open_for(context: Context, session: Session, standing: Standing, login: Login, due: datetime) -> bool:
    """Whether the publication is of use to ``login`` still when the letter leaves."""
    own = extensions.by_login(session, standing.publication.code).own(standing.publication, login)
    return fills_until(context, own, standing.issued_at) >= due
