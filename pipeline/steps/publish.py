"""Publish: a publication becomes a letter row for each address of its audience. Run again, it fills the gaps.

Everything is checked before the first letter is on record: the folder, the edition against the one that is out, the
size of a letter. A corrected publication has a higher edition; the same edition never goes out with other content.
"""

from __future__ import annotations

import json
from collections.abc import Collection as Container
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.cabinet import wording
from pipeline.cabinet.editions import differences
from pipeline.cabinet.publications import LoadedPublication
from pipeline.cabinet.sendplan import Plan
from pipeline.catalogue import format_instant, text
from pipeline.errors import ConfigurationError
from pipeline.forms.definition.form import load_form
from pipeline.model import Login, Publication, Role, Summary
from pipeline.model.audit import Deed
from pipeline.model.publication import Edition, Standing
from pipeline.steps.base.context import Context
from pipeline.steps.letters.copies import (
    copy_name,
    spool_ready,
)
from pipeline.steps.letters.rendering import render
from pipeline.steps.mailings import planning
from pipeline.steps.mailings.publication import (
    Mailing,
    Writer,
    enqueue,
    first_mailing,
    roles,
)
from pipeline.store import (
    Session,
    audience,
    audit,
    editions,
    letters,
    participations,
    publications,
    roster,
)
from pipeline.store.base import turns

OPERATOR = "kabinet"


def run(
    context: Context, loaded: LoadedPublication, now: datetime, only: Container[str] = (), who: str = OPERATOR
) -> Summary:
    """Save the publication with its form and files, and queue a letter for each login and address.

    ``only`` limits the letters to these logins: a trial, until the command is given without. Counts: ``letters`` queued
    now, ``logins`` addressed, ``no_address`` logins that have none, and the plan's figures. Raises ConfigurationError
    for what cannot be published, before anything is changed.
    """
    return issue(context, loaded, now, only, who).summary


@dataclass(frozen=True, slots=True)
class Issued:
    """What ``run`` did: its summary, the plan of the letters, what to know beside it, what to look out for."""

    summary: Summary
    plan: Plan
    notes: Sequence[str]
    cautions: Sequence[str]


def issue(
    context: Context, loaded: LoadedPublication, now: datetime, only: Container[str] = (), who: str = OPERATOR
) -> Issued:
    """Do what ``run`` does, and return more about it."""
    validate(context, loaded)
    with context.store.transaction() as session:
        turns.take(session, loaded.publication.code)
        out = _prepare(context, session, loaded, now, only, who)
        queued = enqueue(context, session, out.writer, out.people, now)
        if out.issued_at is not None and (queued or out.joined):
            detail = text("fill.figures", letters=len(queued), joined=out.joined)
            audit.note(session, Deed(now, who, "filled", loaded.publication.code, detail=detail))
        summary = _summary(session, out, len(queued), now)
        cautions = planning.cautions(session, out.writer.out, out.plan, now)
    spool_ready(context, queued)
    return Issued(summary, out.plan, [*out.remarks, *planning.interval(out.plan)], cautions)


def dry_run(context: Context, loaded: LoadedPublication, now: datetime, only: Container[str] = ()) -> Summary:
    """Leave every letter that ``run`` would queue as .eml in ``outbox/dry-run`` and change nothing else.

    Counts and errors as in ``run``. The archive keeps the publication's files: they are named by their hash.
    """
    validate(context, loaded)
    with rehearsal(context, loaded, now, only) as (session, out):
        queued = enqueue(context, session, out.writer, out.people, now)
        for letter_id in queued:
            letter = letters.letter(session, letter_id)
            if letter is not None:
                context.spool.dry_run(copy_name(letter), render(context, session, letter))
        return _summary(session, out, len(queued), now)


def plan(context: Context, loaded: LoadedPublication, now: datetime, only: Container[str] = ()) -> tuple[Summary, Plan]:
    """Return what ``run`` would do, and its plan, and change nothing; errors as in ``run``."""
    validate(context, loaded)
    with rehearsal(context, loaded, now, only) as (session, out):
        return _summary(session, out, out.plan.letters, now), out.plan


@dataclass(frozen=True, slots=True)
class Prepared:
    """A publication on record whose letters are not: who writes them, to whom, the plan, and what was done so far.

    ``issued_at``: this very edition is out since then, and gaps are filled; ``joined`` are its new participants.
    """

    writer: Writer
    concerned: Sequence[Login]
    people: Sequence[tuple[Login, str]]
    plan: Plan
    remarks: Sequence[str]
    issued_at: datetime | None
    joined: int


