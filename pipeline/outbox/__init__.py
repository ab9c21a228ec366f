"""Outgoing letters: handed to the SMTP server, and copied into ``outbox/`` for people. Only here is SMTP known."""

from pipeline.outbox.connecting import SmtpSettings
from pipeline.outbox.spool import Spool
from pipeline.outbox.transport import SmtpTransport
from pipeline.outbox.trying import Relay, try_relay

__all__ = ["Relay", "SmtpSettings", "SmtpTransport", "Spool", "try_relay"]
