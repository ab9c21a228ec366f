"""Supporting: what support answers to a question goes on to whoever asked, in the thread of the question, on record."""

from __future__ import annotations

from functools import partial

import structlog

from pipeline.mail.letters.kinds.question_answered import QuestionAnsweredLetter
from pipeline.mail.message.attachments import Attachment
from pipeline.mail.message.parse import parse
from pipeline.model import AttachmentKind, AttachmentSpec
from pipeline.model.reason import ANSWERED, Reason
from pipeline.steps.answers.answering import Answers
from pipeline.steps.judging.judge import is_registered
from pipeline.steps.letters.writing import Reply, Subject
from pipeline.store import publications, receipts, roster

log = structlog.get_logger()
MOST_FILES = 10
_LONGEST_ANSWER = 20_000
_LONGEST_QUESTION = 1_000


def pass_on(answers: Answers) -> Reason | None:
    """Send the answer of support to the writer of the question it answers.

    Returns the reason on record, ``cap`` when a cap stood in the way, None when there is nothing to pass on or nobody
    to send it to. The words are those that were written, without the quotation below; files go along, our own enclosed
    letter does not: it names the address that takes answers.
    """
    judgement, context = answers.judgement, answers.context
    asked = receipts.receipt(answers.session, judgement.question) if judgement.question is not None else None
    files = [item for item in judgement.message.attachments if _goes_along(item)][:MOST_FILES]
    written = "\n".join(judgement.message.own_lines).strip()[:_LONGEST_ANSWER]
    if asked is None or not asked.sender or not (written or files):
        return None
    question = parse(context.archive.get(asked.sha256), partial(context.isolated.run, "tnef"))
    login = roster.login(answers.session, asked.login) if asked.login else None
    known = login if is_registered(login, asked.sender) else None
    publication = publications.publication(answers.session, asked.publication) if known and asked.publication else None
    data = QuestionAnsweredLetter(
        text=written,
        files=tuple(item.name for item in files),
        asked_at=asked.received_at,
        asked="\n".join(question.own_lines).strip()[:_LONGEST_QUESTION],
        subject=question.subject[:200],
    )
    thread = Reply(judgement.receipt.id, question.message_id, question.references)
    sent = answers.in_thread(data, asked.sender, Subject(known, publication), _kept(answers, files), thread)
    log.info("question.answered", receipt=judgement.receipt.id, question=asked.id, sent=sent)
    return Reason(ANSWERED, asked.id) if sent else Reason("cap")


def _goes_along(item: Attachment) -> bool:
    if item.depth or item.returned or item.content_type.startswith("message/"):
        return False
    return not (item.inline and item.true_type.startswith("image/"))


def _kept(answers: Answers, files: list[Attachment]) -> list[AttachmentSpec]:
    """The files by their hashes: the letter's row must give the same bytes at any time."""
    hashes = answers.context.archive.put_many([item.data for item in files])
    return [
        AttachmentSpec(AttachmentKind.FILE, item.name, {"sha256": sha256})
        for item, sha256 in zip(files, hashes, strict=True)
    ]