class _Undo(Exception):  # noqa: N818 - a signal to roll back, not an error
    """Ends the transaction of a rehearsal."""


@contextmanager
def rehearsal(
    context: Context,
    loaded: LoadedPublication,
    now: datetime,
    only: Container[str] = (),
    samples: Sequence[Login] = (),
) -> Iterator[tuple[Session, Prepared]]:
    """Yield a session in which the publication is on record as ``run`` would put it; all of it is undone afterwards.

    ``samples`` stand for the roles that the roster has nobody of.
    """
    try:
        with context.store.transaction() as session:
            missing = [login for login in samples if not roster.logins(session, role=login.role)]
            roster.save_logins(session, missing, now, complete=False)
            yield session, _prepare(context, session, loaded, now, only, OPERATOR)
            raise _Undo
    except _Undo:
        return


def validate(context: Context, loaded: LoadedPublication) -> None:
    """Check the form and keep the files, which are named by their hash. Raises ConfigurationError."""
    if loaded.form_source is not None:
        load_form(loaded.form_source, f"{loaded.publication.code}/form.yaml")
    tables = [loaded.prefill] if loaded.prefill is not None else []
    context.archive.put_many([*loaded.files.values(), *tables])


def _prepare(
    context: Context, session: Session, loaded: LoadedPublication, now: datetime, only: Container[str], who: str
) -> Prepared:
    before = publications.standing(session, loaded.publication.code)
    issue = _issue(loaded, before, now, trial=bool(only))
    if before is not None and not issue.changed:  # moved as a whole, it stays where it is on record
        loaded = replace(loaded, publication=before.publication)
    publication = _save(session, loaded, issue, now, who)
    out = first_mailing(context, publication, issue.revision, now)
    concerned = _concerned(session, publication, only)
    joined = 0
    if issue.first or not _is_over(publication, now):
        joined = _take_part(session, publication, concerned, trial=issue.trial)
    remarks = [text("publish.tried")] if issue.trial else []
    if issue.changes and publication.edition > 1:
        remarks.append(text("publish.corrects", changes="; ".join(issue.changes)))
    withheld = _withhold(session, before, out, now) if before is not None and issue.changed else 0
    if withheld:
        remarks.append(text("publish.withheld", count=withheld))
    people = _people(session, out, concerned)
    issued_at = before.issued_at if before is not None and not (issue.changed or issue.first) else None
    if issued_at is not None and not people:
        remarks.append(text("publish.out", edition=publication.edition, at=format_instant(issued_at)))
    writer = Writer(context, session, out)
    found = planning.plan(context, session, writer, people, concerned, now)
    writer.out = replace(out, lasts_until=found.finishes_at)
    strangers = planning.listed("prefill.strangers", "logins", _strangers(session, loaded))
    remarks += wording.warnings(loaded)
    return Prepared(writer, concerned, people, found, [*remarks, *strangers], issued_at, joined)


@dataclass(frozen=True, slots=True)
class _Issue:
    """How a publication is to be put on record beside what is there; ``first``: it goes to everybody from now on."""

    revision: int
    trial: bool
    changed: bool
    first: bool = False
    changes: tuple[str, ...] = ()
    ask_again: bool = False


def _issue(loaded: LoadedPublication, before: Standing | None, now: datetime, *, trial: bool) -> _Issue:
    """Compare with the edition on record. Raises ConfigurationError, one sentence on what to write."""
    new = loaded.publication
    if before is None:
        return _Issue(0, trial, True, not trial, loaded.changes, loaded.ask_again)  # noqa: FBT003 - by position
    old, code = before.publication, new.code
    free = before.issued_at is None or old.published_at > now  # nobody or only some have it
    found = differences(old, new)
    if free and old.published_at != new.published_at:
        found = (text("edition.published_at", before=_written(old), after=_written(new)), *found)
    if new.edition < old.edition:
        written = {"edition": old.edition, "written": new.edition, "next": old.edition + 1}
        raise ConfigurationError("publish.edition_lower", code=code, **written)
    if new.edition == old.edition:
        _unchanged(before, () if free else found)
        tried = trial and before.issued_at is None
        revision = before.revision + bool(found)
        first = before.issued_at is None and not trial
        return _Issue(revision, tried, bool(found), first, loaded.changes, loaded.ask_again)
    if not (found or loaded.changes or old.withdrawn_at):
        raise ConfigurationError("publish.edition_same", code=code, edition=new.edition, before=old.edition)
    if before.issued_at is not None:
        if trial:
            raise ConfigurationError("publish.edition_trial", code=code)
        if new.published_at > now:
            raise ConfigurationError("publish.edition_future", code=code, published=format_instant(new.published_at))
    tried = trial and before.issued_at is None
    return _Issue(0, tried, True, not tried, loaded.changes or found, loaded.ask_again)  # noqa: FBT003 - by position


