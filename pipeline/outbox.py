"""Outgoing letters: handed to the SMTP server, and copied into ``outbox/`` for people. Only here is SMTP known."""

from __future__ import annotations

import os
import re
import secrets
import smtplib
import socket
import ssl
import time
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import structlog

from pipeline.catalogue import MOSCOW
from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.model import SendOutcome, SendResult
from pipeline.oauth import TokenSource, xoauth2

log = structlog.get_logger()
Tls = Literal["none", "starttls", "tls"]

# SMTPResponseException comes from here only for an answer that is no SMTP at all: the connection is of no more use.
_LOST = (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException, OSError)
# Codes that speak of our login or of encryption, not of the letter: it waits until the setting is mended.
_OURS = frozenset({530, 534, 535, 538})
_REST_AFTER_FAILURE = 30.0  # seconds in which a server that did not answer is not asked again
_LONE_BREAK = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f<>]")
_LEADING_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach the server. Seconds: ``timeout`` for every answer but the one after the letter, which may take
    ``data_timeout`` (RFC 5321, 4.5.3.2.6 asks for ten minutes: giving up early is what makes doubles, M12). With
    ``tokens`` the login is XOAUTH2 and the password is not used."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls = "starttls"
    timeout: float = 60
    data_timeout: float = 600
    tokens: TokenSource | None = field(default=None, repr=False)
    connections: int = 3


