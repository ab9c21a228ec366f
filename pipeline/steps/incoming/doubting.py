"""Doubting: a message whose origin is in doubt is held and provokes nothing but one notice a day (M28, M29, M32).

It may be forged: an answer to it would go to whoever is named, as often as the forger likes, and use up what is theirs.
So it counts for nothing. The registered addresses are told once a day that such a letter came, whatever caps they have
reached, with a code to let it go if it is theirs after all. All of them are listed for the operator.
"""

from __future__ import annotations

from datetime import timedelta

from pipeline.mail.letters.kinds.doubted import DoubtedLetter
from pipeline.model import Hours, Login
from pipeline.model.incoming import Purpose, ReceiptEvent
from pipeline.model.outgoing import ANSWER
from pipeline.steps.answers import asking
from pipeline.steps.answers.answering import Answers
from pipeline.steps.letters.writing import Reply, Subject, Terms, new_letter
from pipeline.store import confirmations, letters, receipts, roster

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
    untold = [address for address in named if not letters.is_told(session, DoubtedLetter.kind, address, since)]
    if untold:
        _tell(answers, login, untold)


def _tell(answers: Answers, login: Login | None, addresses: list[str]) -> None:
    """With a code where it is plain for which login; an office of several is sent to support."""
    receipt, now = answers.judgement.receipt, answers.now
    seed, expires_at = "", None
    if login is not None:
        seed, expires_at = answers.codes.new(Purpose.RELEASE, login)
        receipts.note(answers.session, receipt.id, ReceiptEvent.ASKED, now, "kabinet", login.code)
    data = DoubtedLetter(message=asking.asked_about(answers), seed=seed, expires_at=expires_at)
    terms = Terms(ANSWER, Hours.WAKING, Reply(receipt.id), expires_at=expires_at)
    for address in addresses:
        key = f"{data.kind}:{receipt.id}:{address}"
        letter = new_letter(answers.context, key, data, address, Subject(login), now, terms)
        letter_id = letters.answer(answers.session, letter)
        if letter_id is not None:
            answers.queued.append(letter_id)
