"""What every step is handed: the store, the archive, the spool and the pure things that judge and write letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from pipeline.archive import Archive
from pipeline.isolation import Isolated
from pipeline.mail.identity import Tagger
from pipeline.mail.letters import Mailbox, Renderer
from pipeline.mail.rules import RuleSet
from pipeline.outbox import Spool
from pipeline.steps.ports import MailboxSession, Transport
from pipeline.store import Store


@dataclass(frozen=True)
class Limits:
    """Sizes and patience. Durations are real time."""

    batch: int = 200
    lease: timedelta = timedelta(minutes=30)  # longer than the wait for a server after DATA
    uncertain_retry: timedelta = timedelta(minutes=30)
    attempts: int = 3
    send_attempts: int = 12
    letter_life: timedelta = timedelta(days=5)
    answers_per_address_a_day: int = 20
    questions_a_day: int = 500
    findings_in_letter: int = 40
    values_in_letter: int = 100
    reminder_days: tuple[int, ...] = (3, 1)


@dataclass(frozen=True)
class Context:
    """Handed to ``run`` of every step. ``open_mailbox`` and ``open_transport`` connect when they are entered."""

    store: Store
    archive: Archive
    spool: Spool
    renderer: Renderer
    rules: RuleSet
    tagger: Tagger
    sender: Mailbox
    support: str
    isolated: Isolated
    open_mailbox: Callable[[], MailboxSession]
    open_transport: Callable[[], Transport]
    account: str
    folder: str = "INBOX"
    processed_folder: str = "Kabinet"
    authserv_id: str | None = None
    owner: str = "kabinet"
    limits: Limits = field(default_factory=Limits)

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        """The exchange mailbox and the support address: what we never answer."""
        return frozenset({self.sender.address.lower(), self.support.lower()})
