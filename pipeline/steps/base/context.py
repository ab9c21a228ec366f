"""What every step is handed: the store, the archive, the spool and the pure things that judge and write letters."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from pipeline.archive import Archive
from pipeline.catalogue import text
from pipeline.isolation import Isolated
from pipeline.mail.addresses import canonical
from pipeline.mail.identity import Tagger
from pipeline.mail.letters.dkim import DkimKey
from pipeline.mail.letters.render import (
    Mailbox,
    Renderer,
)
from pipeline.mail.rules.ruleset import RuleSet
from pipeline.model import Refused
from pipeline.model.schedules import SCHEDULES, Schedule
from pipeline.outbox import Spool
from pipeline.presence import Presence
from pipeline.steps.base.limits import Limits
from pipeline.steps.base.ports import (
    MailboxSession,
    Transport,
    Webhook,
)
from pipeline.steps.base.progress import Progress, unwatched
from pipeline.store import Store
from pipeline.watermark import Watermark


def _unknown() -> str:
    return ""


@dataclass(frozen=True)
class Server:
    """A mail server as its faults name it: ``kind`` is ``imap`` or ``smtp``, ``name`` the mailbox or the host.

    ``fingerprint`` returns a keyed hash of what we log in with, so that a change of it is seen and the secret is not.
    """

    kind: str
    name: str
    fingerprint: Callable[[], str] = _unknown


@dataclass(frozen=True)
class Inbox:
    """A mailbox that is read: its name in the ledger, how a session is opened, the folders to look into."""

    account: str
    open: Callable[[], MailboxSession]
    folders: tuple[str, ...] = ("INBOX",)
    fingerprint: Callable[[], str] = _unknown

    @property
    def server(self) -> Server:
        """The server as its faults name it."""
        return Server("imap", self.account, self.fingerprint)


@dataclass(frozen=True)
class Context:
    """Handed to ``run`` of every step. ``open_mailbox`` and ``open_transport`` connect when they are entered.

    ``check_apart`` judges a receipt that ``owner`` has claimed in a process of its own, which has so long for it, and
    returns the counts of the check. Refused is ``attempts_exhausted`` when that process died, ``out_of_time`` when it
    was ended, with ``worked``: whether it had the processor. ``owner`` names whoever claims rows (``base.working``).
    ``trust_strict``: a return by tag alone, from a mailbox that is not registered, waits for confirmation.
    ``fingerprint`` is that of the first mailbox. ``webhook`` is the second way of alerts, None when there is none;
    ``host`` names this machine in them. ``progress`` takes how far long work is.
    """

    store: Store
    archive: Archive
    spool: Spool
    renderer: Renderer
    rules: RuleSet
    tagger: Tagger
    sender: Mailbox
    support: str
    isolated: Isolated
    presence: Presence
    watermark: Watermark
    check_apart: Callable[[str, int, datetime, timedelta], Mapping[str, int] | Refused]
    open_mailbox: Callable[[], MailboxSession]
    open_transport: Callable[[], Transport]
    account: str
    support_phone: str = ""
    folders: tuple[str, ...] = ("INBOX",)
    more_inboxes: tuple[Inbox, ...] = ()
    processed_folder: str = "Kabinet"
    filing: Mapping[str, str] = field(default_factory=dict)
    authserv_id: str | None = None
    trust_strict: bool = False
    owner: str = "kabinet"
    host: str = ""
    smtp: Server = Server("smtp", "")
    fingerprint: Callable[[], str] = _unknown
    webhook: Webhook | None = None
    dkim: DkimKey | None = None
    schedules: Mapping[str, Schedule] = field(default_factory=lambda: SCHEDULES)
    limits: Limits = field(default_factory=Limits)
    progress: Progress = unwatched

    @property
    def inboxes(self) -> tuple[Inbox, ...]:
        """Every mailbox that is read, that of ``account`` first."""
        return Inbox(self.account, self.open_mailbox, self.folders, self.fingerprint), *self.more_inboxes

    def folder_for(self, outcome: str) -> str:
        """Return where a message with this outcome is filed; «/» parts the levels on every server."""
        name = self.filing.get(outcome, text(f"folder.{outcome}"))
        return f"{self.processed_folder}/{name}" if name else self.processed_folder

    @cached_property
    def rendering_identity(self) -> bytes:
        """A hash of all that the bytes of a letter follow from beside its row and what that names."""
        key = self.dkim.record_name + self.dkim.record if self.dkim else ""
        return hashlib.sha256("\n".join((self.renderer.identity, repr(self.sender), key)).encode()).digest()

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        """The exchange mailbox and the support address: what we never answer."""
        return frozenset({canonical(self.sender.address), canonical(self.support)})
