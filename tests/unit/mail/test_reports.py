"""Whom a report is about, and reports that a rule passes on or a list's robot writes. M7, M16, M34, M37."""

from __future__ import annotations

import pytest

from pipeline.mail.kinds.answered import answered_ids
from pipeline.mail.kinds.classify import Classification, classify
from pipeline.mail.message.parse import parse
from tests.factories.bounce_texts import DEAD, POSTFIX_TEXT
from tests.factories.bounces import DAEMON, FAILED, plain, returned_letter, standard
from tests.factories.messages import EXCHANGE, OUR_ID, b64, head, message, multipart, part

OWN = frozenset({EXCHANGE, "support@kabinet.test"})


def verdict(data: bytes) -> Classification:
    return classify(parse(data), OWN)


def addresses(found: Classification) -> list[str]:
    return [person.address for person in found.bounced]


GATEWAY = "Защита почты <gateway-noreply@spo24.test>"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (
            "Вложение удалено",
            f"Сообщение не доставлено получателю и удалено.\nОтправитель: {EXCHANGE}\nКому: {DEAD}\nПричина: макросы",
        ),
        (
            "Обнаружен запрещённый файл",
            f"Ваше письмо не было доставлено.\n\nОт кого:   {EXCHANGE}\nКому:      <{DEAD}>\nФайл: form.xlsm",
        ),
        (
            "Уведомление системы защиты",
            f"Письмо не может быть доставлено: вложение запрещено.\nАдресат — {DEAD}\nТема: Форма",
        ),
        (
            "Attachment removed",
            f"Your message was not delivered and has been deleted.\nFrom: {EXCHANGE}\nTo: {DEAD}\nReason: macro",
        ),
        (
            "Security notification",
            f"The message could not be delivered.\n  Sender:    {EXCHANGE}\n  Sent to:   {DEAD}\n  Policy: archives",
        ),
        (
            "Уведомление о блокировке",
            f"Уважаемый отправитель! Сообщение не может быть доставлено.\nТема: Форма\nКому: «Школа 65» <{DEAD}>",
        ),
    ],
)
def test_m16_a_gateway_that_deletes_our_letter_names_its_recipient_on_a_labelled_line(subject: str, words: str) -> None:
    found = verdict(plain(GATEWAY, subject, words, "Auto-Submitted: auto-generated", to=EXCHANGE))
    assert (found.kind, addresses(found)) == ("bounce", [DEAD]), found.why


def test_m16_a_labelled_line_may_name_several() -> None:
    words = f"Сообщение не доставлено.\nОт: {EXCHANGE}\nПолучатели: {DEAD}, Завуч <zavuch@spo24.test>"
    assert addresses(verdict(plain(GATEWAY, "Вирус", words, to=EXCHANGE))) == [DEAD, "zavuch@spo24.test"]


@pytest.mark.parametrize(
    "text",
    [
        f"Здравствуйте! Письмо не было доставлено.\nКому: zavuch@spo24.test\nОт: {DEAD}",
        f"Добрый день! Наше письмо не было доставлено.\n\nОт: {DEAD}\nКому: zavuch@spo24.test\nТема: Форма",
        f"Письмо не доставлено, что делать?\nКому: zavuch@spo24.test\nОт: {DEAD}",
    ],
)
def test_m16_a_person_without_a_return_path_who_quotes_such_a_line_asks(text: str) -> None:
    assert verdict(plain(DEAD, "Письмо коллеге", text, to=EXCHANGE)).kind == "question"


ID = "n7.spo24.jpylvi@kabinet.test"


@pytest.mark.parametrize(
    "words",
    [
        f"<table><tr><td>Recipient</td><td>{DEAD}</td></tr><tr><td>Message</td><td>&lt;{ID}&gt;</td></tr></table>",
        f"<p>550 5.7.1 blocked: {DEAD}</p><p>Письмо: &lt;{ID}&gt;</p>",
        f"<p>Получатель: {DEAD}</p><p>Идентификатор сообщения: {ID}</p>",
        f"<p>Код письма {ID}</p><p>Кому: {DEAD}</p>",
    ],
)
def test_m7_the_id_of_our_letter_is_no_recipient(words: str) -> None:
    lines = ["Return-Path: <>", "From: postmaster@spo24.test", f"To: {EXCHANGE}"]
    said = f"<html><body><p>Your message could not be delivered.</p>{words}</body></html>"
    found = verdict(message([*lines, "Subject: Delivery Status Notification (Failure)"], html=said))
    assert (found.kind, addresses(found)) == ("bounce", [DEAD]), found.why


