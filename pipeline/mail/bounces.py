"""Delivery reports: bounce, delay or 'delivered', for whom, about which letter, why (M7, M16).

RFC 3464 where a server keeps to it: Action first, never the mere shape. For the forty other dialects a few signs are
weighed together: who writes, the null return path, the subject, the words, the returned letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.mail.headers import Headers, clean_line, split_headers, strip_comments
from pipeline.mail.message import ParsedMessage
from pipeline.mail.parts import Part
from pipeline.mail.report_words import (
    DAEMON_LOCALS,
    DAEMON_NAMES,
    DELAY_BODY,
    DELAY_SUBJECT,
    DELIVERED_BODY,
    DELIVERED_SUBJECT,
    FAILURE_BODY,
    FAILURE_STRONG,
    FAILURE_SUBJECT,
    FRAMED_ADDRESS,
    MAYBE_DAEMON_LOCALS,
    MAYBE_DAEMON_NAMES,
    NOT_A_REPORT,
)
from pipeline.mail.returned import Returned, has_copy, own_words, returned_letter

MOST_TEXT = 60_000
MOST_RECIPIENTS = 200
_REPORT_TYPES = ("message/delivery-status", "message/global-delivery-status")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,128}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,10}")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.:])([45]\d\d)(?=[ -][\w(<\"'#])")


@dataclass(frozen=True, slots=True)
class Bounced:
    """One recipient of a delivery report. ``address`` is lower-case, "" when the report does not tell; ``status`` is
    the enhanced code (RFC 3463), ``action`` the word of RFC 3464, ``reason`` the server's own words."""

    address: str
    status: str = ""
    action: str = "failed"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """The reading of a delivery report. ``kind`` is ``bounce``, ``delay`` or ``delivered``; ``why`` names the signs."""

    kind: str
    recipients: tuple[Bounced, ...]
    returned: Returned
    why: str


@dataclass
class _Signs:
    """What speaks for a report that does not keep to RFC 3464."""

    message: ParsedMessage
    text: str
    daemon: bool = False
    maybe_daemon: bool = False
    null_path: bool = False
    names: list[str] = field(default_factory=list)


def delivery_report(message: ParsedMessage) -> DeliveryReport | None:
    """Return the delivery report that ``message`` is, or None. A report enclosed in somebody's mail is none."""
    reports = [part for part in message.parts if part.depth == 0 and part.content_type in _REPORT_TYPES]
    text = _report_text(message)
    if reports and (message.content_type == "multipart/report" or not _is_conversation(message)):
        return _standard(message, reports, text)
    if "X-Failed-Recipients" in message.headers and not _is_conversation(message):
        kind = _kind_by_words(message, text) or "bounce"
        failed = _addresses_in(", ".join(message.headers.all("X-Failed-Recipients")))
        returned = returned_letter(message, text)
        people = tuple(Bounced(address, *_codes(text, address, kind)) for address in failed)
        return DeliveryReport(
            kind, people or _from_text(message, text, returned, kind), returned, "X-Failed-Recipients"
        )
    return _by_signs(message, text)


# RFC 3464


def _standard(message: ParsedMessage, reports: list[Part], text: str) -> DeliveryReport:
    blocks = [block for part in reports for block in _field_blocks(part)]
    people = [_recipient(block, text) for block in blocks if _is_recipient_block(block)]
    returned = returned_letter(message, text)
    known = [person for person in people if person.action]
    actions = {person.action for person in known}
    if "failed" in actions:
        kind = "bounce"
    elif "delayed" in actions:
        kind = "delay"
    elif actions & {"delivered", "relayed", "expanded"}:
        kind = "delivered"
    else:
        kind = _kind_by_words(message, text) or "bounce"
    wanted = {"bounce": {"failed", ""}, "delay": {"delayed", ""}}.get(kind, {"delivered", "relayed", "expanded", ""})
    chosen = [person for person in people if person.action in wanted]
    addressed = tuple(dict.fromkeys(_named(person, kind) for person in chosen if person.address))[:MOST_RECIPIENTS]
    if not addressed:
        addressed = _from_text(message, text, returned, kind, chosen[0] if chosen else None)
    return DeliveryReport(kind, addressed, returned, f"RFC 3464: Action {', '.join(sorted(actions)) or 'missing'}")


def _named(person: Bounced, kind: str) -> Bounced:
    if person.action:
        return person
    action = {"bounce": "failed", "delay": "delayed"}.get(kind, "delivered")
    return Bounced(person.address, person.status, action, person.reason)


def _field_blocks(part: Part) -> list[Headers]:
    """The groups of fields of a delivery-status part, blank lines between them."""
    data = part.data[:500_000].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    blocks = [Headers(split_headers(group).fields, part.headers.hints) for group in re.split(rb"\n[ \t]*\n", data)]
    return [block for block in blocks if len(block)]


