"""Restoring: a database put back from an older copy is looked after until it knows what the mailbox knows (M47).

It is declared first: from then on nothing leaves that may have left before. Then the folders of filed mail are looked
through, by content: what the copy does not know is judged again, with its original receipt time. Letters wait in doubt
until an operator has sent or dropped them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime

import structlog

from pipeline.catalogue import format_instant, text
from pipeline.errors import ConfigurationError, UserError
from pipeline.mail.letters.kinds.attention import Restored
from pipeline.model import FILING_OUTCOMES, Summary
from pipeline.model.audit import Deed
from pipeline.model.problems import Restore
from pipeline.steps.base.context import (
    Context,
    Inbox,
)
from pipeline.steps.base.ports import MailboxSession
from pipeline.steps.incoming import givingup
from pipeline.steps.receiving.filing import file_judged
from pipeline.steps.receiving.recording import (
    batches,
    record,
)
from pipeline.store import Session, audit, doubts, publications, receipts, reports, restoring

log = structlog.get_logger()
_MOST_NAMED = 20  # things whose bytes are gone, in one remark


def declare(context: Context, now: datetime, stopped_at: datetime | None, who: str) -> Summary:
    """Say that the database is an older copy; the lost one was at work until ``stopped_at``, by default until now.

    Counts: ``doubtful`` letters that may have left meanwhile. Said again it changes nothing. Raises UserError for an
    instant in the future.
    """
    stopped_at = stopped_at or now
    if stopped_at > now:
        raise UserError("restore.future", at=format_instant(stopped_at))
    with context.store.transaction() as session:
        if (before := restoring.current(session)) is not None:
            return Summary("restore", {}, [text("restore.declared", at=format_instant(before.at))])
        _, letter_id = restoring.begin(session, now, stopped_at, who, context.watermark.read())
        receipts.free_all(session)
        count = doubts.doubt_waiting(session, stopped_at, now)
        restored = Restored(stopped_at=stopped_at, doubtful=count)
        givingup.say(context, session, [], now, restored=restored, letter_id=letter_id)
        audit.note(session, Deed(now, who, "restored", detail=format_instant(stopped_at)))
        context.watermark.write(restoring.numbers_given(session))
    log.warning("restore.declared", stopped_at=stopped_at.isoformat(), doubtful=count)
    return Summary("restore", {"doubtful": count}, [text("restore.next")])


def end(context: Context, now: datetime, who: str) -> Summary:
    """Say that the restore is over: letters leave again as they are made.

    Counts: ``doubtful`` letters that still wait. Raises UserError when none is declared, the mailbox was not looked
    through, or mail of before is still to be judged: its answers would leave a second time.
    """
    with context.store.transaction() as session:
        restore = _declared(session)
        if restore.rescanned_at is None:
            raise UserError("restore.not_rescanned")
        if unread := receipts.unread_before(session, restore.stopped_at):
            raise UserError("restore.unread", count=unread)
        restoring.end(session, restore, now)
        audit.note(session, Deed(now, who, "restore_ended"))
        count = doubts.count(session)
    return Summary("restore", {"doubtful": count}, [text("restore.doubtful", count=count)] if count else [])


def rescan(context: Context, now: datetime) -> Summary:
    """Record what lies in any folder of any mailbox and is not on record by its content.

    What came into a folder of new mail after the lost database stopped is left to ``collect``. Counts: ``seen``
    messages, ``known``, ``found`` and recorded, ``fetched`` again because the archive had lost their bytes,
    ``missing``: bytes that are nowhere; remarks name them. Raises UserError without a declared restore, and what the
    mailbox raises.
    """
    with context.store.reading() as session:
        restore = _declared(session)
        lost = {sha256 for sha256 in receipts.hashes(session) if not context.archive.has(sha256)}
    counts: Counter[str] = Counter(seen=0, known=0, found=0, fetched=0)
    for inbox in context.inboxes:
        with inbox.open() as mailbox:
            for folder in dict.fromkeys((*inbox.folders, *_filed(context))):
                _scan(context, inbox, mailbox, folder, (restore, lost, counts))
    with context.store.transaction() as session:
        restoring.rescanned(session, restore, now)
        missing = _missing(context, session)
    log.info("rescan.done", at=now.isoformat(), **counts, missing=len(missing))
    return Summary("rescan", {**counts, "missing": len(missing)}, _named(missing))


def file_found(context: Context) -> int:
    """Move what was found in a folder of filed mail and is judged to belong in another; returns how many."""
    moved = 0
    for inbox in context.inboxes:
        with context.store.reading() as session:
            recorded = receipts.recorded_folders(session, inbox.account) - set(inbox.folders)
        with inbox.open() as mailbox:
            for folder in sorted(recorded):
                uidvalidity = _opened(mailbox, folder)
                if uidvalidity is not None:
                    moved += file_judged(context, inbox, mailbox, folder, uidvalidity, mailbox.uids())
    return moved


def _declared(session: Session) -> Restore:
    restore = restoring.current(session)
    if restore is None:
        raise UserError("restore.not_declared")
    return restore


def _filed(context: Context) -> list[str]:
    """The folders in which judged messages are filed, those that rules name among them."""
    named = [rule.folder for rule in context.rules.rules if rule.folder]
    return [*map(context.folder_for, FILING_OUTCOMES), *(f"{context.processed_folder}/{name}" for name in named)]


def _opened(mailbox: MailboxSession, folder: str) -> int | None:
    """The UIDVALIDITY of a folder of filed mail; None when nothing was ever put there."""
    try:
        return mailbox.select(folder)
    except ConfigurationError:
        return None


def _scan(
    context: Context,
    inbox: Inbox,
    mailbox: MailboxSession,
    folder: str,
    state: tuple[Restore, set[str], Counter[str]],
) -> None:
    restore, lost, counts = state
    arriving = folder in inbox.folders
    uidvalidity = mailbox.select(folder) if arriving else _opened(mailbox, folder)
    if uidvalidity is None:
        return
    fetched = mailbox.fetch(mailbox.uids(), context.limits.judging.largest_message)
    for messages in batches(fetched, context.limits.judging.batch):
        by_hash = {hashlib.sha256(message.data).hexdigest(): message for message in messages}
        with context.store.reading() as session:
            known = receipts.known_hashes(session, by_hash)
        again = known & lost
        context.archive.put_many([by_hash[sha256].data for sha256 in sorted(again)])
        lost -= again
        new = [message for sha256, message in by_hash.items() if sha256 not in known]
        if arriving:
            new = [message for message in new if message.received_at <= restore.stopped_at]
        counts.update(seen=len(messages), known=len(known), fetched=len(again))
        counts["found"] += record(context, (inbox.account, folder, uidvalidity), new) if new else 0


def _missing(context: Context, session: Session) -> list[str]:
    """What the database names and the archive does not hold, each in words."""
    found = {sha256: text("restore.message", number=number) for sha256, number in receipts.hashes(session).items()}
    found |= {sha256: text("restore.report", number=number) for sha256, number in reports.hashes(session).items()}
    for publication in publications.publications(session):
        for storage in publication.storages:
            for file in storage.files:
                found[file.sha256] = text("restore.file", code=publication.code, name=file.name)
    return [words for sha256, words in found.items() if not context.archive.has(sha256)]


def _named(missing: list[str]) -> list[str]:
    if not missing:
        return []
    more = len(missing) - _MOST_NAMED
    listed = ", ".join(missing[:_MOST_NAMED]) + (text("restore.more", count=more) if more > 0 else "")
    return [text("restore.missing", listed=listed)]
