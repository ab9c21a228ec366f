"""What the steps need of the servers outside; the adapters and the fakes of the tests have this shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from pipeline.model import Parcel, RawMessage, SendResult


class MailboxSession(Protocol):
    """A connection to the mailbox that organisations answer to; connects on entering, see ``pipeline.mailbox``."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def select(self, folder: str) -> int:
        """Open ``folder`` and return its UIDVALIDITY."""

    def uids(self) -> list[int]:
        """Return the UIDs present, ascending."""

    def marks(self, uids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
        """Return size and receipt time of each of ``uids`` as the server tells them; what has vanished is absent."""

    def fetch(self, uids: Sequence[int], largest: int | None = None) -> Iterator[RawMessage]:
        """Yield the messages that still exist, without touching their flags; of one beyond ``largest`` bytes the header
        only."""

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move what still exists to ``folder``, made when missing; «/» parts the levels of its name."""

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> bool:
        """Wait at most ``seconds`` for mail to come into the open folder; True when it did, or may have."""


class Transport(Protocol):
    """Connections to the SMTP server, see ``pipeline.outbox``."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def send(self, envelope_from: str, recipient: str, content: bytes) -> SendResult:
        """Hand one message to the server and return what it said; never raises for a refusal."""

    def send_all(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, SendResult]]:
        """Hand messages over, several at a time, and yield each with its result as it is known, in any order."""


class Webhook(Protocol):
    """The second way by which alerts reach a person, see ``pipeline.webhook``."""

    def post(self, news: Mapping[str, str]) -> None:
        """Hand over one piece of news; raises UserError when it did not arrive."""
