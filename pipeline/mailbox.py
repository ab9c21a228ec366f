"""The exchange mailbox over IMAP: the only place that knows imap-tools.

imap-tools opens the connection, names folders and lists UIDs. Fetching and moving use its client directly, because its
own ``fetch`` gives no INTERNALDATE, parses every message and stops at a chunk that has vanished, and its ``move`` may
expunge what is not ours (failure cases M4 and M27).
"""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import structlog
from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import (
    MailboxFolderCreateError,
    MailboxFolderSelectError,
    MailboxLoginError,
    UnexpectedCommandStatusError,
)
from imap_tools.utils import encode_folder

from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.model import RawMessage

log = structlog.get_logger()
Tls = Literal["none", "starttls", "tls"]
_T = TypeVar("_T")

_CHUNK_MESSAGES = 200
_CHUNK_BYTES = 16 * 1024 * 1024
_SIZES_AT_ONCE = 1000
_SET_LENGTH = 4000  # characters of one UID set; servers cut command lines at 8,000 and more (M26)
_PAUSES = (0.5, 2.0, 5.0)  # seconds before each new try on a broken connection (M21)
_CUT = (imaplib.IMAP4.abort, OSError, EOFError)
_TEMPORARY = re.compile(rb"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\b", re.IGNORECASE)

