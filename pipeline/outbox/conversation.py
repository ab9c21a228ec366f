"""One SMTP connection that hands letters over, each as soon as the server is ready for it (RFC 5321, RFC 2920).

Where the server takes commands in groups (PIPELINING) the whole envelope goes at once, and that of the next letter
right behind the letter before: one round trip a letter.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Generator
from contextlib import suppress

import structlog

from pipeline.model import Parcel, SendOutcome, SendResult, WireMessage
from pipeline.outbox.connecting import reply_line, words

log = structlog.get_logger()
Handed = tuple[Parcel, SendResult]
Talk = Generator[Handed | None, None, None]

# SMTPResponseException comes from here only for an answer that is no SMTP at all: the connection is of no more use.
_LOST = (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException, OSError)
# Codes that speak of our login or of encryption, not of the letter: it waits until the setting is mended.
_OURS = frozenset({530, 534, 535, 538})
_LONE_BREAK = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f<>]")
_LEADING_DOT = re.compile(rb"(?m)^\.")
_LONGEST_ANSWER = 65_536
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux knows it
_RSET, _MAIL, _RCPT, _DATA = range(4)


class Conversation:
    """A connection past its greeting. ``hand_over`` is driven from outside: whoever has several of them goes on with
    the one whose server has spoken.

    ``deadline`` is the instant of the monotonic clock until which the server has time to speak. Once the connection is
    lost ``alive`` is False, ``fault`` says why, and ``left`` are the parcels that the server has certainly not taken.
    """

    def __init__(self, client: smtplib.SMTP, timeout: float, data_timeout: float) -> None:
        assert client.sock is not None
        self._client, self._socket = client, client.sock
        self._timeout, self._data_timeout = timeout, data_timeout
        self._groups = client.has_extn("pipelining")
        self._tainted = False  # a transaction was begun and refused: it is cleared before the next
        self._received = bytearray()
        self.deadline = 0.0
        self.alive = True
        self.fault = ""
        self.left: list[Parcel] = []

    def fileno(self) -> int:
        """The socket's number, for those who wait on several."""
        return self._socket.fileno()

    def objection(self, parcel: Parcel) -> str | None:
        """Return why this server cannot be given this parcel at all, in SMTP's words; None when it can."""
        addresses = parcel.envelope_from + parcel.recipient
        if not parcel.recipient or _NO_ADDRESS.search(addresses):
            return "553 5.1.3 bad address syntax"
        if not addresses.isascii() and not self._client.has_extn("smtputf8"):
            return "553 5.6.7 the server takes no addresses beyond ASCII"
        return None

    def hand_over(self, take: Callable[[], Parcel | None]) -> Talk:
        """Hand over what ``take`` gives until it gives None or the connection is lost.

        Yields each parcel with its result, and None where it waits for the server: go on when ``fileno`` is readable,
        or throw TimeoutError when ``deadline`` has passed.
        """
        parcel, ahead = take(), False
        while parcel is not None:
            try:
                refused = yield from self._envelope(parcel, ahead=ahead)
            except _LOST as error:
                self._lose(error, parcel)
                return
            if refused is not None:
                yield parcel, refused
                parcel, ahead = take(), False
                continue
            try:
                self._write(_on_the_wire(parcel.content))
            except _LOST as error:
                # The final dot goes last: a failure here means that it never left, so the server has taken nothing.
                self._lose(error)
                yield parcel, SendResult(SendOutcome.DEFERRED, self.fault)
                return
            following = self._following(take)
            yield parcel, (yield from self._verdict())
            if not self.alive:
                self.left += [following] if following is not None else []
                return
            ahead = following is not None
            parcel = following if ahead else take()

    def quit(self) -> None:
        """Take leave; a connection that is lost needs none."""
        if self.alive:
            with suppress(smtplib.SMTPException, OSError):
                self._client.quit()
        self.drop()

    def drop(self) -> None:
        """Close the connection at once."""
        self.alive = False
        self._client.close()

    # -- one letter ---------------------------------------------------------------------------------------------

    def _envelope(self, parcel: Parcel, *, ahead: bool) -> Generator[None, None, SendResult | None]:
        """Name sender and recipient and ask to hand over; returns what the server said when it said no.

        ``ahead``: the commands have gone behind the letter before.
        """
        commands = self._commands(parcel)
        if self._groups and not ahead:
            self._write(b"".join(line for _, line in commands))
        refused: SendResult | None = None
        for command, line in commands:
            if not self._groups:
                if refused is not None:
                    break
                self._write(line)
            code, said = yield from self._answer(self._timeout)
            if code == 421:
                raise ConnectionError(reply_line(code, said))
            if refused is not None:
                if command == _DATA and code == 354:  # RFC 2920, 3.1: the server waits for a letter to nobody
                    self._write(b".\r\n")
                    yield from self._answer(self._timeout)
            elif not _agrees(command, code):
                outcome = _outcome(code)
                # Put off before any recipient was named: that is said of us, not of this letter.
                whole = command == _MAIL and outcome is SendOutcome.DEFERRED
                refused = SendResult(outcome, reply_line(code, said), whole)
        self._tainted = refused is not None
        return refused

    def _following(self, take: Callable[[], Parcel | None]) -> Parcel | None:
        """Send the envelope of the next letter behind this one, where the server takes commands in groups."""
        following = take() if self._groups else None
        if following is not None:
            # When the server is gone its last words may still be there: the answer decides, not this failure.
            with suppress(*_LOST):
                self._write(b"".join(line for _, line in self._commands(following)))
        return following

    def _verdict(self) -> Generator[None, None, SendResult]:
        """Return what the server says of a letter that it has whole. Silence leaves a doubt (RFC 1047)."""
        try:
            code, said = yield from self._answer(self._data_timeout)
        except _LOST as error:
            self._lose(error)
            return SendResult(SendOutcome.UNCERTAIN, self.fault)
        reply = reply_line(code, said)
        if 200 <= code < 300:
            return SendResult(SendOutcome.SENT, reply)
        if code == 421 or not 400 <= code < 600:
            self._lose(ConnectionError(reply))
        if not 400 <= code < 600:
            return SendResult(SendOutcome.UNCERTAIN, reply)
        return SendResult(_outcome(code), reply, code == 421)

    def _commands(self, parcel: Parcel) -> list[tuple[int, bytes]]:
        content, client = parcel.content, self._client
        options = f" SIZE={len(content)}" if client.has_extn("size") else ""
        if client.has_extn("8bitmime") and not content.isascii():
            options += " BODY=8BITMIME"
        if not (parcel.envelope_from.isascii() and parcel.recipient.isascii()):
            options += " SMTPUTF8"
        cleared = [(_RSET, b"RSET\r\n")] if self._tainted else []
        return [
            *cleared,
            (_MAIL, f"MAIL FROM:<{parcel.envelope_from}>{options}\r\n".encode()),
            (_RCPT, f"RCPT TO:<{parcel.recipient}>\r\n".encode()),
            (_DATA, b"DATA\r\n"),
        ]

    # -- bytes --------------------------------------------------------------------------------------------------

    def _write(self, data: bytes) -> None:
        self._socket.sendall(data)

    def _answer(self, patience: float) -> Generator[None, None, tuple[int, bytes]]:
        """Return code and words of the next answer, its lines joined by line breaks."""
        said: list[bytes] = []
        while True:
            end = self._received.find(b"\n")
            if end < 0:
                self.deadline = time.monotonic() + patience
                _acknowledge(self._socket)
                yield None
                self._fill()
                continue
            line = bytes(self._received[:end])
            del self._received[: end + 1]
            if not line[:3].isdigit():
                raise smtplib.SMTPResponseException(-1, line[:200])
            said.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(said)

    def _fill(self) -> None:
        """Take in what the server has sent; raises when it has closed the connection."""
        while True:
            data = self._socket.recv(_LONGEST_ANSWER)
            if not data:
                raise smtplib.SMTPServerDisconnected("connection closed")
            self._received += data
            if len(self._received) > _LONGEST_ANSWER:
                raise smtplib.SMTPResponseException(-1, b"an endless answer")
            if not (isinstance(self._socket, ssl.SSLSocket) and self._socket.pending()):
                return

    def _lose(self, error: BaseException, *left: Parcel) -> None:
        self.fault = words(error)
        self.left += left
        log.warning("smtp.cut", reason=self.fault)
        self.drop()


def _acknowledge(line: socket.socket) -> None:
    """Acknowledge what has come and what comes next at once, not after 40 ms (RFC 1122, 4.2.3.2): a server may hold its
    next answer back until we have acknowledged the one before (RFC 896)."""
    if _QUICKACK is not None:
        with suppress(OSError):
            line.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)


def _agrees(command: int, code: int) -> bool:
    match command:
        case 0:  # RSET
            return True
        case 1:  # MAIL
            return code == 250
        case 2:  # RCPT
            return code in (250, 251)
    return code == 354


def _on_the_wire(content: bytes) -> bytes:
    """Return the message as RFC 5321 carries it: CRLF line ends, leading dots doubled, the final dot."""
    if isinstance(content, WireMessage):
        return content + b".\r\n"
    if not content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r"):
        content = _LONE_BREAK.sub(b"\r\n", content)
    if b"\n." in content or content.startswith(b"."):
        content = _LEADING_DOT.sub(b"..", content)
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")


def _outcome(code: int) -> SendOutcome:
    return SendOutcome.REFUSED if 500 <= code < 600 and code not in _OURS else SendOutcome.DEFERRED
