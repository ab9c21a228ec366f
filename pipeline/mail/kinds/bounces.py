"""Delivery reports: bounce, delay or 'delivered': which recipient, which letter, why (M7, M16).

RFC 3464 where a server keeps to it: Action first, never the mere shape. For the forty other dialects a few signs are
weighed together: who writes, the null return path, the subject, the words, the returned letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from pipeline.mail.addresses import without_detail
from pipeline.mail.kinds.automatic import answers_as_robot
from pipeline.mail.kinds.complaints import feedback_report, marked_as_complaint
from pipeline.mail.kinds.recipients import (
    MOST_RECIPIENTS,
    MOST_TEXT,
    Bounced,
    addresses_in,
    allowed,
    codes,
    labelled_addresses,
    named_recipients,
    originals,
    strangers,
    written_to,
)
from pipeline.mail.kinds.report_fields import (
    has_report_part,
    recipient,
    recipient_blocks,
)
from pipeline.mail.kinds.report_words import (
    ANYONES_LOCALS,
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
    POSTMASTERS,
    WILL_TRY,
)
from pipeline.mail.kinds.returned import (
    Returned,
    has_copy,
    own_words,
    returned_letter,
)
from pipeline.mail.message.headers import Headers
from pipeline.mail.message.parse import ParsedMessage

__all__ = ["Bounced", "DeliveryReport", "delivery_report"]

_OTHER_REPORTS = ("message/feedback-report", "message/disposition-notification")
_REPLY = re.compile(r"(?<![\d.:/-])(?P<class>[245])(?:\.\d{1,3}\.\d{1,3}(?![\d.])|\d\d(?=[ -]\S))")
_PERMANENT = re.compile(
    r"(?i)\bpermanent|giv(?:ing|en) up|will be deleted|(?:was|has been|is being) returned|\b5\d\d[ -]|\b5\.\d\.\d"
    r"|(?:will|shall) not (?:be )?(?:retr|try)|not going to (?:re)?try|no (?:further|more) attempts"
    r"|in the queue too long|retry time(?:out)? (?:not|exceeded)|expired"
    r"|больше не будет|(?:не будет|не будут) (?:больше )?(?:пытаться|пробовать|повтор|предприн)|окончательн"
    r"|попытк\w{1,30} (?:доставки )?(?:прекращен|исчерпан|закончи)|возвращ(?:ено|ается|аем) отправител"
    r"|ист[её]к\w? (?:срок|врем)|слишком долго (?:\S{1,20} ){0,3}в очереди|в очереди слишком долго"
)
# A letter that goes back is waited for no longer.
_GOES_BACK = re.compile(r"(?i)\breturn(?:ed|ing)\b|возвра(?:т|щен|щён)")
# What a person's letter shows and a server's report does not.
_PROGRAM = ("User-Agent", "X-Mailer", "X-MimeOLE", "In-Reply-To", "References", "X-Originating-IP")
_SPEAKS = re.compile(
    r"(?im)^\W{0,3}(?:hi|hello|dear|hey|good "
    r"(?:morning|day|evening)|здравствуй(?:те)?|добр(?:ый|ое|ого)|привет\w{0,10}|уважаем(?:ые|ая)|коллеги|hallo|bonjour)"
    r"\b(?!\W{0,3}this is the)|^-{2,}\W{0,3}(?:forwarded|пересыл|пересл|исходное|original message)|^>.*\n>.*\n>"
)
_LURE = re.compile(
    r"(?i)\b(?:click|verify|upgrade|validate|re-?activate|log ?in|подтверд\w+|перейдите|войдите|обновите)\b"
)
_WORM = re.compile(r"(?i)\.(?:zip|exe|scr|pif|com|bat|cmd|vbs|cpl|rar)$")


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
    text = _report_text(message)
    if has_report_part(message) and (message.content_type == "multipart/report" or not _is_conversation(message)):
        return _standard(message, recipient_blocks(message), text)
    if "X-Failed-Recipients" in message.headers and not _is_conversation(message):
        kind = _kind_by_words(message, text) or "bounce"
        returned = returned_letter(message, text)
        failed = _sent_to(addresses_in(", ".join(message.headers.all("X-Failed-Recipients"))), message, text, returned)
        people = tuple(Bounced(address, *codes(text, address, kind)) for address in failed)
        return DeliveryReport(
            kind, people or named_recipients(message, text, returned, kind), returned, "X-Failed-Recipients"
        )
    return _by_signs(message, text)


# RFC 3464


def _sent_to(failed: list[str], message: ParsedMessage, text: str, returned: Returned) -> list[str]:
    """Return for each failed address the one the letter was sent to: a mailbox may pass its letters on.

    The report says so («generated from»); else the letter it returns does, where that is ours and went to one address.
    """
    known = originals(own_words(text)[:MOST_TEXT])
    found = list(dict.fromkeys(known.get(address, address) for address in failed))
    ours = {without_detail(address) for address in message.recipients}
    if len(found) == 1 == len(returned.recipients) and returned.sender and without_detail(returned.sender) in ours:
        return list(returned.recipients)
    return found


def _standard(message: ParsedMessage, blocks: list[Headers], text: str) -> DeliveryReport:
    made_from = originals(own_words(text)[:MOST_TEXT])
    people = [recipient(block, text) for block in blocks]
    people = [replace(person, address=made_from.get(person.address, person.address)) for person in people]
    if _goes_on_trying(message, text):  # whatever Action says: some servers write «failed» of each attempt
        people = [replace(one, action="delayed") if one.status.startswith("4") else one for one in people]
    returned = returned_letter(message, text)
    people = [replace(person, address=written_to(person.address, returned)) for person in people]
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
        addressed = named_recipients(message, text, returned, kind, chosen[0] if chosen else None)
    return DeliveryReport(kind, addressed, returned, f"RFC 3464: Action {', '.join(sorted(actions)) or 'missing'}")


def _named(person: Bounced, kind: str) -> Bounced:
    if person.action:
        return person
    action = {"bounce": "failed", "delay": "delayed"}.get(kind, "delivered")
    return Bounced(person.address, person.status, action, person.reason)


# By signs


def _by_signs(message: ParsedMessage, text: str) -> DeliveryReport | None:
    signs = _signs(message, text)
    kind = _verdict(signs)
    if kind is None:
        return None
    if (signs.daemon or signs.null_path) and (blocks := recipient_blocks(message, anywhere=True)):
        return _standard(message, blocks, text)
    returned = returned_letter(message, text)
    people = named_recipients(message, text, returned, kind)
    return DeliveryReport(kind, people, returned, "signs: " + ", ".join(signs.names))


def _signs(message: ParsedMessage, text: str) -> _Signs:
    local = (message.sender or "").partition("@")[0]
    daemon = bool(DAEMON_LOCALS.fullmatch(local) or DAEMON_NAMES.search(message.sender_name))
    daemon = daemon or (message.sender is None and bool(DAEMON_NAMES.search(message.headers.get("From"))))
    maybe = bool(MAYBE_DAEMON_LOCALS.fullmatch(local) or MAYBE_DAEMON_NAMES.search(message.sender_name))
    path = (message.return_path or "").partition("@")[0]
    null_path = message.return_path == "" or bool(DAEMON_LOCALS.fullmatch(path))
    if message.sender is None:  # a person's program does not leave From out
        written = message.headers.get("From").strip()
        maybe, null_path = True, null_path or written == "<>"
    signs = _Signs(message, text, daemon, maybe, null_path)
    if daemon:
        signs.names.append("daemon")
    if signs.null_path:
        signs.names.append("null return path")
    return signs


def _verdict(signs: _Signs) -> str | None:
    message, text = signs.message, signs.text
    if _is_conversation(message) or NOT_A_REPORT.search(message.subject) or marked_as_complaint(message):
        return None
    labelled = message.content_type == "multipart/report" and _report_type(message) in ("delivery-status", "")
    subject = any(words.search(message.subject) for words in (FAILURE_SUBJECT, DELAY_SUBJECT, DELIVERED_SUBJECT))
    if not (labelled or _worth_weighing(signs, subject=subject)):
        return None
    kind = _kind_by_words(message, text)
    seen = {
        "multipart/report": labelled,
        "subject": subject,
        "words": kind is not None,
        "returned letter": has_copy(message, text),
        "address line": _frames_somebody(signs),
        "our own letter": signs.null_path and _brings_our_letter(message),
    }
    signs.names.extend(name for name, sign in seen.items() if sign)
    return (kind or "bounce") if _convincing(signs, seen) else None


def _worth_weighing(signs: _Signs, *, subject: bool) -> bool:
    """Whether any weight of the costly signs could make a report of this: of most mail nothing does."""
    if signs.daemon or signs.null_path:
        return True
    return subject or (signs.maybe_daemon and has_copy(signs.message, signs.text))


def _brings_our_letter(message: ParsedMessage) -> bool:
    """Whether the letter enclosed was written by the one it comes to: what servers do, whatever language they speak."""
    others = any(part.content_type in _OTHER_REPORTS for part in message.parts)
    if others or feedback_report(message) or message.through_list or answers_as_robot(message):
        return False
    ours = {without_detail(address) for address in message.recipients}
    for part in message.parts:
        if part.depth == 0 and part.enclosed is not None:
            writers = part.enclosed.addresses("From", "Return-Path", "Sender")
            return any(without_detail(address) in ours for address in writers)
    return False


def _frames_somebody(signs: _Signs) -> bool:
    """Whether an address is where reports name recipients, and not just the reader's own: «Dear you@here,»."""
    excluded = set() if signs.null_path else strangers(signs.message, Returned())
    own = own_words(signs.text)[:MOST_TEXT]
    if any(allowed(addresses_in(match[0]), excluded) for match in FRAMED_ADDRESS.finditer(own)):
        return True
    # People quote such lines too.
    return bool(allowed(labelled_addresses(own), excluded)) and not _speaks(signs.message, signs.text)