_START = re.compile(rb"\d+ \(")
_UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.IGNORECASE)
_EMPTY = re.compile(rb'\bBODY\[\] ""', re.IGNORECASE)
_DATE = re.compile(
    rb'\bINTERNALDATE "([ \d]?\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"', re.IGNORECASE
)
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """How to reach the mailbox. ``timeout`` is seconds without a byte from the server."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: Tls = "tls"
    timeout: float = 60


class ImapMailbox:
    """One mailbox session with the shape of ``pipeline.steps.ports.MailboxSession``; connects when entered.

    Works by UID only, never touches a flag of what stays, and mends a broken connection three times before it gives
    up. Every method raises UnreachableError when the server does not answer or refuses for now, and ConfigurationError
    when it is a setting that is wrong.
    """

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._box: BaseMailBox | None = None
        self._capabilities: frozenset[str] = frozenset()
        self._folder: str | None = None
        self._uidvalidity = 0
        self._made: set[str] = set()

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._box is not None:
            with suppress(*_CUT, imaplib.IMAP4.error, UnexpectedCommandStatusError):
                self._box.logout()
        self._drop()

    def select(self, folder: str) -> int:
        """Open ``folder`` and return its UIDVALIDITY; ConfigurationError when there is no such folder."""
        self._folder = None
        uidvalidity = self._retried("SELECT", lambda box: self._open_folder(box, folder))
        self._folder, self._uidvalidity = folder, uidvalidity
        return uidvalidity

    def uids(self) -> list[int]:
        """Return the UIDs present now, ascending: also those that came after ``select``."""

        def search(box: BaseMailBox) -> list[str]:
            box.client.noop()  # some servers show new mail only after a command that changes nothing
            return box.uids("ALL", charset=None)

        return sorted(int(uid) for uid in self._retried("UID SEARCH", search))

    def fetch(self, uids: Sequence[int]) -> Iterator[RawMessage]:
        """Yield the messages of ``uids`` that still exist: UID, INTERNALDATE and the bytes exactly as they are kept.

        At most 200 messages and, beyond the first of a chunk, 16 MiB are in memory at once.
        """
        for chunk in self._by_size(uids):
            for uid, parts in self._fetch(chunk, "(UID INTERNALDATE BODY.PEEK[])").items():
                if parts.body is not None:
                    yield RawMessage(uid, _internal_date(uid, parts.words), parts.body)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move what still exists of ``uids`` to ``folder``, made when missing; never expunges anything else (M27).

        On a server with neither MOVE nor UIDPLUS nothing is moved: the ledger alone then knows what is done.
        """
        if not uids:
            return
        self._make(folder)
        for chunk in _sets(sorted(set(uids))):
            if "MOVE" in self._capabilities:
                self._command("MOVE", chunk, encode_folder(folder))
            elif "UIDPLUS" in self._capabilities:
                self._copy_and_remove(chunk, folder)
            else:
                log.warning("mailbox.cannot_move", folder=folder)
                return

    # -- connection ---------------------------------------------------------------------------------------------

    def _connect(self) -> BaseMailBox:
        settings, place = self._settings, self._place
        try:
            box = self._box = _opened(settings)
            if settings.user.isascii() and settings.password.isascii():
                box.login(settings.user, settings.password, initial_folder=None)
            else:
                box.login_utf8(settings.user, settings.password, initial_folder=None)
            # What a server can do is only told in full after login; imap-tools has read it before (M27).
            _, told = box.client.capability()
        except ssl.SSLCertVerificationError as error:
            self._drop()
            raise ConfigurationError("imap.certificate", reason=error.verify_message, **place) from error
        except (MailboxLoginError, imaplib.IMAP4.error) as error:
            self._drop()
            raise self._login_fault(error) from error
        except (OSError, EOFError, UnicodeError) as error:  # UnicodeError: a host name that cannot be looked up
            self._drop()
            raise UnreachableError("imap.unreachable", reason=_reason(error), **place) from error
        self._capabilities = frozenset(b" ".join(told).decode("ascii", "replace").upper().split())
        return box

    def _login_fault(self, error: Exception) -> Exception:
        if isinstance(error, imaplib.IMAP4.abort) or _is_temporary(error):
            return UnreachableError("imap.busy", reason=_reason(error), **self._place)
        if self._settings.tls == "starttls" and "STARTTLS" in str(error).upper():
            return ConfigurationError("imap.no_tls", **self._place)
        return ConfigurationError("imap.login_refused", user=self._settings.user, **self._place)

    @property
    def _place(self) -> dict[str, Any]:
        return {"host": self._settings.host, "port": self._settings.port}

    def _drop(self) -> None:
        box, self._box = self._box, None
        if box is not None:
            with suppress(OSError):
                box.client.shutdown()

    def _retried(self, command: str, action: Callable[[BaseMailBox], _T]) -> _T:
        """Do ``action``; on a broken connection wait, connect and open the folder anew, and do it again."""
        pauses = iter(_PAUSES)
        while True:
            try:
                return action(self._ready())
            except _CUT as error:
                self._drop()
                pause = next(pauses, None)
                log.warning("mailbox.cut", command=command, reason=_reason(error), again=pause is not None)
                if pause is None:
                    raise UnreachableError("imap.broken_off", reason=_reason(error), **self._place) from error
                time.sleep(pause)
            except (imaplib.IMAP4.error, UnexpectedCommandStatusError) as error:
                code = "imap.busy" if _is_temporary(error) else "imap.refused"
                raise UnreachableError(code, reason=_reason(error), command=command, **self._place) from error

    def _ready(self) -> BaseMailBox:
        if self._box is not None:
            return self._box
        try:
            box = self._connect()
        except UnreachableError as error:
            raise ConnectionError(error.values.get("reason")) from error  # counts as one more broken try
        if self._folder is not None and self._open_folder(box, self._folder) != self._uidvalidity:
            # The UIDs that the caller holds mean other messages now (M5).
            raise UnreachableError("imap.changed", folder=self._folder)
        return box

    def _open_folder(self, box: BaseMailBox, folder: str) -> int:
        try:
            box.folder.set(folder)
        except MailboxFolderSelectError as error:
            if _is_temporary(error):
                raise
            raise ConfigurationError("imap.no_folder", folder=folder, **self._place) from error
        _, (uidvalidity,) = box.client.response("UIDVALIDITY")
        return int(uidvalidity)

    def _command(self, name: str, *arguments: str | bytes) -> list[Any]:
        """Send a UID command and return its untagged answers; a refusal is an UnreachableError."""

        return self._retried(name, lambda box: _uid_command(box, name, *arguments))

    # -- fetching and moving --------------------------------------------------------------------------------------

    def _by_size(self, uids: Sequence[int]) -> Iterator[list[int]]:
        """Cut ``uids`` into chunks bounded by count and bytes (M26); those that have vanished are left out."""
        chunk: list[int] = []
        total = 0
        for start in range(0, len(uids), _SIZES_AT_ONCE):
            for uid, parts in self._fetch(uids[start : start + _SIZES_AT_ONCE], "(UID RFC822.SIZE)").items():
                found = _SIZE.search(parts.words)
                size = int(found[1]) if found else 0
                if chunk and (len(chunk) == _CHUNK_MESSAGES or total + size > _CHUNK_BYTES):
                    yield chunk
                    chunk, total = [], 0
                chunk.append(uid)
                total += size
        if chunk:
            yield chunk

    def _fetch(self, uids: Sequence[int], items: str) -> dict[int, _Parts]:
        """Return what the server says of each of ``uids``; unasked-for answers and those without a UID are dropped."""
        wanted = set(uids)
        found: dict[int, _Parts] = {}
        for uid_set in _sets(sorted(wanted)):
            for parts in _grouped(self._command("FETCH", uid_set, items)):
                match = _UID.search(parts.words)
                uid = int(match[1]) if match else 0
                if uid in wanted:
                    # A change of flags by somebody else may come as a second answer without the bytes (M4).
                    known = found.setdefault(uid, parts)
                    if known is not parts:
                        known.words += b" " + parts.words
                        known.body = parts.body if known.body is None else known.body
        return dict(sorted(found.items()))

    def _make(self, folder: str) -> None:
        if folder in self._made:
            return

        def create(box: BaseMailBox) -> None:
            if box.folder.exists(folder):
                return
            try:
                box.folder.create(folder)
            except MailboxFolderCreateError as error:
                if not box.folder.exists(folder):  # it may have been made by another run meanwhile
                    raise ConfigurationError("imap.no_folder", folder=folder, **self._place) from error

        self._retried("CREATE", create)
        self._made.add(folder)

    def _copy_and_remove(self, uid_set: str, folder: str) -> None:
        """Copy, look what the server says it has copied (RFC 4315), remove just that."""

        def copy(box: BaseMailBox) -> str:
            _uid_command(box, "COPY", uid_set, encode_folder(folder))
            _, told = box.client.response("COPYUID")
            words = told[-1].split() if told and told[-1] else []
            return words[1].decode("ascii") if len(words) == 3 else ""

        copied = self._retried("COPY", copy)
        if copied:
            self._command("STORE", copied, "+FLAGS.SILENT", r"(\Deleted)")
            self._command("EXPUNGE", copied)


