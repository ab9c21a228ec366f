"""Opening a connection: address, encryption, login by password or by token, and which fault is whose."""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import MailboxLoginError

from pipeline.errors import ConfigurationError, LoginRefusedError, UnreachableError
from pipeline.mail.hosts import is_loopback
from pipeline.mail.server_words import login_refused
from pipeline.mailbox.replies import (
    is_temporary,
    reason_of,
)
from pipeline.oauth import TokenSource, xoauth2

Tls = Literal["none", "starttls", "tls"]


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """How to reach the mailbox. ``timeout`` is seconds without a byte from the server; with ``tokens`` the login is
    XOAUTH2 and the password is not used. ``plain``: ``none`` is meant, though the server is another machine."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: Tls = "tls"
    timeout: float = 60
    tokens: TokenSource | None = field(default=None, repr=False)
    plain: bool = False

    @property
    def place(self) -> dict[str, Any]:
        """Host and port, as the sentences of faults name them."""
        return {"host": self.host, "port": self.port}


def connected(settings: ImapSettings) -> tuple[BaseMailBox, frozenset[str]]:
    """Connect, log in and return the connection with what the server can do, in upper case.

    Raises UnreachableError when the server does not answer or refuses for now, ConfigurationError for a wrong setting.
    """
    try:
        return _logged_in(settings, fresh=False)
    except _TokenRefused:
        pass  # it may have been revoked before its time: once more with a new one
    try:
        return _logged_in(settings, fresh=True)
    except _TokenRefused as error:
        raise LoginRefusedError("imap.token_refused", user=settings.user, **settings.place) from error


class _TokenRefused(Exception):  # noqa: N818 - a signal to try a new token
    """The server does not take this access token."""


def _logged_in(settings: ImapSettings, *, fresh: bool) -> tuple[BaseMailBox, frozenset[str]]:
    token = settings.tokens.access_token(fresh=fresh) if settings.tokens else None
    box: BaseMailBox | None = None
    try:
        box = _opened(settings)
        if settings.tls == "none" and not settings.plain and not is_loopback(box.client.sock.getpeername()[0]):
            raise ConfigurationError("imap.plain", **settings.place)
        _log_in(box, settings, token)
        # What a server can do is only told in full after login; imap-tools has read it before (M27).
        _, told = box.client.capability()
    except BaseException as error:
        if box is not None:
            with suppress(OSError):
                box.client.shutdown()
        fault = _fault(settings, error, by_token=token is not None)
        if fault is error:
            raise
        raise fault from error
    return box, frozenset(b" ".join(told).decode("ascii", "replace").upper().split())


def _fault(settings: ImapSettings, error: BaseException, *, by_token: bool) -> BaseException:
    place = settings.place
    if isinstance(error, ssl.SSLCertVerificationError):
        return ConfigurationError("imap.certificate", reason=error.verify_message, **place)
    if isinstance(error, MailboxLoginError | imaplib.IMAP4.error):
        if isinstance(error, imaplib.IMAP4.abort) or is_temporary(error):
            return UnreachableError("imap.busy", reason=reason_of(error), **place)
        if settings.tls == "starttls" and "STARTTLS" in str(error).upper():
            return ConfigurationError("imap.no_tls", **place)
        if by_token:
            return _TokenRefused(reason_of(error))
        reason = reason_of(error)
        return LoginRefusedError(f"imap.{login_refused(reason)}", user=settings.user, reason=reason, **place)
    return _no_connection(settings, error)


def _no_connection(settings: ImapSettings, error: BaseException) -> BaseException:
    place = settings.place
    if isinstance(error, socket.gaierror | UnicodeError):  # UnicodeError: a host name that cannot be looked up
        return UnreachableError("imap.no_host", reason=reason_of(error), **place)
    if isinstance(error, ConnectionRefusedError):
        return UnreachableError("imap.closed", **place)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return UnreachableError("imap.not_tls", reason=reason_of(error), **place)
    if isinstance(error, OSError | EOFError):
        return UnreachableError("imap.unreachable", reason=reason_of(error), **place)
    return error


def _log_in(box: BaseMailBox, settings: ImapSettings, token: str | None) -> None:
    if token is not None:
        box.client.authenticate("XOAUTH2", _answering(xoauth2(settings.user, token)))
    elif settings.user.isascii() and settings.password.isascii():
        box.login(settings.user, settings.password, initial_folder=None)
    else:
        box.login_utf8(settings.user, settings.password, initial_folder=None)


def _answering(response: str) -> Callable[[bytes], bytes]:
    """Say ``response`` once; a second challenge holds the reason of a refusal and is answered with an empty line."""
    words = iter([response.encode()])
    return lambda _challenge: next(words, b"")


def _opened(settings: ImapSettings) -> BaseMailBox:
    if settings.tls == "tls":
        context = ssl.create_default_context()
        return MailBox(settings.host, settings.port, timeout=settings.timeout, ssl_context=context)
    box = MailBoxUnencrypted(settings.host, settings.port, timeout=settings.timeout)
    if settings.tls == "starttls":
        try:
            if "STARTTLS" not in box.client.capabilities:
                raise imaplib.IMAP4.error("STARTTLS is not offered")
            _encrypted(box)
        except BaseException:
            with suppress(OSError):
                box.client.shutdown()
            raise
    return box


def _encrypted(box: BaseMailBox) -> None:
    try:
        box.client.starttls(ssl.create_default_context())
    except imaplib.IMAP4.error as error:  # a plain NO does not name the command that it is for
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        raise imaplib.IMAP4.error(f"STARTTLS is refused: {error}") from error
