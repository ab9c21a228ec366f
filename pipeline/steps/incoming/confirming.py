"""Confirming: what «ДА», «НЕТ» and «ЭТО НЕ МЫ» do when they carry a one-time code of ours.

A code counts from a registered address of its login, in mail that no robot wrote, once, until it expires. It is found
in the address written to, in the subject, among the words, or through the letter of ours that is answered (M25).
An answer that comes after its code's time gets a new code, while the message still waits. Whoever we know is told of a
code that is none of ours, and of an answer that does not say for which login.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from pipeline.mail.addresses import readable
from pipeline.mail.commands.command import Command
from pipeline.mail.commands.onetime import (
    answer_of,
    carries_code,
    codes_in,
    written_codes,
)
from pipeline.mail.commands.words.confirming import NOT_US, YES
from pipeline.mail.identity import one_time_codes
from pipeline.mail.letters.kinds.confirm_result import ConfirmResultLetter
from pipeline.mail.letters.kinds.disowned import DisownedLetter
from pipeline.model import Letter, Login, Receipt, ReceiptState, StatusEvent
from pipeline.model.incoming import Confirmation, Purpose, ReceiptEvent
from pipeline.model.reason import DISOWNED, Reason, conflict
from pipeline.status.receipt import ReceiptMove
from pipeline.steps.answers import asking
from pipeline.steps.answers.answering import Answers
from pipeline.steps.judging.judge import is_registered
from pipeline.store import confirmations, letters, participations, publications, receipts, returns, roster

log = structlog.get_logger()
_NEWEST_IDS = 10
_LOGIN_WORD = re.compile(r"[a-z][a-z0-9_]{3,40}")
_LOOK_ALIKE = str.maketrans("асеорх", "aceopx")


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer to our question: its state, the reason on record, the name it is counted by."""

    state: ReceiptState
    reason: Reason
    outcome: str


def answer_in_words(answers: Answers) -> Answered | None:
    """Do what the own words of a question say if it is an answer to a letter of ours after all; None when it is not.

    The code may be in that letter alone, of which only the id came back, or look like words.
    """
    command = answer_of(answers.judgement.message)
    return answer(answers, command, directly=True) if command is not None else None


def answer(answers: Answers, command: Command, *, directly: bool = False) -> Answered | None:
    """Do what ``command`` (ДА, НЕТ, ЭТО НЕ МЫ) says to the message its code is bound to; None when it has no code.

    ``directly``: of our letters only the one that is answered counts, not those earlier in its thread.
    """
    answered = _answered_letters(answers, directly=directly)
    found = confirmations.by_codes(answers.session, _codes(answers, command, answered))
    if not found:  # only then may what was typed stand for another code
        found = confirmations.by_codes(answers.session, codes_in(written_codes(answers.judgement.message)))
    if not found:
        return _without_code(answers, command, answered)
    if len(found) > 1:
        return _held(answers, "several_codes")
    confirmation = found[0]
    login = roster.login(answers.session, confirmation.login)
    if login is None or not is_registered(login, answers.judgement.message.sender):
        return _held(answers, "code_from_elsewhere")
    if answers.judgement.assessment.trust == "conflict":
        return _held(answers, conflict(answers.judgement.assessment.cause))
    if answers.judgement.classification.withheld:
        return _held(answers, "automatic_confirmation")
    if confirmation.purpose is Purpose.UNDO and command.word is not NOT_US:
        return _told(answers, login, "acknowledged", confirmation)
    return _obeyed(answers, command, confirmation, login)


def _codes(answers: Answers, command: Command, answered: Sequence[Letter]) -> list[str]:
    message, context = answers.judgement.message, answers.context
    written = f"{command.argument}\n{written_codes(message)}"
    codes = list(one_time_codes(message, context.sender.address, written))
    for letter in answered:
        if "seed" in letter.data:
            codes.append(context.tagger.one_time(letter.data["seed"]))
        if command.word is NOT_US and "undo_seed" in letter.data:
            codes.append(context.tagger.one_time(letter.data["undo_seed"]))
        if seed := _chosen(written, letter):
            codes.append(context.tagger.one_time(seed))
    return codes


def _answered_letters(answers: Answers, *, directly: bool) -> list[Letter]:
    """The letters of ours that the message answers, by the ids that came back."""
    message, session = answers.judgement.message, answers.session
    named = filter(None, (message.in_reply_to, *(() if directly else message.references[-_NEWEST_IDS:])))
    ids = dict.fromkeys(letters.by_message_id(session, message_id) for message_id in named)
    found = (letters.letter(session, letter_id) for letter_id in ids if letter_id is not None)
    return [letter for letter in found if letter is not None]