def _convincing(signs: _Signs, seen: dict[str, bool]) -> bool:
    """Weigh the signs: the less the writer is known as a daemon, the more the rest must say."""
    subject, words, copy, framed = (seen[name] for name in ("subject", "words", "returned letter", "address line"))
    known = signs.daemon or signs.null_path or words or subject
    if seen["our own letter"] or (seen["multipart/report"] and known):
        return True
    if signs.null_path and signs.daemon:
        return words or subject or copy or framed
    if signs.message.through_list:  # a group passes on what a server wrote to its address
        known = words or copy if signs.daemon else _is_postmasters_report(signs)
        return bool(known) and subject and (copy or framed)
    strong = bool(FAILURE_STRONG.search(signs.text[:8_000]))
    if signs.null_path:
        somebody = framed or (signs.maybe_daemon and bool(addresses_in(signs.text[:8_000])))
        surely = strong or (words and _is_postmaster(signs.message) and (copy or _names_somebody(signs)))
        return (subject and (words or copy or somebody)) or (surely and (copy or somebody))
    if not copy and _lures(signs):
        return False
    if signs.daemon:
        if signs.message.return_path is None:  # not on record: saved mail, or handed over without its envelope
            return words or subject or copy
        return subject + words + copy + framed >= 2 and not _carries_worm(signs.message)
    if signs.maybe_daemon:
        if subject and (strong or words) and _is_postmaster(signs.message):
            copy = copy or (_names_somebody(signs) and not _speaks(signs.message, signs.text))
        return (subject and (copy or framed) and (words or signs.message.return_path is None)) or (strong and copy)
    # Nobody's name and no null path: a person may be writing about a bounce, so everything must agree.
    return subject and strong and copy and not _speaks(signs.message, signs.text)


