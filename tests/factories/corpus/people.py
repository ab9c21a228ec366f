"""What people write: questions, commands, words about bounces, passed on mail."""

from __future__ import annotations

from tests.factories.bounce_texts import (
    DEAD,
    EXCHANGE_2003,
    EXCHANGE_RU,
    EXIM_TEXT,
    GMAIL_TEXT,
    MAIL_RU_TEXT,
    POSTFIX_TEXT,
    QMAIL_TEXT,
    RETURNED_HEADERS,
    SENDMAIL_TEXT,
    YANDEX_TEXT,
)
from tests.factories.bounces import FAILED, standard
from tests.factories.corpus.case import Case, letter
from tests.factories.messages import (
    DATE,
    EXCHANGE,
    OUR_ID,
    OUR_SUBJECT,
    SCHOOL,
    b64,
    gmail,
    head,
    ios,
    mail_ru,
    multipart,
    outlook,
    part,
    the_bat,
    thunderbird,
    yandex,
)

LOOK = "Здравствуйте! Посмотрите, что мне пришло."


def _question(subject: str, text: str, *extra: str, sender: str = SCHOOL, html: str | None = None) -> Case:
    return Case(letter(subject, text, *extra, sender=sender, html=html), "question")


def _command(data: bytes, command: str) -> Case:
    return Case(data, "request", command=command)


def _passed_on(subject: str, words: str, *, label: str = "multipart/mixed", answer: bool = False) -> Case:
    """A bounce that somebody attaches to a letter of their own."""
    bounce = standard("Mail Delivery System <MAILER-DAEMON@x.test>", "Undelivered Mail", POSTFIX_TEXT, FAILED)
    parts = [part("Content-Type: text/plain; charset=utf-8", words), part("Content-Type: message/rfc822", bounce)]
    lines = [f"Return-Path: <{SCHOOL}>", f"From: {SCHOOL}", f"To: {EXCHANGE}", f"Subject: {subject}", f"Date: {DATE}"]
    lines += ["MIME-Version: 1.0"] + ([f"In-Reply-To: {OUR_ID}"] if answer else [])
    return Case(head(lines) + multipart(label, "_p_", parts), "question")


def _quoted(text: str) -> str:
    return "\n".join("> " + line for line in text.split("\n"))


def _forwarded(text: str, marker: str = "---------- Forwarded message ---------") -> str:
    heading = "От: Mail Delivery System <MAILER-DAEMON@x.test>\nДата: пн, 30 авг. 2021\nТема: x"
    return f"{LOOK}\n\n{marker}\n{heading}\n\n{text}"


