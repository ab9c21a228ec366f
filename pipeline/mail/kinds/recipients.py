"""Whom a delivery report in words is about: the failed addresses among all that its text and its letter name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.mail.addresses import canonical, readable, without_detail
from pipeline.mail.kinds.report_words import (
    ANYONES_LOCALS,
    DAEMON_LOCALS,
    ELSEWHERE,
    FRAMED_ADDRESS,
    LABELLED_ADDRESSES,
    RECIPIENTS_FOLLOW,
)
from pipeline.mail.kinds.returned import (
    Returned,
    own_words,
)
from pipeline.mail.message.lexical import clean_line
from pipeline.mail.message.parse import ParsedMessage

MOST_TEXT = 60_000
MOST_RECIPIENTS = 200
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,128}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,10}")
# «<a@b.test>:» and its like at the head of a line: nobody but a mail server writes so, and only of a recipient.
_CERTAIN = re.compile(r"(?m)^[ \t>*-]{0,12}<([^<>@\s]{1,128}@[^<>@\s]{1,190})>[ \t]*(?::|\.{2,3}|\()")
_BRACKETED = re.compile(r"<([^<>@\s]{1,128}@[^<>@\s]{1,190})>")
_AT_LINE_HEAD = re.compile(
    r"\A[ \t>*'\"«<(\[-]{0,12}(?:\d{1,3}[.)][ \t]{1,3}<?)?(?:smtp:|rfc822;|mailto:)?([\w.!#$%&'*+/=?^`{"
    r"|}~-]{1,128}@[\w.-]{1,190})(?![\w@])"
)
# An alias was expanded on the way: the address before it is the inner one, ours is the one in the brackets.
_MADE_FROM = re.compile(
    r"(?i)([\w.+=-]{1,128}@[\w.-]{1,190})>?:?[ \t]{0,40}"
    r"(?:\r?\n[^\n@]{0,200}){0,2}\r?\n?[ \t]{0,40}\((?:generated|expanded)[ "
    r"\t]{0,3}from:?[ \t]{0,3}"
    r"<?([\w.+=-]{1,128}@[\w.-]{1,190})>?\)"
)
# What stands before an address that nobody failed to reach: message ids, queue ids, the sender.
_NOT_A_RECIPIENT = re.compile(
    r"message-?id\W{0,6}$|\bid\W{1,4}$|идентификатор(?: (?:письма|сообщения))?\W{1,4}$|код (?:письма|сообщения)\W{1,4}$"
    r"|id=<?$|\b(?:your|the|a|this) (?:message|mail|letter) <$"
    r"|\b(?:message|mail|sender|letter|sent|письмо|сообщение) (?:is |was )?(?:from|от):?[ \t]{0,2}<?$|\bmail from:[ "
    r"\t]{0,2}<?$"
)
_MORE = re.compile(
    r"[>)'\"]?[ \t]{0,3}[,;][ \t]{0,3}(?:\r?\n[ \t]{0,8})?<?([\w.!#$%&'*+/=?^`{|}~-]{1,128}@[\w.-]{1,190})"
)
_REACHED = re.compile(
    r"(?i)\b(?:were|was|been|successfully) (?:delivered|relayed)|успешно доставлен|доставлено следующим"
)
_DENIED = re.compile(r"(?i)\bnot\b|n't\b|\bне\b")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.:])([45]\d\d)(?=[ -][\w(<\"'#])")


@dataclass(frozen=True, slots=True)
class Bounced:
    """One recipient of a delivery report. ``address`` is canonical, "" when the report does not tell; ``status`` is
    the enhanced code (RFC 3463), ``action`` the word of RFC 3464, ``reason`` the server's own words."""

    address: str
    status: str = ""
    action: str = "failed"
    reason: str = ""