def _uid_command(box: BaseMailBox, name: str, *arguments: str | bytes) -> list[Any]:
    status, answers = box.client.uid(name, *arguments)  # type: ignore[arg-type]  # encoded folder names are bytes
    if status != "OK":
        raise imaplib.IMAP4.error(b" ".join(part for part in answers if isinstance(part, bytes)))
    return answers


@dataclass(slots=True)
class _Parts:
    """The answer about one message: everything but the literal, and the literal."""

    words: bytes
    body: bytes | None


def _grouped(answers: Iterable[Any]) -> Iterator[_Parts]:
    """Put together what imaplib hands out in pieces: a pair (words, literal) and the words that follow it.

    Some servers name the UID after the body, so the words of one message are looked at as a whole.
    """
    current: _Parts | None = None
    for answer in answers:
        if answer is None:
            continue
        words, body = answer if isinstance(answer, tuple) else (answer, None)
        if current is not None and not _START.match(words):
            current.words += b" " + words
            current.body = body if body is not None else current.body
            continue
        if current is not None:
            yield current
        current = _Parts(words, body if body is not None else b"" if _EMPTY.search(words) else None)
    if current is not None:
        yield current


def _internal_date(uid: int, words: bytes) -> datetime:
    """Return INTERNALDATE in UTC: it is the instant that decides about deadlines."""
    found = _DATE.search(words)
    if found is None or found[2].lower() not in _MONTHS:
        # A message must not be lost or block the rest for want of a date: it is being received now.
        log.warning("mailbox.no_internaldate", uid=uid)
        return datetime.now(UTC)
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    local = datetime(
        int(year),
        _MONTHS.index(month.lower()) + 1,
        int(day),
        int(hour),
        int(minute),
        min(int(second), 59),
        tzinfo=timezone(-offset if sign == b"-" else offset),
    )
    return local.astimezone(UTC)


def _sets(uids: Sequence[int]) -> Iterator[str]:
    """Write ascending UIDs as IMAP sets like ``3:7,9``, each within the length that every server reads."""
    ranges: list[str] = []
    length = 0
    for first, last in _runs(uids):
        text = str(first) if first == last else f"{first}:{last}"
        if ranges and length + len(text) > _SET_LENGTH:
            yield ",".join(ranges)
            ranges, length = [], 0
        ranges.append(text)
        length += len(text) + 1
    if ranges:
        yield ",".join(ranges)


def _runs(uids: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for end in range(1, len(uids) + 1):
        if end == len(uids) or uids[end] != uids[end - 1] + 1:
            yield uids[start], uids[end - 1]
            start = end


def _opened(settings: ImapSettings) -> BaseMailBox:
    if settings.tls == "tls":
        context = ssl.create_default_context()
        return MailBox(settings.host, settings.port, timeout=settings.timeout, ssl_context=context)
    box = MailBoxUnencrypted(settings.host, settings.port, timeout=settings.timeout)
    if settings.tls == "starttls":
        try:
            if "STARTTLS" not in box.client.capabilities:
                raise imaplib.IMAP4.error("STARTTLS is not offered")
            box.client.starttls(ssl.create_default_context())
        except BaseException:
            with suppress(OSError):
                box.client.shutdown()
            raise
    return box


def _is_temporary(error: Exception) -> bool:
    return bool(_TEMPORARY.search(str(error).encode("utf-8", "replace")))


def _reason(error: BaseException) -> str:
    """Return the server's or the system's words, on one line and short enough for a sentence."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, UnexpectedCommandStatusError):
        status, data = error.command_result[0], error.command_result[1]
        text = f"{status} " + b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace")
    else:
        first = next(iter(error.args), "")
        text = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(error)
    return " ".join(text.split())[:200] or type(error).__name__
