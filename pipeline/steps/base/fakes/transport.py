"""An SMTP transport in memory with the shape of ``pipeline.steps.base.ports.Transport``; obeys tests/contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from pipeline.errors import UnreachableError
from pipeline.model import Parcel, SendOutcome, SendResult


@dataclass(frozen=True)
class SentLetter:
    """What the server took."""

    envelope_from: str
    recipient: str
    content: bytes


@dataclass
class FakeTransport:
    """Takes everything but what ``answers`` names by recipient; one object may be entered again and again.

    ``on_sent`` is called with each letter taken, e.g. to put it into a FakeMailServer. ``down`` makes the server
    unreachable on entering. An UNCERTAIN answer still takes the letter, as the real case mostly does.
    """

    answers: dict[str, SendResult] = field(default_factory=dict)
    on_sent: Callable[[SentLetter], object] | None = None
    down: bool = False
    sent: list[SentLetter] = field(default_factory=list)

    def __enter__(self) -> Self:
        if self.down:
            raise UnreachableError("smtp.unreachable", host="fake", port=0, reason="down")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def send(self, envelope_from: str, recipient: str, content: bytes) -> SendResult:
        """Take one letter, or answer as told."""
        result = self.answers.get(recipient, SendResult(SendOutcome.SENT, "250 taken"))
        if result.outcome in (SendOutcome.SENT, SendOutcome.UNCERTAIN):
            letter = SentLetter(envelope_from, recipient, content)
            self.sent.append(letter)
            if self.on_sent is not None:
                self.on_sent(letter)
        return result

    def send_all(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, SendResult]]:
        """Take letters one after another."""
        for parcel in parcels:
            yield parcel, self.send(parcel.envelope_from, parcel.recipient, parcel.content)

    def received(self, recipient: str) -> list[bytes]:
        """Return what was taken for one recipient."""
        return [letter.content for letter in self.sent if letter.recipient == recipient]