def _is_recipient_block(block: Headers) -> bool:
    return any(name in block for name in ("Final-Recipient", "Original-Recipient", "Action", "X-Actual-Recipient"))


def _recipient(block: Headers, text: str) -> Bounced:
    action = strip_comments(block.get("Action")).strip().lower()
    action = next(
        (word for word in ("failed", "delayed", "delivered", "relayed", "expanded") if action[:5] == word[:5]), ""
    )
    status_match = _STATUS.search(block.get("Status"))
    status = status_match[1] if status_match else ""
    if not action and status:
        action = {"5": "failed", "4": "delayed", "2": "delivered"}[status[0]]
    reason = clean_line(block.get("Diagnostic-Code"))
    reason = re.sub(r"(?i)^\s*(smtp|x-[\w-]+|x\.400|lmtp|local)\s*;\s*", "", reason)[:500]
    address = ""
    for name in ("Original-Recipient", "Final-Recipient", "X-Actual-Recipient", "X-Original-Recipient"):
        if address := _recipient_address(block.get(name)):
            break
    if address and not status:
        status = _codes(text, address, "bounce")[0]
    return Bounced(address, status, action, reason)


def _recipient_address(value: str) -> str:
    kind, separator, rest = value.partition(";")
    candidate = rest if separator else kind
    if re.search(r"(?i)\+[0-9a-f]{2}\+?|\\x\{", candidate) and "utf-8" in kind.lower():  # utf-8-addr-xtext, RFC 6533
        candidate = re.sub(r"\\x\{([0-9A-Fa-f]{2,6})\}", lambda match: chr(int(match[1], 16) % 0x110000), candidate)
    found = _addresses_in(candidate)
    return found[0] if found else ""


# By signs


def _by_signs(message: ParsedMessage, text: str) -> DeliveryReport | None:
    signs = _signs(message, text)
    kind = _verdict(signs)
    if kind is None:
        return None
    returned = returned_letter(message, text)
    people = _from_text(message, text, returned, kind)
    return DeliveryReport(kind, people, returned, "signs: " + ", ".join(signs.names))


def _signs(message: ParsedMessage, text: str) -> _Signs:
    local = (message.sender or "").partition("@")[0]
    daemon = bool(DAEMON_LOCALS.fullmatch(local) or DAEMON_NAMES.search(message.sender_name))
    daemon = daemon or (message.sender is None and bool(DAEMON_NAMES.search(message.headers.get("From"))))
    maybe = bool(MAYBE_DAEMON_LOCALS.fullmatch(local) or MAYBE_DAEMON_NAMES.search(message.sender_name))
    path = (message.return_path or "").partition("@")[0]
    null_path = message.return_path == "" or bool(DAEMON_LOCALS.fullmatch(path))
    signs = _Signs(message, text, daemon, maybe, null_path)
    if daemon:
        signs.names.append("daemon")
    if signs.null_path:
        signs.names.append("null return path")
    return signs


def _verdict(signs: _Signs) -> str | None:
    message, text = signs.message, signs.text
    if _is_conversation(message) or NOT_A_REPORT.search(message.subject):
        return None
    subject = any(words.search(message.subject) for words in (FAILURE_SUBJECT, DELAY_SUBJECT, DELIVERED_SUBJECT))
    kind = _kind_by_words(message, text)
    words = kind is not None
    copy = has_copy(message, text)
    framed = bool(FRAMED_ADDRESS.search(text))
    report_type = message.content_type == "multipart/report" and _report_type(message) in ("delivery-status", "")
    for sign, name in (
        (report_type, "multipart/report"),
        (subject, "subject"),
        (words, "words"),
        (copy, "returned letter"),
        (framed, "address line"),
    ):
        if sign:
            signs.names.append(name)
    if _convincing(signs, report_type, subject, words, copy, framed):
        return kind or "bounce"
    return None


def _convincing(signs: _Signs, report: bool, subject: bool, words: bool, copy: bool, framed: bool) -> bool:
    """Weigh the signs: the less the writer is known as a daemon, the more the rest must say."""
    if report and (signs.daemon or signs.null_path or words or subject):
        return True
    if signs.daemon:
        return words or subject or copy
    if "List-Id" in signs.message.headers or "List-Unsubscribe" in signs.message.headers:
        return False
    strong = bool(FAILURE_STRONG.search(signs.text[:8_000]))
    if signs.null_path and ((subject and (words or copy or framed)) or (strong and (copy or framed))):
        return True
    if signs.maybe_daemon:
        return (subject and words and (copy or framed or strong)) or (strong and copy)
    # Nobody's name and no null path: a person may be writing about a bounce, so everything must agree.
    return subject and strong and copy and "References" not in signs.message.headers


def _report_type(message: ParsedMessage) -> str:
    return message.params.get("report-type", "").lower()