def named_recipients(
    message: ParsedMessage, text: str, returned: Returned, kind: str, known: Bounced | None = None
) -> tuple[Bounced, ...]:
    """Return the recipients that a report's words name, else those the returned letter went to.

    ``known`` gives the status and reason of a standard report that lacks only the address.
    """
    own = own_words(text)[:MOST_TEXT]
    excluded = strangers(message, returned)
    own, inner = _originals(own)
    inner |= ids_in(message, own, returned)
    found = _find(message, own, text[:MOST_TEXT], returned, excluded | inner)
    named = {written_to(address, returned): codes(own, address, kind) for address in reversed(found[:MOST_RECIPIENTS])}
    people = tuple(Bounced(address, *said) for address, said in reversed(named.items()))
    if people and known is not None and (known.status or known.reason):
        people = tuple(Bounced(person.address, known.status, person.action, known.reason) for person in people)
    return people


def strangers(message: ParsedMessage, returned: Returned) -> set[str | None]:
    """Return the addresses that no report is about: its own writer and reader, and the letter's sender."""
    readers = message.headers.addresses("To", "Reply-To")
    named = {message.sender, returned.sender, returned.return_path, *readers, *map(without_detail, readers)}
    return named - set(returned.recipients)


def ids_in(message: ParsedMessage, own: str, returned: Returned) -> set[str | None]:
    """Return what looks like an address in a report and is the id of a letter or of a part of it.

    Reports show our ids as «<n@our.domain>»: beside an address of another domain that is no recipient.
    """
    named = [returned.message_id, message.message_id, message.in_reply_to, *returned.references, *message.references]
    named += [part.headers.get("Content-ID") for part in message.parts if "Content-ID" in part.headers]
    ids: set[str | None] = {canonical(name.strip("<> \t")) for name in named if name}
    ours = {address.rpartition("@")[2] for address in message.recipients}
    others = [address for address in addresses_in(own) if address.rpartition("@")[2] not in ours]
    if allowed(others, strangers(message, returned) | ids):
        bracketed = (canonical(match[1]) for match in _BRACKETED.finditer(own))
        ids |= {address for address in bracketed if address.rpartition("@")[2] in ours}
    return ids - set(returned.recipients)


def written_to(address: str, returned: Returned) -> str:
    """Return the address that our letter was sent to for the one a host has for the same mailbox.

    The copy tells both: «Delivered-To: inner@host», «To: ours». vpopmail makes ``domain-local@host`` of ours.
    """
    local = address.partition("@")[0]
    for ours in returned.written_to:
        if local == "-".join(reversed(ours.split("@", 1))):
            return ours
    if len(returned.written_to) == 1 and address in returned.delivered_to:
        return returned.written_to[0]
    return address


def originals(own: str) -> dict[str, str]:
    """Return for each address that a report says another was expanded to the one the letter was sent to."""
    return {canonical(match[1]): canonical(match[2]) for match in _MADE_FROM.finditer(own)}


def _originals(own: str) -> tuple[str, set[str | None]]:
    """Put the address a letter was sent to in the place of the one it was expanded to; return the latter too."""
    inner: set[str | None] = set()

    def replaced(match: re.Match[str]) -> str:
        if canonical(match[1]) != canonical(match[2]):
            inner.add(canonical(match[1]))
        return f"\n<{match[2]}>:\n"

    return _MADE_FROM.sub(replaced, own), inner


def _find(message: ParsedMessage, own: str, text: str, returned: Returned, excluded: set[str | None]) -> list[str]:
    """``own`` are the report's words, ``text`` those with the letter: some put its header above the recipients."""
    sent_to = _sent_to(message, returned, excluded)
    certain = allowed([canonical(match[1]) for match in _CERTAIN.finditer(own)], excluded)
    if certain := [address for address in certain if addresses_in(address)]:
        return certain
    listed = _persons(allowed(_listed(own), excluded), sent_to)
    if listed:
        return listed
    labelled = allowed(labelled_addresses(own), excluded)
    framed = _persons(allowed(_framed(own), excluded), sent_to)
    if not set(framed).isdisjoint(labelled):
        framed = list(dict.fromkeys([*framed, *_persons(labelled, sent_to)]))
    if framed:
        return [address for address in framed if address in sent_to] or framed
    if len(sent_to) == 1:
        return sent_to
    if labelled:
        return labelled
    mentioned = _persons(allowed(addresses_in(own), excluded), sent_to)
    if mentioned:
        return [address for address in mentioned if address in sent_to] or mentioned[:1]
    if named := allowed(addresses_in(message.subject), excluded):
        return named[:1]
    return verp(message) or sent_to[:1] or _persons(allowed(_listed(text) or _framed(text), excluded), sent_to)


