"""What a message is: exactly one kind, decided in a fixed order, with the reason why.

Reports come before workbooks: a bounce that brings our own workbook back is never a return. Workbooks come before
everything automatic: a true return in mail marked ``Precedence: bulk`` is still a return (M18).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.mail.addresses import without_detail
from pipeline.mail.commands.command import Command
from pipeline.mail.commands.messages import commands_of, confirmation_of
from pipeline.mail.commands.onetime import (
    answer_of,
    carries_code,
)
from pipeline.mail.commands.words.collecting import DATA, FORM
from pipeline.mail.kinds.answered import answered_ids
from pipeline.mail.kinds.automatic import (
    LOOP_HEADER,
    acknowledges,
    auto_reply,
    is_own,
    junk,
    not_answerable,
    passed_on_by_rule,
    read_receipt,
)
from pipeline.mail.kinds.bounces import (
    Bounced,
    delivery_report,
)
from pipeline.mail.kinds.complaints import feedback_report
from pipeline.mail.kinds.enclosed import passed_on
from pipeline.mail.kinds.returned import Returned
from pipeline.mail.kinds.unread import closed_mailbox, list_refusal
from pipeline.mail.message.attachments import Attachment
from pipeline.mail.message.mailboxes import addresses
from pipeline.mail.message.parse import (
    ParsedMessage,
    parse,
)
from pipeline.mail.message.parts import MESSAGE_TYPES

__all__ = ["KINDS", "Bounced", "Classification", "Returned", "classify"]

KINDS = (
    "return",
    "request",
    "confirmation",
    "question",
    "bounce",
    "delay",
    "delivered",
    "auto_reply",
    "read_receipt",
    "feedback_report",
    "junk",
    "unreadable",
)
_CLOUD = re.compile(
    r"(?i)\bhttps?://(?:[\w-]{1,63}\.){0,5}(?:disk\.yandex\.\w{2,3}|yadi\.sk|cloud\.mail\.ru|drive\.google\.com|docs\.google\.com"
    r"|1drv\.ms|onedrive\.live\.com|sharepoint\.com|dropbox\.com|wetransfer\.com|we\.tl|icloud\.com|fex\.net|dropmefiles\.com"
    r"|files\.fm|mega\.nz|disk\.360\.yandex\.ru|docs\.yandex\.ru)(?:/|\b)"
)
# What is being handed in with this very message: the present tense only, «отправили вчера» asks where the answer is.
_ENCLOSED = re.compile(
    r"(?i)(?<!не )\b(?:во вложени[ие]|в приложении|прилага(?:ю|ем|ется|ются)|прикрепля(?:ю|ем)|прикреплен[аыо]?"
    r"|приложен[аыо]?|(?:от|на)правля(?:ю|ем)|высыла(?:ю|ем)|посыла(?:ю|ем)|сдаю|сда[её]м)\b"
)


_FORWARDED_FROM = re.compile(r"(?i)[*> ]{0,5}(?:от(?: кого)?|from|отправитель)\*? ?:")


@dataclass(frozen=True, slots=True)
class Classification:
    """The verdict on one message.

    ``workbooks`` are what counts as handed in, empty for every kind but ``return``. ``withheld`` says why no answer may
    be sent ("" when one may). ``obstacles`` name what a person may have meant as a workbook and is none (M23):
    ``tnef encrypted cloud_link file forgotten``: ``file`` only beside few words that ask nothing, ``forgotten`` when
    such words say that something is enclosed and nothing is; ``tnef`` for a winmail.dat that stays closed, or that has
    nothing in it though such words say so. ``returned`` tells of the letter that a report is about.
    """

    kind: str
    why: str
    workbooks: tuple[Attachment, ...] = ()
    commands: tuple[Command, ...] = ()
    bounced: tuple[Bounced, ...] = ()
    returned: Returned = field(default_factory=Returned)
    withheld: str = ""
    obstacles: tuple[str, ...] = ()

    @property
    def command(self) -> Command | None:
        """The first of the commands, which decides what the message is."""
        return self.commands[0] if self.commands else None

    @property
    def original_message_id(self) -> str | None:
        """The Message-ID of the letter a report is about, when the report tells it."""
        return self.returned.message_id


def classify(message: ParsedMessage, own_addresses: frozenset[str]) -> Classification:
    """Return what ``message`` is. ``own_addresses`` are ours, lower-case: what comes from them is never answered."""
    if not len(message.headers) or _says_nothing(message):
        return Classification("unreadable", "no headers", withheld="no_sender")
    automatic = auto_reply(message)
    withheld = not_answerable(message, own_addresses, automatic)
    if report := _report(message, withheld) or ((inner := passed_on(message)) and _report(inner, withheld)):
        return report
    if automatic and (shut := closed_mailbox(message)):
        return Classification("bounce", shut.why, bounced=shut.recipients, withheld=withheld or "automatic")
    if is_own(message, own_addresses) or _passes_ours_back(message, own_addresses):
        return Classification("junk", "our own letter came back", withheld="own")
    return _from_somebody(message, own_addresses, withheld, automatic)


def _report(message: ParsedMessage, withheld: str) -> Classification | None:
    """What a machine reports of our letters, or None."""
    if report := delivery_report(message) or list_refusal(message):
        return Classification(
            report.kind, report.why, bounced=report.recipients, returned=report.returned, withheld=withheld or "daemon"
        )
    for kind, why in (("read_receipt", read_receipt(message)), ("feedback_report", feedback_report(message))):
        if why:
            about = Returned(references=answered_ids(message, Returned()))
            return Classification(kind, why, returned=about, withheld=withheld or "automatic")
    return None


def try_header(data: bytes) -> str:
    """Read the header of a message for a trial, and return its kind: what a child process outlives is safe to read."""
    return classify(parse(data), frozenset()).kind


def _from_somebody(
    message: ParsedMessage, own_addresses: frozenset[str], withheld: str, automatic: str
) -> Classification:
    commands = commands_of(
        message, with_file=any(not decoration(item, plain_image=True) for item in message.attachments)
    )
    ours = _enclosed_letters_of_ours(message, own_addresses)
    # A robot may enclose anything: only what it attached itself can be a return.
    workbooks = _once(
        book for book in message.workbooks if not (automatic and book.returned) and not book.path.startswith(ours)
    )
    hands_in = _ENCLOSED.search(" ".join(message.own_lines)[:4_000])
    if workbooks and (hands_in or not (automatic and acknowledges(message))):
        why = f"{len(workbooks)} workbook" + ("s" if len(workbooks) > 1 else "")
        return Classification("return", why, workbooks, _beside_a_workbook(commands), withheld=withheld)
    if not automatic and (claimed := _once(filter(_claims_workbook, message.attachments))):
        return Classification(
            "return", "named like a workbook", claimed, _beside_a_workbook(commands), withheld=withheld
        )
    if automatic:
        return Classification("auto_reply", automatic, withheld=withheld or "automatic")
    confirmation = confirmation_of(message)
    if confirmation is None and not commands and carries_code(message, own_addresses):
        confirmation = answer_of(message)
    if confirmation is not None:
        return Classification("confirmation", confirmation.name, commands=(confirmation,), withheld=withheld)
    obstacles = _obstacles(message)
    asked = tuple(command for command in commands if not (obstacles and _names_what_is_enclosed(command)))
    if asked:
        why = ", ".join(map(str, asked))
        return Classification("request", why, commands=asked, withheld=withheld, obstacles=obstacles)
    if why := junk(message):
        return Classification("junk", why, withheld=withheld or "list", obstacles=obstacles)
    why = "nothing else fits" if not obstacles else "no workbook: " + ", ".join(obstacles)
    return Classification("question", why, withheld=withheld, obstacles=obstacles)


def _passes_ours_back(message: ParsedMessage, own_addresses: frozenset[str]) -> bool:
    """Whether a rule sends back a letter of ours and nobody wrote a word: to answer that would go round for ever."""
    if not passed_on_by_rule(message) or any(line.strip() for line in message.own_lines):
        return False
    enclosed = [part for part in message.parts if part.depth == 0 and part.enclosed is not None]
    if enclosed:
        ours = _enclosed_letters_of_ours(message, own_addresses)
        return all(f"{part.path}." in ours for part in enclosed) and not any(
            file.depth == 0 and file.content_type not in MESSAGE_TYPES and not decoration(file)
            for file in message.attachments
        )
    first = next((line for line in message.text[:2_000].split("\n") if _FORWARDED_FROM.match(line)), "")
    return not message.workbooks and any(
        without_detail(address) in own_addresses for address in addresses(first.partition(":")[2].encode())
    )


def _beside_a_workbook(commands: tuple[Command, ...]) -> tuple[Command, ...]:
    """«Форма» over a workbook is the ready letter of a button, used to hand the form in: nothing is asked for."""
    return tuple(command for command in commands if command.word is not FORM)


def _names_what_is_enclosed(command: Command) -> bool:
    """«Форма», «Данные 2021» over a scan, a link or a closed file say what was meant, and are no wish to be sent it."""
    return command.word is FORM or (command.word is DATA and command.argument.isdecimal())


def _enclosed_letters_of_ours(message: ParsedMessage, own_addresses: frozenset[str]) -> tuple[str, ...]:
    """Where, as path prefixes, our own letters are enclosed: passing our form on is not handing it in (M23)."""
    return tuple(
        f"{part.path}."
        for part in message.parts
        if part.enclosed is not None
        and (
            LOOP_HEADER in part.enclosed
            or "multipart/report" in part.within
            or any(without_detail(address) in own_addresses for address in part.enclosed.addresses("From"))
        )
    )


def _once(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """The same bytes attached twice are one workbook."""
    return tuple({file.data: file for file in reversed(list(files))}.values())[::-1]


def _claims_workbook(item: Attachment) -> bool:
    """A file that only its name makes a workbook: damaged or of another kind. The reader says which, in its letter."""
    return item.depth == 0 and item.name.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods"))


def _says_nothing(message: ParsedMessage) -> bool:
    known = ("From", "To", "Subject", "Date", "Message-ID", "Received", "Return-Path", "Content-Type", "Sender")
    return not any(name in message.headers for name in known)


def _obstacles(message: ParsedMessage) -> tuple[str, ...]:
    found: list[str] = []
    if any(not item.opened and _is_tnef(item) for item in message.attachments):
        found.append("tnef")
    if message.encrypted:
        found.append("encrypted")
    if "://" in message.text[:20_000] and _CLOUD.search(message.text[:20_000]):
        found.append("cloud_link")
    written = " ".join(message.own_lines)
    if len(written) < 400 and "?" not in written:
        if any(not decoration(item) for item in message.attachments):
            found.append("file")
        elif (
            not found and all(item.inline or item.opened for item in message.attachments) and _ENCLOSED.search(written)
        ):
            # Outlook packed what was attached so that nothing of it can be taken out, or it packed the words alone.
            found.append("tnef" if any(item.opened for item in message.attachments) else "forgotten")
    return tuple(found)


def _is_tnef(item: Attachment) -> bool:
    return item.form == "tnef" or item.content_type == "application/ms-tnef"


def decoration(item: Attachment, *, plain_image: bool = False) -> bool:
    """Logos, signatures, cards and invitations are nobody's return; ``plain_image`` counts any image as a logo."""
    if item.form == "tnef" or item.content_type in ("application/pkcs7-signature", "application/x-pkcs7-signature"):
        return True
    if item.content_type in ("application/pgp-signature", "text/calendar", "text/vcard", "text/x-vcard"):
        return True
    return (item.inline or plain_image) and item.content_type.startswith("image/")
