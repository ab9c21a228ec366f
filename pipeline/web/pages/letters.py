"""The letters of one login: the list with what became of each, and one of them as it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from pipeline.catalogue import format_short, text
from pipeline.errors import UserError
from pipeline.mail.addresses import canonical
from pipeline.model import Letter
from pipeline.model.delivery import Logged
from pipeline.steps.letters.rendering import render
from pipeline.steps.letters.values import kind_in_words
from pipeline.steps.preview import shown
from pipeline.store import letters
from pipeline.web.visit import Visit

_MOST = 200


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    at: datetime
    subject: str
    address: str
    state: str


def show(visit: Visit) -> Response:
    """Draw the letters of the login that was asked for, or to the address."""
    wanted = visit.asked("login")
    login, address = (None, canonical(wanted)) if "@" in wanted else (wanted, None)
    with visit.site.open_context() as context, context.store.reading() as session:
        found = letters.found(session, login=login, address=address, limit=_MOST) if wanted else []
    return visit.draw("letters", login=wanted, letters=[_row(letter, last) for letter, last in found])


def one(visit: Visit) -> Response:
    """Draw one letter as its recipient sees it."""
    number = int(visit.path("number"))
    with visit.site.open_context() as context, context.store.reading() as session:
        letter = letters.letter(session, number)
        if letter is None:
            raise UserError("web.no_letter", number=number)
        content = render(context, session, letter)
        last = letters.events(session, number)[-1]
    look = shown(letter.kind, content)
    html = visit.site.shelf.put("letter.html", look.html.encode())
    whole = visit.site.shelf.put(f"letter-{number}.eml", content)
    return visit.draw("letter", row=_row(letter, last), look=look, address=html, whole=whole)


def _row(letter: Letter, last: Logged) -> _Row:
    state = f"{text(f'letter_event.{last.event.value}')} {format_short(last.at)}"
    return _Row(letter.id, letter.created_at, kind_in_words(letter), letter.address, state)
