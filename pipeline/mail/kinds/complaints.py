"""Complaints: somebody pressed «spam», or an abuse desk writes. In the form of RFC 5965 or in a provider's own.

A complaint is noted and never answered: the one who complains wants no more mail, and a provider's robot reads none.
"""

from __future__ import annotations

import re

from pipeline.mail.kinds.report_words import any_of
from pipeline.mail.kinds.returned import has_copy
from pipeline.mail.message.headers import Headers
from pipeline.mail.message.parse import ParsedMessage

_SUBJECT = any_of(
    r"^(?:e-?mail )?(?:complaint|feedback|abuse|fbl|spam) (?:feedback )?(?:loop )?(?:report|notification|notice)\b",
    r"^complaint (?:about|from|regarding|concerning)\b|^(?:spam|abuse|uce|ube|junk) (?:complaint|notification|from)\b",
    r"\b(?:spam|abuse|uce) (?:report|complaint)|\breported as (?:spam|junk)|\bfeedback[- ]loop\b|\bfbl\b",
    r"^\[?spamcop\b|unsolicited (?:bulk |commercial )?(?:e-?mail|mail|message)s? from",
    r"жалоб\w{0,5} (?:на|о) (?:спам|рассылк|письм|сообщени|нежелательн)|помечен\w{0,3} (?:\S{1,20} )?как спам",
    r"(?:сообщени|уведомлени|отч[её]т)\w{0,5} о (?:спаме|жалоб)",
)
# Words in the address of a desk or a robot that takes complaints.
_DESKS = frozenset(
    {
        *("abuse", "antispam", "arf", "complaint", "complaints", "fbl", "feedback", "feedbackloop", "jmrp", "junk"),
        *("noc", "noreply", "postmaster", "report", "reports", "scomp", "spam", "spamcop", "staff"),
    }
)
_MARKED = frozenset({"x-hmxmroriginalrecipient", "x-arf", "x-xarf", "x-fbl", "feedback-type", "x-spamcop-sourceip"})
_FIELDS = re.compile(
    r"(?im)^[ \t>]{0,8}feedback-type[ \t]{0,3}:[ \t]{0,3}(?:abuse|fraud|virus|not-spam|opt-out|other)\b"
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


def _complaint(message: ParsedMessage) -> str:
    """Return why this is a complaint in a form of its own, or "". What a person writes is a question."""
    if _ANSWERS.match(message.subject):
        return ""
    enclosed = [part.enclosed for part in message.parts if part.depth == 0 and part.enclosed is not None]
    if _marked(message.headers) or any(map(_marked, enclosed)):
        return "a provider's mark of a complaint"
    local, _, domain = (message.sender or "").partition("@")
    desk = not _DESKS.isdisjoint(re.split(r"[^a-z]+", f"{local} {domain.partition('.')[0]}"))
    copy = bool(enclosed) or has_copy(message, message.text[:60_000])
    if _FIELDS.search(message.text[:8_000]) and (desk or copy):
        return "fields of a complaint in the text"
    if _SUBJECT.search(message.subject) and desk:
        return "a complaint of an abuse desk"
    return ""


def _marked(headers: Headers) -> bool:
    return headers.any_of(_MARKED)