def _is_postmasters_report(signs: _Signs) -> bool:
    """Whether a postmaster's words are a server's: nobody greets, asks or quotes in them."""
    if not (signs.maybe_daemon and _is_postmaster(signs.message)) or _speaks(signs.message, signs.text):
        return False
    return bool(FAILURE_STRONG.search(signs.text[:8_000])) or _kind_by_words(signs.message, signs.text) == "delay"


def _is_postmaster(message: ParsedMessage) -> bool:
    local = (message.sender or "").partition("@")[0]
    return not local or bool(POSTMASTERS.fullmatch(local) or MAYBE_DAEMON_NAMES.search(message.sender_name))


def _names_somebody(signs: _Signs) -> bool:
    """Whether the text names an address that is neither the reader's nor one to ask for help at."""
    found = allowed(addresses_in(own_words(signs.text)[:8_000]), strangers(signs.message, Returned()))
    return any(not ANYONES_LOCALS.fullmatch(address.partition("@")[0]) for address in found)


def _lures(signs: _Signs) -> bool:
    """«Your mailbox is full, click here»: a link and what to do with it, which is not how a server writes."""
    head = signs.text[:8_000]
    return bool(re.search(r"(?i)\bhttps?://|\bwww\.", head) and _LURE.search(head)) and not re.search(
        r"\b5\.\d\.\d", head
    )


