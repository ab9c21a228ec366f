"""Robots that answer for a mailbox which is given up: nobody reads our letter, as when a server had returned it."""

from __future__ import annotations

from pipeline.mail.kinds.bounces import DeliveryReport
from pipeline.mail.kinds.recipients import Bounced
from pipeline.mail.kinds.reply_words import REGISTERED
from pipeline.mail.kinds.report_words import any_of
from pipeline.mail.kinds.returned import Returned
from pipeline.mail.message.lexical import clean_line
from pipeline.mail.message.parse import ParsedMessage

MARK = "auto-reply: "
"""Leads the words of such a robot where a mail server's words are kept."""
_LONGEST = 300
_BOX = r"(?<!\w)(?:ящик|адрес|аккаунт|e-?mail|почта)(?!\w)[^.!?\n]{0,80}"
_ENGLISH = r"(?:mailbox|e-?mail address|inbox|account|address)\b[^.!?\n]{0,60}"
_CLOSED = any_of(
    rf"{_BOX} (?:больше|более|уже|теперь) не (?:существу|использ|обслужив|действу|работа|провер|просматр|чита)",
    rf"{_BOX} (?:закрыт|ликвидирован|упразднен|упразднён|удал[её]н|отключ[её]н|не существует)(?!\w)",
    r"(?:закрыт|удал[её]н|отключ[её]н)\w{0,2} (?:\S{1,20} ){0,3}(?:почтовый )?(?:ящик|адрес)(?!\w)",
    rf"{_ENGLISH} (?:is )?no longer (?:exists|in use|used|active|monitored|valid|read|checked)",
    rf"{_ENGLISH} (?:has been|is|was) (?:closed|deactivated|discontinued|retired|deleted|decommissioned)",
)
# It comes to somebody all the same, or the mailbox is back some day.
_REACHES = any_of(
    r"(?:пере(?:слан|направл|адрес)|forward)\w*",
    r"временно|temporar|(?<!\w)(?:до|until|till) \d|not (?:been )?(?:closed|deleted)|не (?:закрыт|удал)",
)


def closed_mailbox(message: ParsedMessage) -> DeliveryReport | None:
    """Return the report that the mailbox of an automatic answer is given up, or None. Its words may name another."""
    written = "\n".join(message.own_lines[:20])[:1_500]
    found = _CLOSED.search(written)
    if found is None or message.attachments or REGISTERED.search(written) or _REACHES.search(written):
        return None
    start = max(written.rfind(mark, 0, found.start()) for mark in ".!\n") + 1
    words = clean_line(" ".join(written[start:].split()))[:_LONGEST]
    person = Bounced(message.sender or "", "5.2.1", "failed", MARK + words)
    return DeliveryReport("bounce", (person,), Returned(), "a robot says that its mailbox is closed")
