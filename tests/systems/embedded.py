"""The project's own embedded mail server as a fixture, on free ports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pipeline.embedded.mailserver import EmbeddedMailServer
from pipeline.mailbox import ImapSettings
from pipeline.outbox import SmtpSettings
from tests.systems.programs import free_port

PASSWORD = "embedded"


@dataclass(frozen=True)
class EmbeddedMail:
    """The running server and how our own clients reach it."""

    server: EmbeddedMailServer
    smtp_port: int
    imap_port: int

    def smtp(self, timeout: float = 10) -> SmtpSettings:
        """Settings of the SMTP side."""
        return SmtpSettings("127.0.0.1", self.smtp_port, None, None, "none", timeout)

    def imap(self, login: str, timeout: float = 10) -> ImapSettings:
        """Settings of the mailbox of ``login``."""
        return ImapSettings("127.0.0.1", self.imap_port, login, PASSWORD, "none", timeout)


@pytest.fixture(scope="session")
def embedded_mail() -> Iterator[EmbeddedMail]:
    """The embedded server for the whole session: tests keep apart by using addresses of their own."""
    smtp_port, imap_port, web_port = free_port(), free_port(), free_port()
    with EmbeddedMailServer("exchange@kabinet.test", smtp_port, imap_port, web_port, PASSWORD) as server:
        yield EmbeddedMail(server, smtp_port, imap_port)
