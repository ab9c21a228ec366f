"""Bytes → what a message says: sender, subject, text, attachments. ``parse`` never raises, whatever it is given."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import structlog

from pipeline.mail.message.attachments import (
    WORKBOOKS,
    Attachment,
    attachment_of,
    form_of,
    is_attachment,
    received_name,
)
from pipeline.mail.message.charsets import decode
from pipeline.mail.message.headers import Headers, message_ids, parse_date
from pipeline.mail.message.lexical import clean_line
from pipeline.mail.message.lists import through_list
from pipeline.mail.message.mailboxes import addresses, is_one_mailbox, mailboxes
from pipeline.mail.message.parts import (
    Part,
    Tree,
    read_tree,
    uu_files,
)
from pipeline.mail.message.text import (
    html_to_text,
    own_lines,
)
from pipeline.mail.message.unpacking import (
    Files,
    UnpackTnef,
)

__all__ = ["Attachment", "ParsedMessage", "parse"]

LONGEST_TEXT = 1_000_000
LONGEST_SUBJECT = 1_000
log = structlog.get_logger()
_RECIPIENT_FIELDS = (
    "To",
    "Cc",
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-Delivered-To",
    "X-Forwarded-To",
    "Original-Recipient",
    "X-RCPT-TO",
    "Resent-To",
    "Apparently-To",
)


@dataclass(frozen=True)
class ParsedMessage:
    """What one message says. Addresses are addr-specs in canonical spelling; message ids keep their angle brackets.

    ``sender`` is the address in From (None without one), ``return_path`` the envelope sender the server wrote down: ""
    for the null path ``<>``, None when it is not on record. ``text`` is the plain text, made from HTML when there is no
    other. ``defects`` are stable names of what was wrong with the MIME. ``one_author``: there is one From, and one
    address in it; of anything else nobody can say whom the server has judged.
    """

    sender: str | None
    sender_name: str
    subject: str
    date: datetime | None
    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    recipients: tuple[str, ...]
    return_path: str | None
    headers: Headers
    content_type: str
    params: dict[str, str]
    text: str
    attachments: tuple[Attachment, ...]
    parts: tuple[Part, ...] = field(repr=False, default=())
    defects: tuple[str, ...] = ()
    one_author: bool = True

    @cached_property
    def own_lines(self) -> tuple[str, ...]:
        """The lines the person wrote: without quotes, signature and the letter below."""
        return tuple(own_lines(self.text))

    @cached_property
    def through_list(self) -> bool:
        """Whether it came through a mailing list or a mass mailer."""
        return through_list(self.headers, self.return_path)

    @property
    def encrypted(self) -> bool:
        """Whether the content is closed to us: S/MIME enveloped or PGP (M23)."""
        if self.content_type == "multipart/encrypted" or self.text.lstrip().startswith("-----BEGIN PGP MESSAGE-----"):
            return True
        smime = [part for part in self.parts if part.depth == 0 and not part.opened]
        return any(
            part.closed
            or (part.content_type.endswith("pkcs7-mime") and "enveloped" in part.params.get("smime-type", "").lower())
            for part in smime
        )

    @property
    def signed(self) -> bool:
        """Whether it carries an S/MIME or PGP signature; nothing is proved by that here."""
        return self.content_type == "multipart/signed" or any(
            part.opened or part.params.get("smime-type", "").lower() == "signed-data" for part in self.parts
        )

    @property
    def workbooks(self) -> tuple[Attachment, ...]:
        """The attachments that are workbooks by their content."""
        return tuple(attachment for attachment in self.attachments if attachment.form in WORKBOOKS)


def parse(data: bytes, unpack_tnef: UnpackTnef | None = None) -> ParsedMessage:
    """Return what the message ``data`` says. Never raises: what cannot be read is named in ``defects``.

    ``unpack_tnef`` turns a ``winmail.dat`` into (name, bytes) pairs; it may raise anything, and a hostile stream may
    make it run for ever, so it is given as a call into a limited child process. Without it winmail.dat stays closed.
    """
    try:
        return _parsed(read_tree(data), unpack_tnef)
    except Exception as error:  # noqa: BLE001 - the bytes are anybody's; they are archived, and the name is on record
        log.warning("message.unparsable", error=type(error).__name__, size=len(data))
        return _parsed(Tree(Headers(()), "application/octet-stream", {}, [], [f"parser:{type(error).__name__}"]), None)


def _parsed(tree: Tree, unpack_tnef: UnpackTnef | None) -> ParsedMessage:
    headers = tree.headers
    authors = headers.raw("From")
    named = [pair for value in authors for pair in mailboxes(value, headers.hints)]
    if not named:
        named = [pair for value in headers.raw("Sender") for pair in mailboxes(value, headers.hints)]
    in_reply_to = message_ids(headers.get("In-Reply-To"))
    own_id = message_ids(headers.get("Message-ID"))
    text, attachments = _contents(tree, unpack_tnef)
    return ParsedMessage(
        sender=named[0].address if named else None,
        sender_name=named[0].name if named else "",
        subject=clean_line(headers.get("Subject"))[:LONGEST_SUBJECT],
        date=parse_date(headers.get("Date")),
        message_id=own_id[0] if own_id else None,
        in_reply_to=in_reply_to[0] if in_reply_to else None,
        references=message_ids(headers.get("References")[:50_000]),
        recipients=headers.addresses(*_RECIPIENT_FIELDS),
        return_path=_return_path(headers),
        headers=headers,
        content_type=tree.content_type,
        params=tree.params,
        text=text,
        attachments=attachments,
        parts=tuple(tree.parts),
        defects=tuple(dict.fromkeys(tree.defects)),
        one_author=len(authors) == 1 and is_one_mailbox(authors[0], headers.hints),
    )


def _return_path(headers: Headers) -> str | None:
    values = headers.raw("Return-Path") or headers.raw("X-Envelope-From") or headers.raw("Envelope-From")
    if not values:
        return None
    found = addresses(values[0])
    if found:
        return found[0]
    return (
        "" if re.fullmatch(rb"<?\s*>?|<\s*>.*", values[0].strip()) else values[0].decode("latin-1").strip("<> ").lower()
    )


def _contents(tree: Tree, unpack_tnef: UnpackTnef | None) -> tuple[str, tuple[Attachment, ...]]:
    plain: list[str] = []
    html: list[Part] = []
    files = Files(unpack_tnef)
    for part in tree.parts:
        if part.opened:
            continue
        if is_attachment(part):
            files.add(attachment_of(part))
        elif part.depth == 0:
            if part.content_type == "text/plain":
                plain.append(_plain_text(part, files))
            else:
                html.append(part)
    text = "\n".join(plain).strip("\n")
    if not text.strip() and html:
        text = "\n".join(html_to_text(part.text(LONGEST_TEXT)) for part in html)
    tree.defects.extend(files.defects)
    return text[:LONGEST_TEXT], tuple(files.found)


def _plain_text(part: Part, found: Files) -> str:
    """Return the text of a part; files uuencoded within it become attachments."""
    if b"begin " in part.data and (files := uu_files(part.data)):
        kept: list[bytes] = []
        position = 0
        for number, (raw_name, data, start, end) in enumerate(files, 1):
            kept.append(part.data[position:start])
            position = end
            path = f"{part.path}.{number}"
            name = received_name(decode(raw_name, None, part.headers.hints), f"attachment-{path}.bin")
            found.add(Attachment(name, "application/octet-stream", data, path=path, form=form_of(data)))
        kept.append(part.data[position:])
        return decode(b"".join(kept)[:LONGEST_TEXT], part.charset, part.headers.hints).replace("\r\n", "\n")
    return part.text(LONGEST_TEXT)
