"""Reaching the SMTP server: connection, encryption, login; what goes wrong there as one sentence each."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from typing import Literal

from pipeline.errors import ConfigurationError, LoginRefusedError, UnreachableError
from pipeline.mail.hosts import is_loopback
from pipeline.mail.server_words import login_refused
from pipeline.oauth import TokenSource, xoauth2

Tls = Literal["none", "starttls", "tls"]
FAULTS = (smtplib.SMTPException, OSError, UnicodeError, UnreachableError, ConfigurationError)
"""What ``connected`` raises."""


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach the server. Seconds: ``timeout`` for every answer but the one after the letter, which may take
    ``data_timeout`` (RFC 5321, 4.5.3.2.6 asks for ten minutes: giving up early is what makes doubles, M12). With
    ``tokens`` the login is XOAUTH2 and the password is not used. ``connections`` are open at most at a time. ``plain``:
    ``none`` is meant, though the server is another machine."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls = "starttls"
    timeout: float = 60
    data_timeout: float = 600
    tokens: TokenSource | None = field(default=None, repr=False)
    connections: int = 3
    plain: bool = False


def connected(settings: SmtpSettings) -> smtplib.SMTP:
    """Return a client past greeting, encryption and login; raises one of ``FAULTS``, and then nothing is left open."""
    client = _opened(settings)
    try:
        _introduced(client, settings)
    except FAULTS:
        client.close()
        raise
    return client


def explained(error: Exception, settings: SmtpSettings) -> UnreachableError | ConfigurationError:
    """Return what is to be told of a fault of ``connected``: the server does not answer, or a setting is wrong."""
    if isinstance(error, UnreachableError | ConfigurationError):  # the provider of tokens, not this server
        return error
    place = {"host": settings.host, "port": settings.port}
    if isinstance(error, ssl.SSLCertVerificationError):
        return ConfigurationError("smtp.certificate", reason=error.verify_message, **place)
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
        reason = words(error)
        code = "token_refused" if settings.tokens else login_refused(reason)
        return LoginRefusedError(f"smtp.{code}", user=settings.user, reason=reason, **place)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        missing = "smtp.no_tls" if "STARTTLS" in str(error) else "smtp.no_login"
        return ConfigurationError(missing, **place)
    if isinstance(error, socket.gaierror | UnicodeError):  # UnicodeError: a host name that cannot be looked up
        return UnreachableError("smtp.no_host", reason=words(error), **place)
    if isinstance(error, ConnectionRefusedError):
        return UnreachableError("smtp.closed", **place)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return UnreachableError("smtp.not_tls", reason=words(error), **place)
    return UnreachableError("smtp.unreachable", reason=words(error), **place)


def words(error: BaseException) -> str:
    """Return the server's or the system's words in one line, fit for a record."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return reply_line(error.smtp_code, said if isinstance(said, bytes) else said.encode())
    if isinstance(error, TimeoutError):
        return "timeout"
    return " ".join(str(error).split())[:200] or type(error).__name__


def reply_line(code: int, said: bytes) -> str:
    """Return an answer of the server as one line of at most 500 characters."""
    return f"{code} {' '.join(said.decode('utf-8', 'replace').split())}"[:500]


def _opened(settings: SmtpSettings) -> smtplib.SMTP:
    # On loopback our name is of no interest, and looking it up can take seconds on a machine without a network.
    name = "localhost" if is_loopback(settings.host) else None
    if settings.tls == "tls":
        return smtplib.SMTP_SSL(
            settings.host,
            settings.port,
            local_hostname=name,
            timeout=settings.timeout,
            context=ssl.create_default_context(),
        )
    return smtplib.SMTP(settings.host, settings.port, local_hostname=name, timeout=settings.timeout)


def _introduced(client: smtplib.SMTP, settings: SmtpSettings) -> None:
    if client.sock is not None:
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if settings.tls == "none" and not settings.plain and not is_loopback(client.sock.getpeername()[0]):
            raise ConfigurationError("smtp.plain", host=settings.host, port=settings.port)
    client.ehlo_or_helo_if_needed()
    if settings.tls == "starttls":
        _encrypted(client)
    if settings.tokens is not None:
        _by_token(client, settings.user or "", settings.tokens)
    elif settings.user is not None:
        client.login(settings.user, settings.password or "")


def _encrypted(client: smtplib.SMTP) -> None:
    try:
        client.starttls(context=ssl.create_default_context())
    except smtplib.SMTPResponseException as error:
        if error.smtp_code < 500:  # not now: asked again later
            raise
        raise smtplib.SMTPNotSupportedError("STARTTLS is refused") from error
    client.ehlo_or_helo_if_needed()


def _by_token(client: smtplib.SMTP, user: str, tokens: TokenSource) -> None:
    """Log in by XOAUTH2; a token that is refused may have been revoked early, so once more with a new one."""
    for fresh in (False, True):
        token = iter([xoauth2(user, tokens.access_token(fresh=fresh))])
        try:
            # The server's reason for a refusal comes as a second challenge, which wants an empty answer.
            client.auth("XOAUTH2", lambda _challenge=None, token=token: next(token, ""))
        except smtplib.SMTPAuthenticationError:
            if fresh:
                raise
        else:
            return
