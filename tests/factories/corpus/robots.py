"""What robots send that are no mail servers: holiday notices, acknowledgements, receipts, complaints."""

from __future__ import annotations

from tests.factories.bounce_texts import DEAD, RETURNED_HEADERS
from tests.factories.corpus.case import Case, letter
from tests.factories.messages import DATE, EXCHANGE, OUR_ID, SCHOOL, b64, head, multipart, part, q


def _auto(subject: str, text: str = "", *extra: str, charset: str = "utf-8", path: str | None = None) -> Case:
    return Case(letter(subject, text, *extra, charset=charset, path=path), "auto_reply")


def _receipt(subject: str, fields: str, *extra: str, text: str = "x") -> Case:
    parts = [
        part("Content-Type: text/plain; charset=utf-8", text),
        part("Content-Type: message/disposition-notification", fields),
    ]
    lines = [f"From: {SCHOOL}", f"To: {EXCHANGE}", f"Subject: {subject}", f"Date: {DATE}", "MIME-Version: 1.0", *extra]
    data = head(lines) + multipart("multipart/report; report-type=disposition-notification", "==mdn==", parts)
    return Case(data, "read_receipt")


def _complaint(kind: str, *, label: str = "multipart/report; report-type=feedback-report") -> Case:
    parts = [
        part("Content-Type: text/plain", "This is an email abuse report for an email message."),
        part(
            "Content-Type: message/feedback-report",
            f"Feedback-Type: {kind}\nUser-Agent: Provider-FBL/1.0\nVersion: 1\nOriginal-Rcpt-To: {DEAD}\n",
        ),
        part("Content-Type: message/rfc822", RETURNED_HEADERS + "\nx"),
    ]
    lines = ["Return-Path: <>", "From: abuse@provider.test", f"To: {EXCHANGE}", "Subject: FW: form", f"Date: {DATE}"]
    return Case(head([*lines, "MIME-Version: 1.0"]) + multipart(label, "==arf==", parts), "feedback_report")


MDN = f"Reporting-UA: x; y\nFinal-Recipient: rfc822;{SCHOOL}\nOriginal-Message-ID: {OUR_ID}\nDisposition: "

