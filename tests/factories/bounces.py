"""Delivery reports in the dialects of mail servers, each with what it must be read as."""

from __future__ import annotations

from typing import NamedTuple

from tests.factories.bounce_texts import (
    DEAD,
    EXCHANGE_2003,
    EXCHANGE_RU,
    EXIM_TEXT,
    GMAIL_TEXT,
    MAIL_RU_TEXT,
    PATH,
    POSTFIX_TEXT,
    QMAIL_TEXT,
    RETURNED_HEADERS,
    SENDMAIL_TEXT,
    YANDEX_TEXT,
)
from tests.factories.messages import DATE, OUR_ID, b64, head, message, multipart, part, workbook_file


class Report(NamedTuple):
    """A report, the kind it is, and the recipient it is about ("" when it tells none)."""

    data: bytes
    kind: str = "bounce"
    address: str = DEAD
    status: str | None = None


def returned_letter() -> bytes:
    """Our own letter with its workbook, as a server encloses it."""
    lines = RETURNED_HEADERS.strip().split("\n")
    return message(lines, "Your form", [workbook_file("Форма spo240065.xlsx")])


def plain(
    sender: str, subject: str, text: str, *extra: str, path: str = "<>", to: str = PATH, charset: str = "utf-8"
) -> bytes:
    """A report that is only words."""
    lines = [f"Return-Path: {path}", *extra, f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {DATE}"]
    return message([*lines, "Message-ID: <report-1@mx.spo24.test>"], text, charset=charset)


def standard(
    sender: str,
    subject: str,
    text: str,
    fields: str,
    *,
    returned: bytes | None = None,
    headers_only: bool = False,
    label: str = "multipart/report; report-type=delivery-status",
    extra: tuple[str, ...] = (),
) -> bytes:
    """A report of three parts (RFC 3464)."""
    parts = [
        part("Content-Type: text/plain; charset=utf-8", text),
        part("Content-Type: message/delivery-status", fields),
    ]
    if headers_only:
        parts.append(part("Content-Type: text/rfc822-headers", RETURNED_HEADERS))
    else:
        parts.append(part("Content-Type: message/rfc822", returned if returned is not None else returned_letter()))
    lines = ["Return-Path: <>", *extra, f"From: {sender}", f"To: {PATH}", f"Subject: {subject}", f"Date: {DATE}"]
    return head([*lines, "Message-ID: <report-1@mx.spo24.test>", "MIME-Version: 1.0"]) + multipart(
        label, "==report==", parts
    )


def _fields(
    action: str, status: str, address: str = DEAD, diagnostic: str = "550 5.1.1 User unknown", more: str = ""
) -> str:
    return (
        f"Reporting-MTA: dns; mx.spo24.test\nArrival-Date: {DATE}\n\n"
        f"Final-Recipient: rfc822; {address}\n{more}Action: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {diagnostic}\n"
    )


DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.spo24.test>"
FAILED = _fields("failed", "5.1.1")


REPORTS: dict[str, Report] = {
    "postfix-unknown-user": Report(
        standard(DAEMON, "Undelivered Mail Returned to Sender", POSTFIX_TEXT, FAILED), status="5.1.1"
    ),
    "postfix-headers-only": Report(
        standard(DAEMON, "Undelivered Mail Returned to Sender", POSTFIX_TEXT, FAILED, headers_only=True)
    ),
    "postfix-original-recipient": Report(
        standard(
            DAEMON,
            "Undelivered Mail Returned to Sender",
            "See below.",
            _fields("failed", "5.1.1", "alias@other.test", more=f"Original-Recipient: rfc822;{DEAD}\n"),
        )
    ),
    "postfix-delayed": Report(
        standard(
            DAEMON,
            "Delayed Mail (still being retried)",
            "THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\nYour message could "
            "not be delivered for more "
            f"than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<{DEAD}>: connect to "
            "mx.spo24.test: timed out",
            _fields("delayed", "4.4.1", diagnostic="connect timed out"),
        ),
        "delay",
    ),
    "postfix-success": Report(
        standard(
            DAEMON, "Successful Mail Delivery Report", "Delivered.", _fields("relayed", "2.0.0", diagnostic="250 OK")
        ),
        "delivered",
    ),
    "postfix-expired-4xx": Report(
        standard(DAEMON, "Undelivered Mail Returned to Sender", POSTFIX_TEXT, _fields("failed (expired)", "4.4.7"))
    ),
    "postfix-mixed-failed-and-delivered": Report(
        standard(
            DAEMON,
            "Undelivered Mail Returned to Sender",
            POSTFIX_TEXT,
            FAILED + "\nFinal-Recipient: rfc822; other@spo24.test\nAction: delivered\nStatus: 2.0.0\n",
        )
    ),
    "dsn-no-action": Report(
        standard(
            DAEMON,
            "Delivery failure",
            SENDMAIL_TEXT,
            f"Reporting-MTA: dns; x\n\nFinal-Recipient: RFC822; <{DEAD}>\nStatus: 5.1.1\n",
        )
    ),
    "dsn-address-only-in-text": Report(
        standard(
            DAEMON,
            "Undeliverable",
            POSTFIX_TEXT,
            "Reporting-MTA: dns; x\n\nFinal-Recipient: LOCAL; school65\nAction: failed\nStatus: 5.1.1\n",
        )
    ),
    "dsn-labelled-mixed": Report(standard(DAEMON, "Undelivered", POSTFIX_TEXT, FAILED, label="multipart/mixed")),
    "dsn-from-noname": Report(standard("<>", "Returned mail", "Failed.", FAILED)),
    "exim": Report(
        plain(
            "Mail Delivery System <Mailer-Daemon@spo24.test>",
            "Mail delivery failed: returning message to sender",
            EXIM_TEXT,
            f"X-Failed-Recipients: {DEAD}",
            "Auto-Submitted: auto-replied",
        ),
        status="5.1.1",
    ),
    "exim-no-header": Report(
        plain(
            "Mail Delivery System <Mailer-Daemon@spo24.test>",
            "Mail delivery failed: returning message to sender",
            EXIM_TEXT,
        )
    ),
    "exim-delayed": Report(
        plain(
            "Mail Delivery System <Mailer-Daemon@spo24.test>",
            "Warning: message 1mKXYZ-0001Ab-CD delayed 24 hours",
            "This message was created automatically by mail delivery software.\nA message that you "
            "sent has not yet been delivered "
            "to one or more of its\nrecipients after more than 24 hours on the queue on spo24.test.\n"
            "\nThe address to which the message "
            f"has not yet been delivered is:\n\n  {DEAD}\n\nNo action is required on your part. "
            "Delivery attempts will continue.\n",
            "Auto-Submitted: auto-replied",
        ),
        "delay",
    ),
    "qmail": Report(plain("MAILER-DAEMON@spo24.test", "failure notice", QMAIL_TEXT), status="5.1.1"),
    "qmail-renamed": Report(plain("postmaster@spo24.test", "failure notice", QMAIL_TEXT)),
    "sendmail": Report(
        standard(
            "Mail Delivery Subsystem <MAILER-DAEMON@spo24.test>",
            "Returned mail: see transcript for details",
            SENDMAIL_TEXT,
            FAILED,
        )
    ),
    "sendmail-old": Report(
        plain(
            "Mail Delivery Subsystem <MAILER-DAEMON@spo24.test>",
            "Returned mail: User unknown",
            SENDMAIL_TEXT + "\n   ----- Original message follows -----\n\n" + RETURNED_HEADERS,
        )
    ),
    "sendmail-warning": Report(
        plain(
            "Mail Delivery Subsystem <MAILER-DAEMON@spo24.test>",
            "Warning: could not send message for past 4 hours",
            "    **********************************************\n    **      THIS IS A WARNING "
            "MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n\n"
            f"   ----- The following addresses had transient non-fatal errors -----\n<{DEAD}>\n",
        ),
        "delay",
    ),
    "exchange-2003": Report(
        standard(
            "System Administrator <postmaster@spo24.test>",
            "Undeliverable: form",
            EXCHANGE_2003,
            _fields("failed", "5.1.1"),
        )
    ),
    "exchange-2003-words": Report(
        plain(
            "System Administrator <postmaster@spo24.test>",
            "Undeliverable: form",
            EXCHANGE_2003,
            path="<postmaster@spo24.test>",
        )
    ),
    "exchange-ru": Report(
        standard(
            f"{b64('Microsoft Outlook')} <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@spo24.test>",
            b64("Не удалось доставить: форма"),
            EXCHANGE_RU,
            FAILED,
        )
    ),
    "exchange-ru-words": Report(
        plain(
            "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@spo24.test>",
            b64("Недоставлено: форма"),
            EXCHANGE_RU,
        )
    ),
    "exchange-delivered": Report(
        standard(
            "Microsoft Outlook <postmaster@spo24.test>",
            b64("Доставлено: форма"),
            "Сообщение доставлено.",
            _fields("delivered", "2.0.0"),
        ),
        "delivered",
    ),
    "exchange-relayed": Report(
        standard(
            "postmaster@spo24.test", "Relayed: form", "Delivery complete, no notification.", _fields("relayed", "2.0.0")
        ),
        "delivered",
    ),
    "exchange-delayed-ru": Report(
        plain(
            "postmaster@spo24.test",
            b64("Доставка отложена: форма"),
            f"Доставка следующим получателям или группам отложена:\n\n{DEAD}\n\nПовторять письмо не "
            "нужно, будут предприняты повторные попытки.",
        ),
        "delay",
    ),
    "gmail": Report(
        standard(
            "Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
            "Delivery Status Notification (Failure)",
            GMAIL_TEXT,
            FAILED,
            extra=(f"X-Failed-Recipients: {DEAD}", f"In-Reply-To: {OUR_ID}", f"References: {OUR_ID}"),
        )
    ),
    "gmail-delay": Report(
        standard(
            "Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
            "Delivery Status Notification (Delay)",
            "There was a temporary problem delivering your message. Gmail will retry for 45 more hours.",
            _fields("delayed", "4.4.1"),
        ),
        "delay",
    ),
    "gmail-old-words": Report(
        plain(
            "Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
            "Delivery Status Notification (Failure)",
            f"Delivery to the following recipient failed permanently:\n\n     {DEAD}\n\nTechnical "
            "details of permanent failure:\n550 550 unknown user\n\n   ----- Original message -----\n"
            f"\n{RETURNED_HEADERS}",
            f"X-Failed-Recipients: {DEAD}",
        )
    ),
    "yandex-ru": Report(standard("mailer-daemon@yandex.test", b64("Недоставленное сообщение"), YANDEX_TEXT, FAILED)),
    "yandex-ru-words": Report(plain("mailer-daemon@yandex.test", b64("Недоставленное сообщение"), YANDEX_TEXT)),
    "mail-ru": Report(plain("mailer-daemon@corp.mail.test", "Mail failure.", MAIL_RU_TEXT, charset="koi8-r")),
    "mail-ru-full-box": Report(
        plain(
            "postmaster@mail.test",
            b64("Ящик переполнен"),
            f"Сообщение для <{DEAD}> не может быть доставлено: почтовый ящик переполнен.\n",
        ),
        status="",
    ),
    "domino": Report(
        plain(
            "postmaster@spo24.test",
            "DELIVERY FAILURE: User school65 (school65@spo24.test) not listed in Domino Directory",
            f"Your message\n\n  Subject: form\n\nwas not delivered to:\n\n  {DEAD}\n\nbecause:\n\n  "
            f"User school65 ({DEAD}) not listed in Domino Directory\n",
        )
    ),
    "groupwise": Report(
        plain(
            "Mailer-Daemon@spo24.test",
            "Message status - undeliverable",
            f"\nThe message that you sent was undeliverable to the following:\n\tschool65 ({DEAD}) user not found\n",
        )
    ),
    "communigate": Report(
        plain(
            "MAILER-DAEMON@spo24.test",
            "Undeliverable mail: form",
            f"Failed to deliver to '<{DEAD}>'\nLOCAL module(account school65) reports:\n account is "
            "full (quota exceeded)\n",
        )
    ),
    "courier": Report(
        plain(
            '"Courier mail server at spo24.test" <@spo24.test>',
            "NOTICE: mail delivery status.",
            f"This is a delivery status notification from spo24.test,\nrunning the Courier mail server.\n\n"
            "                   UNDELIVERABLE MAIL\n\nYour message to the following recipients "
            f"cannot be delivered:\n\n<{DEAD}>:\n    mx.spo24.test [192.0.2.7]:\n<<< 550 User unknown\n",
        )
    ),
    "mdaemon": Report(
        plain(
            "MDaemon at spo24.test <MDaemon@spo24.test>",
            "Permanent Delivery Failure",
            f"The attached message had PERMANENT fatal delivery errors!\n\nFailed address: {DEAD}\n\n"
            f"--- Session Transcript ---\n--> RCPT To:<{DEAD}>\n<-- 550 Recipient unknown\n",
        )
    ),
    "imail": Report(
        plain(
            "Postmaster <postmaster@spo24.test>",
            "Undeliverable Mail",
            f"Unknown user: {DEAD}\n\nOriginal message follows.\n\n{RETURNED_HEADERS}",
        )
    ),
    "merak": Report(
        plain(
            "MAILER-DAEMON@spo24.test",
            "Mail delivery problem",
            f"Undeliverable to {DEAD}\nRemote host said: 554 delivery error: This user doesn't have an account\n",
        )
    ),
    "mercury": Report(
        plain(
            "Mail System Internal Data <postmaster@spo24.test>",
            "Postmaster notify: Delivery failure",
            'With reference to your message with the subject "form".\nThe local mail transport system has reported '
            "the following problems it\nencountered while trying to "
            f"deliver your message:\n\n*** {DEAD}\n550 User unknown\n",
        )
    ),
    "russian-admin": Report(
        plain(
            b64("Почтовая система") + " <robot@spo24.test>",
            b64("Ошибка доставки письма"),
            f"Ваше письмо не доставлено.\n\nПолучатель: {DEAD}\nПричина: пользователь не найден\n",
            charset="windows-1251",
        )
    ),
    "ukrainian": Report(
        plain(
            "MAILER-DAEMON@mail.test",
            b64("Лист не доставлено"),
            f"Не вдалося доставити лист для {DEAD}: скриньку не знайдено\n",
        )
    ),
    "german": Report(
        plain(
            "Mail Delivery System <mailer-daemon@web.test>",
            "Unzustellbar: form",
            f"Ihre Nachricht konnte nicht zugestellt werden:\n\n{DEAD}\n\n550 Unknown user\n",
        )
    ),
    "html-only": Report(
        message(
            [
                "Return-Path: <>",
                "From: postmaster@spo24.test",
                f"To: {PATH}",
                "Subject: Undeliverable: form",
                f"Date: {DATE}",
            ],
            "",
            html="<p><b>Delivery has failed to these recipients or groups:</b></p>"
            f"<p><a href='mailto:{DEAD}'>{DEAD}</a></p><p>The address wasn't found.</p>",
        )
    ),
    "headerless-from": Report(
        plain(
            "MAILER-DAEMON",
            "Returned mail: Host unknown",
            f"<{DEAD}>... Host unknown (Name server: spo24.test: host not found)\n",
        )
    ),
    "quota-noreply": Report(
        plain(
            "noreply@spo24.test",
            "Undelivered Mail Returned to Sender",
            f"<{DEAD}>: mailbox is full: quota exceeded\n\n------ Original message ------\n{RETURNED_HEADERS}",
            path="<noreply@spo24.test>",
        )
    ),
    "reply-in-subject": Report(
        plain("MAILER-DAEMON@spo24.test", "Re: form", f"Delivery failed: <{DEAD}>: user unknown\n")
    ),
    "smtp-session-only": Report(
        plain(
            "Mail Delivery System <mailer-daemon@spo24.test>",
            "Delivery report",
            f"The session transcript follows:\n>>> RCPT TO:<{DEAD}>\n<<< 554 5.7.1 <{DEAD}>: Relay access denied\n",
        )
    ),
}
