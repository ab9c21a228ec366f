"""A world for functional tests: the project's own files, its own state, real servers, a clock to move."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from pipeline import sources, wiring
from pipeline.cabinet.publications import rescheduled
from pipeline.embedded.organisations import Servers
from pipeline.mailbox import ImapSettings
from pipeline.model import Counts, Login, Summary
from pipeline.outbox import SmtpSettings
from pipeline.steps import check, close, collect, deliver, digest, export, file, publish, remind, roster
from pipeline.steps.base.context import Context
from pipeline.store import participations
from pipeline.store import roster as roster_rows

SCHEDULE = "vpr-spo-2021-schedule"
STEPS: Mapping[str, Any] = {
    "collect": collect,
    "check": check,
    "export": export,
    "deliver": deliver,
    "file": file,
    "remind": remind,
    "digest": digest,
    "close": close,
}


@dataclass
class World:
    """``settings`` name the servers; ``now`` is the steps' clock, at first the present; ``only`` thins the roster."""

    settings: wiring.Settings
    servers: Servers
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    only: frozenset[str] = frozenset()
    since: datetime = field(init=False)  # where the clock stood first: an interval does not move with it

    def __post_init__(self) -> None:
        """Keep the first instant."""
        self.since = self.now

    @contextmanager
    def context(self) -> Iterator[Context]:
        """The context that the command line and the flows use too."""
        with wiring.context(self.settings) as context:
            yield context

    def begin(self, *codes: str, opened: timedelta = timedelta(days=1), closes: timedelta = timedelta(days=7)) -> None:
        """Import the shipped roster and publish ``codes``, opened and closing around the first instant."""
        report = sources.roster(self.settings.home / "publications" / "roster.xlsx")
        if self.only:
            report = replace(report, logins=tuple(login for login in report.logins if login.code in self.only))
        with self.context() as context:
            roster.run(context, report, self.now)
            for code in codes or (SCHEDULE,):
                loaded = sources.publication(code, self.settings)
                if loaded.publication.collection:
                    loaded = rescheduled(loaded, self.since - opened, self.since + closes, self.since)
                publish.run(context, loaded, self.now)

    def run(self, *names: str) -> dict[str, Summary]:
        """Run steps by name in order."""
        done: dict[str, Summary] = {}
        with self.context() as context:
            for name in names:
                if name == "begin":
                    self.begin()
                else:
                    done[name] = STEPS[name].run(context, self.now)
        return done

    def exchange(self) -> dict[str, Summary]:
        """Collect, check, export, deliver, file."""
        return self.run("collect", "check", "export", "deliver", "file")

    def later(self, by: timedelta) -> None:
        """Move the clock of the steps."""
        self.now += by

    def logins(self) -> dict[str, Login]:
        """The roster by code."""
        with self.context() as context, context.store.reading() as session:
            return {login.code: login for login in roster_rows.logins(session)}

    def addresses(self) -> dict[str, str]:
        """The first address of each login."""
        return {code: login.addresses[0] for code, login in self.logins().items()}

    def counts(self, code: str = SCHEDULE) -> Counts:
        """The four figures over all regions."""
        with self.context() as context, context.store.reading() as session:
            found = participations.counts(session, code).values()
        return Counts(*(sum(getattr(count, name) for count in found) for name in _FIGURES))


_FIGURES = ("not_started", "in_progress", "submitted")


def make_world(tmp_path: Path, smtp: SmtpSettings, imap: ImapSettings, database_url: str | None = None) -> World:
    """Return a world on these servers; ``imap.user`` is the exchange mailbox."""
    settings = wiring.load_settings(
        state=tmp_path / "state",
        outbox=tmp_path / "outbox",
        database_url=database_url,
        address=imap.user,
        smtp_host=smtp.host,
        smtp_port=smtp.port,
        smtp_tls="none",
        imap_host=imap.host,
        imap_port=imap.port,
        imap_user=imap.user,
        imap_password=imap.password,
        imap_tls="none",
        mail_timeout=20,
        waking_hours=(0, 24),  # the clock is the real one at first: these tests run at any hour
    )
    return World(settings, Servers(smtp, imap))


def letter(data: bytes) -> EmailMessage:
    """Parse a letter that we sent."""
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    """The text part of a letter."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def workbooks_of(message: EmailMessage) -> dict[str, bytes]:
    """Attached workbooks by name."""
    parts = {str(part.get_filename()): part.get_payload(decode=True) for part in message.iter_attachments()}
    return {name: data for name, data in parts.items() if name.endswith(".xlsx") and isinstance(data, bytes)}


def opened(content: bytes) -> Workbook:
    """A workbook as openpyxl sees it."""
    return load_workbook(io.BytesIO(content))


def until(ready: Any, seconds: float = 20) -> None:
    """Wait until ``ready()`` is true; real servers deliver in their own time."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "the servers did not deliver in time"
        time.sleep(0.05)