class SmtpTransport:
    """One kept connection with the shape of ``pipeline.steps.ports.Transport``; connects when entered.

    Entering raises UnreachableError when the server does not answer, ConfigurationError when a setting is wrong.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._client: smtplib.SMTP | None = None
        self._rests_until = 0.0
        self._last_fault = ""

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._client.quit()
        self._drop()

    def send(self, envelope_from: str, recipient: str, content: bytes) -> SendResult:
        """Hand one message over and return what the server said; never raises for a refusal.

        SENT for 250; DEFERRED for 4xx, for no connection and for a refusal of our own login; REFUSED for 5xx;
        UNCERTAIN when the connection was lost after the whole letter had been handed over. ``content`` is sent as it
        is, 8-bit bytes included; only lone line breaks become CRLF.
        """
        kept = self._client is not None
        result = self._try(envelope_from, recipient, content)
        if result is None and kept:
            # The server closed the kept connection between two letters: nothing of this one was handed over.
            result = self._try(envelope_from, recipient, content)
        return result or SendResult(SendOutcome.DEFERRED, self._last_fault)

    def _try(self, envelope_from: str, recipient: str, content: bytes) -> SendResult | None:
        """Send once; None when the connection is gone and the letter has certainly not been taken."""
        try:
            client = self._ready()
        except (UnreachableError, ConfigurationError) as error:
            self._last_fault = str(error)
            return SendResult(SendOutcome.DEFERRED, self._last_fault)
        try:
            refused = self._envelope(client, envelope_from, recipient, content)
        except (ValueError, smtplib.SMTPNotSupportedError) as error:
            # A line break in an address, or letters that this server's addresses cannot have: no later try helps.
            self._reset()
            return SendResult(SendOutcome.REFUSED, _words(error))
        except _LOST as error:
            self._lost(error)
            return None
        if refused is None:
            return self._data(client, content)
        code, reply = refused
        if code == 421:
            self._lost(ConnectionError(reply))
            return None
        self._reset()
        return SendResult(_outcome(code), reply)

    def _envelope(
        self, client: smtplib.SMTP, envelope_from: str, recipient: str, content: bytes
    ) -> tuple[int, str] | None:
        """Name sender and recipient and ask to hand over; returns code and words when the server said no."""
        # smtplib would quietly take another address out of such a one.
        if not recipient or _NO_ADDRESS.search(envelope_from + recipient):
            raise ValueError("553 5.1.3 bad address syntax")
        options = [f"SIZE={len(content)}"] if client.has_extn("size") else []
        if client.has_extn("8bitmime") and not content.isascii():
            options.append("BODY=8BITMIME")
        if not (envelope_from.isascii() and recipient.isascii()):
            options.append("SMTPUTF8")
        code, words = client.mail(envelope_from, options)
        if code == 250:
            code, words = client.rcpt(recipient)
            if code in (250, 251):
                code, words = client.docmd("DATA")
        return None if code == 354 else (code, _reply(code, words))

    def _data(self, client: smtplib.SMTP, content: bytes) -> SendResult:
        try:
            client.send(_on_the_wire(content))
        except _LOST as error:
            # The final dot goes last: a failure here means that it never left, so the server has not taken anything.
            self._lost(error)
            return SendResult(SendOutcome.DEFERRED, self._last_fault)
        try:
            self._patience(client, self._settings.data_timeout)
            code, words = client.getreply()
            self._patience(client, self._settings.timeout)
        except _LOST as error:
            self._lost(error)
            return SendResult(SendOutcome.UNCERTAIN, self._last_fault)
        reply = _reply(code, words)
        if 200 <= code < 300:
            return SendResult(SendOutcome.SENT, reply)
        if not 400 <= code < 600:
            self._drop()
            return SendResult(SendOutcome.UNCERTAIN, reply)
        self._drop() if code == 421 else self._reset()
        return SendResult(_outcome(code), reply)

    # -- connection ---------------------------------------------------------------------------------------------

    def _ready(self) -> smtplib.SMTP:
        if self._client is not None:
            return self._client
        if time.monotonic() < self._rests_until:
            raise UnreachableError("smtp.unreachable", reason=self._last_fault, **self._place)
        return self._connect()

    def _connect(self) -> smtplib.SMTP:
        client: smtplib.SMTP | None = None
        try:
            client = _opened(self._settings)
            _introduced(client, self._settings)
        except (smtplib.SMTPException, OSError, UnicodeError, UnreachableError, ConfigurationError) as error:
            if client is not None:
                client.close()
            self._rests_until = time.monotonic() + _REST_AFTER_FAILURE
            self._last_fault = _words(error)
            fault = self._fault(error)
            if fault is error:
                raise
            raise fault from error
        self._client = client
        return client

    def _fault(self, error: Exception) -> Exception:
        if isinstance(error, UnreachableError | ConfigurationError):  # the provider of tokens, not this server
            return error
        if isinstance(error, ssl.SSLCertVerificationError):
            return ConfigurationError("smtp.certificate", reason=error.verify_message, **self._place)
        if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
            code = "smtp.token_refused" if self._settings.tokens else "smtp.login_refused"
            return ConfigurationError(code, user=self._settings.user, **self._place)
        if isinstance(error, smtplib.SMTPNotSupportedError):
            missing = "smtp.no_tls" if "STARTTLS" in str(error) else "smtp.no_login"
            return ConfigurationError(missing, **self._place)
        return UnreachableError("smtp.unreachable", reason=self._last_fault, **self._place)

    @property
    def _place(self) -> dict[str, object]:
        return {"host": self._settings.host, "port": self._settings.port}

    def _patience(self, client: smtplib.SMTP, seconds: float) -> None:
        if client.sock is not None:
            client.sock.settimeout(seconds)

    def _reset(self) -> None:
        """Clear a transaction that was refused, so that the next letter starts clean."""
        if self._client is not None:
            try:
                self._client.rset()
            except _LOST as error:
                self._lost(error)

    def _lost(self, error: Exception) -> None:
        self._last_fault = _words(error)
        log.warning("smtp.cut", reason=self._last_fault)
        self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _opened(settings: SmtpSettings) -> smtplib.SMTP:
    # On loopback our name is of no interest, and looking it up can take seconds on a machine without a network.
    name = "localhost" if settings.host in ("127.0.0.1", "::1", "localhost") else None
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
    client.ehlo_or_helo_if_needed()
    if settings.tls == "starttls":
        client.starttls(context=ssl.create_default_context())
        client.ehlo_or_helo_if_needed()
    if settings.tokens is not None:
        _by_token(client, settings.user or "", settings.tokens)
    elif settings.user is not None:
        client.login(settings.user, settings.password or "")


def _by_token(client: smtplib.SMTP, user: str, tokens: TokenSource) -> None:
    """Log in by XOAUTH2; a token that is refused may have been revoked early, so once more with a new one."""
    for fresh in (False, True):
        words = iter([xoauth2(user, tokens.access_token(fresh=fresh))])
        try:
            # The server's reason for a refusal comes as a second challenge, which wants an empty answer.
            client.auth("XOAUTH2", lambda _challenge=None, words=words: next(words, ""))
        except smtplib.SMTPAuthenticationError:
            if fresh:
                raise
        else:
            return


def _on_the_wire(content: bytes) -> bytes:
    """Return the message as RFC 5321 carries it: CRLF line ends, leading dots doubled, the final dot."""
    if not content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r"):
        content = _LONE_BREAK.sub(b"\r\n", content)
    if b"\n." in content or content.startswith(b"."):
        content = _LEADING_DOT.sub(b"..", content)
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")


def _outcome(code: int) -> SendOutcome:
    return SendOutcome.REFUSED if 500 <= code < 600 and code not in _OURS else SendOutcome.DEFERRED


def _reply(code: int, words: bytes) -> str:
    return f"{code} {' '.join(words.decode('utf-8', 'replace').split())}"[:500]


def _words(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return _reply(error.smtp_code, words if isinstance(words, bytes) else words.encode())
    if isinstance(error, TimeoutError):
        return "timeout"
    return " ".join(str(error).split())[:200] or type(error).__name__


class Spool:
    """Readable copies of letters under ``root``: ``ready/ sent/ failed/ dry-run/``, a folder a day in each.

    Days are Moscow's, as people count them: in ``ready`` and ``dry-run`` the day of the letter's Date, in the others
    the day it happened. Nothing is read back from here. Methods raise ConfigurationError when the folder cannot be
    written.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def ready(self, name: str, content: bytes) -> Path:
        """Write the copy of a letter that waits to be sent and return its path."""
        return self._write("ready", _day_of(content), name, content)

    def dry_run(self, name: str, content: bytes) -> Path:
        """Write a letter that is only tried and will never be sent."""
        return self._write("dry-run", _day_of(content), name, content)

    def sent(self, name: str, content: bytes, now: datetime) -> Path:
        """Write the copy of a letter that the server has taken; the one in ``ready/`` goes."""
        return self._settle("sent", name, content, now)

    def failed(self, name: str, content: bytes, now: datetime) -> Path:
        """Write the copy of a letter that will not be sent; the one in ``ready/`` goes."""
        return self._settle("failed", name, content, now)

    def _settle(self, state: str, name: str, content: bytes, now: datetime) -> Path:
        path = self._write(state, _day(now), name, content)
        ready = self._root / "ready"
        try:
            for day in [entry for entry in ready.iterdir() if entry.is_dir()] if ready.is_dir() else ():
                day.joinpath(path.name).unlink(missing_ok=True)
        except OSError as error:
            raise self._fault(error) from error
        return path

    def _write(self, state: str, day: str, name: str, content: bytes) -> Path:
        path = self._root / state / day / _safe_name(name)
        temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with temporary.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise self._fault(error) from error
        return path

    def _fault(self, error: OSError) -> ConfigurationError:
        return ConfigurationError("spool.unwritable", path=str(self._root), reason=error.strerror or str(error))


def _day(instant: datetime) -> str:
    return instant.astimezone(MOSCOW).strftime("%Y-%m-%d")


def _day_of(content: bytes) -> str:
    """Return the Moscow day of the Date header, or a folder of its own for letters without one."""
    head = content.partition(b"\r\n\r\n")[0].decode("latin-1")
    found = re.search(r"^Date:[ \t]*(.+?)\r?$", head, re.IGNORECASE | re.MULTILINE)
    if found is not None:
        with suppress(ValueError, OverflowError):
            return _day(parsedate_to_datetime(found[1]))
    return "undated"


def _safe_name(name: str) -> str:
    """Return ``name`` fit for any file system: one path component, nothing hidden, 200 bytes at most."""
    clean = "".join(
        "_" if character in '/\\:*?"<>|' or unicodedata.category(character)[0] == "C" else character
        for character in unicodedata.normalize("NFC", name)
    ).strip(" .")
    stem, dot, suffix = clean.rpartition(".")
    if not dot or len(suffix) > 8:
        stem, dot, suffix = clean, "", ""
    room = 200 - len((dot + suffix).encode())
    return (stem.encode()[:room].decode("utf-8", "ignore") or "_") + dot + suffix