def test_m7_the_id_in_the_returned_letter_is_no_recipient() -> None:
    words = f"Delivery failed.\n\n  {OUR_ID.strip('<>')}\n  {DEAD}\n\n550 5.7.1 refused"
    found = verdict(
        standard(DAEMON, "Undelivered Mail", words, "Reporting-MTA: dns; x\n\nAction: failed\nStatus: 5.7.1")
    )
    assert addresses(found) == [DEAD]


def test_m7_a_colleague_of_our_own_domain_is_a_recipient() -> None:
    colleague = "otdel@kabinet.test"
    words = f"The following address failed:\n\n  <{colleague}>\n\n550 5.1.1 unknown user"
    assert addresses(verdict(plain(DAEMON, "Undelivered Mail", words, to=EXCHANGE))) == [colleague]


INNER = "spo24.test-school65@pop3.host.test"


@pytest.mark.parametrize(
    "copy",
    [
        f"Delivered-To: {INNER}\nFrom: {EXCHANGE}\nTo: {DEAD}\nSubject: form\nMessage-ID: {OUR_ID}",
        f"Delivered-To: {INNER}\nReceived: by mx (qmail); for <{DEAD}>; 1 Sep 2021\nFrom: {EXCHANGE}\nSubject: form",
        f"Received: from kabinet.test by mx\n\tfor <{DEAD}>; 1 Sep 2021\nFrom: {EXCHANGE}\nSubject: form",
        f"X-Original-To: {INNER}\nFrom: {EXCHANGE}\nTo: Школа <{DEAD}>\nSubject: form",
    ],
)
def test_m7_the_name_that_a_host_has_for_a_mailbox_is_put_back_to_ours(copy: str) -> None:
    words = f"Hi. This is the qmail-send program.\n\n<{INNER}>:\nThe mailfolder is over quota. (#5.2.2)\n\n"
    found = verdict(
        plain(
            "MAILER-DAEMON@pop3.host.test",
            "failure notice",
            f"{words}--- Below this line is a copy of the message.\n\n{copy}\n\ntext",
            path="<#@[]>",
            to=EXCHANGE,
        )
    )
    assert [(person.address, person.status) for person in found.bounced] == [(DEAD, "5.2.2")]


OUR_LETTER = part("Content-Type: message/rfc822", returned_letter())


@pytest.mark.parametrize(
    ("sender", "subject", "mark"),
    [
        ("staff@webmail.test", "complaint about message from 192.0.2.1", "X-HmXmrOriginalRecipient"),
        ("fbl@webmail.test", "Feedback loop", ""),
        ("robot@provider.test", "", "X-FBL"),
        ("abuse@provider.test", "Жалоба на рассылку", ""),
    ],
)
def test_m16_a_complaint_from_the_null_path_that_only_encloses_our_letter_is_no_bounce(
    sender: str, subject: str, mark: str
) -> None:
    lines = ["Return-Path: <>", f"From: {sender}", f"To: {EXCHANGE}", f"Subject: {b64(subject)}"]
    data = head([*lines, *([f"{mark}: {DEAD}"] if mark else [])]) + multipart("multipart/mixed", "j1", [OUR_LETTER])
    found = verdict(data)
    assert (found.kind, addresses(found)) == ("feedback_report", []), found.why


def test_m16_a_complaint_that_a_provider_marks_is_none_of_its_words() -> None:
    words = part(
        "Content-Type: text/plain", "The recipient rejected this message as junk. It was not delivered to anybody."
    )
    marked = part("Content-Type: message/rfc822", f"X-HmXmrOriginalRecipient: {DEAD}\r\n".encode() + returned_letter())
    lines = ["Return-Path: <>", "From: staff@webmail.test", f"To: {EXCHANGE}", "Subject: complaint"]
    assert verdict(head(lines) + multipart("multipart/mixed", "j2", [words, marked])).kind == "feedback_report"


def test_m16_a_bounce_of_a_letter_into_which_a_relay_wrote_its_mark_is_a_bounce() -> None:
    marked = part("Content-Type: message/rfc822", f"X-FBL: {DEAD}\r\n".encode() + returned_letter())
    lines = ["Return-Path: <>", "From: x@spo24.test", f"To: {EXCHANGE}", "Subject: xyz"]
    found = verdict(
        head(lines) + multipart("multipart/mixed", "j3", [part("Content-Type: text/plain", "Қате"), marked])
    )
    assert (found.kind, addresses(found)) == ("bounce", [DEAD])


