"""What machines write in words of their own: delays, bounces through a group, complaints, tickets. M16, M36, M37."""

from __future__ import annotations

import pytest

from pipeline.mail.kinds.classify import Classification, classify
from pipeline.mail.message.parse import parse
from tests.factories.bounce_texts import DEAD, PATH
from tests.factories.bounces import plain, returned_letter
from tests.factories.messages import DATE, EXCHANGE, message, multipart, part, workbook_file

OWN = frozenset({EXCHANGE, "support@kabinet.test"})
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.spo24.test>"
FIELDS = f"Final-Recipient: rfc822; {DEAD}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such user"


def verdict(data: bytes) -> Classification:
    return classify(parse(data), OWN)


def addresses(found: Classification) -> list[str]:
    return [person.address for person in found.bounced]


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (
            "Недоставленное сообщение",
            f"Письмо для {DEAD} не доставлено. Мы будем пытаться доставить его трое суток.",
        ),
        ("Письмо не доставлено", f"<{DEAD}>: 451 4.3.0 Ящик временно недоступен"),
        (
            "Ошибка доставки",
            f"Не удалось доставить письмо: {DEAD}\nПовторные попытки будут предприняты.",
        ),
        ("Внимание", f"Письмо на {DEAD} не доставлено, оно остаётся в очереди. Следующая попытка через час."),
        ("Сообщение не доставлено", f"{DEAD}: сервер не отвечает. Попытки доставки продолжаются, 4.4.1."),
        ("Недоставлено: форма", f"Письмо не доставлено: {DEAD}. Повторно отправлять письмо пока не нужно."),
        ("Доставка задерживается", f"Сообщение для {DEAD} пока не доставлено."),
        ("Письмо до сих пор не доставлено", f"Получатель: {DEAD}. Причина: 421 4.4.2 timeout."),
        ("Undelivered mail", f"Your message to {DEAD} could not be delivered. The server will keep trying for 2 days."),
        ("Mail delivery problem", f"<{DEAD}>: host mx.spo24.test said: 450 4.2.1 mailbox busy"),
    ],
)
def test_m36_a_server_that_tries_again_or_names_a_passing_status_has_not_failed(subject: str, words: str) -> None:
    found = verdict(plain("postmaster@spo24.test", subject, words))
    assert (found.kind, addresses(found)) == ("delay", [DEAD]), found.why
    assert [person.action for person in found.bounced] == ["delayed"]


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Письмо не доставлено", f"{DEAD}: 4.4.7. Попытки доставки прекращены, срок истёк."),
        ("Письмо не доставлено", f"<{DEAD}>: 550 5.1.1 нет такого пользователя"),
        ("Письмо не доставлено", f"Первые попытки: 451 4.7.1. Последняя: 550 5.1.1 <{DEAD}> не существует."),
        (
            "Недоставленное сообщение",
            f"Не удалось доставить письмо для {DEAD}. Сервер больше не будет пытаться.",
        ),
        ("Возврат письма", f"<{DEAD}>: 452 4.2.2 ящик переполнен"),
        (
            "failure notice",
            f"<{DEAD}>:\nCNAME lookup failed. (#4.4.3)\nI'm not going to try again; it was in the queue too long.",
        ),
        ("Сообщение не доставлено", f"<{DEAD}>: 4.4.1, письмо слишком долго находилось в очереди."),
    ],
)
def test_m36_a_server_that_has_given_up_has_failed(subject: str, words: str) -> None:
    found = verdict(plain("postmaster@spo24.test", subject, words))
    assert (found.kind, addresses(found)) == ("bounce", [DEAD]), found.why


GROUP = ("List-Id: <support.kabinet.test>", "Precedence: list", "List-Unsubscribe: <mailto:x@kabinet.test>")


@pytest.mark.parametrize(
    ("sender", "subject", "words"),
    [
        (
            DAEMON,
            "Undelivered Mail Returned to Sender",
            f"I'm sorry.\n\n<{DEAD}>: host mx said: 550 5.1.1 User unknown",
        ),
        (
            "Mailer-Daemon@mx.spo24.test",
            "[support] Письмо не доставлено",
            f"Не доставлено:\n\n<{DEAD}>: 550 5.1.1",
        ),
        (
            "'Mail Delivery Subsystem' via support <support@kabinet.test>",
            "Delivery Status Notification (Failure)",
            f"Delivery to the following recipient failed permanently:\n\n     {DEAD}\n\n550 5.1.1 no such user",
        ),
        (
            "Postmaster@spo24.test",
            "DELIVERY FAILURE: 550 5.1.1 User unknown",
            f"Your message\n\nwas not delivered to:\n\n  {DEAD}\n\nbecause:\n\n  550 5.1.1 User unknown",
        ),
        (
            DAEMON,
            "Undelivered Mail Returned to Sender",
            f"<{DEAD}>: mail for spo24.test loops back\n\nReturn-Path: <{PATH}>\nFrom: <{PATH}>\nTo: {DEAD}\n",
        ),
    ],
)
def test_m37_a_bounce_through_a_group_is_a_bounce(sender: str, subject: str, words: str) -> None:
    found = verdict(plain(sender, subject, words, *GROUP, path="<support+bnc1@kabinet.test>"))
    assert (found.kind, addresses(found)) == ("bounce", [DEAD]), found.why


