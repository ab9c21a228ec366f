"""Answers: which letter goes to whom for one received message, safely.

Data go to registered addresses only; any other writer gets a notice without data. Automatic mail, daemons and our own
addresses are never answered, and every address has a cap (M16, M17, M18): an answer held back is on record as withheld.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.catalogue import text
from pipeline.model import AttachmentKind, AttachmentSpec, LetterState, Login, Publication, Return
from pipeline.steps import values
from pipeline.steps.context import Context
from pipeline.steps.drafting import ANSWER, Reply, Subject, annotated_attachment, draft, form_attachment
from pipeline.steps.judging import Item, Judgement
from pipeline.steps.rendering import form_of
from pipeline.store import Session, letters, returns

_DAY = timedelta(days=1)
_QUESTION_TEXT = 4000


def digest_of(content: bytes) -> str:
    """Return the sha256 of ``content`` as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def bounced_letter(context: Context, session: Session, judgement: Judgement) -> int | None:
    """Return the id of our letter that a bounce is about, or None when it names none of ours."""
    for recipient in judgement.message.recipients:
        local = recipient.partition("@")[0]
        letter_id = context.tagger.letter_of(local.partition("+")[2])
        if letter_id is not None and letters.letter(session, letter_id) is not None:
            return letter_id
    message_id = judgement.classification.original_message_id
    return letters.by_message_id(session, message_id) if message_id else None


