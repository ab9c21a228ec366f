"""Which question a message answers: support writes back to the letter that brought it, and we pass the answer on.

The letter's reply address is signed with the question's number, and its Message-ID is known to nobody but support:
either is enough (M25), in mail that support's own address sent and no robot wrote.
"""

from __future__ import annotations

from pipeline.mail.addresses import without_detail
from pipeline.mail.kinds.automatic import (
    LOOP_HEADER,
    auto_reply,
)
from pipeline.mail.kinds.classify import Classification
from pipeline.mail.message.parse import ParsedMessage
from pipeline.steps.base.context import Context
from pipeline.steps.letters.attachments import reply_address
from pipeline.store import Session, letters

_NEWEST_IDS = 10


def answer_address(context: Context, receipt_id: int) -> str:
    """Return the address that takes support's answer to the message with this receipt."""
    return reply_address(context, context.tagger.question_path(receipt_id))


def question_answered(
    context: Context, session: Session, message: ParsedMessage, classification: Classification
) -> int | None:
    """Return the receipt id of the question that ``message`` answers, or None when it is no answer of support."""
    if message.sender is None or without_detail(message.sender) != context.support.lower():
        return None
    if classification.withheld != "own" or LOOP_HEADER in message.headers or auto_reply(message):
        return None
    for address in message.recipients:
        detail = address.partition("@")[0].partition("+")[2]
        if (receipt_id := context.tagger.question_of(detail)) is not None:
            return receipt_id
    for message_id in filter(None, (message.in_reply_to, *message.references[-_NEWEST_IDS:])):
        letter_id = letters.by_message_id(session, message_id)
        letter = letters.letter(session, letter_id) if letter_id is not None else None
        if letter is not None and letter.kind == "question":
            return letter.receipt_id
    return None
