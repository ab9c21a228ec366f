"""«ПОВТОРИТЬ»: a coordinator has the letter of a publication sent to an organisation once more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipeline.cabinet import summary
from pipeline.mail.addresses import readable
from pipeline.mail.commands.words.nudging import REPEAT, login_and_publication
from pipeline.mail.letters.kinds.repeated import RepeatedLetter, SentAgain, SentBefore
from pipeline.model import IssueHow, Login, Publication
from pipeline.model.outgoing import ANSWER
from pipeline.steps.answers.capping import DAY
from pipeline.steps.base.resting import leaving
from pipeline.steps.letters.publications import attached_files
from pipeline.steps.letters.writing import Reply, Subject, Terms, new_letter
from pipeline.steps.record import health
from pipeline.steps.requests import choosing, deeds
from pipeline.steps.requests.again import letter_to_organisation
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request
from pipeline.store import (
    audit,
    extensions,
    issued,
    letters,
    publications,
    roster,
)


@handles(REPEAT)
def repeat(request: Request) -> bool:
    """«ПОВТОРИТЬ логин»: the letter of one publication once more, with the form as it stands, to living addresses.

    Which one is named after the login, or it is that of the letter answered, or the only one whose collection takes
    returns of the login; of several the coordinator is asked which.
    """
    session, answers = request.session, request.answers
    code, named = login_and_publication(request.command)
    if request.command.publication not in ("", named):
        return False  # two publications: a question
    login = roster.organisation_of(session, code, request.login.region)
    if login is None:
        return _not_repeated(request, RepeatedLetter(result="unknown_login", asked=code))
    found = _to_repeat(request, login, named)
    if isinstance(found, str):
        return _not_repeated(request, RepeatedLetter(result=found, asked=login.code, named=named))
    if len(found) > 1:
        choosing.ask_which(request, found)
        return True
    publication = extensions.by_login(session, found[0].code).own(found[0], login)
    living = health.living(session, login.addresses)
    closes_at = publication.collection.closes_at if publication.collection else None
    if closes_at is not None and closes_at < answers.now:
        return _not_repeated(request, RepeatedLetter(result="closed", asked=login.code), publication)
    if not living:
        return _not_repeated(request, RepeatedLetter(result="no_address", asked=login.code))
    if (before := _repeated(request, login, publication)) is not None:
        return _not_repeated(request, before, publication)
    at = _leaving(request, closes_at)
    _send_again(request, publication, replace(login, addresses=tuple(living)), at)
    deeds.note(request, "repeated", publication, login.code, login.region, ", ".join(living))
    letter = RepeatedLetter(
        result="done",
        asked=login.code,
        organisation=login.name,
        sent=SentAgain(
            titles=(publication.title,),
            addresses=tuple(map(readable, living)),
            dead=tuple(address for address in login.addresses if address not in living),
            at=at if at > answers.now else None,
        ),
    )
    answers.to_sender(letter, request.login, publication)
    return True


def _not_repeated(request: Request, letter: RepeatedLetter, publication: Publication | None = None) -> bool:
    return deeds.refuse(request, letter, letter.result, letter.asked, publication)


def _to_repeat(request: Request, login: Login, named: str) -> list[Publication] | str:
    """The publications that may be meant, or why there is none."""
    session, now = request.session, request.answers.now
    if named:
        seen = summary.visible([standing.publication for standing in publications.issued(session)], login, now)
        found = summary.exactly(seen, named, request.login.code)
        return [found] if found is not None else "unknown_publication"
    about = request.about
    if about is not None:
        return summary.visible([about], login, now) or "not_theirs"
    return summary.visible(extensions.open_for(session, login, now), login, now) or "nothing_open"


def _repeated(request: Request, login: Login, publication: Publication) -> RepeatedLetter | None:
    """Return what to say when this letter was repeated within the hour, or ``login`` has had the day's most, else None.

    A letter that is asked for at night counts when it leaves. The record of deeds knows whoever asked.
    """
    limits, now = request.answers.context.limits, request.answers.now
    deeds = audit.times(request.session, "repeated", login.code, now - 2 * DAY)
    left = sorted((leaving(limits, at), code) for at, code in deeds)
    recent = [at for at, _ in left if at > now - DAY]
    same = [at for at, code in left if code == publication.code and at > now - limits.reminding.repeat_gap]
    free = [at + limits.reminding.repeat_gap for at in same]
    if len(recent) >= limits.reminding.repeat_most:
        free.append(recent[-limits.reminding.repeat_most] + DAY)
    if not free:
        return None
    waits = same[-1] if same and same[-1] > now else None
    last = same[-1] if same else None
    before = SentBefore(last=last, next=max(free), at=waits, most=limits.reminding.repeat_most)
    return RepeatedLetter(result="already" if last else "enough", asked=login.code, before=before)


def _send_again(request: Request, publication: Publication, login: Login, at: datetime) -> None:
    """The letter of the publication as it is now, leaving ``at``; the organisation's own answers do not count it."""
    session, answers = request.session, request.answers
    receipt_id, context = request.judgement.receipt.id, answers.context
    data, specs = letter_to_organisation(request, publication, login, again="repeated")
    expires_at = None
    if publication.collection is not None:
        expires_at = min(publication.collection.closes_at, at + context.limits.sending.letter_life)
    terms = Terms(ANSWER, reply=Reply(receipt_id), expires_at=expires_at)
    key, about = f"repeated:{receipt_id}:{publication.code}:{login.code}", Subject(login, publication)
    made = [
        new_letter(context, f"{key}:{address}", data, address, about, at, terms, specs) for address in login.addresses
    ]
    queued = letters.enqueue_all(session, made, answers.now)
    for letter_id in queued:
        issued.add(
            session, letter_id, publication.code, login.code, attached_files(publication, login), IssueHow.ATTACHED
        )
    answers.queued += queued


def _leaving(request: Request, closes_at: datetime | None) -> datetime:
    """When a letter to an organisation leaves: not at night, unless it would come too late in the morning."""
    answers = request.answers
    at = leaving(answers.context.limits, answers.now)
    return answers.now if closes_at is not None and closes_at <= at else at
