"""Answers: which letter goes to whom for one received message, safely.

Data go to registered addresses only; any other writer gets a notice without data. Automatic mail, daemons and our own
addresses are never answered, and every address, login and strange domain has a cap (M16, M17, M18): an answer held back
is on record as withheld, and a registered address is told of it once (M33).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipeline.catalogue import text
from pipeline.mail.addresses import readable
from pipeline.mail.commands.command import Command
from pipeline.mail.kinds.instead import instead_of_workbook
from pipeline.model import AttachmentKind, AttachmentSpec, LetterState, Login, Publication, Return, Role
from pipeline.model.incoming import Purpose
from pipeline.steps.answers import (
    capping,
    passing,
)
from pipeline.steps.answers.capping import (
    DAY,
    Caps,
)
from pipeline.steps.base.context import Context
from pipeline.steps.judging.judge import (
    Item,
    Judgement,
    is_registered,
)
from pipeline.steps.judging.questions import answer_address
from pipeline.steps.letters import values
from pipeline.steps.letters.attachments import annotated_attachment, form_attachment
from pipeline.steps.letters.drafting import (
    ANSWER,
    Reply,
    Subject,
    draft,
)
from pipeline.steps.letters.publications import withdrawn_data
from pipeline.store import Session, caps, confirmations, letters, returns

_QUESTION_TEXT = 4000


def read_ahead(
    context: Context,
    session: Session,
    receipts: Sequence[int],
    addresses: Collection[str],
    logins: Collection[str],
    now: datetime,
) -> None:
    """Ask the store together what answering these messages will ask."""
    letters.read_ahead(session, receipts, {*addresses, context.support}, logins, now - DAY)
    caps.read_ahead(session, addresses, now - DAY)


class Answers:
    """Queues the letters that answer one message; ``queued`` are their ids."""

    def __init__(self, context: Context, session: Session, judgement: Judgement, now: datetime) -> None:
        self.context, self.session, self.judgement, self.now = context, session, judgement, now
        self.queued: list[int] = []
        self._made = 0
        self._caps = Caps(context, session, judgement, now, self.queued)
        self._undo: dict[str, str] = {}

    # What became of a workbook

    def accepted(self, item: Item, ret: Return) -> None:
        """A receipt to show to the director: number, time, rows, values."""
        shown, left = values.shown_values(item.form, ret.data, self.context.limits.showing.values)
        data = {
            "number": ret.id,
            "received_at": self._received(),
            "late": ret.late,
            "rows": values.row_counts(item.form, ret.rows),
            "values": shown,
            "values_left": left,
            "warnings": values.finding_rows(item.form, ret.findings, self.context.limits.showing.findings),
            "repaired": list(item.checked.repaired) if item.checked else [],
            "first": ret.ordinal <= 1,
            "withheld": values.withheld(item.form),
            **self._undoing(item),
        }
        self._to_organisation("accepted", data, (item.login, item.publication), outcome=ret.outcome.value)

    def rejected(self, item: Item, ret: Return, *, standing: bool) -> None:
        """Every fault at once, and the organisation's own data back with the wrong cells coloured."""
        data = {
            **self._findings(item, ret),
            "standing": standing,
            "file_name": item.attachment.name,
            "repaired": list(item.checked.repaired) if item.checked else [],
            "withheld": values.withheld(item.form),
            **self._undoing(item),
        }
        self._to_organisation("rejected", data, (item.login, item.publication), self._annotated(item, ret))

    def draft_kept(self, item: Item, ret: Return) -> None:
        """Kept as begun, with what is still missing."""
        data = {**self._findings(item, ret), "rows": values.row_counts(item.form, ret.rows), **self._undoing(item)}
        self._to_organisation("draft_kept", data, (item.login, item.publication), self._annotated(item, ret))

    def early(self, item: Item, ret: Return) -> None:
        """Came before the opening: kept as a draft, «приём с …»."""
        data = {**self._findings(item, ret), "rows": values.row_counts(item.form, ret.rows), **self._undoing(item)}
        self._to_organisation("early", data, (item.login, item.publication))

    def late(self, item: Item) -> None:
        """Came after the closing and is not taken."""
        self._to_organisation("late", {"received_at": self._received()}, (item.login, item.publication))

    def withdrawn(self, item: Item) -> None:
        """Came after its publication was withdrawn."""
        if item.publication is not None:
            data = withdrawn_data(item.publication, Role.ORGANISATION, "return")
            self._to_organisation("withdrawn", data, (item.login, item.publication))

    def incident(self, item: Item) -> None:
        """Ours, not theirs: «получено в …, проверяем» (W27)."""
        data = {"received_at": self._received(), "file_name": item.attachment.name}
        self._to_organisation("incident", data, (item.login, item.publication))

    def unreadable(self, item: Item, reason: str, message: str) -> None:
        """A file that is no workbook of ours, with its cause and the remedy; the form goes along when it may."""
        data = {
            "received_at": self._received(),
            "file_name": item.attachment.name,
            "reason": reason,
            "message": message,
        }
        login, publication = self.judgement.login, self.judgement.publication
        forms = self._form(login, publication) if self.judgement.registered else []
        self.to_sender("unreadable", {**data, "form_attached": bool(forms)}, (login, publication), forms)

    def wrong_version(self, item: Item) -> None:
        """An older form than the collection takes: the present one goes along."""
        data: dict[str, Any] = {
            "received_at": self._received(),
            "file_name": item.attachment.name,
            "reason": "wrong_version",
            "message": text("answer.wrong_version"),
        }
        forms = self._form(item.login, item.publication)
        data |= {"form_attached": bool(forms)}
        self._to_organisation("unreadable", data, (item.login, item.publication), forms)

    def no_workbook(self) -> None:
        """A message that meant to hand in and brought nothing to read."""
        message = self.judgement.message
        data = {
            "received_at": self._received(),
            "attachments": [
                {"name": file.name, "type": file.true_type}
                for file in message.attachments
                if not (file.inline and file.true_type.startswith("image/"))  # signatures, our own logo quoted
            ],
            "cause": instead_of_workbook(message, self.judgement.classification),
        }
        login, publication = self.judgement.login, self.judgement.publication
        forms = self._form(login, publication) if self.judgement.registered else []
        self.to_sender("no_workbook", {**data, "form_attached": bool(forms)}, (login, publication), forms)

    # What became of a message

    def too_large(self) -> None:
        """Too large to be fetched: it stays on the server, and the remedy is told."""
        largest = self.context.limits.judging.largest_message
        data = {"received_at": self._received(), "size": self.judgement.receipt.size, "largest": largest}
        self._reply("too_large", data, (None, None))

    def held(self, reason: str, *, asked: bool = False) -> None:
        """Proves too little: kept, and told so without data; ``asked`` says that the organisation was asked."""
        data = {"received_at": self._received(), "reason": reason, "asked": asked}
        self._reply("held", data, (None, None))

    def new_code(self, purpose: Purpose, login: Login, about: int | None = None) -> tuple[str, datetime]:
        """Put a one-time code for ``login`` on record, about this message or the receipt ``about``.

        Returns its seed and when it expires.
        """
        limits = self.context.limits
        expires_at = self.now + (
            limits.proving.confirm_life if purpose is Purpose.RELEASE else limits.proving.undo_life
        )
        seed = self.context.tagger.seed(secrets.token_hex(16))
        code = self.context.tagger.one_time(seed)
        receipt_id = self.judgement.receipt.id if about is None else about
        confirmations.add(self.session, code, purpose, receipt_id, login.code, self.now, expires_at)
        return seed, expires_at

    @property
    def capped(self) -> bool:
        """Whether a cap has kept a letter back."""
        return self._caps.reached

    def question(self) -> bool:
        """Passed to support with the context; the writer is told whether it was. False when a cap stood in the way."""
        judgement = self.judgement
        about = Subject(judgement.login, judgement.publication)
        data = {
            "sender": readable(judgement.message.sender or ""),
            "subject": judgement.message.subject,
            "text": judgement.message.text[:_QUESTION_TEXT],
            "trust": judgement.assessment.trust,
            "served": passing.served(self.session, judgement),
            "received_at": self._received(),
            "answer_to": answer_address(self.context, judgement.receipt.id) if judgement.message.sender else "",
        }
        original = AttachmentSpec(
            AttachmentKind.MESSAGE, text("question.file_name"), {"sha256": judgement.receipt.sha256}
        )
        key = self._key("question", self.context.support)
        passed = self._enqueue("question", key, self.context.support, about, data, [original], reply=False)
        answer = passing.answer_to_question(self.session, judgement, self.now)
        if answer is not None and (passed or answer[0] == "question_passed"):
            self.to_sender(answer[0], {"received_at": self._received(), "passed": passed}, answer[1])
        return passed

    def to_sender(
        self,
        kind: str,
        data: Mapping[str, Any],
        about: tuple[Login | None, Publication | None],
        attachments: Sequence[AttachmentSpec] = (),
    ) -> None:
        """Answer the writer with letter ``kind``; a released message is answered to its login's addresses alone."""
        login = about[0]
        if self.judgement.receipt.released_as is None or is_registered(login, self.judgement.message.sender):
            self._reply(kind, data, about, attachments)
        elif login is not None:
            self.to_login(kind, data, (login, about[1]), attachments)

    def to_login(
        self,
        kind: str,
        data: Mapping[str, Any],
        about: tuple[Login, Publication | None],
        attachments: Sequence[AttachmentSpec] = (),
        *,
        expires_at: datetime | None = None,
    ) -> list[str]:
        """Write to every registered address of a login, outside the writer's thread; return these addresses."""
        for address in about[0].addresses:
            key, subject = self._key(kind, address, about), Subject(*about)
            self._enqueue(kind, key, address, subject, data, attachments, reply=False, expires_at=expires_at)
        return [address.lower() for address in about[0].addresses]

    def in_thread(
        self,
        kind: str,
        address: str,
        about: tuple[Login | None, Publication | None],
        data: Mapping[str, Any],
        attachments: Sequence[AttachmentSpec],
        thread: Reply,
    ) -> bool:
        """Write to somebody else than the writer, in ``thread``, which is theirs; False when a cap stood in the way."""
        key = self._key(kind, address)
        return self._enqueue(kind, key, address, Subject(*about), data, attachments, reply=False, thread=thread)

    def to_support(self, kind: str, data: Mapping[str, Any], about: tuple[Login | None, Publication | None]) -> None:
        """Tell support what somebody must act on: no cap keeps it back, for what it is about has caps of its own."""
        support = self.context.support
        self._enqueue(kind, self._key(kind, support), support, Subject(*about), data, (), reply=False, capped=False)

    def answers_left(self) -> int:
        """How many more letters may go to the writer today (M17); what is over is told how to ask for later."""
        return self._caps.left(self.judgement.message.sender or "", self.judgement.login)

    def cannot_answer(self, login: Login, commands: Sequence[Command]) -> str | None:
        """Return why ``commands`` of a registered writer would get no answer and so must not be done, or None."""
        return self._caps.unanswerable(login, commands)

    # How

    def _received(self) -> str:
        return self.judgement.receipt.received_at.isoformat()

    def _findings(self, item: Item, ret: Return) -> dict[str, Any]:
        shown = values.finding_rows(item.form, ret.findings, self.context.limits.showing.findings)
        errors, warnings = values.severities(ret.findings)
        return {
            "received_at": self._received(),
            "findings": shown,
            "errors": errors,
            "warnings": warnings,
            "findings_left": len(ret.findings) - len(shown),
        }

    def _undoing(self, item: Item) -> dict[str, Any]:
        """What offers «ЭТО НЕ МЫ» where only From names the organisation: anybody can write it there (M30)."""
        judgement = self.judgement
        if item.login is None or item.assessment.trust != "sender" or judgement.origin.proven:
            return {}
        if item.login.code not in self._undo:
            self._undo[item.login.code], _ = self.new_code(Purpose.UNDO, item.login)
        return {"undo_seed": self._undo[item.login.code]}

    def _annotated(self, item: Item, ret: Return) -> list[AttachmentSpec]:
        if item.login is None or item.publication is None:
            return []
        return [annotated_attachment(self.context, item.login, item.publication, ret.id)]

    def _form(self, login: Login | None, publication: Publication | None) -> list[AttachmentSpec]:
        if login is None or publication is None or publication.collection is None:
            return []
        latest = returns.latest(self.session, publication.code, login.code)
        return [form_attachment(self.context, login, publication, latest.id if latest else None)]

    def _to_organisation(
        self,
        kind: str,
        data: Mapping[str, Any],
        about: tuple[Login | None, Publication | None],
        attachments: Sequence[AttachmentSpec] = (),
        outcome: str | None = None,
    ) -> None:
        """Answer with data: to the writer when registered for that login, else to the login's own addresses.

        A writer from elsewhere gets a notice without data, and the registered addresses are told who wrote.
        """
        login = about[0]
        sender = self.judgement.message.sender
        if login is None or is_registered(login, sender):
            self._reply(kind, data, about, attachments)
            return
        self.to_login(kind, data, (login, about[1]), attachments)
        if self.judgement.receipt.released_as is None:  # else they have confirmed it already
            if login.code not in self._undo:
                self._undo[login.code], _ = self.new_code(Purpose.UNDO, login)
            told = {"sender": readable(sender or ""), "received_at": self._received(), "outcome": outcome or kind}
            self.to_login("accepted_elsewhere", {**told, "seed": self._undo[login.code]}, (login, about[1]))
        self._reply("notice", {"received_at": self._received()}, (None, None))

    def _reply(
        self,
        kind: str,
        data: Mapping[str, Any],
        about: tuple[Login | None, Publication | None],
        attachments: Sequence[AttachmentSpec] = (),
    ) -> None:
        sender = self.judgement.message.sender
        if sender:
            key, subject = self._key(kind, sender, about), Subject(*about)
            self._enqueue(kind, key, sender, subject, data, attachments, reply=True)

    def _key(self, kind: str, address: str, about: tuple[Login | None, Publication | None] = (None, None)) -> str:
        """What makes a repeat harmless; settled anew, a message answers for others than before, hence ``about``."""
        self._made += 1
        whom = "/".join(item.code for item in about if item is not None)
        return f"answer:{self.judgement.receipt.id}:{self._made}:{kind}:{whom}:{address}"

    def _enqueue(
        self,
        kind: str,
        key: str,
        address: str,
        about: Subject,
        data: Mapping[str, Any],
        attachments: Sequence[AttachmentSpec],
        *,
        reply: bool,
        expires_at: datetime | None = None,
        thread: Reply | None = None,
        capped: bool = True,
    ) -> bool:
        """Put a letter on record; False when it must not leave."""
        allowance = self._caps.allowance(kind) if capped else None
        letter = draft(
            self.context,
            kind,
            key,
            address,
            about,
            self.now,
            data=data,
            attachments=attachments,
            priority=ANSWER,
            reply=thread or capping.thread(self.judgement, to_writer=reply),
        )
        letter = replace(letter, expires_at=expires_at or letter.expires_at, allowance=allowance)
        if why := self._caps.withheld(allowance, address, about.login, to_writer=reply):
            letter = replace(letter, state=LetterState.WITHHELD, server_reply=why)
        letter_id = letters.answer(self.session, letter)
        if letter_id is not None and letter.state is not LetterState.WITHHELD:
            self.queued.append(letter_id)
        return letter.state is not LetterState.WITHHELD
