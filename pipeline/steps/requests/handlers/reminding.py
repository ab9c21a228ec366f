"""«НАПОМНИТЬ»: a coordinator has organisations of the own region reminded."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.mail.commands.words.nudging import REMIND
from pipeline.mail.letters.kinds.reminded import Leaving, PassedOver, RemindedLetter, RemindedRow
from pipeline.model import Hours, Login, Participant, Publication
from pipeline.steps.answers import packing
from pipeline.steps.answers.packing import Product
from pipeline.steps.base.resting import leaving
from pipeline.steps.mailings import reminder
from pipeline.steps.requests import deeds
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request
from pipeline.store import (
    extensions,
    participations,
    roster,
)
from pipeline.store.base import turns


@handles(REMIND)
def remind(request: Request) -> bool:
    """«НАПОМНИТЬ»: those of the region who have not handed in, or the one login named, within the usual limits."""
    argument, place, login = request.command.argument, request.command.publication, None
    if argument and (place or (request.named is None and not argument.isdecimal())):
        login = roster.organisation_of(request.session, argument, request.login.region)
        if login is None:
            return _not_reminded(request, "unknown_login", argument)
    written = place or (argument if login is None else "")
    if unknown := deeds.no_collection(request, written):
        return _not_reminded(request, unknown, login.code if login else "", named=written)
    about = [request.named] if request.named is not None else _open(request)
    made: list[Product[RemindedRow]] = []
    for publication in about:
        people = _people(request, publication, login)
        if people:
            made.append(Product(publication, _remind(request, publication, people, login)))
    if not made:
        return _not_reminded(request, "not_asked" if about else "nothing_open", login.code if login else "")
    now, limits = request.answers.now, request.answers.context.limits
    at = leaving(limits, now, Hours.WORKING)  # as ``reminder.choose`` has it
    one = made[0].row if len(made) == 1 else None
    letter = RemindedLetter(
        result="done",
        asked=login.code if login else "",
        written=sum(item.row.written for item in made),
        letters=one.letters if one else None,
        passed_over=one.passed_over if one else None,
        several=packing.several(made) if one is None else (),
        when=Leaving(at=at if at > now else None, most=limits.reminding.most),
    )
    request.answers.to_sender(letter, request.login, packing.publication_of(made))
    return True


def _not_reminded(request: Request, why: str, code: str, *, named: str = "") -> bool:
    return deeds.refuse(request, RemindedLetter(result=why, asked=code, named=named), why, code)


def _people(request: Request, publication: Publication, login: Login | None) -> list[Participant]:
    if login is None:
        return participations.participants(request.session, publication.code, request.login.region)
    part = participations.participation(request.session, publication.code, login.code)
    return [Participant(login, part)] if part is not None else []


def _remind(
    request: Request, publication: Publication, people: Sequence[Participant], login: Login | None
) -> RemindedRow:
    """Queue what is due of one collection and return what the coordinator reads about it."""
    session, answers = request.session, request.answers
    turns.take(session, publication.code)
    asked_by = f"asked:{request.judgement.receipt.id}"
    chosen = reminder.choose(answers.context, session, publication, people, answers.now, asked_by)
    made = reminder.enqueue(answers.context, session, chosen.wanted, answers.now)
    answers.queued += made
    over = chosen.passed_over
    code = login.code if login else None
    deeds.note(request, "reminded", publication, code, request.login.region, f"{len(chosen.wanted)}")
    return RemindedRow(
        written=len(chosen.wanted),
        letters=len(made),
        passed_over=PassedOver(
            handed_in=over["handed_in"],
            recently=over["recently"],
            enough=over["enough"],
            no_address=over["no_address"],
            closed=over["closed"],
            waiting=over["waiting"] or None,
            too_late=over["too_late"] or None,
        ),
    )


def _open(request: Request) -> list[Publication]:
    """The collections that still take returns of somebody: that of the message, or all."""
    open_ones = extensions.open_collections(request.session, request.answers.now)
    about = request.about
    return [item for item in open_ones if about is None or about.collection is None or item.code == about.code]
