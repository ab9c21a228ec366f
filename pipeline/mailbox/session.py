"""A session with a mailbox over IMAP.

imap-tools opens the connection, names folders and lists UIDs. Fetching and moving use its client directly, because its
own ``fetch`` gives no INTERNALDATE, parses every message and stops at a chunk that has vanished, and its ``move`` may
expunge what is not ours (failure cases M4 and M27).
"""

from __future__ import annotations

import imaplib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import structlog
from imap_tools import BaseMailBox
from imap_tools.errors import (
    MailboxFolderCreateError,
    MailboxFolderSelectError,
    UnexpectedCommandStatusError,
)
from imap_tools.utils import encode_folder

from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.mailbox.connection import ImapSettings, connected
from pipeline.mailbox.idle import idle
from pipeline.mailbox.replies import (
    Parts,
    grouped,
    hierarchy,
    internal_date,
    is_temporary,
    reason_of,
    size_of,
    uid_of,
    uid_sets,
)
from pipeline.model import RawMessage

log = structlog.get_logger()
_T = TypeVar("_T")

_CHUNK_MESSAGES = 200
_CHUNK_BYTES = 16 * 1024 * 1024
_SIZES_AT_ONCE = 1000
_HEADER_BYTES = 256 * 1024  # of a message that is too large only so much is asked for
_PAUSES = (0.5, 2.0, 5.0)  # seconds before each new try on a broken connection (M21)
_ASK_EVERY = 5.0  # seconds between two questions for new mail on a server without IDLE
_CUT = (imaplib.IMAP4.abort, OSError, EOFError)


@dataclass(slots=True)
class _Chunk:
    """UIDs to be fetched whole in one command, their bytes together, and the sizes of those of which not."""

    uids: list[int] = field(default_factory=list)
    size: int = 0
    too_large: dict[int, int] = field(default_factory=dict)