def _is_conversation(message: ParsedMessage) -> bool:
    """«Re: Undelivered Mail» is a person writing about a bounce, unless a daemon itself answers so."""
    local = (message.sender or "").partition("@")[0]
    if DAEMON_LOCALS.fullmatch(local) or message.return_path == "":
        return False
    return bool(
        re.match(
            r"(?i)\s*(?:\[[^\]]{1,40}\]\s*)?(re|fwd?|fw|ответ|ha|на|пересл|aw|wg)\b\s*(\[\d+\])?\s*:", message.subject
        )
    )


def _kind_by_words(message: ParsedMessage, text: str) -> str | None:
    """Which sort of report the subject and the words speak of: 'delay' and 'delivered' before failure."""
    subject, head = message.subject, text[:8_000]
    if DELAY_SUBJECT.search(subject):
        return "delay"
    if DELIVERED_SUBJECT.search(subject):
        return "delivered"
    failed = FAILURE_BODY.search(head)
    if DELAY_BODY.search(head) and not (failed and FAILURE_SUBJECT.search(subject)):
        return "delay"
    if failed or FAILURE_SUBJECT.search(subject):
        return "bounce" if failed else None
    return "delivered" if DELIVERED_BODY.search(head) else None


def _report_text(message: ParsedMessage) -> str:
    text = message.text[:MOST_TEXT]
    if text.strip():
        return text
    for part in message.parts:  # some daemons put their only words into a nameless or oddly typed part
        if part.depth == 0 and part.content_type in ("text/plain", "text/html", "message/delivery-status"):
            return part.text(MOST_TEXT)
    return text


# Who it is about


def _from_text(
    message: ParsedMessage, text: str, returned: Returned, kind: str, known: Bounced | None = None
) -> tuple[Bounced, ...]:
    """Find the recipients in the words: framed addresses first, then those the returned letter went to."""
    own = own_words(text)[:MOST_TEXT]
    excluded = {message.sender, returned.sender, returned.return_path, *message.headers.addresses("To")} - set(
        returned.recipients
    )
    framed = _allowed(
        [address for match in FRAMED_ADDRESS.finditer(own) for address in _addresses_in(match[0])], excluded
    )
    mentioned = _allowed(_addresses_in(own), excluded)
    sent_to = _allowed(list(returned.recipients), excluded)
    common = [address for address in framed or mentioned if address in sent_to]
    if len(framed) == 1:
        found = framed
    elif common:
        found = common
    elif framed:
        found = framed
    elif mentioned:
        found = mentioned[:1]
    else:
        found = sent_to if len(sent_to) == 1 else _verp(message)
    people = tuple(Bounced(address, *_codes(own, address, kind)) for address in found[:MOST_RECIPIENTS])
    if people and known is not None and (known.status or known.reason):
        people = tuple(Bounced(person.address, known.status, person.action, known.reason) for person in people)
    return people


def _verp(message: ParsedMessage) -> list[str]:
    """``bounces+user=host.test@lists.test``: the recipient inside the address the report came to (VERP)."""
    for address in message.recipients:
        match = re.search(r"[+-]([\w.-]{1,64})=([\w-]+(?:\.[\w-]+)+)@", address)
        if match:
            return [f"{match[1]}@{match[2]}".lower()]
    return []


def _allowed(found: list[str], excluded: set[str | None]) -> list[str]:
    daemons = DAEMON_LOCALS
    return [
        address
        for address in dict.fromkeys(found)
        if address not in excluded and not daemons.fullmatch(address.partition("@")[0])
    ]


def _addresses_in(text: str) -> list[str]:
    found = []
    for match in _ADDRESS.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()].lower()
        if re.search(r"message-?id\W{0,6}$|\bid\W{1,4}$|id=<?$", before):
            continue
        address = match[0].strip(".'`=").lower()
        address = re.sub(r"^(?:rfc822;|mailto:|smtp:|to=|3d)", "", address)
        if "." in address.rpartition("@")[2] or address.rpartition("@")[2] == "localhost":
            found.append(address)
    return list(dict.fromkeys(found))


def _codes(text: str, address: str, kind: str) -> tuple[str, str, str]:
    """Return (enhanced status, action, reason) for ``address`` from the words near it."""
    action = {"bounce": "failed", "delay": "delayed"}.get(kind, "delivered")
    place = text.lower().find(address)
    near = text[place : place + 1_500] if place >= 0 else text[:4_000]
    status = _STATUS.search(near) or _STATUS.search(text[:8_000])
    code = _REPLY_CODE.search(near) or _REPLY_CODE.search(text[:8_000])
    number = status[1] if status else (f"{code[1][0]}.0.0" if code else "")
    where = near if (status and status.string is near) or (code and code.string is near) else text[:8_000]
    found = (status if status and status.string is where else None) or (code if code and code.string is where else None)
    reason = ""
    if found is not None:
        start = where.rfind("\n", 0, found.start()) + 1
        stop = where.find("\n\n", found.start())
        reason = clean_line(where[start : stop if stop > 0 else len(where)])[:500]
    return number, action, reason
