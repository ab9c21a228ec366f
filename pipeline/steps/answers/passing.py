"""Passing on: who is told what when a question goes to support, and which logins support sees beside it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.model import Login, Publication
from pipeline.steps.judging.judge import Judgement
from pipeline.store import Session, letters, roster

_DAY = timedelta(days=1)
_MOST_SERVED = 40
Told = tuple[str, tuple[Login | None, Publication | None]]
"""The kind of a letter and what it is about."""


def answer_to_question(session: Session, judgement: Judgement, now: datetime) -> Told | None:
    """Return which letter answers a question that was passed on, or None.

    Whoever we know is told that it was, also where it is open for which login. An address that we do not know is told
    so once a day. Nobody is told anything whose origin is in doubt.
    """
    sender, login = judgement.message.sender, judgement.login
    if not sender or judgement.origin.doubt:
        return None
    if login is not None and judgement.registered:
        return "question_passed", (login, judgement.publication)
    if roster.logins_of_address(session, sender):
        return "question_passed", (None, None)
    if letters.answers_since(session, sender, now - _DAY):
        return None
    # About the login whose tag came along, so that its cap counts it; the letter names nobody.
    return "stranger", (login, None)


def served(session: Session, judgement: Judgement) -> list[dict[str, str]]:
    """Return the logins of the writer, code and name, where it is open for which of them the message is."""
    if judgement.login is not None or not judgement.message.sender:
        return []
    found = roster.logins_of_address(session, judgement.message.sender)
    return [{"login": login.code, "name": login.name} for login in found[:_MOST_SERVED]]
