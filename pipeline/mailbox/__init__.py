"""The exchange mailbox over IMAP: the only place that knows imap-tools and imaplib."""

from pipeline.mailbox.connection import ImapSettings
from pipeline.mailbox.session import ImapMailbox

__all__ = ["ImapMailbox", "ImapSettings"]
