"""IDLE (RFC 2177): waiting for the server to say that something came, without ever waiting for ever (M21).

imap-tools reads until the socket is dry with a timeout of nothing, which cuts a line that is only half there, and
takes the server's farewell for silence. So the waiting is done here, with its client.
"""

from __future__ import annotations

import imaplib
import re
import select
import ssl
import time
from collections.abc import Callable

from imap_tools import BaseMailBox

_LONGEST = 300.0  # seconds of one IDLE: routers forget a silent connection long before RFC 2177's 29 minutes
_GLANCE = 1.0  # seconds between two looks at whether to stop
_CAME = re.compile(rb"^\* \d+ (EXISTS|RECENT)\b", re.IGNORECASE)


def came(line: bytes) -> bool:
    """Whether a line of the server tells of mail that came."""
    return bool(_CAME.match(line))


def idle(box: BaseMailBox, seconds: float, stopped: Callable[[], bool]) -> bool:
    """Wait in the open folder for at most ``seconds``; True as soon as the server says that mail came.

    Returns early when ``stopped`` says so. Raises what a broken connection raises: OSError or imaplib's abort.
    """
    client = box.client
    tag: bytes = client._command("IDLE")  # noqa: SLF001 - imaplib has no IDLE before Python 3.14
    news = False
    while True:
        line = _line(client)
        if line.startswith(b"+"):
            break
        if line.startswith(tag):
            raise imaplib.IMAP4.abort(f"IDLE: {line!r}")
        news |= came(line)
    until = time.monotonic() + min(seconds, _LONGEST)
    while not news and not stopped() and (left := until - time.monotonic()) > 0:
        if _readable(client, min(left, _GLANCE)):
            news = came(_line(client))
    client.send(b"DONE\r\n")
    while not (line := _line(client)).startswith(tag):
        news |= came(line)
    # The tagged answer is ours, not imaplib's: it must not wait for it.
    client.tagged_commands.pop(tag, None)
    return news


def _line(client: imaplib.IMAP4) -> bytes:
    line: bytes = client._get_line()  # noqa: SLF001 - as above; raises abort at the end
    if line.upper().startswith(b"* BYE"):
        raise imaplib.IMAP4.abort(line.decode("ascii", "replace"))
    return line


def _readable(client: imaplib.IMAP4, seconds: float) -> bool:
    """Whether a line has begun to come within ``seconds``; looks into what is read already and waits in no buffer."""
    patience = client.sock.gettimeout()
    client.sock.settimeout(0)
    try:
        if client.file.peek(1):  # type: ignore[union-attr]  # a BufferedReader, which typeshed does not tell
            return True
    except (BlockingIOError, ssl.SSLWantReadError):
        pass
    finally:
        client.sock.settimeout(patience)
    if hasattr(select, "poll"):  # select() fails beyond 1024 descriptors
        poll = select.poll()
        poll.register(client.sock, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    return bool(select.select([client.sock], [], [], seconds)[0])