@pytest.mark.parametrize(
    ("sender", "subject", "words"),
    [
        ("Рассылка РЦОИ <news@rcoi.test>", "Письма не доставлены?", "Если письмо не доставлено, пишите нам."),
        (
            "postmaster@spo24.test",
            "Письмо не доставлено",
            f"Добрый день!\n\nПисьмо для {DEAD} не доставлено, проверьте адрес.",
        ),
        ("postmaster@spo24.test", "Работы на сервере", f"Ящик {DEAD} будет недоступен, письма не доставлены не будут."),
    ],
)
def test_m37_what_a_group_sends_otherwise_is_no_bounce(sender: str, subject: str, words: str) -> None:
    assert verdict(plain(sender, subject, words, *GROUP, path="<support+bnc1@kabinet.test>")).kind not in (
        "bounce",
        "delay",
    )


def parts(*content: bytes, sender: str = DAEMON, path: str = "<>", label: str = "multipart/mixed") -> bytes:
    lines = [f"Return-Path: {path}", f"From: {sender}", f"To: {PATH}", "Subject: Undelivered Mail Returned to Sender"]
    return b"\r\n".join(line.encode() for line in [*lines, f"Date: {DATE}"]) + b"\r\n" + multipart(label, "b7", content)


WORDS = part("Content-Type: text/plain; charset=utf-8", "Your message could not be delivered.")


@pytest.mark.parametrize(
    "data",
    [
        parts(WORDS, part("Content-Type: text/plain; name=details.txt", FIELDS)),
        parts(WORDS, part("Content-Type: application/octet-stream\r\nContent-Disposition: attachment", FIELDS)),
        parts(
            WORDS,
            part(
                "Content-Type: message/rfc822",
                "From: MAILER-DAEMON@inner.test\r\nSubject: Undelivered\r\n"
                'Content-Type: multipart/report; boundary="i8"\r\n\r\n--i8\r\n'
                "Content-Type: message/delivery-status\r\n\r\n" + FIELDS.replace("\n", "\r\n") + "\r\n--i8--\r\n",
            ),
        ),
        plain(
            DAEMON,
            "Undelivered Mail Returned to Sender",
            f"Not delivered.\n\n  {FIELDS.replace(chr(10), chr(10) + '  ')}",
        ),
    ],
    ids=["text part", "file", "enclosed", "in the words"],
)
def test_m37_the_fields_of_a_report_are_read_wherever_they_are(data: bytes) -> None:
    found = verdict(data)
    assert (found.kind, addresses(found)) == ("bounce", [DEAD]), found.why
    assert (found.bounced[0].status, found.bounced[0].reason) == ("5.1.1", "550 no such user")


def test_m37_a_person_who_passes_such_fields_on_asks() -> None:
    quoted = parts(WORDS, part("Content-Type: text/plain; name=details.txt", FIELDS), sender=DEAD, path=f"<{DEAD}>")
    data = quoted.replace(b"Subject: Undelivered", b"Subject: Fwd: Undelivered")
    assert verdict(data).kind == "question"


FORWARDED = "buh2020@freemail.test"
COPY = f"------ This is a copy of your message. ------\n\nFrom: {EXCHANGE}\nTo: {DEAD}\nSubject: X\n"


@pytest.mark.parametrize(
    "data",
    [
        plain(
            DAEMON,
            "Mail delivery failed",
            f"The following address(es) failed:\n\n  {FORWARDED}\n    (generated from {DEAD})\n    550 5.1.1 unknown",
            f"X-Failed-Recipients: {FORWARDED}",
        ),
        plain(
            DAEMON,
            "Mail delivery failed",
            f"The following address(es) failed:\n\n  {FORWARDED}\n    550 5.1.1 unknown user\n\n{COPY}",
            f"X-Failed-Recipients: {FORWARDED}",
            to=EXCHANGE,
        ),
        parts(
            part("Content-Type: text/plain", f"<{FORWARDED}> (expanded from <{DEAD}>): host mx said: 550 5.1.1"),
            part("Content-Type: message/delivery-status", FIELDS.replace(DEAD, FORWARDED)),
            label="multipart/report; report-type=delivery-status",
        ),
        parts(
            WORDS,
            part(
                "Content-Type: message/delivery-status",
                f"Original-Recipient: rfc822;{DEAD}\n{FIELDS.replace(DEAD, FORWARDED)}",
            ),
            label="multipart/report; report-type=delivery-status",
        ),
    ],
    ids=["generated from", "a forwarding target", "expanded from", "Original-Recipient"],
)
def test_m7_a_failure_behind_an_alias_belongs_to_the_address_that_we_wrote_to(data: bytes) -> None:
    found = verdict(data)
    assert (found.kind, addresses(found)) == ("bounce", [DEAD])


