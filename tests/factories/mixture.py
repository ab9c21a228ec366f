"""A mailbox as it is in a campaign: mostly returns, and beside them what people, servers and robots write as well."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime

from pipeline.model import Login, Publication
from pipeline.steps.base.context import Context
from pipeline.store import letters
from tests.factories.replies import Reply, replies

GOOD = "good"
_EVERY_FAULTY = 8
# Of 88 messages that are not faulty, which are one in eight: 6 drafts, 4 bounces, 4 automatic, 2 commands, 2 junk.
_SHARES = {"draft": 6, "bounce": 4, "robot": 4, "command": 2, "junk": 2}
_SORTS = [sort for sort, share in _SHARES.items() for _ in range(share)]
_DRAFT = b"Subject: =?utf-8?b?0KfQtdGA0L3QvtCy0LjQujog?="
_BOUNCE = """Return-Path: <>
From: MAILER-DAEMON@mx.org.test
To: {ours}
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce{number}@mx.org.test>
Date: {date}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

<{address}>: host mx.org.test said: 550 5.1.1 User unknown
--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
--b
Content-Type: text/rfc822-headers

Message-ID: {letter}
To: {address}
--b--
"""
_HEAD = "From: {address}\nTo: {ours}\nMessage-ID: <m{number}@org.test>\nDate: {date}\n"
_TEXT = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
_WRITTEN = {
    "bounce": _BOUNCE,
    "robot": _HEAD
    + "Subject: Автоответ\nIn-Reply-To: {letter}\nAuto-Submitted: auto-replied\n"
    + _TEXT
    + "\nЯ в отпуске.\n",
    "command": _HEAD + "Subject: СТАТУС\n" + _TEXT + "\nСТАТУС\n",
    "question": _HEAD
    + "Subject: Вопрос\nIn-Reply-To: {letter}\n"
    + _TEXT
    + "\nЗдравствуйте! Как нам заполнить второй столбец третьего листа, если кабинетов нет?\n",
    "file": _HEAD + "Subject: ФАЙЛ 1\n" + _TEXT + "\nФАЙЛ 1\n",
    "form": _HEAD + "Subject: ФОРМА\n" + _TEXT + "\nФОРМА\n",
    "junk": _HEAD.replace("{address}", "news{number}@shop.test")
    + "Subject: Скидки\nList-Id: <news.shop.test>\nPrecedence: list\n"
    + _TEXT
    + "\nСкидки на мебель для школ.\n",
}


def mixture(
    context: Context,
    publication: Publication,
    logins: Sequence[Login],
    now: datetime,
    *,
    size: int = 0,
    without: Collection[str] = (),
) -> Iterator[Reply]:
    """Yield a message for each login: 70 of 100 good returns, 12 faulty ones, 18 of the sorts above, evenly spread.

    What is no return has an empty workbook. Instead of the sorts ``without`` there are more good returns.
    """
    sorts = [GOOD if sort in without else sort for sort in _SORTS]
    with context.store.reading() as session:
        letter_of = {letter.login: letter.message_id for letter in letters.listed(session, limit=10 * len(logins))}
    whole = 0
    for number, reply in enumerate(replies(context, publication, logins, now, every_faulty=_EVERY_FAULTY, size=size)):
        place = whole * 37 % 88
        whole += not reply.faulty
        sort = GOOD if reply.faulty or place >= len(sorts) else sorts[place]
        yield _of_sort(reply, sort, context.sender.address, letter_of[reply.login.code], number, now)


def among_returns(
    context: Context, publication: Publication, logins: Sequence[Login], now: datetime, sort: str, count: int
) -> Iterator[Reply]:
    """Yield a good return of each login, but for ``count`` of them, evenly spread: these send ``sort``."""
    with context.store.reading() as session:
        letter_of = {letter.login: letter.message_id for letter in letters.listed(session, limit=10 * len(logins))}
    chosen = {logins[at * len(logins) // count].code for at in range(count)}
    faulty = {reply.login.code: reply for reply in replies(context, publication, logins, now, every_faulty=1)}
    for number, reply in enumerate(replies(context, publication, logins, now, every_faulty=len(logins) + 1)):
        if reply.login.code not in chosen:
            yield reply
        elif sort == "faulty":
            yield faulty[reply.login.code]
        else:
            yield _of_sort(reply, sort, context.sender.address, letter_of[reply.login.code], number, now)


def _of_sort(reply: Reply, sort: str, ours: str, letter: str, number: int, now: datetime) -> Reply:
    """The reply itself, or what its login sends instead of it."""
    if sort == GOOD:
        return reply
    if sort == "draft":
        return replace(reply, content=reply.content.replace(b"Subject: Re:", _DRAFT, 1))
    content = _WRITTEN[sort].format(
        address=reply.login.addresses[0], ours=ours, letter=letter, number=number, date=format_datetime(now)
    )
    return replace(reply, content=content.replace("\n", "\r\n").encode(), workbook=b"")
