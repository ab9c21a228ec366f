"""Which publications were opened, as far as the mail that comes back shows it."""

from __future__ import annotations

from pipeline.model import ReadHow
from pipeline.steps.judging.judge import Judgement
from pipeline.store import Session, letters, reads

_NOBODYS = frozenset({"bounce", "delay", "delivered", "auto_reply", "feedback_report", "junk", "unreadable"})


def note_reads(session: Session, judgement: Judgement, about: int | None) -> None:
    """Put on record which publications a received message shows to have been opened, and by whom.

    ``about`` is the letter that a report or read receipt is about. An answer with our tag shows it whoever wrote.
    """
    kind, receipt = judgement.classification.kind, judgement.receipt
    opened: set[tuple[str, str]] = set()
    if kind == "read_receipt":
        letter = letters.letter(session, about) if about is not None else None
        if letter is not None and letter.login and letter.publication:
            opened.add((letter.login, letter.publication))
    elif kind not in _NOBODYS:
        pairs = [
            (judgement.login, judgement.publication),
            *((item.login, item.publication) for item in judgement.items),
        ]
        opened.update((login.code, publication.code) for login, publication in pairs if login and publication)
    how = {"read_receipt": ReadHow.READ_RECEIPT, "request": ReadHow.COMMAND}.get(kind, ReadHow.REPLY)
    for login, publication in sorted(opened):
        reads.note(session, login, publication, receipt.id, how, receipt.received_at)