def _chosen(written: str, letter: Letter) -> str | None:
    """Return the seed of the one login that an answer to «от какой организации?» names, None without exactly one."""
    words = set(_LOGIN_WORD.findall(written.lower().translate(_LOOK_ALIKE)))
    named = [choice["seed"] for choice in letter.data.get("choices", ()) if choice["login"].lower() in words]
    return str(named[0]) if len(named) == 1 else None


def _without_code(answers: Answers, command: Command, answered: Sequence[Letter]) -> Answered | None:
    """Whoever we know is told what is missing; anybody else hears nothing of codes."""
    judgement, session = answers.judgement, answers.session
    sender = judgement.message.sender or ""
    if judgement.assessment.trust == "conflict" or judgement.classification.withheld:
        return None
    if not roster.logins_of_address(session, sender):
        return None
    if any("choices" in letter.data for letter in answered):
        result = "which_one"
    elif command.argument or carries_code(judgement.message, answers.context.own_addresses):
        result = "wrong_code"
    else:
        return None
    login = judgement.login if is_registered(judgement.login, sender) else None
    answers.to_sender(ConfirmResultLetter(result=result), login, judgement.publication if login else None)
    return Answered(ReceiptState.DONE, Reason(result), result)


def _obeyed(answers: Answers, command: Command, confirmation: Confirmation, login: Login) -> Answered:
    about = receipts.receipt(answers.session, confirmation.receipt_id)
    releasing = confirmation.purpose is Purpose.RELEASE
    if about is None or (releasing and about.state is not ReceiptState.HELD):
        return _told(answers, login, "settled", confirmation)
    if not confirmations.spend(answers.session, confirmation, answers.now, command.name):
        # The message still waits and its owner is here: a code that only went out of date is made anew, within the cap.
        expired = confirmation.spent_at is None
        if releasing and expired and asking.ask_again(answers, about, login):
            return Answered(ReceiptState.DONE, Reason("asked_again", about.id), "asked_again")
        return _told(answers, login, "spent", confirmation)
    if not releasing:
        return _undone(answers, login, about, confirmation)
    if command.word is YES:
        receipts.reopen(answers.session, about.id, login.code)
        _note(answers, about, ReceiptEvent.RELEASED)
        return Answered(ReceiptState.DONE, Reason("released", about.id), "released")
    receipts.refuse(answers.session, about.id, ReceiptMove.DENIED, Reason("denied"), answers.now)
    _note(answers, about, ReceiptEvent.REFUSED)
    return _told(answers, login, "refused", confirmation)


def _undone(answers: Answers, login: Login, about: Receipt, confirmation: Confirmation) -> Answered:
    """Take back what the message brought; the earlier accepted return stands again where there is one."""
    session, receipt = answers.session, answers.judgement.receipt
    disputed = False
    publication = None
    for ret in returns.withdraw(session, about.id, login.code, receipt.received_at):
        publication = publications.publication(session, ret.publication)
        if ret.draft or not ret.outcome.is_accepted:
            continue
        event, at = StatusEvent.RETURN_WITHDRAWN, receipt.received_at
        after = participations.record(
            session, ret.publication, login.code, event, at, receipt_id=receipt.id, return_id=ret.id
        )
        disputed = disputed or after.disputed
    receipts.refuse(session, about.id, ReceiptMove.DISOWNED, DISOWNED, answers.now)
    _note(answers, about, ReceiptEvent.DISOWNED)
    log.warning("receipt.disowned", receipt=about.id, login=login.code, disputed=disputed)
    letter = DisownedLetter(
        sender=readable(about.sender or ""),
        received_at=about.received_at,
        number=about.id,
        disputed=disputed,
        by=readable(answers.judgement.message.sender or ""),
    )
    answers.to_support(letter, login, publication)
    return _told(answers, login, "disputed" if disputed else "undone", confirmation)


def _told(answers: Answers, login: Login, result: str, confirmation: Confirmation) -> Answered:
    answers.to_sender(ConfirmResultLetter(result=result), login, answers.judgement.publication)
    return Answered(ReceiptState.DONE, Reason(result, confirmation.receipt_id), result)


def _held(answers: Answers, reason: str) -> Answered:
    asking.tell_held(answers, reason)
    return Answered(ReceiptState.HELD, Reason(reason), "held")


def _note(answers: Answers, about: Receipt, event: ReceiptEvent) -> None:
    who, why = answers.judgement.message.sender or "", f"receipt:{answers.judgement.receipt.id}"
    receipts.note(answers.session, about.id, event, answers.now, who, why)
