"""Asking: a message that proves too little is held, and the registered address of the login it claims is asked.

An address of several logins that did not say which is asked for one of them. The answer carries a one-time code; what
it does is in ``confirming``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from pipeline.cabinet.corrections import read_corrections
from pipeline.mail.addresses import readable
from pipeline.mail.commands.lines import subject_and_lines
from pipeline.mail.commands.words.record import PASSPORT
from pipeline.mail.identity import Assessment
from pipeline.mail.kinds.classify import Classification
from pipeline.mail.letters.kinds.confirm import ConfirmLetter
from pipeline.mail.letters.kinds.held import HeldLetter
from pipeline.mail.letters.kinds.which import Choice, WhichLetter
from pipeline.mail.letters.rows import AskedAbout, CorrectionRow
from pipeline.mail.message.parse import ParsedMessage
from pipeline.model import Login, Receipt, Role
from pipeline.model.incoming import Purpose, ReceiptEvent
from pipeline.model.reason import is_conflict
from pipeline.steps.answers.answering import Answers
from pipeline.steps.judging.judge import recognise
from pipeline.steps.record.corrections import shown
from pipeline.store import confirmations, publications, receipts, roster

_DAY = timedelta(days=1)
_LONGEST_SUBJECT = 200
_MOST = 10  # files, and corrections, that a letter lists


def hold(answers: Answers, held: Sequence[tuple[str, Assessment]]) -> None:
    """Tell the writer of a held message why, and ask who can vouch for it. ``held`` are (reason, assessment) pairs.

    The writer gets no data, and reads the reason of the first pair. A message that nobody can be asked about waits for
    a person.
    """
    asked = _asked(answers, held)
    if (answers.judgement.message.sender or "") not in asked:
        tell_held(answers, held[0][0], asked=bool(asked))


def tell_held(answers: Answers, reason: str, *, asked: bool = False) -> None:
    """Queue that the message proves too little and is held, without data.

    ``asked``: the organisation that it names was asked to confirm it.
    """
    form = bool(answers.judgement.classification.workbooks)
    answers.to_writer(HeldLetter(received_at=answers.received_at, reason=reason, asked=asked, form=form))


def _asked(answers: Answers, held: Sequence[tuple[str, Assessment]]) -> set[str]:
    """Ask, and return the addresses asked (lower case)."""
    receipt, session = answers.judgement.receipt, answers.session
    if receipt.released_as is not None or confirmations.is_asked(session, receipt.id):
        return set()
    for reason, assessment in held:
        if reason == "several_logins":
            return _ask_which(answers, assessment.claimed)
    claims = dict.fromkeys(
        assessment.claim.lower() for reason, assessment in held if _can_be_vouched(reason) and assessment.claim
    )
    asked: set[str] = set()
    for claim in claims:
        login = roster.login(session, claim)
        if login is not None and login.addresses and not _too_often(answers, login):
            asked |= _ask(answers, login, held[0][0])
    return asked


def _can_be_vouched(reason: str) -> bool:
    vouchable = ("unknown_sender", "unregistered_mailbox", "disowned_mailbox", "unproven")
    return is_conflict(reason) or reason in vouchable


def _too_often(answers: Answers, login: Login) -> bool:
    """Anybody can forge a name: nobody is asked without end."""
    asked = confirmations.asked_since(answers.session, login.code, answers.now - _DAY)
    return asked >= answers.context.limits.proving.asked_a_day


def _ask(answers: Answers, login: Login, reason: str) -> set[str]:
    seed, expires_at = answers.codes.new(Purpose.RELEASE, login)
    letter = ConfirmLetter(message=asked_about(answers), seed=seed, expires_at=expires_at, reason=reason)
    _note(answers, [login.code])
    return set(answers.to_login(letter, login, answers.judgement.publication, expires_at=expires_at))


def ask_again(answers: Answers, about: Receipt, login: Login) -> bool:
    """Ask ``login`` once more about a held message whose code has expired; False when it was asked often enough.

    ``answers`` are those to the message that came too late.
    """
    if _too_often(answers, login):
        return False
    recognised = recognise(answers.context, about)
    publication = publications.publication(answers.session, about.publication) if about.publication else None
    seed, expires_at = answers.codes.new(Purpose.RELEASE, login, about.id)
    found = recognised.classification
    message = _described(about, recognised.message, found, [item.name for item in found.workbooks])
    receipts.note(answers.session, about.id, ReceiptEvent.ASKED, answers.now, "kabinet", login.code)
    letter = ConfirmLetter(
        message=message, seed=seed, expires_at=expires_at, reason=str(about.reason or ""), again=True
    )
    answers.to_login(letter, login, publication, expires_at=expires_at)
    return True


def _ask_which(answers: Answers, claimed: Iterable[str]) -> set[str]:
    """The writer serves all of these logins, so their names may be given; a return is never a coordinator's."""
    logins = [login for code in claimed if (login := roster.login(answers.session, code)) is not None]
    if answers.judgement.classification.kind == "return":
        logins = [login for login in logins if login.role is Role.ORGANISATION]
    if not logins or any(_too_often(answers, login) for login in logins):
        return set()
    choices: list[Choice] = []
    until = answers.now
    for login in logins:
        seed, until = answers.codes.new(Purpose.RELEASE, login)
        choices.append(Choice(login=login.code, name=login.name, seed=seed))
    subject = answers.judgement.message.subject[:_LONGEST_SUBJECT]
    answers.to_sender(
        WhichLetter(received_at=answers.received_at, subject=subject, choices=tuple(choices), expires_at=until)
    )
    _note(answers, [login.code for login in logins])
    return {answers.judgement.message.sender or ""}


def asked_about(answers: Answers) -> AskedAbout:
    """Return how a letter describes this message to whoever is asked about it."""
    judgement = answers.judgement
    names = [item.attachment.name for item in judgement.items]
    return _described(judgement.receipt, judgement.message, judgement.classification, names)


def _described(
    receipt: Receipt, message: ParsedMessage, classification: Classification, files: Sequence[str]
) -> AskedAbout:
    """The message as whoever is asked must recognise it; nothing of its content."""
    commands = classification.commands if classification.kind == "request" else ()
    return AskedAbout(
        sender=readable(message.sender or ""),
        subject=message.subject[:_LONGEST_SUBJECT],
        received_at=receipt.received_at,
        command=", ".join(map(str, commands)),
        corrections=_corrections(message) if any(command.word is PASSPORT for command in commands) else (),
        files=tuple(files[:_MOST]),
    )


def _corrections(message: ParsedMessage) -> tuple[CorrectionRow, ...]:
    """What stands with «ПАСПОРТ»: whoever confirms the word must see what it would change."""
    found = read_corrections(subject_and_lines(message), ())
    return tuple(
        CorrectionRow(field=item.field, value=item.value if item.fault else shown(item.field, item.value))
        for item in found[:_MOST]
    )


def _note(answers: Answers, codes: Sequence[str]) -> None:
    event, why = ReceiptEvent.ASKED, ", ".join(codes)
    receipts.note(answers.session, answers.judgement.receipt.id, event, answers.now, "kabinet", why)