def test_m16_a_refusal_under_a_desks_name_is_a_bounce_all_the_same() -> None:
    words = f"Your message was rejected.\n\n<{DEAD}>: 550 5.7.1 message refused as spam"
    found = verdict(plain("postmaster@spo24.test", "Spam notification", words, to=EXCHANGE))
    assert (found.kind, addresses(found)) == ("bounce", [DEAD])


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Return Receipt: Форма", "Ваш документ: Форма\nполучен и прочитан: zavuch@spo24.test\nВремя: 1.09.2021"),
        ("Уведомление о прочтении: форма", "Документ прочитан адресатом school@spo24.test\nДата: 30.08.2021"),
        (
            "Return Receipt",
            f"                Return Receipt\n\nYour document:  form\nwas received by: {DEAD}\nat: 9:15",
        ),
        ("Read: form", f"Your document: form\nhas been received and read by {DEAD}"),
        ("Отчёт о прочтении - Форма", "Ваше сообщение получено и открыто получателем 30.08.2021 10:15"),
    ],
)
def test_m16_a_mail_programs_receipt_in_words_is_a_read_receipt(subject: str, words: str) -> None:
    lines = [f"Return-Path: <{DEAD}>", f"From: {DEAD}", f"To: {EXCHANGE}", f"Subject: {b64(subject)}"]
    assert verdict(message([*lines, f"In-Reply-To: {OUR_ID}"], words)).kind == "read_receipt"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Уведомление о прочтении", "Пришлите, пожалуйста, ещё раз: документ получен, но не открывается"),
        ("Получено", "Документ получен и прочитан, вопросов нет. Когда срок?"),
        ("Re: Сроки", "Письмо получено и прочитано директором. Кому отправлять форму?"),
    ],
)
def test_m16_a_person_who_has_read_it_says_so_and_is_read(subject: str, words: str) -> None:
    lines = [f"Return-Path: <{DEAD}>", f"From: {DEAD}", f"To: {EXCHANGE}", f"Subject: {b64(subject)}"]
    assert verdict(message(lines, words)).kind == "question"


REPORT = standard(DAEMON, "Undelivered Mail Returned to Sender", POSTFIX_TEXT, FAILED, headers_only=True)
MDN = "Final-Recipient: rfc822; {0}\nOriginal-Message-ID: {1}\nDisposition: manual-action/MDN-sent-manually; displayed"
RECEIPT = head([f"From: {DEAD}", f"To: {EXCHANGE}", "Subject: Read: form", "MIME-Version: 1.0"]) + multipart(
    "multipart/report; report-type=disposition-notification",
    "r1",
    [
        part("Content-Type: text/plain", "It was read."),
        part("Content-Type: message/disposition-notification", MDN.format(DEAD, OUR_ID)),
    ],
)


def wrapped(inner: bytes, *headers: str, words: str = "", subject: str = "Fwd: Undelivered Mail") -> bytes:
    """``inner`` as an attachment of a message of our postmaster's."""
    lines = ["From: postmaster@kabinet.test", f"To: {EXCHANGE}", f"Subject: {subject}", "MIME-Version: 1.0"]
    enclosed = part("Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=report.eml", inner)
    text = [part("Content-Type: text/plain; charset=utf-8", words)] if words else []
    return head([*headers, *lines]) + multipart("multipart/mixed", "w1", [*text, enclosed])


@pytest.mark.parametrize(
    "data",
    [
        wrapped(REPORT, "Auto-Submitted: auto-generated", words="Автоматическая пересылка из ящика postmaster."),
        wrapped(REPORT, "Auto-Submitted: auto-forwarded"),
        wrapped(REPORT, "X-MS-Exchange-Inbox-Rules-Loop: postmaster@kabinet.test"),
        wrapped(
            plain(
                DAEMON, "failure notice", f"Hi. This is qmail-send.\n\n<{DEAD}>:\nNo mailbox here. (#5.1.1)", path="<>"
            ),
            "Auto-Submitted: auto-generated (rule)",
            subject="Отчёт из общего ящика",
        ),
    ],
    ids=["wrapper with words", "auto-forwarded", "exchange rule", "qmail"],
)
def test_m34_a_report_that_a_rule_encloses_is_the_report(data: bytes) -> None:
    found = verdict(data)
    assert (found.kind, addresses(found), found.bounced[0].status) == ("bounce", [DEAD], "5.1.1"), found.why
    assert found.withheld