PEOPLE: dict[str, Case] = {
    "forward-postfix-gmail": _question(b64("Fwd: Undelivered Mail Returned to Sender"), _forwarded(POSTFIX_TEXT)),
    "forward-exim-yandex": _question(
        b64("Fwd: Mail delivery failed"), _forwarded(EXIM_TEXT, "-------- Пересылаемое сообщение --------")
    ),
    "forward-exchange-ru-outlook": _question(
        b64("FW: Не удалось доставить: форма"), _forwarded(EXCHANGE_RU, "-----Original Message-----")
    ),
    "forward-qmail-no-prefix": _question(
        b64("Не доходит письмо"), _forwarded(QMAIL_TEXT, "-------- Исходное сообщение --------")
    ),
    "forward-yandex-ru": _question(b64("Fwd: Недоставленное сообщение"), _forwarded(YANDEX_TEXT)),
    "forward-mail-ru": _question(
        b64("Fwd: Mail failure."), _forwarded(MAIL_RU_TEXT, "-------- Пересылаемое сообщение --------")
    ),
    "forward-same-subject": _question(b64("Undelivered Mail Returned to Sender"), _forwarded(POSTFIX_TEXT)),
    "forward-russian-subject-kept": _question(b64("Не удалось доставить: форма"), f"{LOOK}\n\n{_quoted(EXCHANGE_RU)}"),
    "forward-without-words": _question("Fwd: failure notice", QMAIL_TEXT),
    "forward-attached": _passed_on(b64("Посмотрите, что мне пришло"), LOOK),
    "forward-attached-fw": _passed_on("FW: Undelivered Mail Returned to Sender", LOOK),
    "forward-attached-answer": _passed_on("Re: form", "Вот что вернулось.", answer=True),
    "forward-attached-digest": _passed_on(b64("Письма возвращаются"), LOOK, label="multipart/mixed"),
    "quote-gmail-text": _question(b64("Почему вернулось?"), f"Почему вернулось письмо?\n\n{_quoted(GMAIL_TEXT)}"),
    "quote-sendmail": _question("mail problem", f"Hello, what is this?\n\n{SENDMAIL_TEXT}\n\nIvan"),
    "quote-exchange": _question("Undeliverable?", f"Hi, we get this for every letter:\n\n{_quoted(EXCHANGE_2003)}"),
    "quote-whole-with-headers": _question(
        "Returned mail: what does it mean?",
        f"We got this today:\n\n{QMAIL_TEXT}\n{RETURNED_HEADERS}",
        "References: <a@b.test>",
    ),
    "admin-tells": _question(
        b64("Почтовый ящик школы переполнен"), "Добрый день! Ящик school65 переполнен, пишите на school65@mail.test."
    ),
    "admin-tells-en": _question(
        "Mailbox full", f"Hi, the mailbox {DEAD} was full yesterday, it is fine now. Please send it again."
    ),
    "address-closed": _question(b64("Адрес изменился"), "Наш адрес больше не работает, пишите на new@spo24.test."),
    "ask-delivered": _question(b64("Доставлено ли письмо?"), "Подскажите, доставлено ли наше письмо от 30 августа?"),
    "ask-delay": _question(
        b64("Задержка доставки учебников"), "Добрый день! Доставка учебников задерживается, можно ли сдать позже?"
    ),
    "delivery-of-papers": _question(
        b64("Доставка бланков"), "Бланки не доставлены в школу. Получатель Иванова, адрес: ул. Мира, 5."
    ),
    "postmaster-asks": _question(
        "Question",
        "Hello, please tell us the IP addresses of your mail server. Your mail may be rejected.",
        sender="postmaster@spo24.test",
    ),
    "admin-asks": _question(
        b64("Ваши письма попадают в спам"),
        "Здравствуйте! Письма с вашего сервера отклоняются нашим фильтром, настройте SPF.",
        sender="admin@spo24.test",
    ),
    "root-log": _question(
        "mail log",
        f"Aug 30 13:37:00 x postfix/smtp[1]: A1: to=<{DEAD}>, status=bounced (550 5.1.1 User unknown)",
        sender="root@x.test",
    ),
    "monitoring": _question(
        "[ALERT] smtp queue on mx1",
        "Queue is 500 messages. 20 messages deferred: connection timed out",
        sender="monitor@x.test",
    ),
    "undelivered-parcel": _question(
        b64("Не удалось доставить посылку"),
        "Курьер не смог доставить посылку по адресу. Получатель отсутствовал.",
        sender="info@post.test",
    ),
    "failure-of-school": _question(b64("Ошибка при отправке формы"), "При отправке формы пишет ошибку, что делать?"),
    "autoreply-talk": _question(b64("Автоматический расчёт баллов"), "Как считаются баллы?"),
    "vacation-talk": _question(
        b64("Вопрос про каникулы"), "В отпуске будут все учителя до 1 сентября. Как проводить ВПР?"
    ),
    "thanks": _question(b64("Re: письмо"), "Спасибо за письмо, всё получили."),
    "read-talk": _question(b64("Прочитал инструкцию"), "Прочитал инструкцию и не понял, где взять форму?"),
    "received-talk": _question(b64("Письмо получили, форму не видим"), "Где форма?"),
    "no-subject": _question("", "Как заполнить второй лист?"),
    "html-question": _question(
        b64("Вопрос"), "", html="<html><body><p>Как заполнить <b>второй</b> лист?</p></body></html>"
    ),
    "outlook-question": Case(outlook("Добрый день!\n\nМожно ли исправить форму после сдачи?"), "question"),
    "yandex-question": Case(yandex("Можно ли исправить форму?", "Re: " + OUR_SUBJECT), "question"),
    "mail-ru-question": Case(mail_ru("Можно ли исправить форму после сдачи?", "Вопрос по форме"), "question"),
    "the-bat-question": Case(the_bat("Можно ли исправить форму?", "Вопрос"), "question"),
    "gmail-question": Case(gmail("Можно ли исправить форму?"), "question"),
    "ios-question": Case(ios("Можно ли исправить форму?"), "question"),
    "complaint": _question(b64("Жалоба"), "Письма приходят дважды, доставка работает с ошибками. Исправьте."),
    "cloud": Case(
        letter(b64("Форма"), "Форма по ссылке https://cloud.mail.ru/public/abc"), "question", obstacles=("cloud_link",)
    ),
    "cloud-yandex": Case(gmail("Отчёт: https://disk.yandex.ru/d/abc"), "question", obstacles=("cloud_link",)),
    "cloud-google": Case(
        gmail("Отчёт: https://docs.google.com/spreadsheets/d/1/edit"), "question", obstacles=("cloud_link",)
    ),
    "cmd-form-outlook": _command(outlook("ФОРМА"), "ФОРМА"),
    "cmd-form-ios": _command(ios("Форма"), "ФОРМА"),
    "cmd-form-gmail": _command(gmail("Пришлите, пожалуйста, форму"), "ФОРМА"),
    "cmd-status-subject": _command(thunderbird("", "СТАТУС"), "СТАТУС"),
    "cmd-file-yandex": _command(yandex("Файл 3", "Re: " + OUR_SUBJECT), "ФАЙЛ 3"),
    "cmd-help-mail-ru": _command(mail_ru("Здравствуйте!\n\nПомощь", "Re: " + OUR_SUBJECT), "ПОМОЩЬ"),
    "cmd-not-us": _command(the_bat("Это не мы!", "Re: " + OUR_SUBJECT), "ЭТО НЕ МЫ"),
    "cmd-passport": _command(gmail("ПАСПОРТ"), "ПАСПОРТ"),
    "cmd-not-started": _command(outlook("Не приступили"), "НЕ ПРИСТУПИЛИ"),
    "cmd-export": _command(thunderbird("", "Экспорт vpr-spo"), "ЭКСПОРТ vpr-spo"),
    "cmd-yes": Case(ios("Да, 4F7-2K9", "Re: " + OUR_SUBJECT), "confirmation", command="ДА 4F7-2K9"),
    "cmd-yes-alone": Case(gmail("ДА"), "confirmation", command="ДА"),
    "from-missing": Case(letter("x", "Как сдать?").replace(f"From: {SCHOOL}\r\n".encode(), b""), "question"),
    "old-mailing-question": _question(
        "undeliverable mail on my server", "My users get 'user unknown' for valid addresses. Why?"
    ),
    "own-words-about-quota": _question(
        "Quota exceeded problem",
        "Hello all, my users see 'quota exceeded' although the mailbox is empty. Message was returned to sender.",
    ),
}
