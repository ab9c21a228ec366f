"""What a coordinator may do for the organisations of the own region: ПРОДЛИТЬ, НАПОМНИТЬ, ПОВТОРИТЬ; each on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.cabinet import summary
from pipeline.catalogue import MOSCOW, format_instant
from pipeline.mail.addresses import readable
from pipeline.mail.moments import read_moment
from pipeline.model import IssueHow, Login, Participant, Publication, Role
from pipeline.steps import health, reminding
from pipeline.steps.browsing import attached_files, file_attachment
from pipeline.steps.drafting import form_attachment, publication_data
from pipeline.steps.extending import By, Scope, grant
from pipeline.store import audit, extensions, issued, participations, publications, returns, roster, turns
from pipeline.store.audit import Deed

if TYPE_CHECKING:
    from pipeline.steps.requests import Request

_LONGEST_REASON = 300


def extend(request: Request) -> bool:
    """«ПРОДЛИТЬ логин до …»: at once as far as ``limits.coordinator_days`` allow, beyond that support is asked."""
    code, _, words = request.command.argument.partition(" до ")
    login, refusal = _organisation(request, code.strip())
    about = _extendable(request, login) if login is not None else []
    if login is None or refusal:
        return _refused(request, "extension_result", refusal, code)
    if len(about) != 1:
        return _refused(request, "extension_result", "several" if about else "not_asked", login.code)
    turns.take(request.session, about[0].code)
    publication = extensions.by_login(request.session, about[0].code).own(about[0], login)
    collection = publication.collection
    assert collection is not None  # only collections are extendable
    now = request.answers.now
    usual = collection.closes_at.astimezone(MOSCOW).timetz().replace(tzinfo=None)
    found = read_moment(words.strip(), now, usual)
    if found is None:
        return _refused(request, "extension_result", "unclear", login.code, publication, words=words.strip())
    until, why = found[0], found[1][:_LONGEST_REASON]
    if until <= max(now, collection.closes_at):
        result = "past" if until <= now else "not_later"
        return _refused(request, "extension_result", result, login.code, publication, until=until)
    furthest = (collection.extended_from or collection.closes_at) + _days(request)
    if until > furthest:
        return _passed_on(request, login, publication, until, furthest, why)
    return _granted(request, login, publication, until, why)


def _days(request: Request) -> timedelta:
    return timedelta(days=request.answers.context.limits.coordinator_days)


def _granted(request: Request, login: Login, publication: Publication, until: datetime, why: str) -> bool:
    answers = request.answers
    by = By(_who(request), why, request.judgement.receipt.id, coordinator=True)
    granted = grant(answers.context, request.session, publication, [Scope(login)], until, by, answers.now)
    answers.queued += [*granted.letters, *granted.closings]
    data = {
        "result": "done",
        "asked": login.code,
        "organisation": login.name,
        "until": until.isoformat(),
        "letters": len(granted.letters),
        "at": granted.at.isoformat() if granted.at > answers.now else None,
        "untold": bool(granted.untold),
        "reopened": len(granted.reopened),
    }
    answers.to_sender("extension_result", data, (request.login, publication))
    return True


def _passed_on(
    request: Request, login: Login, publication: Publication, until: datetime, furthest: datetime, why: str
) -> bool:
    """Longer than a coordinator may: an operator gets it with the command that would do it."""
    moment = f"{until.astimezone(MOSCOW):%Y-%m-%d %H:%M}"
    wanted = {
        "asked": login.code,
        "organisation": login.name,
        "until": until.isoformat(),
        "why": why,
        "sender": readable(request.judgement.message.sender or ""),
        "command": f'kabinet extend {publication.code} --login {login.code} --until "{moment}" --reason "…"',
        "answer_to": request.judgement.message.sender or "",
    }
    request.answers.to_support("extension_wanted", wanted, (request.login, publication))
    _note(request, "passed_on", publication, login.code, login.region, format_instant(until), why)
    data = {
        "result": "passed_on",
        "asked": login.code,
        "organisation": login.name,
        "until": until.isoformat(),
        "furthest": furthest.isoformat() if furthest > request.answers.now and _days(request) else None,
    }
    request.answers.to_sender("extension_result", data, (request.login, publication))
    return True


def remind(request: Request) -> bool:
    """«НАПОМНИТЬ»: those of the region who have not handed in, or the one login named, within the usual limits."""
    session, argument, login = request.session, request.command.argument, None
    named = publications.publication(session, argument) if argument else None
    if argument and named is None:
        login, refusal = _organisation(request, argument)
        if login is None or refusal:
            return _refused(request, "reminded", refusal, argument)
    about = [named] if named is not None else _open(request)
    asked = False
    for publication in about:
        people = _people(request, publication, login)
        if people:
            asked = True
            _remind(request, publication, people, login)
    return asked or _refused(request, "reminded", "not_asked" if about else "nothing_open", argument)


def _people(request: Request, publication: Publication, login: Login | None) -> list[Participant]:
    if login is None:
        return participations.participants(request.session, publication.code, request.login.region)
    part = participations.participation(request.session, publication.code, login.code)
    return [Participant(login, part)] if part is not None else []


def _remind(request: Request, publication: Publication, people: Sequence[Participant], login: Login | None) -> None:
    session, answers = request.session, request.answers
    turns.take(session, publication.code)
    asked_by = f"asked:{request.judgement.receipt.id}"
    chosen = reminding.choose(answers.context, session, publication, people, answers.now, asked_by)
    made = reminding.enqueue(answers.context, session, chosen.wanted, answers.now)
    answers.queued += made
    over = chosen.passed_over
    data = {
        "result": "done",
        "asked": login.code if login else "",
        "written": len(chosen.wanted),
        "letters": len(made),
        "at": chosen.at.isoformat() if chosen.at > answers.now else None,
        "passed_over": {why: over[why] for why in ("handed_in", "recently", "enough", "no_address", "closed")},
        "most": answers.context.limits.reminder_most,
    }
    _note(
        request, "reminded", publication, login.code if login else None, request.login.region, f"{len(chosen.wanted)}"
    )
    answers.to_sender("reminded", data, (request.login, publication))


def repeat(request: Request) -> bool:
    """«ПОВТОРИТЬ логин»: the letter of the publication once more, with the form as it stands, to living addresses."""
    session, answers, code = request.session, request.answers, request.command.argument
    login, refusal = _organisation(request, code)
    if login is None or refusal:
        return _refused(request, "repeated", refusal, code)
    living = health.living(session, login.addresses)
    asked = _about(request)
    about = summary.visible(asked, login, answers.now)
    if not about:
        return _refused(request, "repeated", "not_theirs" if asked else "nothing_open", login.code)
    if not living:
        return _refused(request, "repeated", "no_address", login.code)
    for publication in about:
        _send_again(request, publication, replace(login, addresses=tuple(living)))
        _note(request, "repeated", publication, login.code, login.region, ", ".join(living))
    told = {
        "result": "done",
        "asked": login.code,
        "organisation": login.name,
        "titles": [publication.title for publication in about],
        "addresses": list(map(readable, living)),
        "dead": [address for address in login.addresses if address not in living],
    }
    answers.to_sender("repeated", told, (request.login, about[0]))
    return True


def _send_again(request: Request, publication: Publication, login: Login) -> None:
    """The letter of a publication as it is now, to the addresses of ``login``."""
    session, answers = request.session, request.answers
    own = extensions.by_login(session, publication.code).own(publication, login)
    known = issued.of_login(session, own.code, login.code)
    files = attached_files(own, login)
    specs = [file_attachment(file) for file in files]
    if own.collection is not None:
        latest = returns.latest_ids(session, own.code, [login.code])
        specs.insert(0, form_attachment(answers.context, login, own, latest.get(login.code)))
    data = publication_data(own, locked_for_coordinator=False, issued=known, now=answers.now)
    before = len(answers.queued)
    answers.to_login("publication", data, (login, own), specs)
    for letter_id in answers.queued[before:]:
        issued.add(session, letter_id, own.code, login.code, files, IssueHow.ATTACHED)


def _organisation(request: Request, code: str) -> tuple[Login | None, str]:
    """Return (the organisation of the own region with this code, ""), or why there is none."""
    login = roster.login(request.session, code)
    if login is None or login.role is not Role.ORGANISATION:
        return None, "unknown_login"
    return login, "" if login.region == request.login.region else "other_region"


def _about(request: Request) -> list[Publication]:
    """The publication that the message is about; without one, those whose collection is open."""
    publication = request.judgement.publication
    return (
        [publication] if publication is not None else extensions.open_collections(request.session, request.answers.now)
    )


def _open(request: Request) -> list[Publication]:
    """As ``_about``, of which only collections that still take returns of somebody."""
    open_ones = extensions.open_collections(request.session, request.answers.now)
    about = request.judgement.publication
    return [item for item in open_ones if about is None or about.collection is None or item.code == about.code]


def _extendable(request: Request, login: Login) -> list[Publication]:
    """The collections that ``login`` takes part in: the one written about, or those open or closed not long ago."""
    about, now = request.judgement.publication, request.answers.now
    recent = timedelta(days=max(request.answers.context.limits.coordinator_days, 1))
    found = []
    for publication in publications.publications(request.session, out_at=request.answers.now):
        collection = publication.collection
        if collection is None or collection.opens_at > now:
            continue
        if about is not None and about.collection is not None:
            wanted = publication.code == about.code
        else:
            wanted = collection.closes_at + recent >= now
        if wanted and participations.participation(request.session, publication.code, login.code) is not None:
            found.append(publication)
    return found


def _refused(
    request: Request, kind: str, why: str, code: str, publication: Publication | None = None, **data: object
) -> bool:
    """Say why nothing was done; who asked for it stays on record."""
    publication = publication or request.judgement.publication
    shown = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in data.items()}
    _note(request, "refused", publication, code, None, f"{request.command.name}: {why}")
    about = (request.login, publication)
    request.answers.to_sender(kind, {"result": why, "asked": code, **shown}, about)
    return True


def _who(request: Request) -> str:
    return f"{request.login.code} <{request.judgement.message.sender or ''}>"


def _note(
    request: Request,
    what: str,
    publication: Publication | None,
    login: str | None,
    region: str | None,
    detail: str,
    why: str = "",
) -> None:
    code = publication.code if publication else None
    receipt_id, now = request.judgement.receipt.id, request.answers.now
    audit.note(request.session, Deed(now, _who(request), what, code, login, region, detail, why, receipt_id))