def test_m34_the_letter_of_a_receipt_that_a_rule_encloses_is_known() -> None:
    message = parse(wrapped(RECEIPT, "Auto-Submitted: auto-forwarded", subject="Fwd: Read: form"))
    found = classify(message, OWN)
    assert found.kind == "read_receipt"
    assert found.withheld
    assert OUR_ID in answered_ids(message, found.returned)


@pytest.mark.parametrize(
    "data",
    [
        wrapped(REPORT, words="Посмотрите, почему вернулось."),
        wrapped(REPORT, "Auto-Submitted: auto-forwarded", words="Почему письма возвращаются?"),
        wrapped(returned_letter(), "Auto-Submitted: auto-generated", subject="Fwd: form", words="Пересылка."),
        wrapped(REPORT, "Auto-Submitted: auto-replied", words="Я в отпуске.", subject="Автоответ: Re: form"),
    ],
    ids=["a person", "a person's rule and question", "no report", "holiday"],
)
def test_m34_what_a_person_or_a_holiday_notice_encloses_is_no_report(data: bytes) -> None:
    assert verdict(data).kind not in ("bounce", "delay", "delivered", "read_receipt")


LIST = "directors@lists.edu.test"
MAILMAN = ("X-BeenThere: directors@lists.edu.test", "List-Id: <directors.lists.edu.test>", "X-List-Administrivia: yes")


@pytest.mark.parametrize(
    ("sender", "subject", "words", "headers"),
    [
        (
            "directors-owner@lists.edu.test",
            "Запрос в список рассылки Directors отклонён",
            (
                f"Ваш запрос в список {LIST}\n\n    Публикация письма «Форма»\n\n"
                "был отклонён ведущим списка. Причина:\n\nтолько члены."
            ),
            MAILMAN,
        ),
        (
            "directors-bounces@lists.edu.test",
            'Request to mailing list "Directors" rejected',
            (
                f'Your request to the {LIST} mailing list\n\n    Posting of your message titled "Form"\n\n'
                'has been rejected by the list moderator.  The moderator gave the following reason:\n\n"no"'
            ),
            MAILMAN,
        ),
        (
            "directors-owner@lists.edu.test",
            "Form",
            "You are not allowed to post to this mailing list, and your message has been\nautomatically rejected.",
            MAILMAN,
        ),
        (
            "SYMPA <sympa@lists.edu.test>",
            "Ваше письмо отклонено",
            f"Ваше сообщение для списка {LIST} было отклонено модератором.\nПравила: https://lists.edu.test/",
            ("Auto-Submitted: auto-replied", "Precedence: bulk"),
        ),
        (
            "directors-request@lists.edu.test",
            "Message distribution: Unauthorized message",
            (
                f"Your message for list '{LIST}' has been rejected.\nYou are not allowed to send this message:\n"
                "- Only subscribers can post."
            ),
            ("Auto-Submitted: auto-replied", "X-Loop: directors@lists.edu.test"),
        ),
        (
            "directors+noreply@lists.edu.test",
            "Сообщение отклонено",
            f"Владелец или менеджер группы «{LIST}» отклонил ваше сообщение «Форма».",
            ("Auto-Submitted: auto-generated",),
        ),
        (
            "Google Groups <noreply@groups.test>",
            "Message rejected",
            f"An owner of the group {LIST} has rejected your message: it is off topic.",
            (),
        ),
        (
            "L-Soft list server <LISTSERV@lists.edu.test>",
            "Rejected posting to DIRECTORS@LISTS.EDU.TEST",
            "You are not authorized to send mail to the DIRECTORS list from your kabinet account.",
            (),
        ),
        (
            "owner-directors@lists.edu.test",
            "Letter refused",
            "Публиковать письма в этой рассылке могут только подписчики, ваше письмо не опубликовано.",
            ("List-Post: <mailto:directors@lists.edu.test>",),
        ),
    ],
)
def test_m16_a_letter_that_a_lists_moderator_refuses_did_not_reach_the_list(
    sender: str, subject: str, words: str, headers: tuple[str, ...]
) -> None:
    path = sender.rsplit("<", maxsplit=1)[-1].strip(">")
    lines = [f"Return-Path: <{path}>", *headers, f"From: {sender}", f"To: {EXCHANGE}", f"Subject: {b64(subject)}"]
    found = verdict(message(lines, words))
    assert (found.kind, addresses(found)) == ("bounce", [LIST]), found.why
    assert found.bounced[0].reason
    assert found.withheld


