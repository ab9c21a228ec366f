"""Ordinary mail that looks a little like a report: people with mail servers, moderators, deliveries, newsletters."""

from __future__ import annotations

from tests.factories.bounce_texts import DEAD, EXCHANGE_RU, EXIM_TEXT, POSTFIX_TEXT, QMAIL_TEXT, RETURNED_HEADERS
from tests.factories.bounces import FAILED, standard
from tests.factories.corpus.case import Case, letter
from tests.factories.messages import DATE, EXCHANGE, SCHOOL, b64, head, message, multipart, part


def _said(
    subject: str, text: str, *extra: str, sender: str = SCHOOL, kind: str = "question", path: str | None = None
) -> Case:
    return Case(letter(subject, text, *extra, sender=sender, path=path), kind)


def _pathless(subject: str, text: str, *extra: str, sender: str = SCHOOL, kind: str = "question") -> Case:
    data = letter(subject, text, *extra, sender=sender)
    return Case(data.partition(b"\r\n")[2], kind)


def _digest() -> Case:
    """A list's digest in MIME, with a bounce among its messages."""
    bounce = standard("MAILER-DAEMON@x.test", "Undelivered Mail Returned to Sender", POSTFIX_TEXT, FAILED)
    parts = [
        part("Content-Type: text/plain", "Today's Topics:\n\n   1. Undelivered Mail (Ann)\n"),
        b'Content-Type: multipart/digest; boundary="dg"\r\n\r\n--dg\r\n\r\n' + bounce + b"\r\n--dg--\r\n",
    ]
    lines = ["Return-Path: <users-bounces@lists.test>", "From: users-request@lists.test", "To: users@lists.test"]
    lines += ["Subject: Users Digest, Vol 12, Issue 4", f"Date: {DATE}", "List-Id: <users.lists.test>"]
    return Case(head([*lines, "MIME-Version: 1.0"]) + multipart("multipart/mixed", "_d_", parts), "junk")


def _attached_text(name: str, text: str) -> Case:
    """A bounce saved to a file and attached to a question."""
    parts = [
        part("Content-Type: text/plain; charset=utf-8", "Добрый день! Почему письма возвращаются? Файл приложен."),
        part(f'Content-Type: text/plain; charset=utf-8; name="{name}"\nContent-Disposition: attachment', text),
    ]
    lines = [f"Return-Path: <{SCHOOL}>", f"From: {SCHOOL}", f"To: {EXCHANGE}", f"Date: {DATE}"]
    lines += [f"Subject: {b64('Возвращаются письма')}", "MIME-Version: 1.0"]
    return Case(head(lines) + multipart("multipart/mixed", "_t_", parts), "question")


