"""Delivery reports that name many addresses, or name theirs in odd places: whom each is about must still be seen."""

from __future__ import annotations

from tests.factories.bounce_texts import DEAD, PATH, RETURNED_HEADERS
from tests.factories.corpus.case import OTHER, Case, fields, pathless, report, words
from tests.factories.messages import DATE, EXCHANGE, b64, head, message, multipart, part

DAEMON = "Mail Delivery Subsystem <MAILER-DAEMON@mx.spo24.test>"
POSTMASTER = "Postmaster <postmaster@spo24.test>"
SUBJECT = "Undelivered Mail Returned to Sender"


def _mixed(sender: str, subject: str, text: str, returned: str = RETURNED_HEADERS) -> Case:
    """Words beside the returned letter's headers as a file."""
    parts = [
        part("Content-Type: text/plain; charset=utf-8", text),
        part('Content-Type: text/rfc822-headers; name="headers.txt"', returned),
    ]
    lines = ["Return-Path: <>", f"From: {sender}", f"To: {PATH}", f"Subject: {subject}", f"Date: {DATE}"]
    return Case(head([*lines, "MIME-Version: 1.0"]) + multipart("multipart/mixed", "_c_", parts), bounced=(DEAD,))


CROWDED_BOUNCES: dict[str, Case] = {
    "help-address-first": words(
        DAEMON,
        SUBJECT,
        f"If you need help write to sysadmin@mx.spo24.test or call us.\n\nThe following recipient could not be "
        f"reached:\n\n   {DEAD}\n      550 5.1.1 unknown\n",
    ),
    "help-address-last": words(
        POSTMASTER,
        "Mail System Error - Returned Mail",
        f"This Message was undeliverable due to the following reason:\n\nThe user(s) account is temporarily over "
        f"quota.\n\n<{DEAD}>\n\nPlease reply to <Postmaster@spo24.test>\nif you feel this message to be in error.\n",
    ),
    "sender-named-too": words(
        DAEMON, "Delivery failure", f"Message from <{EXCHANGE}> to <{DEAD}> could not be delivered: unknown user\n"
    ),
    "sender-named-path": words(
        DAEMON,
        "Message not delivered",
        f"A message from {PATH} addressed to {DEAD} was rejected by the host mx.spo24.test\n550 5.7.1 rejected\n",
    ),
    "smtp-dialogue": words(
        DAEMON,
        "Delivery failed",
        f"--> HELO kabinet.test\n--> MAIL FROM:<{PATH}>\n<-- 250 Ok\n--> RCPT TO:<{DEAD}>\n<-- 550 no such user here\n"
        "--> QUIT\n",
    ),
    "one-of-several-in-transcript": words(
        DAEMON,
        "Returned mail: User unknown",
        f"   ----- The following addresses had permanent fatal errors -----\n<{DEAD}>\n\n   ----- The following "
        f"addresses were delivered -----\n<{OTHER}>\n\n   ----- Transcript of session follows -----\n550 unknown\n",
    ),
    "forwarded-to-another": words(
        DAEMON,
        SUBJECT,
        f"<ivanov@home.test> (expanded from <{DEAD}>): host mx.home.test said: 552 5.2.2\n    Mailbox full (in "
        f"reply to "
        "RCPT TO command)\n",
    ),
    "message-ids-around": words(
        DAEMON,
        "Undeliverable",
        f"Your message <abc.123@kabinet.test> (id 1mKabc@mx.spo24.test)\nto {DEAD} could not be delivered.\nReason: "
        f"host "
        "not found\n",
    ),
    "angle-without-colon": words(DAEMON, "failure", f"Could not deliver mail to this address.\n\n<{DEAD}>\n\nsorry.\n"),
    "mailto-link": Case(
        message(
            ["Return-Path: <>", f"From: {DAEMON}", f"To: {PATH}", "Subject: Undeliverable"],
            "",
            html=f'<p>Delivery to <a href="mailto:{DEAD}">{DEAD}</a> failed permanently.</p><p>Contact '
            '<a href="mailto:support@spo24.test">support@spo24.test</a></p>',
        ),
        bounced=(DEAD,),
    ),
    "upper-case-address": words(DAEMON, SUBJECT, f"<{DEAD.upper()}>: user unknown\n"),
    "quoted-name": words(DAEMON, SUBJECT, f'Recipient: "School, 65" <{DEAD}>\nReason: mailbox unavailable\n'),
    "name-and-address-list": words(
        DAEMON, "Undeliverable: form", f"Unable to deliver to the following recipients:\n  School 65 ({DEAD})\n  550\n"
    ),
    "only-local-part-in-text": _mixed(POSTMASTER, "Undeliverable mail", "The mailbox school65 does not exist here.\n"),
    "only-in-returned-to": _mixed(
        DAEMON, "failure notice", "Sorry, your message could not be delivered. See headers.\n"
    ),
    "returned-delivered-to-list": _mixed(
        DAEMON,
        SUBJECT,
        f"<{DEAD}>: User unknown\n",
        RETURNED_HEADERS.replace(f"To: {DEAD}", f"To: list@kabinet.test\nCc: {OTHER}"),
    ),
    "dsn-fields-in-plain-text": words(
        DAEMON,
        "Delivery report",
        f"Reporting-MTA: dns; mx.spo24.test\n\nFinal-Recipient: rfc822; {DEAD}\nAction: failed\nStatus: 5.1.1\n",
    ),
    "dsn-after-forwarding": report(
        DAEMON,
        SUBJECT,
        "x",
        fields(
            f"Original-Recipient: rfc822;{DEAD} | Final-Recipient: rfc822;ivanov@home.test | Action: failed | "
            f"Status: 5.2.2"
        ),
    ),
    "dsn-original-is-an-id": report(
        DAEMON,
        SUBJECT,
        "x",
        fields(f"Original-Recipient: rfc822;unknown | Final-Recipient: rfc822;{DEAD} | Action: failed | Status: 5.0.0"),
    ),
    "dsn-no-space-and-dots": report(
        DAEMON,
        SUBJECT,
        "x",
        fields(f"Final-Recipient:rfc822;{DEAD}. | Action:failed | Status:5.1.1"),
    ),
    "dsn-x-actual": report(
        DAEMON,
        SUBJECT,
        "x",
        fields(f"X-Actual-Recipient: rfc822; {DEAD} | Action: failed | Status: 5.1.1"),
    ),
    "dsn-text-says-delay-fields-failed": report(
        DAEMON,
        "Warning: message delayed",
        "Your message has been delayed and is now returned.",
        fields(f"Final-Recipient: rfc822; {DEAD} | Action: failed | Status: 4.4.7"),
    ),
    "ru-many-addresses": words(
        f"{b64('Почтовый сервер')} <mailer-daemon@spo24.test>",
        b64("Сообщение не доставлено"),
        f"Ваше сообщение от {EXCHANGE} получателям {OTHER} доставлено, а получателю {DEAD} не доставлено: ящик не "
        "найден.\nВопросы: admin@spo24.test\n",
    )._replace(bounced=(OTHER, DEAD)),
    "ru-help": words(
        "mailer-daemon@spo24.test",
        b64("Письмо не доставлено"),
        f"Письмо не доставлено.\nАдрес: {DEAD}\nПричина: пользователь не найден.\nОбратитесь в поддержку: "
        "help@spo24.test\n",
    ),
    "exchange-with-generating-server": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        "Undeliverable: form",
        f"Delivery has failed to these recipients or groups:\n\nSchool 65 ({DEAD})<mailto:{DEAD}>\nThe e-mail address "
        "you entered couldn't be found.\n\nDiagnostic information for administrators:\n\nGenerating server: "
        f"mx.spo24.test\n\n{DEAD}\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\nOriginal message headers:\n\n"
        f"From: <{EXCHANGE}>\nTo: <{DEAD}>\n",
    ),
    "lotus-two": words(
        "Postmaster@spo24.test",
        "DELIVERY FAILURE: Error transferring to MX.SPO24.TEST; 550 unknown",
        f"Your message\n\n  Subject: form\n\nwas not delivered to:\n\n  {DEAD}\n  {OTHER}\n\nbecause:\n\n  550 "
        f"unknown\n",
        to=(DEAD, OTHER),
    ),
    "comma-list": words(
        DAEMON, SUBJECT, f"Could not deliver to the following addresses: {DEAD}, {OTHER}\n", to=(DEAD, OTHER)
    ),
    "subject-names-it": words(DAEMON, f"Undeliverable: mail to {DEAD}", "The mailbox is unknown.\n"),
    "subject-names-it-pathless": pathless(DAEMON, f"User unknown: {DEAD}", "Your message was returned.\n"),
    "failed-header-folded": words(
        DAEMON, "Mail delivery failed", "x\n", f"X-Failed-Recipients: {DEAD},\r\n  {OTHER}", to=(DEAD, OTHER)
    ),
    "idn-recipient": words(DAEMON, SUBJECT, "<school@школа.test>: user unknown\n", to=("school@школа.test",)),
    "plus-and-dash": words(DAEMON, SUBJECT, "<a.b+c-d@x-y.test>: user unknown\n", to=("a.b+c-d@x-y.test",)),
    "underscore-host": words(DAEMON, SUBJECT, "<a_b@mail_1.test>: user unknown\n", to=("a_b@mail_1.test",)),
    "source-route": words(
        DAEMON, "Returned mail", f"   ----- The following addresses failed -----\n<@relay.test:{DEAD}>\n"
    ),
    "broken-line": words(
        DAEMON, SUBJECT, f"I was unable to deliver your message to the following\naddress\n\n{DEAD}\n"
    ),
    "tabs": words(DAEMON, SUBJECT, f"Failed recipients:\n\t{DEAD}\t550 unknown\n"),
    "numbered": words(
        DAEMON, SUBJECT, f"Failed recipients:\n 1. {DEAD} - unknown\n 2. {OTHER} - full\n", to=(DEAD, OTHER)
    ),
    "bullets": words(DAEMON, SUBJECT, f"These recipients were rejected:\n* {DEAD}\n* {OTHER}\n", to=(DEAD, OTHER)),
    "in-quotes": words(DAEMON, SUBJECT, f'The user "{DEAD}" was not found on this server.\n'),
    "slash-path": words(DAEMON, SUBJECT, f"Error: mailbox /var/mail/{DEAD} is full\n"),
    "smtp-colon": words(DAEMON, SUBJECT, f"Recipient: [SMTP:{DEAD}] Reason: unknown\n"),
}
