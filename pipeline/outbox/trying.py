"""Trying whether a server sends our mail to other domains, without sending anything: MAIL, RCPT, RSET."""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from pipeline.outbox.connecting import FAULTS, SmtpSettings, connected, explained, reply_line

_THE_ADDRESS = re.compile(r"\b5\.[14]\.\d+\b")  # RFC 3463: this recipient, or the way there; not whether we may
_THE_SENDER = re.compile(r"(?i)\bsender\b|5\.7\.60\b|отправител")


class Relay(StrEnum):
    """What a server says to a letter for another domain. ``UNKNOWN``: it refuses this one recipient."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    SENDER_REFUSED = "sender_refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it, with the server's reply."""

    relay: Relay
    reply: str


def try_relay(settings: SmtpSettings, sender: str, outside: str) -> Tried:
    """Ask the server to take a letter from ``sender`` for ``outside``, and take that back before any content.

    Raises UnreachableError and ConfigurationError as a connection does.
    """
    try:
        client = connected(settings)
    except FAULTS as error:
        fault = explained(error, settings)
        if fault is error:
            raise
        raise fault from error
    try:
        code, said = client.mail(sender)
        if not 200 <= code < 300:
            return Tried(Relay.SENDER_REFUSED, reply_line(code, said))
        code, said = client.rcpt(outside)
        reply = reply_line(code, said)
        client.rset()
    except FAULTS as error:
        raise explained(error, settings) from error
    finally:
        with suppress(smtplib.SMTPException, OSError):
            client.quit()
        client.close()
    if 200 <= code < 300:
        return Tried(Relay.ALLOWED, reply)
    if not 500 <= code < 600 or _THE_ADDRESS.search(reply):
        return Tried(Relay.UNKNOWN, reply)
    return Tried(Relay.SENDER_REFUSED if _THE_SENDER.search(reply) else Relay.REFUSED, reply)
