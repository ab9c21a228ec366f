"""Letters that reached nobody, though no mail server says so: a list refuses them, or a mailbox is given up.

Mailman, Sympa, LISTSERV and the groups of providers write so under a list's own name, unlike a delivery report. Robots
answer for a mailbox that nobody reads any more, and may name another.
"""

from __future__ import annotations

import re

from pipeline.mail.addresses import canonical
from pipeline.mail.kinds.bounces import DeliveryReport
from pipeline.mail.kinds.recipients import Bounced, addresses_in, codes, strangers
from pipeline.mail.kinds.reply_words import REGISTERED
from pipeline.mail.kinds.report_words import ANYONES_LOCALS, any_of
from pipeline.mail.kinds.returned import Returned, own_words, returned_letter
from pipeline.mail.message.lexical import clean_line
from pipeline.mail.message.parse import ParsedMessage

MARK = "auto-reply: "
"""Leads the words of such a robot where a mail server's words are kept."""
_HEAD = 4_000
# «directors-owner@», «owner-directors@», «directors+noreply@»: the list's name within its robot's.
_OF_LIST = re.compile(
    r"(?:owner-(?P<behind>[\w.-]{1,100})|(?P<before>[\w.-]{1,100}?)(?:-(?:owner|bounces?|request|noreply)"
    r"|\+(?:owner|noreply|bounces?|managers?)))(?:\+.{0,200})?"
)
_ROBOTS = re.compile(r"sympa|listserv|mailman|majordomo|mlmmj|ezmlm|listmaster|lists?|groups?(?:-?noreply)?|no-?reply")
_LETTER = r"(?:письм|сообщени|публикаци|запрос|post(?:ing)?\b|message|e-?mail|submission|request)"
_LIST = r"(?:спис(?:ок|к)|рассыл|групп|конференци|list\b|group\b|subscriber|members?\b)"
_WHO = r"(?:модератор|ведущ|владел|менеджер|администратор|moderator|owner|manager|administrator)"
_DENIED = (
    r"(?:отклон[еёи](?:н|л)|отверг|не (?:был[оа]? )?(?:опубликован|разослан|принят)|rejected|refused|declined|denied)"
)
_REFUSED = any_of(
    rf"{_LETTER}[^?]{{0,300}}\b{_DENIED}",
    rf"\b{_DENIED}\w{{0,3}} (?:\S{{1,20}} ){{0,3}}(?:ваш\w{{0,3}} |your )?{_LETTER}",
    r"not (?:allowed|permitted|authori[sz]ed) to (?:post|send|write|submit)",
    r"only (?:subscribers|members) (?:can|may|are allowed to) (?:post|send|write)",
    r"не (?:имеете|разрешено|можете) (?:\S{1,20} ){0,3}(?:писать|публиковать|отправлять)",
)
_ABOUT_LIST = any_of(_LIST, _WHO)
_WAITS = any_of(
    r"await(?:s|ing)|being held|held for|pending (?:approval|moderat)|until the (?:list )?moderator",
    r"ожида\w{1,5} (?:\S{1,20} ){0,2}(?:решени|одобрени|проверк|рассмотрени|модерац)|на (?:рассмотрении|модерации)",
)
_JOINS = any_of(r"вступ(?:лени|ить)|подписк[аиу]\b|(?:subscription|membership|join) request|request to join")
_ANSWERS = re.compile(r"(?i)\A\s*(?:re|fwd?|fw|ответ|отв|пересл|aw)\s?(?:\[\d+\])?:")

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


def list_refusal(message: ParsedMessage) -> DeliveryReport | None:
    """Return the report that a list has refused our letter, or None. What a member writes is never one."""
    local, _, domain = (message.sender or "").partition("@")
    named = _OF_LIST.fullmatch(local)
    if not domain or _ANSWERS.match(message.subject) or not (named or _ROBOTS.fullmatch(local)):
        return None
    text = own_words(message.text[:_HEAD])
    said = f"{message.subject}\n{text}"
    refused = _REFUSED.search(said)
    if refused is None or not _ABOUT_LIST.search(said) or _WAITS.search(said) or _JOINS.search(said):
        return None
    address = _list_of(message, f"{named['behind'] or named['before']}@{domain}" if named else "", said)
    if not address:
        return None
    status = codes(text, address, "bounce")[0]
    reason = clean_line(" ".join(refused[0].split()))[:500]
    person = Bounced(address, status, "failed", reason)
    return DeliveryReport("bounce", (person,), returned_letter(message, message.text), "a list refused the letter")


def _list_of(message: ParsedMessage, named: str, said: str) -> str:
    """The list's address: by its headers, by its robot's name, or as the words name it."""
    if found := message.headers.addresses("X-BeenThere", "List-Post"):
        return found[0]
    if named:
        return canonical(named)
    excluded = strangers(message, Returned())
    others = (address for address in addresses_in(said) if address not in excluded)
    return next((address for address in others if not ANYONES_LOCALS.fullmatch(address.partition("@")[0])), "")


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
