"""Each message is exactly one kind. Cases M7, M16, M17, M18, M23."""

from __future__ import annotations

import pytest

from pipeline.mail.kinds.automatic import not_answerable
from pipeline.mail.kinds.classify import (
    KINDS,
    Classification,
    classify,
)
from pipeline.mail.message.parse import parse
from tests.factories.bounce_texts import DEAD
from tests.factories.bounces import REPORTS, plain, standard
from tests.factories.messages import (
    DATE,
    EXCHANGE,
    OUR_ID,
    SCHOOL,
    File,
    b64,
    gmail,
    head,
    ios,
    message,
    multipart,
    outlook,
    part,
    q,
    thunderbird,
    workbook_file,
    xlsx,
    yandex,
)
from tests.factories.not_bounces import NOT_REPORTS
from tests.factories.samples import build

OWN = frozenset({EXCHANGE, "support@kabinet.test"})


def verdict(data: bytes) -> Classification:
    return classify(parse(data), OWN)


def from_school(subject: str, text: str = "", *extra: str) -> bytes:
    lines = [
        f"Return-Path: <{SCHOOL}>",
        f"From: {SCHOOL}",
        f"To: {EXCHANGE}",
        f"Subject: {subject}",
        f"Date: {DATE}",
        *extra,
    ]
    return message(lines, text)


@pytest.mark.parametrize("name", REPORTS)
def test_m7_every_dialect_of_delivery_report_is_read(name: str) -> None:
    report = REPORTS[name]
    found = verdict(report.data)
    assert found.kind == report.kind
    assert [person.address for person in found.bounced] == [report.address]
    assert found.workbooks == ()
    assert found.withheld
    if report.status is not None:
        assert found.bounced[0].status == report.status


@pytest.mark.parametrize("name", NOT_REPORTS)
def test_mail_about_bounces_is_no_bounce(name: str) -> None:
    assert verdict(NOT_REPORTS[name]).kind in ("question", "junk")


def test_m7_a_bounce_names_the_letter_it_is_about() -> None:
    for name in ("postfix-unknown-user", "postfix-headers-only", "exim", "qmail", "sendmail-old"):
        assert verdict(REPORTS[name].data).original_message_id == OUR_ID


def test_a_bounce_of_two_recipients_names_both_and_only_those_that_failed() -> None:
    fields = (
        "Reporting-MTA: dns; x\n\n"
        f"Final-Recipient: rfc822; {DEAD}\nAction: failed\nStatus: 5.1.1\n\n"
        "Final-Recipient: rfc822; b@spo24.test\nAction: failed\nStatus: 5.2.2\n"
        "Diagnostic-Code: smtp; 552 5.2.2 full\n\n"
        "Final-Recipient: rfc822; c@spo24.test\nAction: delayed\nStatus: 4.4.1\n"
    )
    found = verdict(standard("MAILER-DAEMON@x.test", "x", "x", fields))
    assert [(person.address, person.status, person.reason) for person in found.bounced] == [
        (DEAD, "5.1.1", ""),
        ("b@spo24.test", "5.2.2", "552 5.2.2 full"),
    ]


def test_a_delivered_report_is_no_bounce_whatever_its_subject() -> None:
    fields = f"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; {DEAD}\nAction: delivered\nStatus: 2.0.0\n"
    assert verdict(standard("MAILER-DAEMON@x.test", "Undelivered Mail", "x", fields)).kind == "delivered"


def test_m23_a_bounce_that_returns_our_workbook_is_never_a_return() -> None:
    assert parse(REPORTS["postfix-unknown-user"].data).workbooks
    assert verdict(REPORTS["postfix-unknown-user"].data).kind == "bounce"


