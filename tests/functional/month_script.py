"""What people do in the month that is played through, and what must have become of it, reckoned from that alone.

Two collections: A, the schedule, until 17 September 18:00, and B, the participants, until 24 September 23:59. Three
regions with their coordinators, of whom one has two addresses and one comes at noon of the 8th. From the 4th to the
7th it is a holiday: nobody writes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from pipeline import sources
from pipeline.cabinet.publications import rescheduled
from pipeline.cabinet.roster import RosterReport
from pipeline.embedded.organisations import FAULTY_ROWS, GOOD_ROWS, filled, type_rows
from pipeline.forms.parts import layout
from pipeline.model import Login, Role
from pipeline.steps import extend, publish, roster
from pipeline.steps.extend import Asked
from tests.functional.month import Act, Course, Month, moscow
from tests.functional.post import form_in, typed
from tests.functional.world import letter, workbooks_of

A, B = "vpr-spo-2021-schedule", "vpr-spo-2021-participants"
SUPPORT = "support@kabinet.test"
BEGIN, END = moscow("01 00:00"), moscow("30 23:59")
OPENS = {A: moscow("01 10:00"), B: moscow("03 00:00")}
CLOSES = {A: moscow("17 18:00"), B: moscow("24 23:59")}
HOLIDAY = (moscow("04 00:00"), moscow("08 00:00"))
_B_SHEET = "ОБУЧАЮЩИЕСЯ 1 КУРСА"
_B_ROW = ("Основное общее", "09.02.07", "Информационные системы и программирование", "Очная", 25)


def _login(code: str, *addresses: str) -> Login:
    role = Role.COORDINATOR if "coord" in code else Role.ORGANISATION
    region = code[-2:] if role is Role.COORDINATOR else code[3:5]
    return Login(code, f"Колледж {code}", role, region, addresses or (f"{code}@school.test",))


FIRST = tuple(
    _login(*words)
    for words in (
        ("spo240001",),
        ("spo240002",),
        ("spo240003",),
        ("spo770001",),
        ("spo770002",),
        ("spo050001",),
        ("spo050002",),
        ("spo_coord_24", "first@region24.test", "second@region24.test"),
        ("spo_coord_77", "coord@region77.test"),
        ("spo_coord_05", "coord@region05.test"),
    )
)
JOINS = {moscow("06 23:20"): _login("spo770003"), moscow("08 12:00"): _login("another_coord_05", "new@region05.test")}
DEAD = "spo050002@school.test"
HOME = "director@home.test"  # a mailbox that nobody has registered

OFF = ((moscow("09 16:30"), moscow("10 02:00")), (moscow("14 07:00"), moscow("15 07:30")))
SMTP_DOWN = ((moscow("21 08:50"), moscow("21 18:30")), (moscow("22 17:30"), moscow("23 06:00")))
LATE = {
    ("remind", moscow("16 09:00")): moscow("16 20:00"),
    ("digest", moscow("16 18:00")): moscow("17 02:00"),
    ("digest", moscow("11 18:00")): moscow("12 07:00"),  # later than half a day: left to the next one
}
DIES = {
    ("exchange", moscow("08 14:00")): ("check", 2),  # three messages are claimed and not settled
    ("exchange", moscow("13 18:01")): ("deliver", 3),  # the digests are claimed and not handed over
    ("close", moscow("17 18:10")): ("close", 1),
    ("remind", moscow("22 09:00")): ("remind", 1),
    ("exchange", moscow("24 23:59")): ("check", 2),  # what came in the last minute is judged after midnight
}
DOUBT = timedelta(minutes=30)  # after which a letter is tried once more that may be at the server


@dataclass(frozen=True)
class Message:
    """Somebody writes: ``what`` names how, ``about`` the collection whose newest letter is answered."""

    at: datetime
    login: str
    what: str
    about: str = A
    text: str = ""


def _says(when: str, login: str, what: str, about: str = A, text: str = "") -> Message:
    return Message(moscow(when), login, what, about, text)


RETURNS = frozenset({"good", "faulty", "draft", "elsewhere"})
MESSAGES: Sequence[Message] = (
    _says("01 11:07", "spo240001", "good"),
    _says("01 10:40", "spo050002", "bounce"),
    _says("01 14:20", "spo240002", "faulty"),
    _says("01 15:40", "spo240002", "good"),
    _says("02 02:13", "spo770001", "question", text="Добрый день! Подскажите, что писать, если аудиторий нет?"),
    _says("02 09:30", SUPPORT, "support", text="Добрый день! Напишите «Не участвуем»."),
    _says("03 12:00", "spo240003", "draft"),
    _says("03 13:10", "spo770002", "command", text="ФОРМА"),
    _says("03 23:45", "spo_coord_24", "command", text="УЧАСТНИКИ"),
    _says("05 11:00", "spo050002", "bounce"),
    _says("08 14:00", "spo770001", "good"),
    _says("08 14:00", "spo050001", "command", text="СТАТУС"),
    _says("08 14:00", "spo770002", "faulty"),
    _says("08 22:40", "spo_coord_77", "command", text="НЕ ПРИСТУПИЛИ"),
    _says("09 17:10", "spo770001", "good", B),
    _says("09 23:40", "spo240001", "command", text="СТАТУС"),
    _says("12 23:10", "spo770003", "elsewhere", B),
    _says("13 10:00", "spo240003", "good", B),
    _says("14 12:00", "spo770002", "good"),
    _says("15 10:00", "spo050001", "robot"),
    _says("15 16:00", "spo770003", "draft"),
    _says("16 11:00", "spo050001", "draft", B),
    _says("16 22:30", "spo050001", "command", text="ФОРМА"),
    _says("17 08:20", "spo770003", "good"),
    _says("17 16:20", "spo_coord_24", "command", text="ПРОДЛИТЬ spo240003 до 19 сентября 18:00, болезнь"),
    _says("17 17:59", "spo050001", "faulty"),
    _says("17 18:30", "spo050001", "good"),  # late, until the extension of the 18th
    _says("18 10:00", "spo240002", "good"),  # late for good
    _says("18 11:00", "spo240003", "good"),
    _says("19 12:00", "spo770002", "faulty"),
    _says("20 11:59", "spo770002", "good"),
    _says("21 09:30", "spo240001", "good", B),
    _says("22 12:00", "spo_coord_05", "command", B, text="ПОМОЩЬ"),
    _says("23 10:00", "spo240002", "faulty", B),
    _says("24 23:59", "spo240002", "good", B),
    _says("26 10:00", "spo770002", "good", B),
    _says("26 11:00", "spo050001", "good", B),  # late for good
)


@dataclass(frozen=True)
class Extension:
    """An operator, or a coordinator by mail, gives more time."""

    at: datetime
    about: str
    until: datetime
    login: str | None = None
    region: str | None = None
    by_mail: bool = False


EXTENSIONS: Sequence[Extension] = (
    Extension(moscow("17 12:00"), A, moscow("20 12:00"), region="77"),
    Extension(moscow("17 16:20"), A, moscow("19 18:00"), login="spo240003", by_mail=True),
    Extension(moscow("18 23:30"), A, moscow("21 18:00"), login="spo050001"),
    Extension(moscow("25 01:00"), B, moscow("27 18:00"), login="spo770002"),
)


def course() -> Course:
    """The script as the acts of a month."""
    acts: list[tuple[datetime, Act]] = [
        (moscow("01 10:00"), _roster(moscow("01 10:00"))),
        (moscow("01 10:00"), _publish(A, OPENS[A])),
        (moscow("02 16:00"), _publish(B, OPENS[B])),
        *((at, _roster(at)) for at in JOINS),
        *((item.at, _extend(item)) for item in EXTENSIONS if not item.by_mail),
        *((message.at, _write(number, message)) for number, message in enumerate(MESSAGES)),
    ]
    for begin, end in SMTP_DOWN:
        acts += [(begin, _down(down=True)), (end, _down(down=False))]
    return Course(acts, OFF, LATE, DIES)


def known(at: datetime) -> tuple[Login, ...]:
    """The roster at an instant."""
    return (*FIRST, *(login for joined, login in JOINS.items() if joined <= at))


def _roster(at: datetime) -> Act:
    return lambda month: roster.run(month.context, RosterReport(known(at), ()), month.now)


def _publish(code: str, published_at: datetime) -> Act:
    def act(month: Month) -> None:
        loaded = rescheduled(
            sources.publication(code, month.settings), OPENS[code], CLOSES[code], max(published_at, month.now)
        )
        publish.run(month.context, loaded, month.now)

    return act


def _extend(item: Extension) -> Act:
    logins = (item.login,) if item.login else ()
    asked = Asked(item.about, item.until, "cli:anna", "так надо", logins, region=item.region)
    return lambda month: extend.run(month.context, asked, month.now)


def _down(*, down: bool) -> Act:
    def act(month: Month) -> None:
        month.mail.down = down

    return act


# How people write


def message_id(number: int) -> str:
    """The Message-ID of ``MESSAGES[number]``."""
    return f"<message-{number}@school.test>"


def _write(number: int, said: Message) -> Act:
    def act(month: Month) -> None:
        month.deliver(_WRITES.get(said.what, _mail)(month, number, said))

    return act


def address_of(login: str) -> str:
    """Where somebody writes from."""
    if login == SUPPORT:
        return SUPPORT
    return next(item.addresses[0] for item in (*FIRST, *JOINS.values()) if item.code == login)


def _received(month: Month, said: Message, *, form: bool = False) -> EmailMessage:
    """The newest letter to the writer about the collection; with ``form`` one that brings the form of it."""
    address = address_of(said.login)
    for item in reversed(month.left):
        if item.sent.recipient != address:
            continue
        found = letter(item.sent.content)
        if said.login == SUPPORT and not str(found["Subject"]).startswith("Вопрос"):
            continue
        about = A if _A_WORDS in str(found["Subject"]) else B if _B_WORDS in str(found["Subject"]) else None
        if said.login == SUPPORT or (about == said.about and (not form or workbooks_of(found))):
            return found
    raise LookupError(said)


_A_WORDS, _B_WORDS = "Расписание", "Сбор данных об участниках"


def _mail(month: Month, number: int, said: Message) -> bytes:
    handed_in = said.what in RETURNS
    answered = _received(month, said, form=handed_in)
    message = EmailMessage()
    message["From"] = HOME if said.what == "elsewhere" else address_of(said.login)
    message["To"] = parseaddr(str(answered["Reply-To"] or answered["From"]))[1]
    message["Subject"] = f"Re: {answered['Subject']}"
    message["Date"] = format_datetime(month.now)
    message["Message-ID"] = message_id(number)
    message["In-Reply-To"] = message["References"] = str(answered["Message-ID"])
    if said.what == "robot":
        message["Auto-Submitted"] = "auto-replied"
    message.set_content(said.text or "Направляем")
    if handed_in:
        name, content = _filled(form_in(answered), said)
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        message.set_boundary("=_month")
    return message.as_bytes(policy=policy.SMTP)


_FILLED: dict[tuple[bytes, str], tuple[str, bytes]] = {}


def _filled(form: tuple[str, bytes], said: Message) -> tuple[str, bytes]:
    """The form as it is filled in; played again, the month brings the same forms."""
    key = (hashlib.sha256(form[1]).digest(), said.what)
    if key not in _FILLED:
        fill_in: Callable[[tuple[str, bytes], str], tuple[str, bytes]] = _fill_a if said.about == A else _fill_b
        _FILLED[key] = fill_in(form, said.what)
    return _FILLED[key]


def _fill_a(form: tuple[str, bytes], what: str) -> tuple[str, bytes]:
    return typed(form, FAULTY_ROWS if what == "faulty" else GOOD_ROWS, draft=what == "draft")


def _fill_b(form: tuple[str, bytes], what: str) -> tuple[str, bytes]:
    with filled(form[1]) as (book, save):
        type_rows(book[_B_SHEET], [(*_B_ROW, 2500 if what == "faulty" else 20)])
        if what == "draft":
            book[layout.COVER_TITLE][layout.COVER_DRAFT] = "да"
        return form[0], save()


def _bounce(month: Month, number: int, said: Message) -> bytes:
    """The writer's server reports that the newest letter to it did not arrive (RFC 3464)."""
    address = address_of(said.login)
    sent = next(item.sent for item in reversed(month.left) if item.sent.recipient == address)
    ours = letter(sent.content)
    return (
        f"Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.school.test>\r\nTo: {sent.envelope_from}\r\n"
        f"Subject: Delivery report\r\nMessage-ID: {message_id(number)}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=b="\r\n\r\n'
        f"--=b=\r\nContent-Type: text/plain\r\n\r\n<{address}>: 550 5.1.1 User unknown\r\n"
        "--=b=\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.school.test\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n--=b=\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {ours['Message-ID']}\r\nFrom: {ours['From']}\r\nTo: {address}\r\n\r\n--=b=--\r\n"
    ).encode()


_WRITES: dict[str, Callable[[Month, int, Message], bytes]] = {"bounce": _bounce}


def evening() -> Course:
    """An hour and a half of its own: both are published, A closes at 18:30, somebody hands in, a run dies."""
    acts: list[tuple[datetime, Act]] = [
        (moscow("17 17:31"), _roster(moscow("17 17:31"))),
        (moscow("17 17:31"), _issue(A, moscow("17 18:30"))),
        (moscow("17 17:31"), _issue(B, moscow("19 18:00"))),
    ]
    said = [("17:40", "spo240001", "good"), ("17:55", "spo240002", "faulty"), ("18:29", "spo240002", "good")]
    for number, (when, who, what) in enumerate(said):
        at = moscow(f"17 {when}")
        acts.append((at, _write(number, Message(at, who, what))))
    return Course(acts, dies={("exchange", moscow("17 17:55")): ("check", 2)})


def _issue(code: str, closes_at: datetime) -> Act:
    def act(month: Month) -> None:
        loaded = rescheduled(sources.publication(code, month.settings), month.now, closes_at, month.now)
        publish.run(month.context, loaded, month.now)

    return act
