"""Doubting: a message whose origin is in doubt is held and provokes nothing but one notice a day (M28, M29, M32).

It may be forged: an answer to it would go to whoever is named, as often as the forger likes, and use up what is theirs.
So it counts for nothing. The registered addresses are told once a day that such a letter came, whatever caps they have
reached, with a code to let it go if it is theirs after all. All of them are listed for the operator.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pipeline.model import Hours, Login
from pipeline.model.incoming import Purpose, ReceiptEvent
from pipeline.steps.answers import asking
from pipeline.steps.answers.answering import Answers
from pipeline.steps.letters.drafting import (
    ANSWER,
    Reply,
    Subject,
    draft,
)
from pipeline.store import confirmations, letters, receipts, roster

KIND = "doubted"
_DAY = timedelta(days=1)


def tell(answers: Answers) -> None:
    """Tell who is named as the writer, unless they were told of another such letter within a day."""
    judgement, session = answers.judgement, answers.session
    if judgement.receipt.released_as is not None or confirmations.is_asked(session, judgement.receipt.id):
        return
    claim = judgement.assessment.claim
    login = roster.login(session, claim) if claim else None
    sender = judgement.message.sender or ""
    served = [] if login is not None else roster.logins_of_address(session, sender)
    named = login.addresses if login is not None else (sender,) if served else ()
    since = answers.now - _DAY
    untold = [address for address in named if not letters.is_told(session, KIND, address, since)]
    if untold:
        _tell(answers, login, untold)


def _tell(answers: Answers, login: Login | None, addresses: list[str]) -> None:
    """With a code where it is plain for which login; an office of several is sent to support."""
    receipt, now = answers.judgement.receipt, answers.now
    data = asking.what(answers)
    expires_at = None
    if login is not None:
        data["seed"], expires_at = answers.new_code(Purpose.RELEASE, login)
        data["expires_at"] = expires_at.isoformat()
        receipts.note(answers.session, receipt.id, ReceiptEvent.ASKED, now, "kabinet", login.code)
    for address in addresses:
        key, about = f"{KIND}:{receipt.id}:{address}", Subject(login)
        letter = draft(
            answers.context,
            KIND,
            key,
            address,
            about,
            now,
            data=data,
            priority=ANSWER,
            reply=Reply(receipt.id),
            hours=Hours.WAKING,
        )
        letter_id = letters.answer(answers.session, replace(letter, expires_at=expires_at or letter.expires_at))
        if letter_id is not None:
            answers.queued.append(letter_id)