MORE_CIRCULARS: dict[str, Case] = {
    "digest-with-bounce": _digest(),
    "attached-as-text": _attached_text("bounce.txt", POSTFIX_TEXT),
    "list-admin-bounces": _said(
        "12 users moderator request(s) waiting",
        "Pending posts: From: MAILER-DAEMON Subject: Undelivered Mail Returned to Sender",
        "X-List-Administrivia: yes",
        sender="users-owner@lists.test",
        path="users-bounces@lists.test",
        kind="junk",
    ),
    "list-held-ru": _said(
        b64("Ваше сообщение в Users ожидает одобрения модератора"),
        "Ваше письмо с темой «форма» задержано до рассмотрения модератором.",
        "Precedence: list",
        sender="users-bounces@lists.test",
        kind="junk",
    ),
    "list-welcome": _said(
        "Welcome to the Users mailing list",
        "If mail to you bounces, your address will be disabled. Undeliverable mail is returned.",
        "List-Id: <users.lists.test>",
        sender="users-request@lists.test",
        kind="junk",
    ),
    "rfc-talk-pathless": _pathless(
        "Re: delivery status notifications",
        f"Bob wrote:\n> Final-Recipient: rfc822; {DEAD}\n> Action: failed\n\nThat is by RFC 3464.",
        "References: <x@y.test>",
        sender="Ann <ann@people.test>",
    ),
    "admin-talk-pathless": _pathless(
        "Mail delivery failed: returning message to sender",
        f"Hi all,\n\nwhat does this mean?\n\n{EXIM_TEXT}\n\nThanks, Ann",
        sender="Ann <ann@people.test>",
    ),
    "admin-talk-no-prefix": _said(
        "User unknown in virtual mailbox table",
        f"Hello,\n\nmy log says 550 5.1.1 <{DEAD}>: Recipient address rejected: User unknown. Which map is wrong?\n",
        sender="Ann <ann@people.test>",
    ),
    "postfix-config-talk": _pathless(
        "bounce messages are not delivered",
        "I set soft_bounce = yes and now undeliverable mail stays in the queue. Messages could not be delivered to "
        "hotmail.test. My main.cf is below.\n\nmyhostname = mx.people.test\n",
        "User-Agent: Mutt/1.5",
        sender="Ann <ann@people.test>",
    ),
    "qmail-patch": _pathless(
        "[PATCH] qmail-send: wording of failure notices",
        "diff -u a/qmail-send.c\n+  \"I'm afraid I wasn't able to deliver your message to the following addresses.\"\n",
        sender="Ann <ann@people.test>",
    ),
    "delivery-ru-shop": _said(
        b64("Доставка заказа №4512 не состоялась"),
        "Здравствуйте! Курьер не смог доставить заказ по адресу: Красноярск, ул. Мира, 1. Получатель не найден. "
        "Выберите новое время доставки в личном кабинете.",
        sender="Магазин <noreply@shop.test>",
    ),
    "delivery-ru-post": _said(
        b64("Уведомление о доставке отправления"),
        "Почтовое отправление 66012345 доставлено в отделение 660049 и ожидает получателя.",
        sender="noreply@pochta.test",
    ),
    "delivery-ru-return": _said(
        b64("Возврат отправления"),
        "Срок хранения истёк, отправление возвращено отправителю.",
        sender="noreply@pochta.test",
    ),
    "delivery-en-carrier": _said(
        "Delivery exception: package returned to sender",
        "We could not deliver your package. The recipient address is unknown. Tracking number 1Z999.",
        sender="Carrier <auto-notify@carrier.test>",
    ),
    "delivery-en-delay": _said(
        "Your package is delayed",
        "Delivery attempts will continue on the next business day. No action is required on your part.",
        sender="Carrier <mail@carrier.test>",
    ),
    "delivery-papers-ru": _said(
        b64("Не доставлены материалы ВПР"),
        "Добрый день! В нашу школу не доставлены бланки. Адрес: г. Канск. Контакт: zavuch@spo24.test. Просим помочь.",
    ),
    "books-returned-ru": _said(
        b64("Возврат учебников"),
        "Учебники возвращены в библиотеку, акт прилагаем завтра. Ошибка в накладной исправлена.",
    ),
    "newsletter-failed-subject": _said(
        "Delivery failed? 5 reasons your emails bounce",
        "Hard bounces happen when the mailbox does not exist (550 5.1.1 user unknown). Read our guide.",
        "List-Unsubscribe: <https://news.test/u>",
        "Precedence: bulk",
        sender="Deliverability Weekly <hello@news.test>",
        path="bounce-123=exchange=kabinet.test@news.test",
        kind="junk",
    ),
    "newsletter-failed-no-list-headers": _said(
        "Mail delivery failure: is your domain blocked?",
        "Check your domain reputation. Undeliverable mail costs money. Visit https://news.test to learn more.",
        sender="Deliverability Weekly <hello@news.test>",
    ),
    "service-status": _said(
        "[Resolved] Delayed email delivery",
        "We are investigating delayed mail. Some messages could not be delivered between 10:00 and 12:00. Resolved.",
        sender="Status <noreply@status.test>",
    ),
    "backup-failed": _said(
        "Backup failed on srv1", "rsync error: connection timed out. Disk quota exceeded.", sender="root@srv1.test"
    ),
    "cron-mail": _said(
        "Cron <root@srv1> /usr/local/bin/sync",
        f"sendmail: 550 5.1.1 <{DEAD}>... User unknown\nmail not delivered",
        sender="root (Cron Daemon) <root@srv1.test>",
    ),
    "mailq-report": _said(
        "mailq of mx1",
        f"A1B2C3 1024 Mon Aug 30 13:37 exchange@kabinet.test\n (connect to mx: Connection timed out)\n    {DEAD}\n",
        sender="postmaster@kabinet-hosting.test",
    ),
    "postmaster-reply": _said(
        "Re: Undelivered Mail Returned to Sender",
        f"Hello,\n\nthe mailbox {DEAD} was full; it accepts mail again.\n\nPostmaster on duty",
        "In-Reply-To: <a@b.test>",
        sender="Postmaster <postmaster@spo24.test>",
    ),
    "postmaster-info-ru": _said(
        b64("Плановые работы на почтовом сервере"),
        "Уважаемые коллеги! 1 сентября возможны задержки доставки почты. Письма, которые не будут доставлены, вернутся "
        "отправителю.",
        sender="Администратор почты <postmaster@spo24.test>",
    ),
    "admin-quota-ru": _said(
        b64("Переполнение почтовых ящиков"),
        f"Добрый день! Просим очистить ящики {DEAD} и buh@spo24.test: квота превышена, письма будут отклоняться.",
        sender="admin@spo24.test",
    ),
    "spam-quarantine-digest": _said(
        "Spam Quarantine Notification",
        f"The following messages were blocked and not delivered to {EXCHANGE}:\n  From: a@b.test Subject: x\n",
        sender="Quarantine <noreply@filter.test>",
    ),
    "abuse-desk": _said(
        "[abuse #77] your report",
        f"We received your report about {DEAD}. The account has been closed.",
        sender="abuse@provider.test",
    ),
    "domain-expires": _said(
        "Domain kabinet.test: notification could not be sent",
        "Your domain expires. We tried to deliver this notice by post and failed.",
        sender="Registrar <noreply@registrar.test>",
    ),
    "calendar-undelivered": _said(
        "Declined: meeting on failed deliveries", "I cannot come. The mailbox room is full.", sender="ann@people.test"
    ),
    "bank-payment-returned-ru": _said(
        b64("Платёж возвращён"),
        "Платёж возвращён отправителю: неверный адрес получателя. Получатель не найден по реквизитам.",
        sender="noreply@bank.test",
    ),
    "fax-gateway": _said(
        "Fax to 123456: failed", "Your fax could not be delivered: no answer.", sender="Fax <fax@office.test>"
    ),
    "sms-gateway": _said("SMS not delivered", "SMS to +7 900 could not be delivered.", sender="sms@gate.test"),
    "wiki-mail": _said(
        "Wiki page «Undeliverable mail» changed",
        "Ann changed the page: 'returned mail: user unknown' is now described.",
        sender="Wiki <wiki@people.test>",
    ),
    "issue-tracker": _said(
        "[JIRA] (MAIL-7) Undelivered Mail Returned to Sender is sent twice",
        f"Ann commented on MAIL-7:\n\n{POSTFIX_TEXT}",
        sender="Ann (JIRA) <jira@people.test>",
    ),
    "commit-mail": _said(
        "svn commit: r77 - /trunk/bounce.py",
        "Modified: trunk/bounce.py\n+ 'mail delivery failed'\n+ '550 user unknown'\n",
        sender="ann@people.test",
    ),
    "forward-inline-no-marker": _said(
        b64("Не доставлено: форма"),
        f"Коллеги, пришло вот это, что делать?\n\n{EXCHANGE_RU}",
        "X-Mailer: Microsoft Outlook 16.0",
    ),
    "forward-bounce-as-eml-only": Case(
        head(
            [
                f"Return-Path: <{SCHOOL}>",
                f"From: {SCHOOL}",
                f"To: {EXCHANGE}",
                f"Subject: {b64('возврат')}",
                f"Date: {DATE}",
                "User-Agent: Thunderbird",
                "MIME-Version: 1.0",
            ]
        )
        + multipart(
            "multipart/mixed",
            "_e_",
            [
                part("Content-Type: text/plain", ""),
                part(
                    'Content-Type: message/rfc822; name="x.eml"\nContent-Disposition: attachment',
                    standard("MAILER-DAEMON@x.test", "Undelivered Mail", QMAIL_TEXT, FAILED),
                ),
            ],
        ),
        "question",
    ),
    "html-question-about-bounce": Case(
        message(
            [f"Return-Path: <{SCHOOL}>", f"From: {SCHOOL}", f"To: {EXCHANGE}", f"Subject: {b64('Не уходит почта')}"],
            "",
            html=f"<p>Добрый день! Нам пишет:</p><blockquote>550 5.7.1 {DEAD} rejected</blockquote><p>Что делать?</p>",
        ),
        "question",
    ),
    "ru-question-mailbox-closed": _said(
        b64("Почтовый ящик не работает"),
        "Здравствуйте! Старый ящик заблокирован, письма на него не доставляются. Новый адрес: school65new@spo24.test",
    ),
    "ru-question-short": _said(b64("Не доставлено"), "Форма не доставлена. Пришлите ещё раз"),
    "ru-mail-not-sent": _said(b64("Ошибка доставки"), "Пишет ошибка доставки, когда отправляем вам отчёт. Что делать?"),
    "ru-copied-headers": _said(
        b64("Вопрос по письму"),
        f"Здравствуйте! Вот заголовки письма, которое не доходит:\n\n{RETURNED_HEADERS}\nПомогите, пожалуйста.",
    ),
    "system-news": _said(
        "System maintenance",
        "The system will be unavailable. Mail may be delayed and retried.",
        sender="system@host.test",
    ),
    "noreply-registration": _said(
        "Your registration could not be completed",
        f"The address {DEAD} is not valid. Please register again.",
        sender="noreply@service.test",
    ),
    "noreply-invite-failed": _said(
        "Invitation not accepted", "invitee@people.test has rejected your invitation.", sender="noreply@service.test"
    ),
    "jobs-rejected": _said(
        "Application rejected",
        "Dear applicant, your application was rejected. The mailbox hr@firm.test is not monitored.",
        sender="HR <noreply@firm.test>",
    ),
    "mail-merge-report": _said(
        "Mail merge report",
        f"Sent: 99. Failed: 1\n{DEAD}: invalid address\n",
        sender="CRM <crm@firm.test>",
    ),
    "quarantine-null-path": _said(
        "End user digest: 3 new messages",
        "The following messages were blocked and are held for you:\n\n"
        f"{EXCHANGE}\n  Subject: cheap pills\n  rejected as spam\n",
        sender="postmaster@filter.test",
        path="",
    ),
    "out-of-quota-warning-null-path": _said(
        "Mailbox size warning",
        f"The mailbox {EXCHANGE} is over its quota. You cannot send mail until you delete messages.",
        sender="System <system@spo24.test>",
        path="",
    ),
    "fax-report-null-path": _said(
        "Transmission report", "Fax to 123456 failed: no answer.", sender="Fax <fax@office.test>", path=""
    ),
    "monitor-null-path": _said(
        "Disk full on srv1", "Filesystem /var is full. Connection refused by backup.", sender="root@srv1.test", path=""
    ),
    "invoice-null-path": _said(
        "Invoice 77",
        "Payment was rejected by your bank. Contact billing@firm.test.",
        sender="noreply@firm.test",
        path="",
    ),
}
