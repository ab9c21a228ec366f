"""A world whose post office is in memory and whose clock stands where the test puts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from typer.testing import Result

from pipeline import sources, wiring
from pipeline.cabinet.publications import rescheduled
from pipeline.embedded import acting, clients
from pipeline.embedded.organisations import GOOD_ROWS, Servers, filled, type_rows
from pipeline.mail.rules.ruleset import RuleSet
from pipeline.mailbox import ImapSettings
from pipeline.model import Participant
from pipeline.outbox import SmtpSettings
from pipeline.steps import publish, roster
from pipeline.steps.base.context import (
    Context,
)
from pipeline.steps.base.fakes.mailbox import FakeMailServer
from pipeline.steps.base.fakes.transport import FakeTransport
from pipeline.steps.base.limits import Limits
from pipeline.store import participations
from tests.functional.world import SCHEDULE, World, letter, workbooks_of

OPENS = datetime(2021, 8, 30, 17, 41, tzinfo=UTC)  # 20:41 in Moscow (seed, Fig. 7)
CLOSES = datetime(2021, 9, 7, 15, 0, tzinfo=UTC)  # 18:00 in Moscow
Kabinet = Callable[..., Result]
"""The command line: words in, what it printed and its exit code out."""
NOWHERE = Servers(
    SmtpSettings("127.0.0.1", 1, None, None, "none", 1), ImapSettings("127.0.0.1", 1, "x", "x", "none", 1)
)
OPTED_OUT = ((acting.OPT_OUT,),)


@dataclass
class Post(World):
    """``inbox`` is the exchange mailbox, ``mail`` what the SMTP server took, ``limits`` those of the steps."""

    inbox: FakeMailServer = field(default_factory=FakeMailServer)
    mail: FakeTransport = field(default_factory=FakeTransport)
    limits: Limits = field(default_factory=Limits)
    rules: RuleSet | None = None

    @contextmanager
    def context(self) -> Iterator[Context]:
        """The wired context with the post office in memory."""
        with wiring.context(self.settings) as context:
            yield replace(
                context,
                open_mailbox=self.inbox.open,
                open_transport=lambda: self.mail,
                limits=self.limits,
                rules=self.rules or context.rules,
            )

    def publish(self, code: str = SCHEDULE, opens_at: datetime = OPENS, closes_at: datetime = CLOSES) -> None:
        """Import the shipped roster, publish ``code`` for this interval, deliver."""
        report = sources.roster(self.settings.home / "publications" / "roster.xlsx")
        with self.context() as context:
            roster.run(context, report, self.now)
            loaded = sources.publication(code, self.settings)
            if loaded.publication.collection:
                loaded = rescheduled(loaded, opens_at, closes_at, self.now)
            publish.run(context, loaded, self.now)
        self.run("deliver")

    def received(self, address: str) -> list[EmailMessage]:
        """The letters sent to ``address``, oldest first."""
        return [letter(sent.content) for sent in self.mail.sent if sent.recipient == address]

    def last(self, address: str) -> EmailMessage:
        """The newest letter to ``address``."""
        return self.received(address)[-1]

    def write(
        self,
        sender: str,
        to: EmailMessage,
        text: str = "",
        workbook: tuple[str, bytes] | None = None,
        *,
        subject: str | None = None,
        at: datetime | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """``sender`` answers the letter ``to``; the mail server takes it in ``at`` (the present)."""
        message = clients.thunderbird(
            sender, str(to["Reply-To"] or to["From"]), subject or f"Re: {to['Subject']}", text, workbook
        )
        message["In-Reply-To"] = str(to["Message-ID"])
        for name, value in (headers or {}).items():
            message[name] = value
        self.inbox.deliver(message.as_bytes(policy=policy.SMTP), at or self.now)

    def exchange_all(self) -> dict[str, Any]:
        """Collect, check, export, deliver; return the counts of check."""
        return dict(self.exchange()["check"].counts)

    def participant(self, code: str, publication: str = SCHEDULE) -> Participant:
        """One line of the list of participants."""
        with self.context() as context, context.store.reading() as session:
            found = participations.participants(session, publication)
        return next(participant for participant in found if participant.login.code == code)


def make_post(folder: Path, **settings: Any) -> Post:
    """A post office on the day of the opening, an hour after it."""
    loaded = wiring.load_settings(state=folder / "state", outbox=folder / "outbox", **settings)
    return Post(loaded, NOWHERE, OPENS + timedelta(hours=1))


def form_in(message: EmailMessage) -> tuple[str, bytes]:
    """The form attached to a letter."""
    (found,) = [(name, data) for name, data in workbooks_of(message).items() if name.startswith(("Форма", "Замечания"))]
    return found


def typed(
    form: tuple[str, bytes], rows: Sequence[Sequence[Any]] = GOOD_ROWS, *, draft: bool | str = False
) -> tuple[str, bytes]:
    """The schedule with ``rows`` on its first sheet, «Не участвуем» on the others; ``draft`` may be the mark itself."""
    name, content = form
    with filled(content) as (book, save):
        type_rows(book[acting.COLLECTION_SHEET], rows)
        for title in acting.OTHER_SHEETS:
            type_rows(book[title], OPTED_OUT)
        if draft:
            from pipeline.forms.parts import layout

            book[layout.COVER_TITLE][layout.COVER_DRAFT] = draft if isinstance(draft, str) else "да"
        return name, save()
