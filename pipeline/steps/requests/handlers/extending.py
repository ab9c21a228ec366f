"""«ПРОДЛИТЬ»: a coordinator gives an organisation of the own region more time."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.catalogue import MOSCOW, format_instant
from pipeline.mail.addresses import readable
from pipeline.mail.commands.moments import read_moment
from pipeline.mail.commands.words.nudging import EXTEND, login_and_moment
from pipeline.mail.letters.kinds.extension_result import ExtensionResultLetter, GrantedRow
from pipeline.mail.letters.kinds.extension_wanted import ExtensionWantedLetter
from pipeline.model import Login, Publication
from pipeline.steps.mailings.extension import (
    By,
    Scope,
    grant,
)
from pipeline.steps.requests import deeds
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request
from pipeline.store import (
    extensions,
    participations,
    publications,
    roster,
)
from pipeline.store.base import turns

_LONGEST_REASON = 300


@handles(EXTEND)
def extend(request: Request) -> bool:
    """«ПРОДЛИТЬ логин до …»: at once as far as ``coordinator_days`` allow, beyond that support is asked."""
    code, words = login_and_moment(request.command)
    login = roster.organisation_of(request.session, code, request.login.region)
    if login is None:
        return _not_extended(request, "unknown_login", code)
    if unknown := deeds.no_collection(request, request.command.publication):
        return _not_extended(request, unknown, login.code, named=request.command.publication)
    about = _extendable(request, login)
    if len(about) != 1:
        return _not_extended(request, "several" if about else "not_asked", login.code)
    turns.take(request.session, about[0].code)
    publication = extensions.by_login(request.session, about[0].code).own(about[0], login)
    collection = publication.collection
    assert collection is not None  # only collections are extendable
    now = request.answers.now
    usual = collection.closes_at.astimezone(MOSCOW).timetz().replace(tzinfo=None)
    found = read_moment(words, now, usual)
    if found is None:
        return _not_extended(request, "unclear", login.code, publication, words=words)
    until, why = found[0], found[1][:_LONGEST_REASON]
    if until <= max(now, collection.closes_at):
        given = collection.extended_from is not None and until == collection.closes_at
        result = "past" if until <= now else "already" if given else "not_later"
        return _not_extended(request, result, login.code, publication, until=until)
    furthest = (collection.extended_from or collection.closes_at) + _days(request)
    if until > furthest:
        return _passed_on(request, login, publication, until, furthest, why)
    return _granted(request, login, publication, until, why)


def _days(request: Request) -> timedelta:
    return timedelta(days=request.answers.context.limits.reminding.coordinator_days)


def _granted(request: Request, login: Login, publication: Publication, until: datetime, why: str) -> bool:
    answers = request.answers
    by = By(deeds.who(request), why, request.judgement.receipt.id, coordinator=True)
    granted = grant(answers.context, request.session, publication, [Scope(login)], until, by, answers.now)
    answers.queued += [*granted.letters, *granted.closings]
    letter = ExtensionResultLetter(
        result="done",
        asked=login.code,
        organisation=login.name,
        until=until,
        granted=GrantedRow(
            why=why,
            letters=len(granted.letters),
            at=granted.at if granted.at > answers.now else None,
            untold=bool(granted.untold),
            reopened=len(granted.reopened),
        ),
    )
    answers.to_sender(letter, request.login, publication)
    return True


def _passed_on(
    request: Request, login: Login, publication: Publication, until: datetime, furthest: datetime, why: str
) -> bool:
    """Longer than a coordinator may: an operator gets it with the command that would do it."""
    moment = f"{until.astimezone(MOSCOW):%Y-%m-%d %H:%M}"
    wanted = ExtensionWantedLetter(
        asked=login.code,
        organisation=login.name,
        until=until,
        why=why,
        sender=readable(request.judgement.message.sender or ""),
        command=f'kabinet extend {publication.code} --login {login.code} --until "{moment}" --reason "…"',
        answer_to=request.judgement.message.sender or "",
    )
    request.answers.to_support(wanted, request.login, publication)
    deeds.note(request, "passed_on", publication, login.code, login.region, format_instant(until), why)
    letter = ExtensionResultLetter(
        result="passed_on",
        asked=login.code,
        organisation=login.name,
        until=until,
        furthest=furthest if furthest > request.answers.now and _days(request) else None,
    )
    request.answers.to_sender(letter, request.login, publication)
    return True


def _not_extended(
    request: Request,
    why: str,
    code: str,
    publication: Publication | None = None,
    *,
    until: datetime | None = None,
    words: str = "",
    named: str = "",
) -> bool:
    letter = ExtensionResultLetter(result=why, asked=code, until=until, words=words, named=named)
    return deeds.refuse(request, letter, why, code, publication)


def _extendable(request: Request, login: Login) -> list[Publication]:
    """The collections that ``login`` takes part in: the one written about, or those open or closed not long ago."""
    about, now = request.about, request.answers.now
    recent = timedelta(days=max(request.answers.context.limits.reminding.coordinator_days, 1))
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