ROBOTS: dict[str, Case] = {
    "exchange-oof": _auto(
        "Automatic reply: form", "I am out of the office.", "Auto-Submitted: auto-generated", path=""
    ),
    "exchange-oof-2003": _auto("Out of Office AutoReply: form", "I will be back on Monday."),
    "exchange-oof-ru": _auto(b64("Автоматический ответ: форма"), "Буду 6 сентября.", "X-Auto-Response-Suppress: All"),
    "exchange-oof-ru-2003": _auto(b64("Нет на рабочем месте: форма", "koi8-r"), "Отпуск.", charset="koi8-r"),
    "exchange-rule-reply": _auto("Re: form", "We got it.", "X-MS-Exchange-Inbox-Rules-Loop: school65@spo24.test"),
    "gmail-vacation": _auto(
        b64("Меня нет на месте Re: форма"), "Отвечу позже.", "Precedence: bulk", "X-Autoreply: yes"
    ),
    "yandex-autoreply": _auto(
        b64("Автоответ: форма"), "Спасибо, получили.", "X-Yandex-Autoreply: 1", "Auto-Submitted: auto-replied"
    ),
    "mail-ru-autoreply": _auto(b64("Re: форма"), "Здравствуйте!\nЯ в отпуске до 10 сентября.", "X-Mail-Autoreply: 1"),
    "mail-ru-autoreply-headers-lost": _auto(b64("Автоответ"), "Отвечу позже."),
    "vacation-unix": _auto("away from my mail", "I will not be reading my mail for a while.", "Precedence: junk"),
    "vacation-unix-plain": _auto("Re: form (away from my mail)", "I am away."),
    "sieve": _auto("Auto: form", "Ich bin im Urlaub.", "Auto-Submitted: auto-replied (vacation)"),
    "cpanel": _auto(
        "Autoresponder: form", "Thank you.", "X-Autorespond: form", "X-Precedence: bulk", "Precedence: auto_reply"
    ),
    "the-bat-template": _auto(
        b64("Автоответчик: форма", "windows-1251"), "Ваше письмо получено.", charset="windows-1251"
    ),
    "notes-oof": _auto("Ivan Ivanov/SPO is out of the office.", "I will return on 09/06/2021."),
    "notes-oof-auto": _auto(
        "AUTO: Ivan is out of the office (returning 06.09.2021)", "I am out of the office until 06.09.2021"
    ),
    "groupwise-rule": _auto("Re: form -- Out of office", "Away."),
    "communigate": _auto("I'm on vacation: form", "Back soon."),
    "zimbra": _auto(
        "Re: form", "Out of office.", "Auto-Submitted: auto-replied (zimbra; vacation)", "Precedence: bulk"
    ),
    "kerio": _auto(b64("Вне офиса: форма"), "Вернусь в понедельник."),
    "ticket-ru": _auto(
        b64("[Заявка #1234] Ваше обращение принято"), "Это автоматическое сообщение. Заявке присвоен номер 1234."
    ),
    "ticket-en": _auto("[#1234] Your request has been received", "This is an automatically generated message."),
    "ticket-osticket": _auto(
        "Support Ticket Opened [#123]", "A ticket was created.", "X-Autoreply: yes", "Auto-Submitted: auto-replied"
    ),
    "ticket-rt": _auto(
        "[rt #5] AutoReply: form", "This message has been automatically generated in response.", "Precedence: bulk"
    ),
    "ministry-reception": _auto(
        b64("Ваше обращение зарегистрировано"), "Обращение зарегистрировано под номером 12-АБ."
    ),
    "sick-ru": _auto(
        b64("Re: форма"), "Добрый день!\n\nЯ нахожусь на больничном до 10.09.2021. По срочным вопросам: 123."
    ),
    "trip-ru": _auto(b64("Re: форма"), "Нахожусь в командировке до 10 сентября."),
    "maternity-ru": _auto(b64("Re: форма"), "Здравствуйте! Нахожусь в декретном отпуске. Пишите Петровой."),
    "no-longer-works-ru": _auto(b64("Автоматический ответ"), "Сотрудник больше не работает в организации."),
    "no-longer-works-en": _auto("Automatic reply: form", "Ivan no longer works here."),
    "away-ru-words": _auto(b64("Re: форма"), "Здравствуйте!\n\nМеня не будет на рабочем месте до 6 сентября."),
    "address-changed": _auto(
        b64("Смена адреса электронной почты"), "Это автоматический ответ. Наш новый адрес: new@spo24.test."
    ),
    "english-body-only": _auto("Re: form", "Hello,\n\nI am currently out of the office with limited access to e-mail."),
    "thanks-body-only": _auto("Re: form", "Thank you for your email. I am out of the office until Monday."),
    "german-body-only": _auto("Re: form", "Guten Tag,\n\nich bin bis zum 06.09. nicht im Büro."),
    "german-abwesend": _auto("Abwesenheitsnotiz: form", "Ich bin abwesend."),
    "german-automatic": _auto("Automatische Antwort: form", "Ich bin im Urlaub."),
    "french-absence": _auto(q("Absence du bureau : form"), "Je suis absent."),
    "french-body": _auto("Re: form", "Bonjour,\n\nJe suis absent du bureau jusqu'au 6 septembre."),
    "spanish": _auto(q("Respuesta automática: form"), "Estoy de vacaciones."),
    "japanese": _auto(b64("自動応答: form"), "不在です"),
    "holiday-en": _auto("On holiday Re: form", "Back on the 6th."),
    "confirmation-of-receipt": _auto(
        "We have received your message", "Your message has been received and will be answered."
    ),
    "challenge-response": _auto(
        "Re: form [confirm]", "This is an automated message. Please confirm.", "Auto-Submitted: auto-replied"
    ),
    "outlook-mdn-ru": _receipt(b64("Прочтено: форма"), MDN + "automatic-action/MDN-sent-automatically; displayed\n"),
    "outlook-mdn-deleted": _receipt("Not read: form", MDN + "automatic-action/MDN-sent-automatically; deleted\n"),
    "thunderbird-mdn": _receipt(
        "Return Receipt (displayed) - form", MDN + "manual-action/MDN-sent-manually; displayed\n"
    ),
    "mdn-mailer-daemon": _receipt(
        "Disposition Notification", MDN + "automatic-action/MDN-sent-automatically; processed\n"
    ),
    "mdn-failed": _receipt("Read: form", MDN + "automatic-action/MDN-sent-automatically; displayed/error\nError: x\n"),
    "the-bat-receipt": Case(
        letter(b64("Прочитано: форма"), "Ваше сообщение было прочитано 30.08.2021 13:37."), "read_receipt"
    ),
    "notes-return-receipt": Case(
        letter("Return Receipt: form", "Your document: form was received by: Ivan at 30.08.2021. has been opened"),
        "read_receipt",
    ),
    "yandex-read": Case(letter(b64("Уведомление о прочтении: форма"), "Ваше письмо было прочитано."), "read_receipt"),
    "arf-abuse": _complaint("abuse"),
    "arf-not-spam": _complaint("not-spam"),
    "arf-auth-failure": _complaint("auth-failure"),
    "arf-labelled-mixed": _complaint("abuse", label="multipart/mixed"),
    "dmarc-aggregate": Case(
        letter("Report domain: kabinet.test Submitter: mail.test Report-ID: <1>", "x", sender="dmarc@mail.test"),
        "feedback_report",
    ),
    "dmarc-aggregate-with-noreply": Case(
        letter("[Preview] Report Domain: kabinet.test", "x", sender="noreply-dmarc@mail.test", path=""),
        "feedback_report",
    ),
}