def _written(publication: Publication) -> str:
    return format_instant(publication.published_at)


def _unchanged(before: Standing, found: Sequence[str]) -> None:
    """The edition that everybody has stays as it is."""
    old = before.publication
    numbers = {"code": old.code, "edition": old.edition, "next": old.edition + 1}
    if old.withdrawn_at is not None:
        raise ConfigurationError(
            "publish.withdrawn", at=format_instant(old.withdrawn_at), why=old.withdrawn_why, **numbers
        )
    if found:
        raise ConfigurationError("publish.edition_changed", changes="; ".join(found), **numbers)


def _save(session: Session, loaded: LoadedPublication, issue: _Issue, now: datetime, who: str) -> Publication:
    written = loaded.publication
    if written.collection and loaded.form_source is not None:
        form = written.collection
        if issue.changed:
            publications.replace_form(session, form.form_id, form.form_version, loaded.form_source)
        publications.save_form(session, form.form_id, form.form_version, loaded.form_source, now)
    saved = publications.save_publication(session, written, now, revision=issue.revision, trial=issue.trial)
    content = publications.content(saved)
    if issue.changed or editions.edition(session, saved.code, saved.edition) is None:
        edition = Edition(saved.code, saved.edition, now, who, issue.changes, issue.ask_again, content)
        editions.save(session, edition)
    if issue.changed or issue.first:
        what, detail = "tried" if issue.trial else "published", text("edition.number", edition=saved.edition)
        audit.note(session, Deed(now, who, what, saved.code, detail=detail, why="; ".join(issue.changes)))
    return saved


def _concerned(session: Session, publication: Publication, only: Container[str]) -> list[Login]:
    """Those a publication is for, of ``only`` where given. Raises ConfigurationError when that is nobody."""
    everybody = [login for role in roles(publication) for login in roster.logins(session, role=role)]
    if not everybody:
        raise ConfigurationError("publish.nobody", code=publication.code)
    if not only:
        return everybody
    wanted = {code.lower() for code in only}
    unknown = wanted - {login.code.lower() for login in everybody}
    if unknown:
        raise ConfigurationError("publish.unknown_only", code=publication.code, logins=", ".join(sorted(unknown)))
    return [login for login in everybody if login.code.lower() in wanted]


def _is_over(publication: Publication, now: datetime) -> bool:
    """Whoever joins the roster after the closing answers for nothing, though a new edition comes."""
    return publication.collection is not None and publication.collection.closes_at < now


def _take_part(session: Session, publication: Publication, concerned: Sequence[Login], *, trial: bool) -> int:
    """The organisations of the roster are the denominator; in a trial only those that it goes to. Return how many are
    new, in a trial none."""
    if publication.collection is None:
        return 0
    if not trial:
        return audience.joined(session, publication.code)
    codes = [login.code for login in concerned if login.role is Role.ORGANISATION]
    participations.ensure(session, publication.code, codes)
    return 0


def _withhold(session: Session, before: Standing, out: Mailing, now: datetime) -> int:
    """Unsent letters of the earlier edition stay here, and reminders of a deadline or form that holds no more."""
    old, new = before.publication, out.publication
    why = f"edition:{new.edition}.{out.revision}"
    count = audience.withhold_earlier(session, new.code, out.prefixes, now, why)
    if old.collection != new.collection:
        count += audience.withhold_deadlines(session, new.code, now, why, reopened=not _is_over(new, now))
    return count


def _people(session: Session, out: Mailing, concerned: Sequence[Login]) -> list[tuple[Login, str]]:
    by_code = {login.code: login for login in concerned}
    return [(by_code[code], address) for code, address in audience.missing(session, out.prefixes) if code in by_code]


def _summary(session: Session, out: Prepared, queued: int, now: datetime) -> Summary:
    counts = {"letters": queued, "logins": len(out.concerned), **planning.counts(out.plan)}
    remarks = [*out.remarks, *planning.interval(out.plan), *planning.lines(session, out.writer.out, out.plan, now)]
    return Summary("publish", counts, remarks)


def _strangers(session: Session, loaded: LoadedPublication) -> list[str]:
    """Logins of the table that fills the form whom nobody knows: most likely misspelt, their rows reach no one."""
    if loaded.prefill is None:
        return []
    known = {login.code.lower() for login in roster.logins(session)}
    return sorted(login for login in json.loads(loaded.prefill) if login not in known)
