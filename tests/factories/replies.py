"""Replies by the thousand: a roster of made-up organisations and what each of them sends back, quickly made.

The forms are built prefilled, as Kabinet itself prefills them, so that a thousand take a second and not minutes.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from pipeline import sources
from pipeline.cabinet.publications import rescheduled
from pipeline.cabinet.roster import RosterReport
from pipeline.forms.making.build import build_workbook
from pipeline.forms.parts import layout
from pipeline.model import Login, Publication, Role
from pipeline.steps import publish, roster
from pipeline.steps.base.context import Context
from pipeline.steps.letters.attachments import (
    form_attachment,
    reply_address,
)
from pipeline.steps.letters.rendering import (
    _cover,
    form_of,
)
from pipeline.store import publications

SCHEDULE = "vpr-spo-2021-schedule"
_SUBJECTS = ("Обществознание", "Химия", "Математика", "Русский язык")
_OPT_OUT = "Не участвуем"


@dataclass(frozen=True)
class Reply:
    """A message with a filled form; ``faulty`` ones are rejected."""

    login: Login
    content: bytes
    workbook: bytes
    faulty: bool


def organisations(count: int) -> tuple[Login, ...]:
    """Organisations spo100000, spo100001… of region 24, each with one address."""
    return tuple(
        Login(
            code=f"spo{100000 + number}",
            name=f"Колледж № {number}",
            role=Role.ORGANISATION,
            region="24",
            addresses=(f"office{number}@org{number % 50}.test",),
        )
        for number in range(count)
    )


def publish_to(context: Context, logins: Sequence[Login], now: datetime) -> Publication:
    """Import ``logins`` as the whole roster and publish the schedule, open since yesterday; nothing is delivered."""
    roster.run(context, RosterReport(tuple(logins), ()), now)
    loaded = rescheduled(sources.publication(SCHEDULE), now - timedelta(days=1), now + timedelta(days=7), now)
    publish.run(context, loaded, now)
    with context.store.reading() as session:
        publication = publications.publication(session, SCHEDULE)
    assert publication is not None
    return publication


def replies(
    context: Context,
    publication: Publication,
    logins: Sequence[Login],
    now: datetime,
    *,
    every_faulty: int = 10,
    size: int = 0,
) -> Iterator[Reply]:
    """Yield a reply of each login; every ``every_faulty``-th has a value out of range.

    Below ``size`` bytes a photograph of a letterhead is enclosed, as people's mail has it.
    """
    assert publication.collection is not None
    with context.store.reading() as session:
        form = form_of(session, publication.collection.form_id, publication.collection.form_version)
    for number, login in enumerate(logins):
        faulty = number % every_faulty == every_faulty - 1
        attachment = form_attachment(context, login, publication)
        workbook = build_workbook(form, _cover(attachment), _filled(form, number, faulty=faulty))
        address = reply_address(context, attachment.ref["token"])
        yield Reply(login, _message(login, address, workbook, number, now, size), workbook, faulty)


def _filled(form: Any, number: int, *, faulty: bool) -> dict[str, Any]:
    """Rows that keep the rules, each reply's its own; a fault is a number of rooms out of range."""
    found: dict[str, Any] = {}
    for position, sheet in enumerate(form.sheets):
        first = layout.FIRST_ROW
        if position:
            found[sheet.id] = {str(first): {"subject": _OPT_OUT}}
            continue
        found[sheet.id] = {
            str(first + offset): {
                "subject": subject,
                "date_first": {"date": f"2021-09-{15 + offset}"},
                "rooms_first": 1 + (number + offset) % 20,
                "people_first": 1 + (number + offset) % 12,
                "date_graduates": {"date": f"2021-09-{20 + offset}"},
                "rooms_graduates": 400 if faulty and not offset else 1 + number % 15,
                "people_graduates": 1 + number % 9,
            }
            for offset, subject in enumerate(_SUBJECTS)
        }
    return found


def _message(login: Login, recipient: str, workbook: bytes, number: int, now: datetime, size: int) -> bytes:
    boundary = f"----=_reply{number:06}"
    encoded = base64.encodebytes(workbook).replace(b"\n", b"\r\n")
    missing = (size - len(encoded) - 900) * 57 // 78
    picture = b""
    if missing > 0:
        # Noise that differs from reply to reply, as a camera's does; its content is no workbook and decides nothing.
        noise = (b"\xff\xd8\xff\xe0" + number.to_bytes(4, "big") * (missing // 4 + 1))[:missing]
        picture = (
            f'--{boundary}\r\nContent-Type: image/jpeg; name="logo.jpg"\r\nContent-Transfer-Encoding: base64\r\n'
            'Content-Disposition: inline; filename="logo.jpg"\r\n\r\n'
        ).encode() + base64.encodebytes(noise).replace(b"\n", b"\r\n")
    head = (
        f"From: {login.addresses[0]}\r\nTo: {recipient}\r\nSubject: Re: =?utf-8?B?0KTQvtGA0LzQsA==?= {login.code}\r\n"
        f"Date: {format_datetime(now)}\r\nMessage-ID: <reply{number}@org.test>\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "Отправляем заполненную форму.\r\n"
        f"--{boundary}\r\nContent-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{login.code}.xlsx"\r\n\r\n'
    ).encode()
    return head + encoded + picture + f"--{boundary}--\r\n".encode()
