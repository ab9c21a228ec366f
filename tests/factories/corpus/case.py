"""What a message of the corpus is made of and what must be seen in it."""

from __future__ import annotations

from typing import NamedTuple

from tests.factories.bounce_texts import DEAD
from tests.factories.bounces import plain, standard
from tests.factories.messages import DATE, EXCHANGE, SCHOOL, message

OTHER = "buh@college7.test"


class Case(NamedTuple):
    """A message and what it must be taken for. ``files`` None: of no matter here. ``books``: how many are handed in."""

    data: bytes
    kind: str = "bounce"
    bounced: tuple[str, ...] = ()
    files: tuple[str, ...] | None = None
    command: str | None = None
    books: int = 0
    obstacles: tuple[str, ...] = ()
    status: str | None = None


def words(
    sender: str,
    subject: str,
    text: str,
    *extra: str,
    kind: str = "bounce",
    to: tuple[str, ...] = (DEAD,),
    path: str = "<>",
    charset: str = "utf-8",
    status: str | None = None,
) -> Case:
    """A report in words alone."""
    return Case(plain(sender, subject, text, *extra, path=path, charset=charset), kind, to, status=status)


def pathless(
    sender: str, subject: str, text: str, *extra: str, kind: str = "bounce", to: tuple[str, ...] = (DEAD,)
) -> Case:
    """The same as kept by people who save mail without its Return-Path."""
    data = plain(sender, subject, text, *extra).removeprefix(b"Return-Path: <>\r\n")
    return Case(data, kind, to)


def report(
    sender: str,
    subject: str,
    text: str,
    fields: str,
    *extra: str,
    kind: str = "bounce",
    to: tuple[str, ...] = (DEAD,),
    label: str = "multipart/report; report-type=delivery-status",
    returned: bytes | None = None,
    headers_only: bool = False,
    status: str | None = None,
) -> Case:
    """A report by RFC 3464."""
    data = standard(
        sender, subject, text, fields, returned=returned, headers_only=headers_only, label=label, extra=extra
    )
    return Case(data, kind, to, status=status)


def fields(*groups: str, mta: str = "Reporting-MTA: dns; mx.spo24.test") -> str:
    """The delivery-status part: one group of fields a recipient; ``a: b | c: d`` are two fields."""
    return mta + "\n\n" + "\n".join(group.replace(" | ", "\n") + "\n" for group in groups)


def letter(
    subject: str,
    text: str,
    *extra: str,
    sender: str = SCHOOL,
    to: str = EXCHANGE,
    path: str | None = None,
    html: str | None = None,
    charset: str = "utf-8",
) -> bytes:
    """A letter of somebody to us."""
    bare = sender.rpartition("<")[2].strip("> ")
    lines = [f"Return-Path: <{bare if path is None else path}>", f"From: {sender}", f"To: {to}", f"Subject: {subject}"]
    return message([*lines, f"Date: {DATE}", "Message-ID: <l1@spo24.test>", *extra], text, html=html, charset=charset)
