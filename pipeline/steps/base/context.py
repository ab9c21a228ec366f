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
from pipeline.steps.base.ports import (
    MailboxSession,
    Transport,
    Webhook,
)
from pipeline.store import Store
from pipeline.watermark import Watermark

OUTCOMES = (
    "accepted",
    "drafts",
    "returned",
    "held",
    "failed",
    "refused",
    "too_large",
    "requests",
    "questions",
    "service",
    "other",
)
"""What may become of a message, as folders tell it apart; ``folder.<outcome>`` in the catalogue is its default name."""


@dataclass(frozen=True)
class Limits:
    """Sizes and patience. Durations are real time."""

    batch: int = 200
    largest_message: int = 25 * 1024 * 1024  # bytes; of a larger one only the header is fetched
    lease: timedelta = timedelta(minutes=30)  # longer than the wait for a server after DATA
    uncertain_retry: timedelta = timedelta(minutes=30)
    attempts: int = 3  # judging a message, forming a report
    message: timedelta = timedelta(seconds=10)  # what one may take beside others; it is put aside then
    message_alone: timedelta = timedelta(seconds=40)  # and in a process of its own; both are less than a minute
    say_given_up: timedelta = timedelta(minutes=10)  # between two letters to support that tell of what is given up
    send_attempts: int = 12
    letter_life: timedelta = timedelta(days=5)
    announcement_life: timedelta = timedelta(days=60)  # a publication without a collection still goes to new addresses
    answers_per_address_a_day: int = 20
    answers_per_login_a_day: int = 60
    answers_per_domain_a_day: int = 50  # to addresses that the roster does not have; providers serve many that it has
    answers_to_strangers_a_day: int = 500
    questions_a_day: int = 500
    coordinator_times: int = 3  # a coordinator acts for a region: so many times the answers of anybody else
    receipts_per_address_a_day: int = 200  # what became of returns: an office sends 50 in one letter, and corrects them
    receipts_per_login_a_day: int = 200
    support_answers_per_address_a_day: int = 20
    repeat_most: int = 3  # «ПОВТОРИТЬ» to one organisation in 24 hours, whoever asks
    repeat_gap: timedelta = timedelta(hours=1)  # between two of them about the same publication
    bounce_memory: timedelta = timedelta(days=60)
    hard_bounce: float = 1.0  # a day on which an address was refused for good
    soft_bounce: float = 0.25  # a day on which something stood in the way that may pass
    doubtful_score: float = 1.0
    dead_score: float = 2.0
    probe_after: timedelta = timedelta(days=2)
    probe_patience: timedelta = timedelta(days=5)  # servers give a letter up within that time (RFC 5321, 4.5.4.1)
    findings_in_letter: int = 40
    values_in_letter: int = 100
    largest_letter: int = 14 * 1024 * 1024  # bytes as sent, base64 counted: many servers of schools refuse more than 20
    files_on_page: int = 40  # of the list that «ФАЙЛЫ» gives
    files_apart: int = 5  # so many files go as they are, more as an archive
    parts_at_once: int = 8  # letters that one «СКАЧАТЬ ВСЁ» makes; the rest is told how to ask for
    reminder_days: tuple[int, ...] = (3, 1)  # before the closing; on its last day comes the last call
    reminder_gap: timedelta = timedelta(hours=12)  # between two reminders to one login about one collection
    reminder_most: int = 5  # of one deadline, the last call not counted
    working_hours: tuple[int, int] = (9, 18)  # Moscow: when reminders leave
    waking_hours: tuple[int, int] = (8, 22)  # Moscow: when everything else leaves that nobody asked for just now
    coordinator_days: int = 3  # after the general closing: as far as a coordinator may extend
    confirm_life: timedelta = timedelta(days=3)  # how long a held message may be confirmed by its code
    undo_life: timedelta = timedelta(days=14)  # how long «это не мы» is heard
    confirmations_a_day: int = 5  # asked of one login; what is held beyond that waits for a person
    departures_few: int = 5  # so many may leave the roster with one import, whatever its size
    departures_share: float = 0.05  # beyond that a larger part of it leaves only when the import says so
    alert_after: timedelta = timedelta(hours=1)  # the oldest message unjudged or letter unsent
    silent_after: timedelta = timedelta(minutes=10)  # without an exchange by itself
    send_per_minute: int | None = None
    send_per_day: int | None = None  # in any 24 hours
    domain_per_minute: Mapping[str, int] = field(default_factory=dict)  # domain in lower case → letters
    kept_for_answers: float = 0.1  # of the day's letters: campaigns leave so much to answers
    window: int = 40  # letters that may be with the server at once, so many a crash leaves in doubt
    burst_of: int = 100  # the last letters of campaigns that the server has answered
    burst_refused: float = 0.2  # more than so many of them refused for good: campaigns pause
    burst_put_off: int = 30  # so many one after another put off: campaigns pause
    burst_pause: timedelta = timedelta(hours=1)  # doubled each time


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
    was ended, with ``worked``: whether it had the processor. ``owner`` names whoever claims rows (``steps.working``).
    ``trust_strict``: a return by tag alone, from a mailbox that is not registered, waits for confirmation.
    ``fingerprint`` is that of the first mailbox. ``webhook`` is the second way of alerts, None when there is none;
    ``host`` names this machine in them.
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
