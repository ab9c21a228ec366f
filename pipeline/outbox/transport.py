"""The way out: letters over a few kept connections at a time, shaped like ``steps.base.ports.Transport``."""

from __future__ import annotations

import selectors
import time
from collections import deque
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

import structlog

from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.model import Parcel, SendOutcome, SendResult
from pipeline.outbox.connecting import FAULTS, SmtpSettings, connected, explained, words
from pipeline.outbox.conversation import Conversation, Handed, Talk

log = structlog.get_logger()
_REST_AFTER_FAILURE = 30.0  # seconds in which a server that did not answer is not asked again
_NO_MORE_FOR = 300.0  # seconds in which a server that refused one more connection is not asked for one
_WORTH_ANOTHER = 8  # letters for each connection: for fewer the server is not troubled with one more


class _Desk:
    """The work of one call: what waits, what was lost once with its connection, and the talks in progress."""

    def __init__(self, waiting: deque[Parcel], selector: selectors.BaseSelector) -> None:
        self.waiting, self.selector = waiting, selector
        self.tried: set[int] = set()
        self.talks: dict[Conversation, Talk] = {}
        self.examined_for: Conversation | None = None

    def begin(self, line: Conversation) -> None:
        """Let ``line`` hand over what waits."""
        self.talks[line] = line.hand_over(lambda: self.waiting.popleft() if self.waiting else None)
        self.selector.register(line, selectors.EVENT_READ)

    def spoken(self) -> list[tuple[Conversation, bool]]:
        """Wait until a server speaks or its time is over; return who goes on then, and whether too late."""
        if not self.talks:
            return []
        wait = min(line.deadline for line in self.talks) - time.monotonic()
        ready = {key.fileobj for key, _ in self.selector.select(max(wait, 0.0))}
        now = time.monotonic()
        return [(line, line not in ready) for line in self.talks if line in ready or line.deadline <= now]


class SmtpTransport:
    """Kept connections to one server; the first is made on entering, more when there is much to send.

    Entering raises UnreachableError when the server does not answer, ConfigurationError when a setting is wrong.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._lines: list[Conversation] = []
        self._rests_until = 0.0
        self._no_more_until = 0.0
        self._last_fault = ""

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in self._lines:
            line.quit()
        self._lines = []

    def send(self, envelope_from: str, recipient: str, content: bytes) -> SendResult:
        """Hand one message over and return what the server said, as ``send_all`` does."""
        [(_, result)] = self.send_all([Parcel(0, envelope_from, recipient, content)])
        return result

    def send_all(self, parcels: Iterable[Parcel]) -> Iterator[Handed]:
        """Hand messages over and yield each with what the server said, as they are done; never raises for a refusal.

        SENT for 250; DEFERRED for 4xx, for no connection and for a refusal of our own login; REFUSED for 5xx;
        UNCERTAIN when the connection was lost after the whole letter had been handed over. Bytes are sent as they are,
        8-bit ones included; only lone line breaks become CRLF. Iterate to the end: what is left midway is in doubt.
        """
        with selectors.DefaultSelector() as selector:
            desk = _Desk(deque(parcels), selector)
            try:
                while desk.waiting or desk.talks:
                    if not self._reach(len(desk.waiting)):
                        # Nobody answers: there is no talk either, for every connection is gone.
                        yield from ((parcel, self._put_off()) for parcel in desk.waiting)
                        return
                    yield from self._objected(desk)
                    for line in self._lines:
                        if desk.waiting and line not in desk.talks:
                            desk.begin(line)
                            yield from self._go_on(line, desk)
                    for line, late in desk.spoken():
                        yield from self._go_on(line, desk, late=late)
                    for line in [line for line in self._lines if not line.alive]:
                        yield from self._buried(line, desk)
            finally:
                for line in desk.talks:  # left midway: nobody knows where these stand
                    line.drop()
                self._lines = [line for line in self._lines if line.alive]

    def _go_on(self, line: Conversation, desk: _Desk, *, late: bool = False) -> Iterator[Handed]:
        """Let one conversation go on as far as it comes without waiting; ``late``: the server's time is over."""
        talk = desk.talks[line]
        try:
            handed = talk.throw(TimeoutError()) if late else next(talk)
            while handed is not None:
                yield handed
                handed = next(talk)
        except StopIteration:
            del desk.talks[line]
            desk.selector.unregister(line)

    def _buried(self, line: Conversation, desk: _Desk) -> Iterator[Handed]:
        """Give what a lost connection has left to the others; what was lost twice is put off."""
        self._lines.remove(line)
        self._last_fault = line.fault
        for parcel in reversed(line.left):
            if id(parcel) in desk.tried:
                yield parcel, self._put_off()
            else:
                # The server may have closed a kept connection between two letters: that says nothing of this one.
                desk.tried.add(id(parcel))
                desk.waiting.appendleft(parcel)

    def _objected(self, desk: _Desk) -> Iterator[Handed]:
        """Take out what the server cannot be given: no later try helps. Asked once of a server as it greeted us."""
        line, waiting = self._lines[0], desk.waiting
        if desk.examined_for is line:
            return
        desk.examined_for = line
        objections = [(parcel, line.objection(parcel)) for parcel in waiting]
        if any(why for _, why in objections):
            waiting.clear()
            waiting.extend(parcel for parcel, why in objections if why is None)
            yield from ((parcel, SendResult(SendOutcome.REFUSED, why)) for parcel, why in objections if why)

    def _put_off(self) -> SendResult:
        return SendResult(SendOutcome.DEFERRED, self._last_fault)

    # -- connections --------------------------------------------------------------------------------------------

    def _reach(self, letters: int) -> bool:
        """See that there are connections for so many letters; False when there is none and none can be had."""
        if not self._lines:
            try:
                self._connect()
            except (UnreachableError, ConfigurationError) as error:
                self._last_fault = str(error)
                return False
        most = min(self._settings.connections, letters // _WORTH_ANOTHER)
        while len(self._lines) < most and time.monotonic() >= self._no_more_until:
            try:
                self._lines.append(self._conversation())
            except FAULTS as error:
                # Many servers allow one client only so many: those that we have will do.
                log.info("smtp.no_more_connections", open=len(self._lines), reason=words(error))
                self._no_more_until = time.monotonic() + _NO_MORE_FOR
        return True

    def _connect(self) -> None:
        if time.monotonic() < self._rests_until:
            place = {"host": self._settings.host, "port": self._settings.port}
            raise UnreachableError("smtp.unreachable", reason=self._last_fault, **place)
        try:
            self._lines.append(self._conversation())
        except FAULTS as error:
            self._rests_until = time.monotonic() + _REST_AFTER_FAILURE
            self._last_fault = words(error)
            fault = explained(error, self._settings)
            if fault is error:
                raise
            raise fault from error

    def _conversation(self) -> Conversation:
        return Conversation(connected(self._settings), self._settings.timeout, self._settings.data_timeout)
