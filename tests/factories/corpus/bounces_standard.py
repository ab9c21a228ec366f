"""Delivery reports that keep to RFC 3464, whole, odd and half broken."""

from __future__ import annotations

from tests.factories.bounce_texts import (
    DEAD,
    EXCHANGE_RU,
    GMAIL_TEXT,
    POSTFIX_TEXT,
    SENDMAIL_TEXT,
)
from tests.factories.corpus.case import OTHER, Case, fields, report
from tests.factories.messages import DATE, EXCHANGE, OUR_ID, b64, head, multipart, part

DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.spo24.test>"
EXCHANGE_DAEMON = "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@spo24.test>"
FAILED = f"Final-Recipient: rfc822; {DEAD} | Action: failed | Status: 5.1.1"
UNDELIVERED = "Undelivered Mail Returned to Sender"


def _bare(
    headers: list[str], parts: list[bytes], label: str = "multipart/report; report-type=delivery-status"
) -> bytes:
    lines = [*headers, f"Date: {DATE}", "MIME-Version: 1.0"]
    return head(lines) + multipart(label, "_b_", parts)


def _status(text: str, content_type: str = "message/delivery-status") -> bytes:
    return part(f"Content-Type: {content_type}", text)


STANDARD_BOUNCES: dict[str, Case] = {
    "postfix-two": report(
        DAEMON,
        UNDELIVERED,
        POSTFIX_TEXT,
        fields(FAILED, f"Final-Recipient: rfc822; {OTHER} | Action: failed | Status: 5.2.2"),
        to=(DEAD, OTHER),
    ),
    "postfix-smtputf8": report(
        DAEMON,
        UNDELIVERED,
        POSTFIX_TEXT,
        fields("Final-Recipient: utf-8; школа@пример.test | Action: failed | Status: 5.1.1"),
        label="multipart/report; report-type=global-delivery-status",
        to=("школа@пример.test",),
    ),
    "utf8-addr-xtext": report(
        DAEMON,
        UNDELIVERED,
        "x",
        fields(r"Final-Recipient: utf-8; \x{0448}\x{043A}@spo24.test | Action: failed | Status: 5.1.1"),
        to=("шк@spo24.test",),
    ),
    "postfix-no-notification": report(
        DAEMON,
        UNDELIVERED,
        POSTFIX_TEXT,
        fields(
            FAILED + f" | Original-Recipient: rfc822;{DEAD} | Remote-MTA: dns; mx | Diagnostic-Code: smtp; 550 5.1.1 x"
        ),
        headers_only=True,
        status="5.1.1",
    ),
    "postfix-expanded-alias": report(
        DAEMON,
        UNDELIVERED,
        POSTFIX_TEXT,
        fields(f"Original-Recipient: rfc822; {DEAD} | Final-Recipient: rfc822; inner@store.test | Action: failed"),
    ),
    "original-recipient-broken": report(
        DAEMON,
        UNDELIVERED,
        POSTFIX_TEXT,
        fields(f"Original-Recipient: rfc822; school65 | Final-Recipient: rfc822; {DEAD} | Action: failed"),
    ),
    "original-recipient-unknown": report(
        DAEMON,
        UNDELIVERED,
        POSTFIX_TEXT,
        fields(
            f"Original-Recipient: unknown;unknown | Final-Recipient: rfc822; {DEAD} | Action: failed | Status: 5.0.0"
        ),
    ),
    "zimbra": report(
        "Mail Delivery System <MAILER-DAEMON@zimbra.spo24.test>",
        UNDELIVERED,
        POSTFIX_TEXT.replace("User unknown in virtual mailbox table", "Over quota"),
        fields(
            f"Final-Recipient: rfc822; {DEAD} | Action: failed | Status: 5.2.2 | Diagnostic-Code: smtp; 552 Over quota"
        ),
        status="5.2.2",
    ),
    "exchange-2007": report(
        "<postmaster@spo24.test>",
        "Undeliverable: form",
        f"Delivery has failed to these recipients or distribution lists:\n\n{DEAD}\nThe recipient's e-mail address "
        f"was not "
        "found in the recipient's e-mail system.\n\nDiagnostic information for administrators:\n\nGenerating server: "
        f"mx.spo24.test\n\n{DEAD}\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n",
        fields(f"Final-recipient: RFC822;{DEAD} | Action: failed | Status: 5.1.1 | X-Display-Name: school65"),
    ),
    "exchange-2010-x500": report(
        EXCHANGE_DAEMON,
        "Undeliverable: form",
        f"Delivery has failed to these recipients or groups:\n\nШкола 65 ({DEAD})\n",
        fields("Final-Recipient: X400; /O=SPO/OU=FIRST/CN=RECIPIENTS/CN=SCHOOL65 | Action: failed | Status: 5.1.1"),
    ),
    "exchange-imceaex": report(
        EXCHANGE_DAEMON,
        "Undeliverable: form",
        f"Delivery has failed to these recipients or groups:\n\n{DEAD}\nThe e-mail address you entered couldn't be "
        f"found.\n",
        fields("Final-Recipient: rfc822;IMCEAEX-_O=SPO_OU=A_CN=SCHOOL65@spo24.test | Action: failed | Status: 5.1.1"),
    ),
    "exchange-365": report(
        EXCHANGE_DAEMON,
        "Undeliverable: form",
        f"Your message to {DEAD} couldn't be delivered.\n\nschool65 wasn't found at spo24.test.\n\nkabinet Office 365 "
        "school65\nAction Required Recipient\nUnknown To address\n\nHow to Fix It\nThe address may be misspelled.\n",
        fields(
            f"Final-Recipient: rfc822;{DEAD} | Action: failed | Status: 5.1.10 | Diagnostic-Code: smtp;550 5.1.10 RES"
        ),
        status="5.1.10",
    ),
    "exchange-ru-2010": report(
        EXCHANGE_DAEMON,
        b64("Не удается доставить: форма"),
        EXCHANGE_RU,
        fields(FAILED),
    ),
    "exchange-de": report(
        EXCHANGE_DAEMON,
        "Unzustellbar: form",
        f"Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\n{DEAD}\n",
        fields(FAILED),
    ),
    "exchange-fr": report(
        EXCHANGE_DAEMON,
        b64("Non remis : form"),
        f"Échec de la remise pour ces destinataires ou groupes :\n\n{DEAD}\n",
        fields(FAILED),
    ),
    "exchange-expanded": report(
        EXCHANGE_DAEMON,
        "Expanded: form",
        "Your message has been expanded.",
        fields(f"Final-Recipient: rfc822;{DEAD} | Action: expanded | Status: 2.0.0"),
        kind="delivered",
    ),
    "exchange-relayed-ru": report(
        EXCHANGE_DAEMON,
        b64("Передано: форма"),
        "Доставка этим получателям или группам завершена, но уведомление о доставке сервером назначения не отправлено.",
        fields(f"Final-Recipient: rfc822;{DEAD} | Action: relayed | Status: 2.0.0"),
        kind="delivered",
    ),
    "exchange-delay-en": report(
        EXCHANGE_DAEMON,
        "Delivery delayed:form",
        f"Delivery to these recipients or groups has been delayed:\n\n{DEAD}\n\nThis message has not yet been "
        f"delivered.",
        fields(f"Final-Recipient: rfc822;{DEAD} | Action: delayed | Status: 4.4.7 | Will-Retry-Until: {DATE}"),
        kind="delay",
    ),
    "gmail-new": report(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
        "Delivery Status Notification (Failure)",
        "** Address not found **\n\n" + GMAIL_TEXT,
        fields(FAILED + " | Diagnostic-Code: smtp; 550-5.1.1 The email account | Last-Attempt-Date: x"),
        f"X-Failed-Recipients: {DEAD}",
        "Auto-Submitted: auto-replied",
    ),
    "gmail-quota-delay": report(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
        "Delivery Status Notification (Delay)",
        f"There was a temporary problem delivering your message to {DEAD}. Gmail will retry for 20 more hours.",
        fields(f"Final-Recipient: rfc822; {DEAD} | Action: delayed | Status: 4.2.2"),
        f"X-Failed-Recipients: {DEAD}",
        kind="delay",
    ),
    "gmail-incomplete": report(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
        "Delivery Status Notification (Failure)",
        f"Message not delivered\n\nYou're sending this from a different address. {DEAD}\n",
        fields(
            f"Final-Recipient: rfc822; {DEAD} | Action: failed | Status: 4.4.1", mta="Reporting-MTA: dns; googlemail"
        ),
    ),
    "yandex": report(
        "mailer-daemon@yandex.test",
        b64("Недоставленное сообщение"),
        "Это письмо отправлено почтовым сервером yandex.test.\n\nК сожалению, мы вынуждены сообщить Вам о том, что "
        "Ваше "
        f"письмо не может быть отправлено.\n\n<{DEAD}>: 552 5.2.2 Mailbox size limit exceeded",
        fields(f"Final-Recipient: rfc822; {DEAD} | Action: failed | Status: 5.2.2"),
    ),
    "mail-ru-dsn": report(
        "mailer-daemon@corp.mail.test",
        "Mail failure.",
        f"Это письмо создано автоматически\nпочтовым сервером.\n\n{DEAD}\nuser not found\n",
        fields(f"Final-Recipient: rfc822;{DEAD} | Action: failed | Status: 5.0.0"),
    ),
    "sendmail-local": report(
        "Mail Delivery Subsystem <MAILER-DAEMON@spo24.test>",
        "Returned mail: see transcript for details",
        SENDMAIL_TEXT,
        fields(
            f"Final-Recipient: RFC822; {DEAD} | X-Actual-Recipient: RFC822; school65@inner.spo24.test | Action: "
            f"failed | "
            "Status: 5.1.1 | Last-Attempt-Date: x"
        ),
    ),
    "sendmail-comment": report(
        "Mail Delivery Subsystem <MAILER-DAEMON@spo24.test>",
        "Returned mail: see transcript for details",
        SENDMAIL_TEXT,
        fields(
            f"Final-Recipient: RFC822; <{DEAD}> (School) | Action: failed (permanent) | Status: 5.1.1 (bad address)"
        ),
    ),
    "sendmail-relayed": report(
        "Mail Delivery Subsystem <MAILER-DAEMON@spo24.test>",
        "Return receipt",
        f"   ----- The following addresses had successful delivery notifications -----\n<{DEAD}>  (successfully "
        f"delivered)",
        fields(f"Final-Recipient: RFC822; {DEAD} | Action: delivered | Status: 2.1.5"),
        kind="delivered",
    ),
    "courier": report(
        '"Courier mail server at spo24.test" <@>',
        "NOTICE: mail delivery status.",
        f"UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<{DEAD}>:\n<<< 550 "
        f"x\n",
        fields(FAILED),
        headers_only=True,
    ),
    "exim-dsn": report(
        "Mail Delivery System <Mailer-Daemon@spo24.test>",
        "Mail delivery failed: returning message to sender",
        f"A message that you sent could not be delivered. The following address(es) failed:\n\n  {DEAD}\n    "
        f"Unrouteable address",
        fields(f"Action: failed | Final-Recipient: rfc822;{DEAD} | Status: 5.0.0"),
    ),
    "domino-dsn": report(
        "Postmaster@spo24.test",
        f"DELIVERY FAILURE: User school65 ({DEAD}) not listed in Domino Directory",
        f"Your message\n\n  Subject: form\n\nwas not delivered to:\n\n  {DEAD}\n\nbecause:\n\n  not listed",
        fields(
            f"Final-Recipient: rfc822;{DEAD} | Action: failed | Status: 5.1.1", mta="Reporting-MTA: dns;d.spo24.test"
        ),
    ),
    "communigate-dsn": report(
        "<MAILER-DAEMON@spo24.test>",
        "Undeliverable mail: form",
        f"Failed to deliver to '{DEAD}'\nLOCAL module(account school65) reports:\n account is full (quota exceeded)",
        fields(
            f"Original-Recipient: rfc822;{DEAD} | Final-Recipient: LOCAL;<school65> | Action: failed | Status: 5.0.0"
        ),
    ),
    "groupwise-dsn": report(
        "Mailer-Daemon@spo24.test",
        "Mail Status - User not found",
        "\nThe message that you sent was undeliverable to the following:\n    school65\n",
        fields(FAILED),
    ),
    "iplanet": report(
        "Internet Mail Delivery <postmaster@spo24.test>",
        "Delivery Notification: Delivery has failed",
        "This report relates to a message you sent with the following header fields:\n\n  Message-id: "
        f"{OUR_ID}\n  From: Kabinet <{EXCHANGE}>\n  To: {DEAD}\n\nYour message cannot be delivered to the following "
        f"recipients:\n\n  Recipient address: {DEAD}\n  Reason: Illegal host/domain name found\n",
        fields(f"Original-recipient: rfc822;{DEAD} | Final-recipient: rfc822;{DEAD} | Action: failed | Status: 5.4.4"),
    ),
    "powermta": report(
        '"Mail Delivery System" <mailer-daemon@out.test>',
        "Delivery report",
        "Hello, this is the mail server on out.test.\n\nI am sending you this message to inform you on the delivery "
        "status of "
        f"a message you previously sent.  Delivery to the following recipients has failed:\n\n  <{DEAD}>: 5.1.2\n",
        fields(f"Original-Recipient: rfc822;{DEAD} | Final-Recipient: rfc822;{DEAD} | Action: failed | Status: 5.1.2"),
    ),
    "ses": report(
        "MAILER-DAEMON@email-smtp.test",
        "Delivery Status Notification (Failure)",
        f"An error occurred while trying to deliver the mail to the following recipients:\n{DEAD}",
        fields(
            f"Final-Recipient: rfc822;{DEAD} | Diagnostic-Code: smtp; 550 5.1.1 user unknown | Status: 5.1.1 | "
            f"Action: failed"
        ),
    ),
    "mailgun": report(
        "Mail Delivery System <Mailer-Daemon@mailgun.test>",
        "Mail delivery failed: returning message to sender",
        f"The following address(es) failed: {DEAD}",
        fields(f"Action: failed | Final-Recipient: rfc822; {DEAD}"),
    ),
    "message-labs": report(
        "MAILER-DAEMON@messagelabs.test",
        "Mail Delivery Failure",
        f"This is the mail delivery agent at messagelabs.test.\nI was not able to deliver your message to the "
        f"following "
        f"addresses.\n\n<{DEAD}>:\n192.0.2.7 does not like recipient.\n",
        fields(f"Final-Recipient: rfc822; {DEAD} | Action: failed"),
    ),
    "opensmtpd": report(
        "Mailer Daemon <MAILER-DAEMON@spo24.test>",
        "Delivery status notification: error",
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred "
        "while "
        f"attempting to deliver a message for\n    the following list of recipients:\n\n{DEAD}: 550 5.1.1 unknown\n",
        fields(f"Final-Recipient: rfc822; {DEAD} | Action: failed | Status: 5.1.1"),
    ),
    "james": report(
        "postmaster@spo24.test",
        "[BOUNCE]",
        "Hi. This is the James mail server at spo24.test.\nI'm afraid I wasn't able to deliver your message to the "
        "following "
        f"addresses.\nThis is a permanent error; I've given up.\n\n{DEAD}\n",
        fields(f"Final-Recipient: rfc822; {DEAD} | Action: failed | Status: 5.0.0"),
    ),
}