def _carries_worm(message: ParsedMessage) -> bool:
    """The worms of the 2000s dressed as delivery reports, with themselves attached."""
    return any(item.depth == 0 and _WORM.search(item.name) for item in message.attachments)


def _speaks(message: ParsedMessage, text: str) -> bool:
    """Whether a person speaks: a mail program's header, a greeting, a question, a forwarded or quoted text."""
    if any(name in message.headers for name in _PROGRAM):
        return True
    head = text[:3_000]
    return bool(_SPEAKS.search(head)) or "?" in head[:300]


def _report_type(message: ParsedMessage) -> str:
    return message.params.get("report-type", "").lower()


def _is_conversation(message: ParsedMessage) -> bool:
    """«Re: Undelivered Mail» is a person writing about a bounce, unless a daemon itself answers so."""
    local = (message.sender or "").partition("@")[0]
    if DAEMON_LOCALS.fullmatch(local) or message.return_path == "":
        return False
    return bool(
        re.match(
            r"(?i)\A\s*(?:\[[^\]]{1,40}\]\s*)?(re|fwd?|fw|ответ|ha|на|пересл|aw|wg)\b\s*(?:\[\d+\]\s*)?:",
            message.subject,
        )
    )


def _kind_by_words(message: ParsedMessage, text: str) -> str | None:
    """Which sort of report the subject and the words speak of: 'delay' and 'delivered' before failure.

    A server that says it will try again, or names a status 4.x.x alone, has not failed, whatever its subject says.
    """
    subject, head = message.subject, text[:8_000]
    if DELAY_SUBJECT.search(subject):
        return "delay"
    if DELIVERED_SUBJECT.search(subject):
        return "delivered"
    own = own_words(head)
    given_up = _PERMANENT.search(head)
    if not given_up and (WILL_TRY.search(own) or (_says_for_now(own) and not _GOES_BACK.search(subject))):
        return "delay"
    failed = FAILURE_BODY.search(head)
    if DELAY_BODY.search(head) and not (failed and (FAILURE_SUBJECT.search(subject) or given_up)):
        return "delay"
    if failed or FAILURE_SUBJECT.search(subject):
        return "bounce" if failed else None
    return "delivered" if DELIVERED_BODY.search(head) else None


def _goes_on_trying(message: ParsedMessage, text: str) -> bool:
    """Whether a server says in words that it will try again, and not that it has given up."""
    head = text[:8_000]
    given_up = _PERMANENT.search(head) or _GOES_BACK.search(message.subject)
    return bool(WILL_TRY.search(own_words(head))) and not given_up


def _says_for_now(own: str) -> bool:
    """Whether every status a server names is 4.x.x, at least one of them in full (RFC 3463, 2)."""
    found = list(_REPLY.finditer(own))
    return any("." in match[0] for match in found) and all(match["class"] == "4" for match in found)


def _report_text(message: ParsedMessage) -> str:
    text = message.text[:MOST_TEXT]
    if text.strip():
        return text
    for part in message.parts:  # some daemons put their only words into a nameless or oddly typed part
        if part.depth == 0 and part.content_type in ("text/plain", "text/html", "message/delivery-status"):
            return part.text(MOST_TEXT)
    return text