def test_m23_somebody_passing_our_own_letter_on_is_not_handing_in() -> None:
    ours = message([f"From: Cabinet <{EXCHANGE}>", f"To: {SCHOOL}", "Subject: form"], "x", [workbook_file()])
    data = head([f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: Fwd", "MIME-Version: 1.0"]) + multipart(
        "multipart/mixed",
        "=f=",
        [part("Content-Type: text/plain", "Что это?"), part("Content-Type: message/rfc822", ours)],
    )
    assert verdict(data).kind == "question"


@pytest.mark.parametrize(
    "header",
    ["Precedence: bulk", "Auto-Submitted: auto-generated", "X-Autoreply: yes", "List-Id: <a.test>", "Precedence: junk"],
)
def test_m18_a_workbook_in_mail_marked_automatic_is_a_return_and_only_the_answer_is_withheld(header: str) -> None:
    data = header.encode() + b"\r\n" + thunderbird("Форма", files=[workbook_file()])
    found = verdict(data)
    assert found.kind == "return"
    assert len(found.workbooks) == 1
    assert found.withheld in ("list", "automatic")


@pytest.mark.parametrize(
    "data",
    [
        from_school("Re: x", "", "Auto-Submitted: auto-replied"),
        from_school("Re: x", "", "Auto-Submitted: auto-replied (vacation)"),
        from_school("Re: x", "", "X-Autoreply: yes"),
        from_school("Re: x", "", "X-Autorespond:"),
        from_school("Re: x", "", "Precedence: auto_reply"),
        from_school("Re: x", "", "X-POST-MessageClass: 9; Autoresponder"),
        from_school("Automatic reply: form"),
        from_school("Out of Office: form"),
        from_school("Out of Office AutoReply: form"),
        from_school("AUTO: Ivan Ivanov is out of the office"),
        from_school("Re: form (Out of office)"),
        from_school("I am on vacation until Monday"),
        from_school("Thank you for contacting us"),
        from_school(b64("Автоматический ответ: форма", "koi8-r")),
        from_school(q("Автоответ: форма")),
        from_school(b64("Вне офиса: форма")),
        from_school(b64("Я в отпуске")),
        from_school(b64("В отпуске до 6 сентября")),
        from_school(b64("Автоответчик")),
        from_school(b64("Ваше письмо получено")),
        from_school(b64("Re: форма"), "Здравствуйте!\n\nНахожусь в отпуске до 06.09.2021. С уважением, Иванова"),
        from_school(b64("Re: форма"), "Это автоматический ответ. Ваше обращение принято."),
        from_school("Re: form", "This is an automatically generated reply."),
        from_school("Abwesenheitsnotiz: form"),
        from_school("Réponse automatique : form"),
    ],
)
def test_m17_automatic_answers_are_recognised_and_not_answered(data: bytes) -> None:
    found = verdict(data)
    assert (found.kind, found.withheld) == ("auto_reply", "automatic")
    assert not_answerable(parse(data), OWN)


@pytest.mark.parametrize(
    "data",
    [
        from_school(b64("Отпуск сотрудников и ВПР"), "Как быть с отпуском?"),
        from_school(b64("Отсутствие связи"), "Нет связи."),
        from_school(b64("Вопрос"), "Нам пришёл автоматический ответ, что форма не принята. Почему?"),
        from_school(b64("Вопрос"), "Я в отпуске, можно сдать позже?"),
        from_school("Re: x", "Спасибо", "Auto-Submitted: no"),
    ],
)
def test_a_person_who_mentions_a_holiday_is_a_person(data: bytes) -> None:
    assert verdict(data).kind == "question"


def test_a_robot_that_encloses_our_workbook_hands_nothing_in() -> None:
    inner = message(["From: other@x.test", "Subject: form"], "x", [workbook_file()])
    data = head(
        [f"From: {SCHOOL}", "Subject: Automatic reply: form", "Auto-Submitted: auto-replied", "MIME-Version: 1.0"]
    ) + multipart(
        "multipart/mixed",
        "=r=",
        [part("Content-Type: text/plain", "I am away"), part("Content-Type: message/rfc822", inner)],
    )
    assert verdict(data).kind == "auto_reply"


@pytest.mark.parametrize(
    "data",
    [
        build()["automatic/outlook-read-receipt.eml"],
        from_school(b64("Прочитано: форма"), "Ваше сообщение было прочитано 30.08.2021.", f"In-Reply-To: {OUR_ID}"),
        from_school("Read: form", "Your message was read on Monday."),
        from_school(b64("Не прочитано: форма"), "Сообщение было удалено без прочтения.", f"In-Reply-To: {OUR_ID}"),
    ],
)
def test_read_receipts_in_words_and_by_the_standard(data: bytes) -> None:
    assert verdict(data).kind == "read_receipt"


def test_reports_of_providers_are_no_questions() -> None:
    assert verdict(build()["automatic/feedback-report.eml"]).kind == "feedback_report"
    assert verdict(from_school("Report Domain: kabinet.test Submitter: mail.test")).kind == "feedback_report"


def test_spam_and_circulars_are_junk_and_answers_through_a_list_are_not() -> None:
    assert verdict(from_school("x", "", "X-Spam-Flag: YES")).kind == "junk"
    assert verdict(from_school("x", "", "List-Id: <a.test>")).kind == "junk"
    assert verdict(from_school("Re: x", "", "List-Id: <a.test>", f"In-Reply-To: {OUR_ID}")).kind == "question"


def test_m16_what_is_never_answered() -> None:
    assert not_answerable(parse(from_school("x")), OWN) == ""
    assert not_answerable(parse(plain(SCHOOL, "x", "x")), OWN) == "null_path"
    assert not_answerable(parse(plain("MAILER-DAEMON@x.test", "x", "x", path="<a@b.test>")), OWN) == "daemon"
    assert not_answerable(parse(plain("exchange+tag@kabinet.test", "x", "x", path="<a@b.test>")), OWN) == "own"
    assert not_answerable(parse(b"X-Kabinet-Loop: 1\r\n" + from_school("x")), OWN) == "own"
    assert not_answerable(parse(b"Subject: x\r\n\r\n"), OWN) == "no_sender"


def test_m16_our_own_letter_with_its_form_is_no_return() -> None:
    found = verdict(build()["automatic/our-own-letter.eml"])
    assert (found.kind, found.withheld, found.workbooks) == ("junk", "own", ())


def test_requests_confirmations_and_questions() -> None:
    assert str(verdict(thunderbird("", "ФОРМА [spo240065-2]")).command) == "ФОРМА"
    assert verdict(ios("Здравствуйте!\n\nФорму, пожалуйста.")).kind == "request"
    assert str(verdict(thunderbird("ДА 4F7-2K9", "Re: Подтвердите")).command) == "ДА 4F7-2K9"
    assert verdict(thunderbird("Вышлите форму на другую почту, наша не работает")).kind == "question"
    assert verdict(yandex("Что делать с формой?", "Вопрос")).kind == "question"


def test_words_beside_a_workbook_are_still_known() -> None:
    found = verdict(
        gmail("СТАТУС", files=[File("Content-Type: image/png; name=logo.png", b"\x89PNG"), workbook_file()])
    )
    assert found.kind == "return"
    found = verdict(thunderbird("", "СТАТУС", files=[workbook_file()]))
    assert (found.kind, str(found.command)) == ("return", "СТАТУС")


def test_m23_the_same_workbook_attached_twice_is_one_and_different_ones_are_two() -> None:
    assert len(verdict(outlook(files=[workbook_file(), workbook_file("copy.xlsx")])).workbooks) == 1
    assert len(verdict(outlook(files=[workbook_file(), workbook_file("b.xlsx", xlsx("2"))])).workbooks) == 2


def test_a_file_that_only_claims_to_be_a_workbook_goes_to_the_reader() -> None:
    found = verdict(outlook(files=[workbook_file("form.xlsx", b"%PDF-1.4 ...")]))
    assert (found.kind, found.workbooks[0].form) == ("return", "pdf")


@pytest.mark.parametrize(
    ("data", "obstacle"),
    [
        (build()["returns/winmail.eml"], "tnef"),
        (build()["returns/word.eml"], "file"),
        (gmail("Форма здесь: https://disk.yandex.ru/i/abc"), "cloud_link"),
        (
            head([f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: form"])
            + b'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\n'
            + b"Content-Transfer-Encoding: base64\r\n\r\nMIAG\r\n",
            "encrypted",
        ),
    ],
)
def test_m23_what_stands_in_the_way_of_a_return_is_named(data: bytes, obstacle: str) -> None:
    found = verdict(data)
    assert found.kind == "question"
    assert obstacle in found.obstacles


def test_f11_words_that_name_what_is_enclosed_are_no_command() -> None:
    scan = [File('Content-Type: application/pdf; name="2021.pdf"\r\nContent-Disposition: attachment', b"%PDF-1.4")]
    assert [verdict(thunderbird("", said, files=scan)).kind for said in ("Форма 2", "Данные 2021", "Данные")] == [
        "question",
        "question",
        "request",
    ]


def test_a_question_with_a_picture_is_not_taken_for_a_failed_return() -> None:
    found = verdict(
        gmail("Почему вот так выглядит форма?", files=[File('Content-Type: image/png; name="screen.png"', b"\x89PNG")])
    )
    assert (found.kind, found.obstacles) == ("question", ())


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"not a message at all", b"\r\n\r\nbody only"])
def test_m9_what_is_no_message_is_unreadable(data: bytes) -> None:
    assert verdict(data).kind == "unreadable"


@pytest.mark.parametrize("name", build())
def test_every_sample_is_of_a_known_kind(name: str) -> None:
    assert verdict(build()[name]).kind in KINDS


@pytest.mark.parametrize(
    ("subject", "marks"),
    [
        ("Вопрос", ["Auto-Submitted: auto-forwarded"]),
        ("Вопрос", ["X-MS-Exchange-Inbox-Rules-Loop: director@org.test"]),
        (
            "FW: Вопрос",
            [
                "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
                "X-MS-Exchange-Inbox-Rules-Loop: d@org.test",
                "Auto-Submitted: auto-generated",
            ],
        ),
        ("Re: Вопрос", ["X-MS-Exchange-Inbox-Rules-Loop: d@org.test", "Resent-From: <d@org.test>"]),
    ],
)
def test_m34_what_a_rule_passes_on_is_judged_as_the_letter_of_a_person(subject: str, marks: list[str]) -> None:
    """Exchange's rules and ``auto-forwarded``: a letter of a person, with all that it may bring."""
    asked = verdict(from_school(b64(subject), "Дети учатся дома, мы вносим их в форму.", *marks))
    assert (asked.kind, asked.withheld) == ("question", "")
    ordered = verdict(from_school(b64(subject), "Статус", *marks))
    assert (ordered.kind, str(ordered.command), ordered.withheld) == ("request", "СТАТУС", "")
    enclosed = part("Content-Type: message/rfc822", outlook(files=[workbook_file()]))
    lines = [f"From: {SCHOOL}", f"To: {EXCHANGE}", f"Subject: {b64(subject)}", f"Date: {DATE}", *marks]
    forwarded = head([*lines, "MIME-Version: 1.0"]) + multipart("multipart/mixed", "==out==", [enclosed])
    assert verdict(forwarded).kind == "return"


@pytest.mark.parametrize(
    "marks",
    [
        ["X-MS-Exchange-Inbox-Rules-Loop: d@org.test"],
        ["X-MS-Exchange-Inbox-Rules-Loop: d@org.test", "Auto-Submitted: auto-replied"],
        ["X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent", "Auto-Submitted: auto-generated"],
        ["Auto-Submitted: auto-forwarded", "X-Autoreply: yes"],
    ],
)
def test_m34_what_a_rule_answers_stays_a_robots(marks: list[str]) -> None:
    assert verdict(from_school(b64("Re: Вопрос"), "Получили.", *marks)).kind == "auto_reply"


def test_m34_a_letter_that_a_group_passes_on_is_read_and_a_circular_is_not() -> None:
    group = ["List-Id: <g.groups.test>", "List-Unsubscribe: <mailto:g+u@groups.test>", "Precedence: list"]
    post = [*group, "Mailing-list: list g@groups.test; contact g+owners@groups.test"]
    said = verdict(from_school(b64("Кто сдает физику?"), "Мы не знаем.", *post))
    assert (said.kind, said.withheld) == ("question", "list")
    named = [*group, "X-Original-Sender: teacher@org.test"]
    assert verdict(from_school(b64("Кто сдает физику?"), "Мы не знаем.", *named)).kind == "question"
    assert verdict(from_school("Sale", "Buy now", *group)).kind == "junk"
    assert verdict(from_school("Sale", "Buy now", *post, "Feedback-ID: 1:shop")).kind == "junk"


def test_m34_our_own_letter_that_a_rule_sends_back_is_not_answered() -> None:
    """An answer would be forwarded again, and so on for ever; a word of a person's makes it a question."""
    rule = ["X-MS-Exchange-Inbox-Rules-Loop: d@org.test", "Auto-Submitted: auto-generated"]
    block = "From: Kabinet <{}>\nSent: Monday\nTo: d@org.test\nSubject: x\n\nForm"
    back = verdict(from_school("FW: x", block.format(EXCHANGE), *rule))
    assert (back.kind, back.withheld) == ("junk", "own")
    assert verdict(from_school("FW: x", block.format("teacher@org.test"), *rule)).kind == "question"
    assert verdict(from_school("FW: x", "Не открывается\n\n" + block.format(EXCHANGE), *rule)).kind == "question"
    for writer, kind in ((EXCHANGE, "junk"), ("teacher@org.test", "question")):
        inner = head([f"From: {writer}", "To: d@org.test", "Subject: x"]) + b"\r\nForm"
        lines = [f"From: {SCHOOL}", f"To: {EXCHANGE}", "Subject: FW: x", f"Date: {DATE}", *rule, "MIME-Version: 1.0"]
        enclosed = multipart("multipart/mixed", "==out==", [b"Content-Type: message/rfc822\r\n\r\n" + inner])
        assert verdict(head(lines) + enclosed).kind == kind
