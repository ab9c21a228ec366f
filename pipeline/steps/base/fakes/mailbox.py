"""A mailbox in memory with the shape of ``pipeline.steps.base.ports.MailboxSession``; obeys tests/contract."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.mail.message.parse import parse
from pipeline.model import RawMessage


def vouched(data: bytes, server: str) -> bytes:
    """Return a message with the word of ``server`` on top that its writer passes DMARC, if it has none yet."""
    if b"authentication-results:" in data.lower():
        return data
    domain = (parse(data).sender or "@nowhere.test").rpartition("@")[2]
    return f"Authentication-Results: {server}; dmarc=pass header.from={domain}\r\n".encode() + data


@dataclass
class FakeFolder:
    """Messages by UID. UIDs are never given twice."""

    uidvalidity: int = 1
    next_uid: int = 1
    messages: dict[int, RawMessage] = field(default_factory=dict)

    def add(self, data: bytes, received_at: datetime) -> int:
        """Put a message in and return its UID."""
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.messages[uid] = RawMessage(uid, received_at, data)
        return uid


@dataclass
class FakeMailServer:
    """The account that sessions open. ``down`` makes it unreachable.

    A server with a name ``signs`` what comes in, unless somebody has: every writer passes DMARC.
    """

    folders: dict[str, FakeFolder] = field(default_factory=lambda: {"INBOX": FakeFolder()})
    down: bool = False
    signs: str | None = None

    def deliver(self, data: bytes, received_at: datetime | None = None) -> int:
        """Put a message into the inbox and return its UID; ``received_at`` is its INTERNALDATE (now)."""
        stamp = (received_at or datetime.now(UTC)).replace(microsecond=0)
        return self.folders["INBOX"].add(vouched(data, self.signs) if self.signs else data, stamp)

    def expunge(self, uid: int) -> None:
        """Remove a message behind the session's back."""
        del self.folders["INBOX"].messages[uid]

    def change_uidvalidity(self) -> None:
        """Number the inbox anew, as after a restore."""
        inbox = self.folders["INBOX"]
        fresh = FakeFolder(inbox.uidvalidity + 1)
        for message in inbox.messages.values():
            fresh.add(message.data, message.received_at)
        self.folders["INBOX"] = fresh

    def open(self) -> FakeMailbox:
        """Return a session that is not entered yet."""
        return FakeMailbox(self)


class FakeMailbox:
    """One session."""

    def __init__(self, server: FakeMailServer) -> None:
        self._server = server
        self._folder = ""

    def __enter__(self) -> Self:
        if self._server.down:
            raise UnreachableError("imap.unreachable", host="fake", port=0, reason="down")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder = ""

    def select(self, folder: str) -> int:
        """Open ``folder`` and return its UIDVALIDITY."""
        if folder not in self._server.folders:
            raise ConfigurationError("imap.no_folder", folder=folder, host="fake", port=0)
        self._folder = folder
        return self._server.folders[folder].uidvalidity

    def uids(self) -> list[int]:
        """Return the UIDs present, ascending."""
        return sorted(self._current.messages)

    def marks(self, uids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
        """Return size and receipt time of the messages that still exist."""
        found = self._current.messages
        return {uid: (len(found[uid].data), found[uid].received_at) for uid in sorted(set(uids)) if uid in found}

    def fetch(self, uids: Sequence[int], largest: int | None = None) -> Iterator[RawMessage]:
        """Yield the messages that still exist."""
        for uid in sorted(set(uids)):
            message = self._current.messages.get(uid)
            if message is None:
                continue
            size = len(message.data)
            if largest is not None and size > largest:
                header = b"".join(message.data.partition(b"\r\n\r\n")[:2])
                yield RawMessage(message.uid, message.received_at, header, size)
            else:
                yield message

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> bool:
        """Wait for a UID that is new."""
        before = set(self._current.messages)
        until = time.monotonic() + seconds
        while time.monotonic() < until and not stopped():
            if set(self._current.messages) - before:
                return True
            time.sleep(0.01)
        return False

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move what still exists to ``folder``, made when missing."""
        if not uids:
            return
        target = self._server.folders.setdefault(folder, FakeFolder(1000 + len(self._server.folders)))
        for uid in uids:
            message = self._current.messages.pop(uid, None)
            if message is not None:
                target.add(message.data, message.received_at)

    @property
    def _current(self) -> FakeFolder:
        return self._server.folders[self._folder]
