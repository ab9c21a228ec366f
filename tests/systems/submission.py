"""A submission server before Dovecot: asks for a login, delivers mail for its own domain, and relays or does not."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pipeline.outbox import SmtpSettings
from tests.systems.dovecot import Dovecot
from tests.systems.programs import free_port

USER, PASSWORD = "exchange", "submission"
RELAY_DENIED = "554 5.7.1 <postmaster@example.org>: Relay access denied"


@dataclass
class Submission:
    """``relay`` is what a recipient outside ``kabinet.test`` is answered, ``refused_login`` what a wrong password is;
    ``no_details`` refuses plus-addresses, ``header`` is put on top of what is delivered, ``companion`` is a message of
    somebody else's that comes just before. ``data`` are the recipients of letters that were handed over."""

    port: int
    dovecot: Dovecot
    relay: str = "250 OK"
    header: bytes = b""
    companion: bytes = b""
    no_details: bool = False
    refused_login: str = "535 5.7.8 Error: authentication failed"
    logins: int = 0
    data: list[str] = field(default_factory=list)

    def settings(self, password: str = PASSWORD) -> SmtpSettings:
        """How our client reaches it."""
        return SmtpSettings("127.0.0.1", self.port, USER, password, "none", 5, 5)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer MAIL FROM."""
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        if not address.endswith("@kabinet.test") and not self.relay.startswith("2"):
            return self.relay
        if self.no_details and "+" in address:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Deliver what is for our own domain; what is for others is only counted."""
        assert isinstance(envelope.content, bytes)
        for recipient in envelope.rcpt_tos:
            self.data.append(recipient)
            if recipient.endswith("@kabinet.test"):
                if self.companion:
                    await asyncio.to_thread(self.dovecot.deliver, recipient, self.companion)
                content = self.header + envelope.content
                await asyncio.to_thread(self.dovecot.deliver, recipient, content, envelope.mail_from or "")
        return "250 taken"


@contextmanager
def submission(dovecot: Dovecot, tls: ssl.SSLContext | None = None) -> Iterator[Submission]:
    """Run one on a free port; with ``tls`` everything is encrypted from the first byte."""
    server = Submission(free_port(), dovecot)

    def authenticate(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: LoginPassword
    ) -> AuthResult:
        server.logins += 1
        good = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False, message=None if good else server.refused_login)

    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        authenticator=authenticate,
        auth_require_tls=False,
        auth_exclude_mechanism=["LOGIN"],
        ssl_context=tls,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
