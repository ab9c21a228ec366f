"""Filing: judged messages are moved on the server into folders by what became of them.

Where a message belongs is read from the ledger by the UID that it was recorded under, so a move that a crash prevented
is simply done by the next pass, and one that is done leaves nothing to do. What is not judged yet stays where it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipeline.model import Receipt, ReceiptState
from pipeline.steps.context import OUTCOMES, Context, Inbox
from pipeline.steps.ports import MailboxSession
from pipeline.store import receipts

__all__ = ["OUTCOMES", "file_judged", "outcome_of"]

_DRAFTS = frozenset({"draft", "early"})
_RETURNED = frozenset({"rejected", "unreadable", "no_workbook", "wrong_version", "late"})
_BY_STATE = {ReceiptState.HELD: "held", ReceiptState.FAILED: "failed", ReceiptState.REFUSED: "refused"}
_BY_KIND = {
    "request": "requests",
    "confirmation": "requests",
    "question": "questions",
    "bounce": "service",
    "delay": "service",
    "delivered": "service",
    "auto_reply": "service",
    "read_receipt": "service",
    "feedback_report": "service",
}
_ACCEPTED = frozenset({"accepted", "accepted_with_warnings"})


def file_judged(
    context: Context, inbox: Inbox, mailbox: MailboxSession, folder: str, uidvalidity: int, present: Sequence[int]
) -> int:
    """Move those of ``present`` (UIDs of the open ``folder``) that are judged; returns how many."""
    if not present:
        return 0
    with context.store.reading() as session:
        judged = receipts.judged(session, inbox.account, folder, uidvalidity, min(present))
    targets: dict[str, list[int]] = defaultdict(list)
    for uid in present:
        if uid in judged:
            targets[_folder_of(context, judged[uid])].append(uid)
    targets.pop(folder, None)  # a folder of outcomes that is also read from must not be shuffled into itself
    for target, uids in sorted(targets.items()):
        mailbox.move(uids, target)
    return sum(map(len, targets.values()))


def _folder_of(context: Context, receipt: Receipt) -> str:
    """The folder that a rule named («file:…» on record), else that of the outcome."""
    action, _, folder = (receipt.reason or "").partition(":")
    if action == "file" and folder and receipt.state is ReceiptState.DONE:
        return f"{context.processed_folder}/{folder}"
    return context.folder_for(outcome_of(receipt))


def outcome_of(receipt: Receipt) -> str:
    """Return the word of OUTCOMES for a judged receipt."""
    if receipt.reason == "too_large" and receipt.state is ReceiptState.REFUSED:
        return "too_large"
    if receipt.state in _BY_STATE:
        return _BY_STATE[receipt.state]
    if receipt.kind == "return":
        if receipt.reason in _DRAFTS:
            return "drafts"
        if receipt.reason in _RETURNED:
            return "returned"
        return "accepted" if receipt.reason in _ACCEPTED else "other"
    return _BY_KIND.get(receipt.kind or "", "other")