def _sent_to(message: ParsedMessage, returned: Returned, excluded: set[str | None]) -> list[str]:
    """To whom the returned letter went, a list's own address left out: its reports come to «list-bounces»."""
    lists = [
        address
        for address in message.recipients
        if re.search(r"[-+](?:bounces?|owner|return|errors|admin|request)\b", address)
    ]
    return [
        address
        for address in allowed(list(returned.recipients), excluded)
        if not any(report.startswith(address.partition("@")[0] + "-") for report in lists)
    ]


def _listed(own: str) -> list[str]:
    """The addresses at the head of lines below «The following address(es) failed:» and the like."""
    found: list[str] = []
    active = False
    for line in own.split("\n"):
        if (match := _AT_LINE_HEAD.match(line)) and active:
            found.append(canonical(match[1].strip(".'")))
        elif _REACHED.search(line[:300]) and not _DENIED.search(line[:300]):
            active = False
        elif RECIPIENTS_FOLLOW.search(line[:300]):
            active = True
        elif ELSEWHERE.search(line[:300]):
            active = False
    return [address for address in found if addresses_in(address)]


def _framed(own: str) -> list[str]:
    """The addresses that stand where reports put a recipient."""
    found: list[str] = []
    for match in FRAMED_ADDRESS.finditer(own):
        found += addresses_in(own[max(0, match.start() - 40) : match.end()], match.start() - max(0, match.start() - 40))
        end = match.end()
        for _ in range(MOST_RECIPIENTS):  # «to the following: a@b.test, c@d.test»
            more = _MORE.match(own, end)
            if more is None:
                break
            found += addresses_in(more[1])
            end = more.end()
    return found


def labelled_addresses(own: str) -> list[str]:
    """Return the addresses on lines like «Кому: …»."""
    return [address for match in LABELLED_ADDRESSES.finditer(own) for address in addresses_in(match["named"])]


def _persons(found: list[str], sent_to: list[str]) -> list[str]:
    """Leave out the addresses to ask for help at, unless the letter went to just these."""
    return [
        address for address in found if address in sent_to or not ANYONES_LOCALS.fullmatch(address.partition("@")[0])
    ]


def verp(message: ParsedMessage) -> list[str]:
    """``bounces+user=host.test@lists.test``: the recipient inside the address the report came to (VERP)."""
    for address in message.recipients:
        match = re.search(r"[+-]([\w.-]{1,64})=([\w-]+(?:\.[\w-]+)+)@", address)
        if match:
            return [canonical(f"{match[1]}@{match[2]}")]
    return []


def allowed(found: list[str], excluded: set[str | None]) -> list[str]:
    """Return ``found`` once each, without daemons and ``excluded``."""
    return [
        address
        for address in dict.fromkeys(found)
        if address not in excluded and not DAEMON_LOCALS.fullmatch(address.partition("@")[0])
    ]


def addresses_in(text: str, start: int = 0) -> list[str]:
    """Return the addresses in running text from ``start`` on, canonical; message ids and senders are passed over."""
    found = []
    for match in _ADDRESS.finditer(text, start):
        before = text[max(0, match.start() - 40) : match.start()].lower()
        if _NOT_A_RECIPIENT.search(before):
            continue
        address = canonical(match[0].strip(".'`="))
        if address.startswith("/") and "=" not in address:  # a mailbox's file, and no directory name of X.400
            address = address.rpartition("/")[2]
        address = re.sub(r"^(?:rfc822;|mailto:|smtp:|to=|3d)", "", address)
        if "." in address.rpartition("@")[2] or address.rpartition("@")[2] == "localhost":
            found.append(address)
    return list(dict.fromkeys(found))


def codes(text: str, address: str, kind: str) -> tuple[str, str, str]:
    """Return (enhanced status, action, reason) for ``address`` from the words near it."""
    action = {"bounce": "failed", "delay": "delayed"}.get(kind, "delivered")
    lower = text.lower()
    place = next((at for written in (address, readable(address)) if (at := lower.find(written)) >= 0), -1)
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
