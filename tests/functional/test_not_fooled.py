"""It is not fooled: forged messages lie in a real mailbox and are collected and checked (M28, M29, M30, M32).

Each forgery stands beside its genuine counterpart, which must still pass.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from pipeline.embedded import clients
from pipeline.mail.commands.command import Effect
from pipeline.mail.commands.words import WORDS, commands_for
from pipeline.model import ReceiptState, Role, Status
from pipeline.store import audit, changes, participations, receipts
from tests.functional.post import form_in, typed
from tests.functional.world import SCHEDULE, World, letter, make_world, opened, text_of
from tests.systems.dovecot import Dovecot
from tests.systems.smtp_sink import SmtpSink, smtp_sink

pytestmark = pytest.mark.system("dovecot")

SCHOOL, OTHER = "spo240065@school.test", "spo240066@school.test"
COORDINATOR = "spo_coord_24@region.test"
EVIL = "evil@evil.test"
SERVER = "mx.kabinet.test"
RECEIVED = "Received: from somewhere by mx.kabinet.test; Mon, 30 Aug 2021 13:37:00 +0700"


def verdict(found: str, domain: str = "school.test", beside: str = "") -> str:
    """What our own server puts on top."""
    return f"Authentication-Results: {SERVER};{beside} dmarc={found} header.from={domain}"


@dataclass
class Mail:
    """A world, its mailbox on Dovecot, and what left."""

    world: World
    dovecot: Dovecot
    sink: SmtpSink
    told: list[tuple[str, EmailMessage]] = field(default_factory=list)

    def first(self, address: str) -> EmailMessage:
        """The letter of the publication."""
        return next(letter(content) for _, recipient, content in self.sink.taken if recipient == address)

    def arrives(self, message: EmailMessage, *top: str, raw_from: tuple[str, ...] | None = None) -> None:
        """Put a message into the mailbox with these lines on top; ``raw_from`` in place of its From."""
        if raw_from is not None:
            del message["From"]
            top = (*top, *raw_from)
        head = "".join(f"{line}\r\n" for line in (*top,)).encode()
        self.dovecot.deliver(self.world.settings.address, head + message.as_bytes(policy=policy.SMTP))

    def exchanged(self) -> list[tuple[str, EmailMessage]]:
        """Collect, check and deliver; return the letters that left for it, each with its recipient."""
        before = len(self.sink.taken)
        self.world.run("collect", "check", "deliver")
        self.told = [(recipient, letter(content)) for _, recipient, content in self.sink.taken[before:]]
        return self.told

    def newest(self) -> tuple[ReceiptState, str | None]:
        """State and reason of the newest receipt."""
        with self.world.context() as context, context.store.reading() as session:
            found = max(receipts.listed(session), key=lambda receipt: receipt.id)
        return found.state, str(found.reason) if found.reason else None

    def outcomes(self) -> Counter[tuple[ReceiptState, str | None]]:
        """States and reasons of all receipts."""
        with self.world.context() as context, context.store.reading() as session:
            return Counter(
                (item.state, str(item.reason) if item.reason else None) for item in receipts.listed(session, limit=1000)
            )

    def record(self) -> dict[str, Any]:
        """What a command may change."""
        with self.world.context() as context, context.store.reading() as session:
            return {
                "addresses": {code: login.addresses for code, login in self.world.logins().items()},
                "changes": [(item.login, item.field, item.value, item.state) for item in changes.listed(session)],
                "deeds": [deed.what for deed in audit.listed(session) if deed.what not in ("published", "roster")],
            }

    def accepted(self, code: str) -> int | None:
        """The return of an organisation that stands."""
        with self.world.context() as context, context.store.reading() as session:
            found = participations.participation(session, SCHEDULE, code)
        return found.accepted_return_id if found else None

    def status(self, code: str) -> Status:
        """Where an organisation stands."""
        with self.world.context() as context, context.store.reading() as session:
            found = participations.participation(session, SCHEDULE, code)
        assert found is not None
        return found.status


@pytest.fixture
def mail(tmp_path: Path, dovecot: Dovecot, request: pytest.FixtureRequest) -> Iterator[Mail]:
    name = re.sub(r"[^a-z0-9]", "", request.node.name.lower())[-40:]
    with smtp_sink() as sink:
        world = make_world(tmp_path, sink.settings(), dovecot.settings(f"fooled.{name}@kabinet.test"))
        world.settings = world.settings.model_copy(update={"authserv_id": SERVER})
        world.only = frozenset({"spo240065", "spo240066", "spo_coord_24"})
        world.begin()
        world.run("deliver")
        yield Mail(world, dovecot, sink)


def written(mail: Mail, sender: str, subject: str, text: str = "", workbook: Any = None) -> EmailMessage:
    """A message that answers none of ours."""
    found = clients.thunderbird(sender, mail.world.settings.address, subject, text, workbook)
    assert isinstance(found, EmailMessage)
    return found


def answer(mail: Mail, sender: str, to: EmailMessage, text: str = "", workbook: Any = None) -> EmailMessage:
    """A reply to a letter of ours, with both places of its tag."""
    found = clients.thunderbird(sender, str(to["Reply-To"]), f"Re: {to['Subject']}", text, workbook)
    assert isinstance(found, EmailMessage)
    found["In-Reply-To"] = str(to["Message-ID"])
    return found


def foreign_form(mail: Mail) -> tuple[str, bytes]:
    """A filled form without anything of ours that says whose it is but its form."""
    name, content = typed(form_in(mail.first(SCHOOL)))
    book = opened(content)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and re.search(r"\d-spo240065-\d", cell.value):
                    cell.value = None
    book.properties.keywords = None
    saved = io.BytesIO()
    book.save(saved)
    return name, saved.getvalue()


# 1 and 10: who is named in From

TWO = {
    "two fields": (f"From: <{SCHOOL}>", f"From: <{EVIL}>"),
    "two fields, the other first": (f"From: <{EVIL}>", f"From: <{SCHOOL}>"),
    "the same twice": (f"From: <{SCHOOL}>", f"From: <{SCHOOL}>"),
    "two addresses": (f"From: {SCHOOL}, {EVIL}",),
    "Sender alone": (f"Sender: <{SCHOOL}>",),
    "no address in From": ("From: Школа", f"Sender: <{SCHOOL}>"),
    "an address for a name": (f"From: {SCHOOL} <{EVIL}>",),
    "a group": (f"From: Schools: {SCHOOL};",),
}


def test_f1_m28_two_authors_or_none_are_obeyed_in_nothing(mail: Mail) -> None:
    before, form = mail.record(), typed(form_in(mail.first(SCHOOL)))
    for lines in TWO.values():
        for found in ("pass", "fail"):
            for subject, workbook in (("СТАТУС", None), ("АДРЕС new@evil.test", None), ("Отчет", form)):
                mail.arrives(written(mail, SCHOOL, subject, "", workbook), verdict(found), RECEIVED, raw_from=lines)
    told = mail.exchanged()
    assert mail.outcomes() == {(ReceiptState.HELD, "conflict_from"): 6 * len(TWO)}
    assert [recipient for recipient, _ in told] == [SCHOOL]
    assert "отложено" in str(told[0][1]["Subject"]).lower()
    assert mail.record() == before
    assert mail.status("spo240065") is Status.NOT_STARTED


def test_f10_a_quoted_local_part_is_not_the_address_in_it(mail: Mail) -> None:
    before = mail.record()
    for line in (f'<"{SCHOOL}" @evil.test>', f'<"{SCHOOL}"@evil.test>', f'x <"{SCHOOL}" @ evil.test>'):
        mail.arrives(written(mail, SCHOOL, "АДРЕС new@evil.test"), raw_from=(f"From: {line}",))
    assert SCHOOL not in [recipient for recipient, _ in mail.exchanged()]
    assert mail.outcomes() == {(ReceiptState.HELD, "unknown_sender"): 3}
    assert mail.record() == before


# 2: what our own server wrote

CHOSEN = {
    "null path": " spf=pass smtp.mailfrom=<>;",
    "address literal in HELO": " spf=none smtp.helo=[192.0.2.1];",
    "IPv6 literal in HELO": " spf=none smtp.helo=[IPv6:2001:db8::1];",
    "path in brackets": " spf=pass smtp.mailfrom=<a@evil.test>;",
    "blank in the path": " spf=pass smtp.mailfrom=a b@evil.test;",
    "two at signs": " spf=pass smtp.mailfrom=a@b@evil.test;",
    "comma": " spf=pass smtp.mailfrom=a,b@evil.test;",
    "open quote": ' spf=pass smtp.mailfrom="a@evil.test;',
    "open comment": " spf=pass (a smtp.mailfrom=a@evil.test;",
    "slash in HELO": " spf=none smtp.helo=a/b;",
    "nothing": " spf=pass smtp.mailfrom=;",
}


def test_f2_m29_what_the_sender_chose_makes_no_verdict_vanish(mail: Mail) -> None:
    first = mail.first(SCHOOL)
    for beside in CHOSEN.values():
        for message in (written(mail, SCHOOL, "ФОРМА"), answer(mail, SCHOOL, first, "АДРЕС evil@evil.test")):
            mail.arrives(message, verdict("fail", beside=beside), RECEIVED)
    mail.exchanged()
    assert mail.outcomes() == {(ReceiptState.HELD, "conflict_verdict"): 2 * len(CHOSEN)}
    assert mail.status("spo240065") is Status.NOT_STARTED
    assert mail.record()["changes"] == []


def test_f2_m29_every_legal_value_beside_a_pass_is_obeyed(mail: Mail) -> None:
    for beside in (
        ' spf=pass (a "comment" (nested)) smtp.mailfrom="a; dmarc=fail"@school.test;',
        ' dkim=pass header.d=school.test header.b="Zm9v/+==" header.i=@school.test;',
        ' iprev=pass policy.iprev="2001:db8::1"; spf=none smtp.helo="[192.0.2.1]";',
        ' spf / 1 = pass reason = "it is" smtp . mailfrom = a/b=c@school.test;',
    ):
        mail.arrives(written(mail, SCHOOL, "АДРЕС new@school.test"), verdict("pass", beside=beside), RECEIVED)
    mail.exchanged()
    assert mail.outcomes() == {(ReceiptState.DONE, "command:АДРЕС"): 4}
    assert [item[1:3] for item in mail.record()["changes"]] == [("address", "new@school.test")]


def test_f2_redirected_mail_and_answers_from_other_mailboxes_still_pass(mail: Mail) -> None:
    """A forwarder breaks SPF, leaves DKIM whole and puts headers of its own below ours; a teacher answers from home."""
    redirected = answer(mail, SCHOOL, mail.first(SCHOOL), "Направляем.", typed(form_in(mail.first(SCHOOL))))
    mail.arrives(
        redirected,
        verdict(
            "pass",
            beside=" spf=fail (forwarder.test: not permitted) smtp.mailfrom=SRS0=x=y=school.test=reg@forwarder.test;"
            ' dkim=pass header.d=school.test header.s=mail header.b="Zm9v/A==";',
        ),
        RECEIVED,
        "ARC-Authentication-Results: i=1; forwarder.test; dmarc=fail header.from=school.test",
        "Authentication-Results: forwarder.test; dmarc=fail header.from=school.test",
    )
    home = answer(mail, "teacher@mail.test", mail.first(OTHER), "Из дома.", typed(form_in(mail.first(OTHER))))
    mail.arrives(home, verdict("pass", "mail.test"), RECEIVED)
    told = mail.exchanged()
    assert {mail.status(code) for code in ("spo240065", "spo240066")} == {Status.SUBMITTED}
    assert [recipient for recipient, _ in told].count(SCHOOL) == 1
    assert any("ЭТО НЕ МЫ" in text_of(found) for recipient, found in told if recipient == OTHER)


# 3: what changes something

UNPROVEN = {
    "no header": (),
    "none": (verdict("none"),),
    "temperror": (verdict("temperror"),),
    "permerror": (verdict("permerror"),),
    "another server's": (verdict("pass").replace(SERVER, "mx.evil.test"),),
    "below what came": (RECEIVED, "Received: from evil", "X-A: b"),
}
TAKING = [
    (SCHOOL, "АДРЕС evil@evil.test"),
    (SCHOOL, "ПАСПОРТ\nАдрес: evil@evil.test"),
    (SCHOOL, "СТАТУС\nАДРЕС evil@evil.test"),
    (COORDINATOR, "АДРЕС spo240065 evil@evil.test"),
    (COORDINATOR, "ПРИНЯТЬ 1"),
    (COORDINATOR, "ОТКЛОНИТЬ 1 не нужно"),
    (COORDINATOR, "ПРОДЛИТЬ spo240065 до 20.12.2031"),
    (COORDINATOR, "НАПОМНИТЬ"),
    (COORDINATOR, "ПОВТОРИТЬ spo240065"),
    (COORDINATOR, "ПАСПОРТ\nАдрес: evil@evil.test"),
]


def _command(mail: Mail, sender: str, words: str) -> EmailMessage:
    subject, _, text = words.partition("\n")
    return written(mail, sender, subject, text)


def test_f3_m30_what_changes_something_is_asked_back_and_not_done(mail: Mail) -> None:
    mail.arrives(written(mail, SCHOOL, "АДРЕС new@school.test"), verdict("pass"))  # something to decide about
    mail.exchanged()
    before = mail.record()
    for top in UNPROVEN.values():
        for sender, words in TAKING:
            domain = sender.partition("@")[2]
            mail.arrives(_command(mail, sender, words), *(line.replace("school.test", domain) for line in top))
    told = mail.exchanged()
    assert mail.outcomes()[ReceiptState.HELD, "unproven"] == len(UNPROVEN) * len(TAKING)
    assert {recipient for recipient, _ in told} == {SCHOOL, COORDINATOR}
    assert mail.record() == before


def test_f3_m30_two_forged_letters_take_no_account_over(mail: Mail) -> None:
    """The reproduced attack: АДРЕС as the school, ПРИНЯТЬ as its coordinator, both without a verdict."""
    mail.arrives(written(mail, SCHOOL, "АДРЕС evil@evil.test"))
    mail.exchanged()
    mail.arrives(written(mail, COORDINATOR, "ПРИНЯТЬ 1"))
    mail.exchanged()
    assert mail.world.logins()["spo240065"].addresses == (SCHOOL,)
    assert not [recipient for _, recipient, _ in mail.sink.taken if recipient == EVIL]


@pytest.mark.parametrize("authserv_id", [SERVER, None])
def test_f3_m30_the_code_of_the_question_does_what_was_asked(mail: Mail, authserv_id: str | None) -> None:
    mail.world.settings = mail.world.settings.model_copy(update={"authserv_id": authserv_id})
    mail.arrives(written(mail, SCHOOL, "ПАСПОРТ", "Адрес: new@school.test"))
    ((_, asked),) = mail.exchanged()
    assert str(asked["Subject"]).startswith("Подтвердите команду")
    assert "new@school.test" in text_of(asked)
    mail.arrives(answer(mail, SCHOOL, asked, "ДА"))
    told = mail.exchanged()
    assert [item[1:3] for item in mail.record()["changes"]] == [("address", "new@school.test")]
    assert [recipient for recipient, _ in told] == [SCHOOL]


def test_f3_m30_a_question_asked_anew_still_says_that_it_is_a_command(mail: Mail) -> None:
    mail.arrives(written(mail, SCHOOL, "АДРЕС new@school.test"))
    ((_, asked),) = mail.exchanged()
    mail.world.later(timedelta(days=3, minutes=1))
    mail.arrives(answer(mail, SCHOOL, asked, "ДА"))
    ((_, again),) = mail.exchanged()
    assert str(again["Subject"]).startswith("Подтвердите команду")
    mail.arrives(answer(mail, SCHOOL, again, "ДА"))
    mail.exchanged()
    assert [item[1:3] for item in mail.record()["changes"]] == [("address", "new@school.test")]


def test_f3_m30_without_the_setting_replies_are_obeyed_and_what_gives_is_given(mail: Mail) -> None:
    """The tag of our letter to that very address is proof enough; what only gives goes where it always went."""
    mail.world.settings = mail.world.settings.model_copy(update={"authserv_id": None})
    mail.arrives(answer(mail, SCHOOL, mail.first(SCHOOL), "АДРЕС new@school.test"))
    mail.exchanged()
    assert [item[1:3] for item in mail.record()["changes"]] == [("address", "new@school.test")]
    mail.arrives(written(mail, SCHOOL, "ФОРМА"))
    ((recipient, given),) = mail.exchanged()
    assert (recipient, form_in(given)[0][-5:]) == (SCHOOL, ".xlsx")
    reply = answer(mail, COORDINATOR, mail.first(COORDINATOR), "ПРИНЯТЬ 1")
    mail.arrives(reply)
    mail.exchanged()
    assert set(mail.world.logins()["spo240065"].addresses) == {SCHOOL, "new@school.test"}


def test_f3_m30_the_tag_of_a_letter_to_somebody_else_proves_nothing(mail: Mail) -> None:
    before = mail.record()
    for to in (mail.first(OTHER), mail.first(COORDINATOR)):
        mail.arrives(answer(mail, SCHOOL, to, "АДРЕС evil@evil.test"))
        mail.exchanged()
        assert mail.newest()[0] is ReceiptState.HELD
    second = "second@school.test"
    mail.arrives(written(mail, SCHOOL, f"АДРЕС {second}"), verdict("pass"))
    mail.arrives(written(mail, COORDINATOR, "ПРИНЯТЬ 1"), verdict("pass", "region.test"))
    mail.exchanged()
    before = mail.record()
    assert before["addresses"]["spo240065"] == (SCHOOL, second)
    # Its own letters carry the tag of another publication or none: the first letter went to the other address alone.
    mail.arrives(answer(mail, second, mail.first(SCHOOL), "АДРЕС evil@evil.test"))
    mail.exchanged()
    assert mail.newest() == (ReceiptState.HELD, "unproven")
    assert mail.record() == before


def test_f3_m30_dmarc_passes_are_obeyed_in_every_changing_command(mail: Mail) -> None:
    mail.arrives(written(mail, SCHOOL, "АДРЕС new@school.test"), verdict("pass"))
    mail.exchanged()
    for sender, words in TAKING:
        mail.arrives(_command(mail, sender, words), verdict("pass", sender.partition("@")[2]))
    mail.exchanged()
    assert {state for state, _ in mail.outcomes()} == {ReceiptState.DONE}
    assert {"change_approved", "reminded", "repeated", "passed_on"} <= set(mail.record()["deeds"])


def test_f3_every_command_says_whether_it_changes_something() -> None:
    changing = {word.name for word in WORDS if word.effect is Effect.CHANGES}
    assert changing == {"АДРЕС", "ПРИНЯТЬ", "ОТКЛОНИТЬ", "ПРОДЛИТЬ", "НАПОМНИТЬ", "ПОВТОРИТЬ"}
    assert changing < commands_for(Role.COORDINATOR) | commands_for(Role.ORGANISATION)


def test_f3_m30_a_return_that_only_from_vouches_for_offers_not_us(mail: Mail) -> None:
    mail.arrives(written(mail, SCHOOL, "Отчет", "Высылаем.", foreign_form(mail)))
    ((recipient, accepted),) = mail.exchanged()
    assert (recipient, mail.status("spo240065")) == (SCHOOL, Status.SUBMITTED)
    assert "ЭТО НЕ МЫ" in text_of(accepted)
    mail.arrives(answer(mail, SCHOOL, accepted, "ЭТО НЕ МЫ"))
    mail.exchanged()
    assert mail.accepted("spo240065") is None
    mail.arrives(written(mail, SCHOOL, "Отчет", "Высылаем ещё раз.", foreign_form(mail)), verdict("pass"))
    mail.exchanged()
    assert mail.accepted("spo240065") is not None
    assert "ЭТО НЕ МЫ" not in text_of(mail.told[-1][1])


# 4: what failed counts for nothing


def test_f4_m32_forged_letters_use_nothing_up_and_are_told_once_a_day(mail: Mail) -> None:
    forged = [
        *[written(mail, SCHOOL, "ФОРМА", f"{number}") for number in range(12)],
        *[written(mail, SCHOOL, "Вопрос", f"Сколько строк заполнять в форме номер {number}?") for number in range(12)],
        written(mail, SCHOOL, "Отчет", "", typed(form_in(mail.first(SCHOOL)))),
        answer(mail, SCHOOL, mail.first(SCHOOL), "АДРЕС evil@evil.test"),
        written(mail, SCHOOL, "ДА AAAA-BBBB-CCCC"),
    ]
    for message in forged:
        mail.arrives(message, verdict("fail"), RECEIVED)
    told = mail.exchanged()
    assert [recipient for recipient, _ in told] == [SCHOOL]
    assert "отложено" in str(told[0][1]["Subject"]).lower()
    with mail.world.context() as context, context.store.reading() as session:
        held = receipts.listed(session, {ReceiptState.HELD}, limit=100)
    assert len(held) == len(forged)
    assert {str(item.reason) for item in held} == {"conflict_dmarc"}

    mail.arrives(answer(mail, SCHOOL, mail.first(SCHOOL), "", typed(form_in(mail.first(SCHOOL)))), verdict("pass"))
    ((recipient, receipt),) = mail.exchanged()
    assert (recipient, str(receipt["Subject"])[:7]) == (SCHOOL, "Принято")
    for subject in ("СТАТУС", "ПОМОЩЬ", "ФОРМА"):
        mail.arrives(written(mail, SCHOOL, subject), verdict("pass"))
    assert len(mail.exchanged()) == 3
    mail.world.later(timedelta(days=1, minutes=1))
    for _ in range(2):
        mail.arrives(written(mail, SCHOOL, "СТАТУС"), verdict("fail"))
    assert len(mail.exchanged()) == 1


def test_f4_m32_what_is_ours_after_all_is_let_go_by_the_notice(mail: Mail) -> None:
    mail.arrives(written(mail, SCHOOL, "АДРЕС new@school.test"), verdict("fail"))
    ((_, notice),) = mail.exchanged()
    mail.arrives(answer(mail, SCHOOL, notice, "ДА"), verdict("fail"))  # nor does a forged ДА
    assert mail.exchanged() == []
    assert mail.record()["changes"] == []
    mail.arrives(answer(mail, SCHOOL, notice, "ДА"), verdict("pass"))
    mail.exchanged()
    assert [item[1:3] for item in mail.record()["changes"]] == [("address", "new@school.test")]
    assert [recipient for recipient, _ in mail.told] == [SCHOOL]