class Answers:
    """Queues the letters that answer one message; ``queued`` are their ids."""

    def __init__(self, context: Context, session: Session, judgement: Judgement, now: datetime) -> None:
        self.context, self.session, self.judgement, self.now = context, session, judgement, now
        self.queued: list[int] = []
        self._made = 0

    # What became of a workbook

    def accepted(self, item: Item, ret: Return) -> None:
        """A receipt to show to the director: number, time, rows, values."""
        shown, left = values.shown_values(item.form, ret.data, self.context.limits.values_in_letter)
        data = {
            "number": ret.id,
            "received_at": self._received(),
            "late": ret.late,
            "rows": values.row_counts(item.form, ret.rows),
            "values": shown,
            "values_left": left,
            "warnings": values.finding_rows(item.form, ret.findings, self.context.limits.findings_in_letter),
            "repaired": list(item.checked.repaired) if item.checked else [],
            "first": ret.ordinal <= 1,
            "withheld": values.withheld(item.form),
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
        }
        self._to_organisation("rejected", data, (item.login, item.publication), self._annotated(item, ret))

    def draft_kept(self, item: Item, ret: Return) -> None:
        """Kept as begun, with what is still missing."""
        data = {**self._findings(item, ret), "rows": values.row_counts(item.form, ret.rows)}
        self._to_organisation("draft_kept", data, (item.login, item.publication), self._annotated(item, ret))

    def early(self, item: Item, ret: Return) -> None:
        """Came before the opening: kept as a draft, «приём с …»."""
        data = {**self._findings(item, ret), "rows": values.row_counts(item.form, ret.rows)}
        self._to_organisation("early", data, (item.login, item.publication))

    def late(self, item: Item) -> None:
        """Came after the closing and is not taken."""
        self._to_organisation("late", {"received_at": self._received()}, (item.login, item.publication))

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
        self._reply("unreadable", data, (login, publication), forms)

    def wrong_version(self, item: Item) -> None:
        """An older form than the collection takes: the present one goes along."""
        data = {
            "received_at": self._received(),
            "file_name": item.attachment.name,
            "reason": "wrong_version",
            "message": text("answer.wrong_version"),
        }
        forms = self._form(item.login, item.publication)
        self._to_organisation("unreadable", data, (item.login, item.publication), forms)

    def no_workbook(self) -> None:
        """A message that meant to hand in and brought nothing to read."""
        message = self.judgement.message
        data = {
            "received_at": self._received(),
            "attachments": [{"name": file.name, "type": file.content_type} for file in message.attachments],
            "links": "cloud_link" in self.judgement.classification.obstacles,
        }
        self._reply("no_workbook", data, (self.judgement.login, self.judgement.publication))

    # What became of a message

    def too_large(self) -> None:
        """Too large to be fetched: it stays on the server, and the remedy is told."""
        largest = self.context.limits.largest_message
        data = {"received_at": self._received(), "size": self.judgement.receipt.size, "largest": largest}
        self._reply("too_large", data, (None, None))

    def held(self, reason: str) -> None:
        """Proves too little: kept, and told so without data."""
        self._reply("held", {"received_at": self._received(), "reason": reason}, (None, None))

    def question(self) -> None:
        """Passed to support with the context; a known writer is told that it was."""
        judgement = self.judgement
        about = Subject(judgement.login, judgement.publication)
        data = {
            "sender": judgement.message.sender or "",
            "subject": judgement.message.subject,
            "text": judgement.message.text[:_QUESTION_TEXT],
            "trust": judgement.assessment.trust,
            "received_at": self._received(),
            "answer_to": judgement.message.sender or "",
        }
        original = AttachmentSpec(
            AttachmentKind.MESSAGE, text("question.file_name"), {"sha256": judgement.receipt.sha256}
        )
        key = self._key("question", self.context.support)
        self._enqueue("question", key, self.context.support, about, data, [original], reply=False)
        if judgement.login is not None and judgement.registered:
            self._reply("question_passed", {"received_at": self._received()}, (judgement.login, judgement.publication))

    def to_sender(
        self,
        kind: str,
        data: Mapping[str, Any],
        about: tuple[Login | None, Publication | None],
        attachments: Sequence[AttachmentSpec] = (),
    ) -> None:
        """Answer the writer, whose registered address the caller has made sure of, with letter ``kind``."""
        self._reply(kind, data, about, attachments)

    def form(self, login: Login, publication: Publication, prefill: int | None) -> None:
        """The form again, filled with what was last recorded unless the form keeps its data out of letters."""
        attachment = form_attachment(self.context, login, publication, prefill)
        collection = publication.collection
        form = form_of(self.session, collection.form_id, collection.form_version) if collection else None
        data = {
            "prefilled": prefill is not None and not values.withheld(form),
            "withheld": prefill is not None and values.withheld(form),
            "given": collection is not None and collection.prefill is not None,
        }
        self._reply("form", data, (login, publication), [attachment])

    # How

    def _received(self) -> str:
        return self.judgement.receipt.received_at.isoformat()

    def _findings(self, item: Item, ret: Return) -> dict[str, Any]:
        shown = values.finding_rows(item.form, ret.findings, self.context.limits.findings_in_letter)
        errors, warnings = values.severities(ret.findings)
        return {
            "received_at": self._received(),
            "findings": shown,
            "errors": errors,
            "warnings": warnings,
            "findings_left": len(ret.findings) - len(shown),
        }

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
        if login is None or sender in {address.lower() for address in login.addresses}:
            self._reply(kind, data, about, attachments)
            return
        subject = Subject(login, about[1])
        for address in login.addresses:
            self._enqueue(kind, self._key(kind, address), address, subject, data, attachments, reply=False)
            told = {"sender": sender or "", "received_at": self._received(), "outcome": outcome or kind}
            key = self._key("accepted_elsewhere", address)
            self._enqueue("accepted_elsewhere", key, address, subject, told, [], reply=False)
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
            self._enqueue(kind, self._key(kind, sender), sender, Subject(*about), data, attachments, reply=True)

    def _key(self, kind: str, address: str) -> str:
        self._made += 1
        return f"answer:{self.judgement.receipt.id}:{self._made}:{kind}:{address}"

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
    ) -> None:
        message = self.judgement.message
        thread = Reply(self.judgement.receipt.id, message.message_id, message.references)
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
            reply=thread,
        )
        if why := self._withheld(address, to_writer=reply):
            letter = replace(letter, state=LetterState.WITHHELD, server_reply=why)
        letter_id = letters.enqueue(self.session, letter)
        if letter_id is not None and letter.state is not LetterState.WITHHELD:
            self.queued.append(letter_id)

    def _withheld(self, address: str, *, to_writer: bool) -> str | None:
        """Why this answer must not leave, or None."""
        if to_writer and self.judgement.classification.withheld:
            return self.judgement.classification.withheld
        limits = self.context.limits
        cap = limits.questions_a_day if address == self.context.support else limits.answers_per_address_a_day
        if letters.answers_since(self.session, address, self.now - _DAY) >= cap:
            return "cap"
        return None