@pytest.mark.parametrize(
    ("sender", "subject", "words", "headers"),
    [
        ("director@spo24.test", "Рассылка", "Моё письмо в список отклонено модератором.", MAILMAN),
        ("directors-owner@lists.edu.test", "Ваша заявка", "Ваше письмо ожидает решения модератора списка.", MAILMAN),
        (
            "directors-bounces@lists.edu.test",
            "Your message to Directors awaits moderator approval",
            "Is being held until the list moderator can review it for approval.\nIt will be posted or rejected.",
            MAILMAN,
        ),
        ("noreply@uslugi.test", "Обращение отклонено", "Ваше обращение отклонено модератором портала.", ()),
        (
            "directors-owner@lists.edu.test",
            "Request to mailing list Directors rejected",
            "Your request to the list\n\n    Subscription request\n\nhas been rejected by the list moderator.",
            MAILMAN,
        ),
        ("noreply@uslugi.test", "Отказ", "Ваше сообщение в группу отклонено. Вопросы: support@uslugi.test", ()),
        ("school65-admin@spo24.test", "Группы", "Сообщение о числе групп не принято завучем, исправим.", ()),
        (DEAD, "Сообщение отклонено", f"Группа {LIST} отклонила наше сообщение, что делать?", ()),
        ("news-owner@lists.edu.test", "Новости", "Приём заявок. Отклонённые сообщения не публикуем.", MAILMAN),
    ],
)
def test_m16_what_lists_and_people_write_otherwise_is_no_refusal(
    sender: str, subject: str, words: str, headers: tuple[str, ...]
) -> None:
    lines = [f"Return-Path: <{sender}>", *headers, f"From: {sender}", f"To: {EXCHANGE}", f"Subject: {b64(subject)}"]
    assert verdict(message(lines, words)).kind != "bounce"


@pytest.mark.parametrize(
    "words",
    [
        "Этот почтовый ящик больше не существует. Ваше письмо не будет прочитано. Пишите на адрес school1@new.test.",
        "Уважаемые коллеги! Данный адрес более не используется, новый адрес: school1@new.test",
        "Электронный ящик школы закрыт в связи с реорганизацией. Обращайтесь: school1@new.test.",
        "The mailbox of our school has been closed. Please write to school1@new.test.",
        "This e-mail address is no longer in use. New address: school1@new.test",
    ],
)
def test_m16_a_robot_of_a_closed_mailbox_says_what_a_bounce_says(words: str) -> None:
    lines = [f"Return-Path: <{DEAD}>", f"From: {DEAD}", f"To: {EXCHANGE}", f"Subject: {b64('Автоответ: Форма')}"]
    found = verdict(message([*lines, "Auto-Submitted: auto-replied", f"In-Reply-To: {OUR_ID}"], words))
    assert (found.kind, addresses(found), found.bounced[0].status) == ("bounce", [DEAD], "5.2.1"), found.why
    assert "school1@new.test" in found.bounced[0].reason
    assert found.withheld


@pytest.mark.parametrize(
    "words",
    [
        "Мы сменили адрес, новый: school1@new.test. Ваше письмо переслано на новый адрес.",
        "Я в отпуске до 10 сентября. Этот ящик не проверяется.",
        "Ваше обращение зарегистрировано под номером 5. Этот адрес больше не используется для ответов.",
        "Ящик временно не работает, письма прочитаем позже.",
        "This mailbox is not monitored. Your request has been registered.",
        "This mailbox is read twice a day, this account is monitored by the office.",
        "Я больше не работаю в школе. По вопросам пишите директору.",
    ],
)
def test_m16_other_robots_answer_as_before(words: str) -> None:
    lines = [f"Return-Path: <{DEAD}>", f"From: {DEAD}", f"To: {EXCHANGE}", f"Subject: {b64('Автоответ: Форма')}"]
    assert verdict(message([*lines, "Auto-Submitted: auto-replied"], words)).kind == "auto_reply"


def test_m16_a_person_whose_mailbox_is_closed_is_read() -> None:
    lines = [f"Return-Path: <{DEAD}>", f"From: {DEAD}", f"To: {EXCHANGE}", f"Subject: {b64('Новый адрес')}"]
    assert verdict(message(lines, "Старый ящик закрыт, пишите на этот адрес.")).kind == "question"
