"""Answers: how a letter that answers one received message is queued, safely.

Data go to registered addresses only; any other writer gets a notice without data. Automatic mail, daemons and our own
addresses are never answered, and every address, login and strange domain has a cap (M16, M17, M18): an answer held back
is on record as withheld, and a registered address is told of it once (M33).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from pipeline.mail.addresses import readable
from pipeline.mail.commands.command import Command
from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.kinds.accepted_elsewhere import AcceptedElsewhereLetter
from pipeline.mail.letters.kinds.notice import NoticeLetter
from pipeline.mail.letters.rows import Understood
from pipeline.model import AttachmentSpec, LetterState, Login, Publication
from pipeline.model.outgoing import ANSWER
from pipeline.steps.answers import capping
from pipeline.steps.answers.capping import Caps
from pipeline.steps.answers.codes import OneTimeCodes
from pipeline.steps.base.context import Context
from pipeline.steps.judging.judge import Judgement, is_registered
from pipeline.steps.letters.writing import Reply, Subject, Terms, new_letter
from pipeline.store import Session, letters


class Answers:
    """Queues the letters that answer one message; ``queued`` are their ids, ``codes`` what they may carry."""

    def __init__(self, context: Context, session: Session, judgement: Judgement, now: datetime) -> None:
        self.context, self.session, self.judgement, self.now = context, session, judgement, now
        self.queued: list[int] = []
        self.codes = OneTimeCodes(context, session, judgement, now)
        self._made = 0
        self._understood: Command | None = None
        self._caps = Caps(context, session, judgement, now, self.queued)

    @property
    def received_at(self) -> datetime:
        """When the message came."""
        return self.judgement.receipt.received_at

    @property
    def capped(self) -> bool:
        """Whether a cap has kept a letter back."""
        return self._caps.reached

    def answers_left(self) -> int:
        """How many more letters may go to the writer today (M17); what is over is told how to ask for later."""
        return self._caps.left(self.judgement.message.sender or "", self.judgement.login)

    def cannot_answer(self, login: Login, commands: Sequence[Command]) -> str | None:
        """Return why ``commands`` of a registered writer would get no answer and so must not be done, or None."""
        return self._caps.unanswerable(login, commands)

    @contextmanager
    def understanding(self, command: Command) -> Iterator[None]:
        """Say in the answers made within how ``command`` was understood, where it is only likely to be meant."""
        self._understood = command if command.written else None
        try:
            yield
        finally:
            self._understood = None

    def to_writer(
        self,
        data: LetterData,
        login: Login | None = None,
        publication: Publication | None = None,
        attachments: Sequence[AttachmentSpec] = (),
    ) -> None:
        """Answer the writer in the writer's thread, whoever it is: ``data`` must give nothing away."""
        sender = self.judgement.message.sender
        if sender:
            about = Subject(login, publication)
            self._enqueue(data, self._key(data, sender, about), sender, about, attachments, to_writer=True)

    def to_sender(
        self,
        data: LetterData,
        login: Login | None = None,
        publication: Publication | None = None,
        attachments: Sequence[AttachmentSpec] = (),
    ) -> None:
        """Answer the writer; a released message is answered to its login's addresses alone."""
        if self.judgement.receipt.released_as is None or is_registered(login, self.judgement.message.sender):
            self.to_writer(data, login, publication, attachments)
        elif login is not None:
            self.to_login(data, login, publication, attachments)

    def to_login(
        self,
        data: LetterData,
        login: Login,
        publication: Publication | None = None,
        attachments: Sequence[AttachmentSpec] = (),
        *,
        expires_at: datetime | None = None,
    ) -> list[str]:
        """Write to every registered address of a login, outside the writer's thread; return these addresses."""
        about = Subject(login, publication)
        for address in login.addresses:
            self._enqueue(data, self._key(data, address, about), address, about, attachments, expires_at=expires_at)
        return [address.lower() for address in login.addresses]

    def to_organisation(
        self,
        data: LetterData,
        login: Login | None,
        publication: Publication | None,
        attachments: Sequence[AttachmentSpec] = (),
        outcome: str = "",
    ) -> None:
        """Answer with data: to the writer when registered for that login, else to the login's own addresses.

        A writer from elsewhere gets a notice without data, and the registered addresses are told who wrote and what
        became of it: ``outcome``, by default the kind of the letter.
        """
        sender = self.judgement.message.sender
        if login is None or is_registered(login, sender):
            self.to_writer(data, login, publication, attachments)
            return
        self.to_login(data, login, publication, attachments)
        if self.judgement.receipt.released_as is None:  # else they have confirmed it already
            elsewhere = AcceptedElsewhereLetter(
                sender=readable(sender or ""),
                received_at=self.received_at,
                outcome=outcome or data.kind,
                seed=self.codes.undoing(login),
            )
            self.to_login(elsewhere, login, publication)
        self.to_writer(NoticeLetter(received_at=self.received_at))

    def in_thread(
        self, data: LetterData, address: str, about: Subject, attachments: Sequence[AttachmentSpec], thread: Reply
    ) -> bool:
        """Write to somebody else than the writer, in ``thread``, which is theirs; False when a cap stood in the way."""
        return self._enqueue(data, self._key(data, address), address, about, attachments, thread=thread)

    def to_support(
        self,
        data: LetterData,
        login: Login | None,
        publication: Publication | None,
        attachments: Sequence[AttachmentSpec] = (),
        *,
        capped: bool = False,
    ) -> bool:
        """Write to support; False when a cap stood in the way.

        ``capped`` is for what anybody may cause. What somebody must act on has caps of its own, and none keeps it back.
        """
        support, about = self.context.support, Subject(login, publication)
        return self._enqueue(data, self._key(data, support), support, about, attachments, capped=capped)

    def _key(self, data: LetterData, address: str, about: Subject | None = None) -> str:
        """What makes a repeat harmless; judged again, a message answers for others than before, hence ``about``."""
        self._made += 1
        parts = (about.login, about.publication) if about else ()
        named = "/".join(item.code for item in parts if item is not None)
        return f"answer:{self.judgement.receipt.id}:{self._made}:{data.kind}:{named}:{address}"

    def _enqueue(
        self,
        data: LetterData,
        key: str,
        address: str,
        about: Subject,
        attachments: Sequence[AttachmentSpec],
        *,
        to_writer: bool = False,
        expires_at: datetime | None = None,
        thread: Reply | None = None,
        capped: bool = True,
    ) -> bool:
        """Put a letter on record; False when it must not leave."""
        allowance = self._caps.allowance(data) if capped else None
        reply = thread or capping.thread(self.judgement, to_writer=to_writer)
        terms = Terms(ANSWER, reply=reply, expires_at=expires_at)
        letter = new_letter(self.context, key, data, address, about, self.now, terms, attachments)
        letter = replace(letter, allowance=allowance)
        if to_writer and self._understood is not None:
            said = Understood(asked=self._understood.written, command=str(self._understood))
            letter = replace(letter, data={**letter.data, "understood": said.as_json()})
        if why := self._caps.withheld(allowance, address, about.login, to_writer=to_writer):
            letter = replace(letter, state=LetterState.WITHHELD, server_reply=why)
        letter_id = letters.answer(self.session, letter)
        if letter_id is not None and letter.state is not LetterState.WITHHELD:
            self.queued.append(letter_id)
        return letter.state is not LetterState.WITHHELD
