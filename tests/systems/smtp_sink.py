"""An SMTP server that answers as told, and a TCP proxy that delays, cuts or swallows what passes."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from pipeline.outbox import SmtpSettings
from tests.systems.programs import free_port

CUT = "cut"  # instead of an answer: the connection is closed


@dataclass
class SmtpSink:
    """What was taken, and what to answer: by recipient at RCPT, in order after DATA (250 when nothing is left)
    ``data_delay`` seconds later. At the messages of the numbers ``cut_at``, from 1, the connection is closed instead;
    ``groups`` offers PIPELINING; ``crowded`` turns away connections beyond so many."""

    port: int
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    sessions: int = 0
    mail_answers: list[str] = field(default_factory=list)
    recipient_answers: dict[str, str] = field(default_factory=dict)
    data_answers: list[str] = field(default_factory=list)
    data_delay: float = 0
    cut_at: set[int] = field(default_factory=set)
    groups: bool = False
    crowded: int | None = None

    def settings(self, timeout: float = 5, data_timeout: float = 5, connections: int = 3) -> SmtpSettings:
        """How our client reaches it."""
        return SmtpSettings("127.0.0.1", self.port, None, None, "none", timeout, data_timeout, connections=connections)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count the sessions."""
        session.host_name = hostname
        self.sessions += 1
        if self.crowded is not None and self.sessions > self.crowded:
            _said(server, "421 4.7.0 too many connections from you")
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self.groups else responses

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer MAIL FROM."""
        answer = self.mail_answers.pop(0) if self.mail_answers else "250 OK"
        if answer.startswith("2"):
            envelope.mail_from = address
        return _said(server, answer)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        answer = self.recipient_answers.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return _said(server, answer)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Take the message, then answer."""
        answer = self.data_answers.pop(0) if self.data_answers else "250 taken"
        if answer.startswith("2") or answer == CUT:
            assert isinstance(envelope.content, bytes)
            self.taken.append((envelope.mail_from or "", envelope.rcpt_tos[0], envelope.content))
            answer = CUT if len(self.taken) in self.cut_at else answer
        await asyncio.sleep(self.data_delay)
        return _said(server, answer)


def _said(server: SMTP, answer: str) -> str:
    if answer == CUT or answer.startswith("421"):
        transport = server.transport
        assert isinstance(transport, asyncio.WriteTransport)
        if answer != CUT:
            transport.write(answer.encode() + b"\r\n")
        transport.close()
        raise asyncio.CancelledError  # the session ends without a word more
    return answer


@contextmanager
def smtp_sink(
    *,
    utf8: bool = False,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    pipelining: bool = False,
) -> Iterator[SmtpSink]:
    """Run a sink on a free port of loopback; ``utf8`` offers SMTPUTF8, ``pipelining`` that, the contexts offer STARTTLS
    or demand TLS."""
    sink = SmtpSink(free_port(), groups=pipelining)
    controller = Controller(
        sink, hostname="127.0.0.1", port=sink.port, enable_SMTPUTF8=utf8, tls_context=starttls, ssl_context=tls
    )
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@dataclass
class TcpProxy:
    """Stands before a server. ``delay``: seconds each answer waits; ``cut_after``: once these bytes have been passed
    on to the server its answer is swallowed and both sides are cut (once); ``swallow``: nothing comes back at all."""

    target: int
    port: int
    delay: float = 0
    cut_after: bytes = b""
    swallow: bool = False
    connections: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass bytes both ways for one connection."""
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self.target)
        self.connections += [writer, to_server]
        back = asyncio.create_task(self._pass_back(from_server, writer))
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                cutting = bool(self.cut_after) and self.cut_after in data
                if cutting:
                    self.cut_after = b""
                    back.cancel()
                to_server.write(data)
                await to_server.drain()
                if cutting:
                    await asyncio.sleep(0.2)  # the server has it and has answered: nobody hears
                    break
        to_server.close()
        writer.close()
        with suppress(asyncio.CancelledError):
            await back

    async def _pass_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                await asyncio.sleep(self.delay)
                if not self.swallow:
                    writer.write(data)
                    await writer.drain()
        writer.close()


@contextmanager
def tcp_proxy(target: int) -> Iterator[TcpProxy]:
    """Run a proxy before the server on port ``target`` of loopback."""
    proxy = TcpProxy(target, free_port())
    loop = asyncio.new_event_loop()
    started = threading.Event()
    stop = asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", proxy.port)
        started.set()
        await stop.wait()
        server.close()
        for writer in proxy.connections:
            writer.close()
        await asyncio.gather(
            *(task for task in asyncio.all_tasks() if task is not asyncio.current_task()), return_exceptions=True
        )

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


@dataclass
class ScriptedServer:
    """What was sent to a server that says its lines whatever it hears."""

    port: int
    heard: bytearray = field(default_factory=bytearray)


@contextmanager
def scripted_server(says: list[bytes]) -> Iterator[ScriptedServer]:
    """A server for one connection: a greeting, then a line for each command and for each letter that it was to get."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = ScriptedServer(listening.getsockname()[1])
        thread = threading.Thread(target=_recite, args=(listening, server, list(says)), daemon=True)
        thread.start()
        yield server
    thread.join(10)


def _recite(listening: socket.socket, server: ScriptedServer, says: list[bytes]) -> None:
    connection, _ = listening.accept()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(says.pop(0) + b"\r\n")
        in_letter = False
        while says and (line := lines.readline()):
            server.heard += line
            if in_letter and line != b".\r\n":
                continue
            said = says.pop(0)
            in_letter = said.startswith(b"354")
            connection.sendall(said + b"\r\n")
        with suppress(OSError):
            while line := lines.readline():  # until the client has gone
                server.heard += line