SPAM = part("Content-Type: text/plain", "This message was reported as spam.")
OUR_LETTER = part("Content-Type: message/rfc822", returned_letter())


@pytest.mark.parametrize(
    ("sender", "subject", "content"),
    [
        ("complaints@freemail.test", "Complaint about your message", (SPAM, OUR_LETTER)),
        ("FBL <fbl-noreply@mail.test>", "FBL notification", (OUR_LETTER,)),
        ("abuse@provider.test", "[SpamCop (192.0.2.1) id:71] spam from you", (SPAM,)),
        ("abuse-desk@provider.test", "Spam complaint 4711", (SPAM,)),
        ("antispam@mail.test", "Жалоба на рассылку с вашего адреса", (SPAM, OUR_LETTER)),
        (
            "robot@mail.test",
            "Notice",
            (part("Content-Type: text/plain", "Feedback-Type: abuse\nVersion: 1"), OUR_LETTER),
        ),
        ("abuse@provider.test", "[Abuse #123] UBE from 192.0.2.1", (SPAM,)),
        ("abuse@hoster.test", "AbuseInfo: spam complaint", (SPAM,)),
        ("no-reply@mail.test", "Junk Email Report", (SPAM, OUR_LETTER)),
        ("noreply@mail.test", "Phishing report: form", (OUR_LETTER,)),
        ("fbl@mail.test", "Beschwerde über unerwünschte E-Mail", (OUR_LETTER,)),
        (
            "postmaster@mail.test",
            "Отчёт о жалобах",
            (part("Content-Type: text/plain; charset=utf-8", "Число жалоб: 1"),),
        ),
        (
            "feedback@mail.test",
            "complaint",
            (SPAM, part("Content-Type: application/octet-stream", "Feedback-Type: abuse\nVersion: 1"), OUR_LETTER),
        ),
        (
            "postbox@provider.test",
            "About a message",
            (part("Content-Type: message/rfc822", f"X-HmXmrOriginalRecipient: {DEAD}\r\nSubject: X\r\n\r\nhi"),),
        ),
    ],
)
def test_m16_a_complaint_in_a_form_of_its_own_is_noted_and_not_answered(
    sender: str, subject: str, content: tuple[bytes, ...]
) -> None:
    found = verdict(
        parts(*content, sender=sender, path="<x@provider.test>").replace(
            b"Undelivered Mail Returned to Sender", subject.encode()
        )
    )
    assert (found.kind, found.workbooks) == ("feedback_report", ()), found.why
    assert found.withheld


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        (DEAD, "Жалоба на рассылку"),
        (DEAD, "Spam report"),
        ("report@spo24.test", "Жалоба на спам"),
        ("feedback@spo24.test", "Ваше письмо помечено как спам"),
        ("staff@spo24.test", "Complaint about the form"),
        ("noreply@spo24.test", "Отчёт о жалобах"),
        ("abuse@spo24.test", "Re: Spam complaint 4711"),
        (DEAD, "Вопрос"),
    ],
)
def test_m16_a_person_who_complains_is_read_by_a_person(sender: str, subject: str) -> None:
    data = message(
        [f"Return-Path: <{sender}>", f"From: {sender}", f"To: {EXCHANGE}", f"Subject: {subject}"], "Не пишите нам."
    )
    assert verdict(data).kind == "question"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("[Заявка #771] Форма", "Спасибо за обращение. Заявка зарегистрирована, ответим в течение двух дней."),
        ("Re: Форма", "Ваше обращение получено и зарегистрировано под номером 88-12.\nПисьмо создано автоматически."),
        ("[Ticket#2021] Form", "Your request has been received. This is an automated response."),
    ],
)
def test_m17_a_help_desk_that_brings_our_form_back_hands_nothing_in(subject: str, text: str) -> None:
    desk = "helpdesk@edu24.test"
    lines = [
        f"Return-Path: <{desk}>",
        f"From: {desk}",
        f"To: {EXCHANGE}",
        f"Subject: {subject}",
        "In-Reply-To: <1@kabinet.test>",
    ]
    found = verdict(message(lines, text, [workbook_file()]))
    assert (found.kind, found.workbooks) == ("auto_reply", ()), found.why


@pytest.mark.parametrize(
    "text",
    [
        "Направляем форму. Письмо создано автоматически в СЭД «Дело».",
        "Форма заполнена, зарегистрировано 5 участников.",
        "Спасибо, ваше письмо получено. Отправляем форму.",
        "Ваше письмо зарегистрировано под номером 5. Направляем заполненную форму.",
    ],
)
def test_m18_a_form_that_an_office_program_sends_is_handed_in(text: str) -> None:
    lines = [
        f"Return-Path: <{DEAD}>",
        f"From: {DEAD}",
        f"To: {EXCHANGE}",
        "Subject: Re: Форма",
        "In-Reply-To: <1@kabinet.test>",
    ]
    assert len(verdict(message(lines, text, [workbook_file()])).workbooks) == 1
