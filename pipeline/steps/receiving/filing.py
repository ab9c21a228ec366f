"""Filing: judged messages are moved on the server into folders by what became of them.

Where a message belongs is read from the ledger by the UID that it was recorded under, so a move that a crash prevented
is simply done by the next pass, and one that is done leaves nothing to do. What is not judged yet stays where it is.

What was put away and is decided anew later (a held message released, refused, confirmed) is moved on. After a move its
UID is not on record, and an old server would not tell it: it is known again by its size or receipt time, which a move
keeps (some servers only estimate sizes), and then by its bytes. Nothing has to be searched for on the server (M26).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from pipeline.errors import ConfigurationError
from pipeline.model import FILING_OUTCOMES, Receipt, ReceiptState
from pipeline.model.reason import TOO_LARGE
from pipeline.steps.base.context import (
    Context,
    Inbox,
)
from pipeline.steps.base.ports import MailboxSession
from pipeline.store import receipts
from pipeline.store.refiling import anything_decided, decided_anew

_WAITING = ("held", "failed", "refused")  # outcomes that a decision may change

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


def file_again(context: Context, inbox: Inbox, mailbox: MailboxSession) -> int:
    """Move on what waited in a folder and is decided since; returns how many. Another folder is open afterwards."""
    with context.store.reading() as session:
        if not anything_decided(session):
            return 0
    # A folder that settled messages share may hold all that ever came, and nothing in it waits.
    others = {context.folder_for(outcome) for outcome in FILING_OUTCOMES if outcome not in _WAITING} | set(
        inbox.folders
    )
    waiting = [folder for folder in dict.fromkeys(map(context.folder_for, _WAITING)) if folder not in others]
    return sum(_file_again(context, inbox, mailbox, folder) for folder in waiting)


def _file_again(context: Context, inbox: Inbox, mailbox: MailboxSession, folder: str) -> int:
    try:
        mailbox.select(folder)
    except ConfigurationError:  # nothing was ever put there
        return 0
    marks = mailbox.marks(mailbox.uids())
    if not marks:
        return 0
    with context.store.reading() as session:
        decided = decided_anew(session, inbox.account, marks.values())
    elsewhere = {receipt.sha256: _folder_of(context, receipt) for receipt in decided}
    elsewhere = {sha256: target for sha256, target in elsewhere.items() if target != folder}
    moving = [receipt for receipt in decided if receipt.sha256 in elsewhere]
    sizes, instants = {receipt.size for receipt in moving}, {receipt.received_at for receipt in moving}
    targets: dict[str, list[int]] = defaultdict(list)
    likely = [uid for uid, (size, received_at) in marks.items() if size in sizes or received_at in instants]
    for message in mailbox.fetch(likely):
        if (target := elsewhere.get(hashlib.sha256(message.data).hexdigest())) is not None:
            targets[target].append(message.uid)
    for target, uids in sorted(targets.items()):
        mailbox.move(uids, target)
    return sum(map(len, targets.values()))


def _folder_of(context: Context, receipt: Receipt) -> str:
    """The folder that a rule named (``file`` on record), else that of the outcome."""
    reason = receipt.reason
    if reason is not None and reason.code == "file" and reason.name and receipt.state is ReceiptState.DONE:
        return f"{context.processed_folder}/{reason.name}"
    return context.folder_for(outcome_of(receipt))


def outcome_of(receipt: Receipt) -> str:
    """Return the word of FILING_OUTCOMES for a judged receipt."""
    if receipt.reason == TOO_LARGE and receipt.state is ReceiptState.REFUSED:
        return "too_large"
    if receipt.state in _BY_STATE:
        return _BY_STATE[receipt.state]
    if receipt.kind == "return":
        code = receipt.reason.code if receipt.reason else ""
        if code in _DRAFTS:
            return "drafts"
        if code in _RETURNED:
            return "returned"
        return "accepted" if code in _ACCEPTED else "other"
    return _BY_KIND.get(receipt.kind or "", "other")
