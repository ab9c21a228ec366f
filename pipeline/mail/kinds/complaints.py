"""Complaints: somebody pressed «spam», or an abuse desk writes. In the form of RFC 5965 or in a provider's own.

A complaint is noted and never answered: the one who complains wants no more mail, and a provider's robot reads none.
"""

from __future__ import annotations

import re

from pipeline.mail.kinds.report_words import any_of
from pipeline.mail.kinds.returned import has_copy
from pipeline.mail.message.parse import ParsedMessage
from pipeline.mail.message.parts import Part

_SUBJECT = any_of(
    r"^(?:e-?mail )?(?:complaint|feedback|abuse|fbl|spam) (?:feedback )?(?:loop )?(?:report|notification|notice)\b",
    r"^complaint (?:about|from|regarding|concerning)\b|^(?:spam|abuse|uce|ube|junk) (?:complaint|notification)\b",
    r"\b(?:spam|abuse|uce|ube)\b.{0,30} from\b|^\W?(?:abuse|spam)\W{0,2}info\b|\babuse\b.{0,40}\bcomplaint",
    r"\b(?:spam|abuse|uce|junk|phishing) (?:e-?mail )?(?:report|complaint)"
    r"|\breport(?:ed|s)? (?:\S{1,20} )?(?:as )?(?:spam|junk|phish)",
    r"\bfeedback[- ]loop\b|\bfbl\b|^\[?spamcop\b|unsolicited (?:bulk |commercial )?(?:e-?mail|mail|message)s? from",
    r"жалоб\w{0,5} (?:на|о) (?:спам|рассылк|письм|сообщени|нежелательн)|помечен\w{0,3} (?:\S{1,20} )?как спам",
    r"(?:сообщени|уведомлени|отч[её]т)\w{0,5} о (?:спаме|жалоб)|^жалоб\w{0,2} (?:пользовател|получател|абонент)",
    r"beschwerde|signalement|\bplainte\b|unerwünscht|reclamo de spam|queja de spam",
)
# Words in the address of a desk that takes complaints, and of robots that report them among other things.
_DESKS = frozenset(
    {
        *("abuse", "abusedesk", "antispam", "arf", "complaint", "complaints", "fbl", "feedbackloop", "jmrp", "junk"),
        *("noc", "scomp", "spam", "spamcop", "signalement", "spamreport", "abusereport"),
    }
)
_ROBOTS = frozenset(
    {"feedback", "noreply", "donotreply", "postmaster", "report", "reports", "staff", "robot", "notify", "notification"}
)
_MARKED = frozenset({"x-hmxmroriginalrecipient", "x-arf", "x-xarf", "x-fbl", "feedback-type", "x-spamcop-sourceip"})
# In the letter enclosed only what no relay writes into it on its way out, as it may X-FBL.
_MARKED_INSIDE = frozenset({"x-hmxmroriginalrecipient", "x-spamcop-sourceip", "feedback-type"})
_FIELDS = re.compile(
    r"(?im)^[ \t>]{0,8}feedback-type[ \t]{0,3}:[ \t]{0,3}(?:abuse|fraud|virus|not-spam|opt-out|other)\b"
)
_FIELD_TYPES = ("application/octet-stream", "text/plain", "text/rfc822-headers")
# What only a machine says of a complaint: who pressed the button, from which address of a server, how many did.
_STATED = any_of(
    r"(?:пользовател|получател|абонент|адресат)\w{0,4} .{0,40}(?:пометил|отметил|пожаловал|жалу[юе]тся|нажал|сообщил)",
    r"(?:количество|число) жалоб|поступил\w{0,2} (?:\S{1,20} )?жалоб",
    r"\b(?:user|users|recipient|subscriber|customer)s?\b.{0,60}\b(?:marked|reported|complain|flagged)",
    r"automat(?:ed|ic)|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|abuse report|complaint (?:was|has been|about)",
    r"ein nutzer|un utilisateur|un usuario",
)
_ANSWERS = re.compile(r"(?i)\A\s*(?:re|fwd?|fw|ответ|отв|пересл|aw)\s?(?:\[\d+\])?:")


def feedback_report(message: ParsedMessage) -> str:
    """Return why ``message`` is a complaint or an aggregate report of a mail provider (RFC 5965, RFC 7489), or ""."""
    if any(part.depth == 0 and part.content_type == "message/feedback-report" for part in message.parts):
        return "RFC 5965"
    if message.params.get("report-type", "").lower() in ("feedback-report", "tlsrpt"):
        return "report-type"
    if re.match(r"(?i)\A\s*(\[.{0,40}\]\s*)?report domain:", message.subject):
        return "DMARC report"
    return _complaint(message)


def marked_as_complaint(message: ParsedMessage) -> bool:
    """Whether a provider's own header says so, here or in the letter enclosed."""
    enclosed = [part.enclosed for part in message.parts if part.depth == 0 and part.enclosed is not None]
    return message.headers.any_of(_MARKED) or any(headers.any_of(_MARKED_INSIDE) for headers in enclosed)


def _complaint(message: ParsedMessage) -> str:
    """Return why this is a complaint in a form of its own, or "". What a person writes is a question."""
    if _ANSWERS.match(message.subject):
        return ""
    enclosed = [part.enclosed for part in message.parts if part.depth == 0 and part.enclosed is not None]
    if marked_as_complaint(message):
        return "a provider's mark of a complaint"
    fields = _FIELDS.search(message.text[:8_000]) or any(map(_holds_fields, message.parts))
    copy = bool(enclosed) or has_copy(message, message.text[:60_000])
    desk, robot = _writes_as(message, _DESKS), _writes_as(message, _ROBOTS)
    if fields and (desk or robot or copy):
        return "fields of a complaint in the text"
    if not _SUBJECT.search(message.subject):
        return ""
    if desk and not message.in_reply_to:
        return "a complaint of an abuse desk"
    said = "\n".join(message.own_lines)[:4_000]
    stated = bool(_STATED.search(said)) and "?" not in said
    return "a robot's note of a complaint" if (robot and (stated or copy)) or (copy and stated) else ""


def _writes_as(message: ParsedMessage, names: frozenset[str]) -> bool:
    """Whether one of ``names`` is in the writer's address: a word of it, or all before the @ with signs left out."""
    local, _, domain = (message.sender or "").partition("@")
    words = re.split(r"[^a-z]+", f"{local} {domain.partition('.')[0]}")
    return not names.isdisjoint([*words, re.sub(r"[^a-z]", "", local)])


def _holds_fields(part: Part) -> bool:
    """Whether a part is the fields of a report under another type."""
    if part.depth or part.content_type not in _FIELD_TYPES or part.enclosed is not None:
        return False
    return bool(_FIELDS.search(part.data[:8_000].decode("ascii", "replace")))