class ImapMailbox:
    """One mailbox session with the shape of ``pipeline.steps.base.ports.MailboxSession``; connects when entered.

    Works by UID only, never touches a flag of what stays, and mends a broken connection three times before it gives
    up. Every method raises UnreachableError when the server does not answer or refuses for now, and ConfigurationError
    when it is a setting that is wrong. In names of folders «/» parts the levels, whatever the server uses for it.
    """

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._box: BaseMailBox | None = None
        self._capabilities: frozenset[str] = frozenset()
        self._folder: str | None = None
        self._uidvalidity = 0
        self._made: set[str] = set()
        self._hierarchy: tuple[str, str] | None = None
        self._waited_with: frozenset[int] | None = None

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
        self._folder = self._waited_with = None
        uidvalidity = self._retried("SELECT", lambda box: self._open_folder(box, folder))
        self._folder, self._uidvalidity = folder, uidvalidity
        return uidvalidity

    def uids(self) -> list[int]:
        """Return the UIDs present now, ascending: also those that came after ``select``."""

        def search(box: BaseMailBox) -> list[str]:
            box.client.noop()  # some servers show new mail only after a command that changes nothing
            return box.uids("ALL", charset=None)

        return sorted(int(uid) for uid in self._retried("UID SEARCH", search))

    def marks(self, uids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
        """Return size and INTERNALDATE of each of ``uids`` that still exists."""
        found: dict[int, tuple[int, datetime]] = {}
        for start in range(0, len(uids), _SIZES_AT_ONCE):
            answers = self._fetch(uids[start : start + _SIZES_AT_ONCE], "(UID RFC822.SIZE INTERNALDATE)")
            for uid, parts in answers.items():
                found[uid] = size_of(parts.words), internal_date(uid, parts.words)
        return found

    def fetch(self, uids: Sequence[int], largest: int | None = None) -> Iterator[RawMessage]:
        """Yield the messages of ``uids`` that still exist: UID, INTERNALDATE and the bytes exactly as they are kept.

        At most 200 messages and, beyond the first of a chunk, 16 MiB are in memory at once. Of a message that has more
        than ``largest`` bytes only the header comes; ``size`` then tells how large it is.
        """
        for chunk in self._by_size(uids, largest):
            for uid, parts in self._fetch(chunk.uids, "(UID INTERNALDATE BODY.PEEK[])").items():
                if parts.body is not None:
                    yield RawMessage(uid, internal_date(uid, parts.words), parts.body)
            for uid, size in chunk.too_large.items():
                yield from self._header(uid, size)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move what still exists of ``uids`` to ``folder``, made when missing; never expunges anything else (M27).

        On a server with neither MOVE nor UIDPLUS nothing is moved: the ledger alone then knows what is done.
        """
        if not uids:
            return
        native = self._retried("LIST", lambda box: self._native(box, folder))
        self._make(native)
        for chunk in uid_sets(sorted(set(uids))):
            if "MOVE" in self._capabilities:
                self._command("MOVE", chunk, encode_folder(native))
            elif "UIDPLUS" in self._capabilities:
                self._copy_and_remove(chunk, native)
            else:
                log.warning("mailbox.cannot_move", folder=folder)
                return

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> bool:
        """Wait until mail comes into the open folder, at most ``seconds``; True when it did, or may have.

        By IDLE, begun anew every five minutes; a server without it is asked every five seconds. Returns early when
        ``stopped`` says so. A connection that broke is mended, and whatever came meanwhile counts as news.
        """
        if "IDLE" not in self._capabilities:
            return self._wait_asking(seconds, stopped)
        try:
            return idle(self._ready(), seconds, stopped)
        except _CUT as error:
            log.warning("mailbox.cut", command="IDLE", reason=reason_of(error), again=True)
            self._drop()
        self._retried("NOOP", lambda box: box.client.noop())
        return True

    # -- connection ---------------------------------------------------------------------------------------------

    def _connect(self) -> BaseMailBox:
        self._box, self._capabilities = connected(self._settings)
        return self._box

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
                log.warning("mailbox.cut", command=command, reason=reason_of(error), again=pause is not None)
                if pause is None:
                    raise UnreachableError(
                        "imap.broken_off", reason=reason_of(error), **self._settings.place
                    ) from error
                time.sleep(pause)
            except (imaplib.IMAP4.error, UnexpectedCommandStatusError) as error:
                code = "imap.busy" if is_temporary(error) else "imap.refused"
                raise UnreachableError(
                    code, reason=reason_of(error), command=command, **self._settings.place
                ) from error

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
            box.folder.set(self._native(box, folder))
        except MailboxFolderSelectError as error:
            if is_temporary(error):
                raise
            raise ConfigurationError("imap.no_folder", folder=folder, **self._settings.place) from error
        _, (uidvalidity,) = box.client.response("UIDVALIDITY")
        return int(uidvalidity)

    def _native(self, box: BaseMailBox, folder: str) -> str:
        """Write the name of a folder as this server has it: with its separator, under the place of our own folders."""
        if self._hierarchy is None:
            named = box.client.namespace()[1][-1:] if "NAMESPACE" in self._capabilities else [None]
            listed = box.client.list('""', '""')[1][-1:]
            self._hierarchy = hierarchy(next(iter(named), None), next(iter(listed), None))
        prefix, separator = self._hierarchy
        native = folder.replace("/", separator)
        return native if not prefix or native.upper().startswith(("INBOX", prefix.upper())) else prefix + native

    def _wait_asking(self, seconds: float, stopped: Callable[[], bool]) -> bool:
        until = time.monotonic() + seconds
        if self._waited_with is None:
            self._waited_with = frozenset(self.uids())
        while (left := until - time.monotonic()) > 0 and not stopped():
            again = time.monotonic() + min(left, _ASK_EVERY)
            while (pause := again - time.monotonic()) > 0 and not stopped():
                time.sleep(min(pause, 0.5))
            known, self._waited_with = self._waited_with, frozenset(self.uids())
            if self._waited_with - known:
                return True
        return False

    def _command(self, name: str, *arguments: str | bytes) -> list[Any]:
        """Send a UID command and return its untagged answers; a refusal is an UnreachableError."""

        return self._retried(name, lambda box: _uid_command(box, name, *arguments))

    # -- fetching and moving --------------------------------------------------------------------------------------

    def _by_size(self, uids: Sequence[int], largest: int | None) -> Iterator[_Chunk]:
        """Cut ``uids`` into chunks bounded by count and bytes (M26); those that have vanished are left out."""
        chunk = _Chunk()
        for start in range(0, len(uids), _SIZES_AT_ONCE):
            for uid, parts in self._fetch(uids[start : start + _SIZES_AT_ONCE], "(UID RFC822.SIZE)").items():
                size = size_of(parts.words)
                if largest is not None and size > largest:
                    chunk.too_large[uid] = size
                    continue
                if chunk.uids and (len(chunk.uids) == _CHUNK_MESSAGES or chunk.size + size > _CHUNK_BYTES):
                    yield chunk
                    chunk = _Chunk()
                chunk.uids.append(uid)
                chunk.size += size
        yield chunk

    def _header(self, uid: int, size: int) -> Iterator[RawMessage]:
        asked = f"(UID INTERNALDATE BODY.PEEK[HEADER]<0.{_HEADER_BYTES}>)"
        for parts in self._fetch([uid], asked).values():
            if parts.body is not None:
                yield RawMessage(uid, internal_date(uid, parts.words), parts.body, size)

    def _fetch(self, uids: Sequence[int], items: str) -> dict[int, Parts]:
        """Return what the server says of each of ``uids``; unasked-for answers and those without a UID are dropped."""
        wanted = set(uids)
        found: dict[int, Parts] = {}
        for uid_set in uid_sets(sorted(wanted)):
            for parts in grouped(self._command("FETCH", uid_set, items)):
                uid = uid_of(parts.words)
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
                    raise ConfigurationError("imap.no_folder", folder=folder, **self._settings.place) from error

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
