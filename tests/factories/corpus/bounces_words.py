"""Delivery reports in words alone: Russian, English and other servers of today and of the last twenty years."""

from __future__ import annotations

from tests.factories.bounce_texts import (
    DEAD,
    EXCHANGE_2003,
    EXIM_TEXT,
    PATH,
    POSTFIX_TEXT,
    QMAIL_TEXT,
    RETURNED_HEADERS,
)
from tests.factories.corpus.case import OTHER, Case, pathless, words
from tests.factories.messages import DATE, head, message, multipart, part

POSTMASTER = "postmaster@spo24.test"
DAEMON = "MAILER-DAEMON@spo24.test"
COPY = f"\n----- Original message -----\n\n{RETURNED_HEADERS}\ntext\n"


def _with_letter(sender: str, subject: str, text: str, to: tuple[str, ...] = (DEAD,)) -> Case:
    """Words and the returned letter in multipart/mixed."""
    parts = [
        part("Content-Type: text/plain; charset=utf-8", text),
        part("Content-Type: message/rfc822", message(RETURNED_HEADERS.strip().split("\n"), "x")),
    ]
    lines = ["Return-Path: <>", f"From: {sender}", f"To: {PATH}", f"Subject: {subject}", f"Date: {DATE}"]
    return Case(head([*lines, "MIME-Version: 1.0"]) + multipart("multipart/mixed", "_m_", parts), bounced=to)


WORD_BOUNCES: dict[str, Case] = {
    "postfix-words": words(DAEMON, "Undelivered Mail Returned to Sender", POSTFIX_TEXT, status="5.1.1"),
    "postfix-words-two": words(
        DAEMON,
        "Undelivered Mail Returned to Sender",
        POSTFIX_TEXT
        + f"\n<{OTHER}>: host college7.test[192.0.2.9] said: 552 5.2.2 Mailbox full\n    (in reply to end of DATA)\n",
        to=(DEAD, OTHER),
    ),
    "postfix-host-not-found": words(
        "Mail Delivery System <MAILER-DAEMON@x.test>",
        "Undelivered Mail Returned to Sender",
        f"This is the mail system at host x.test.\n\n<{DEAD}>: Host or domain name not found. Name service error "
        f"for\n    "
        "name=spo24.test type=A: Host not found\n",
    ),
    "exim-two": words(
        "Mail Delivery System <Mailer-Daemon@spo24.test>",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to "
        f"one or more of its\nrecipients. The following address(es) failed:\n\n  {DEAD}\n    Unrouteable address\n  "
        f"{OTHER}\n    "
        "retry timeout exceeded\n",
        to=(DEAD, OTHER),
    ),
    "exim-generated-from": words(
        "Mail Delivery System <Mailer-Daemon@spo24.test>",
        "Mail delivery failed: returning message to sender",
        f"A message that you sent could not be delivered to one or more of its recipients. The following address "
        f"failed:\n\n"
        f"  inner@store.test\n    (generated from {DEAD})\n    mailbox is full: retry timeout exceeded\n{COPY}",
    ),
    "exim-frozen": words(
        "Mail Delivery System <Mailer-Daemon@spo24.test>",
        "Message 1mKXYZ-0001Ab-CD has been frozen",
        "Message 1mKXYZ-0001Ab-CD has been frozen (delivery error message).\nThe sender is <>.\n\nThe following "
        "address(es) have "
        f"yet to be delivered:\n\n  {DEAD}: Unrouteable address\n",
    ),
    "exim-1and1": words(
        "Mail Delivery System <mailer-daemon@kundenserver.test>",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to\n"
        f"one or more of its recipients. The following addresses failed:\n\n    <{DEAD}>\n\nFor the following "
        f"reason:\n\n"
        "Mail size limit exceeded.\n\n--- The header of the original message is following. ---\n\n" + RETURNED_HEADERS,
    ),
    "qmail-two": words(
        DAEMON,
        "failure notice",
        QMAIL_TEXT.split("---")[0]
        + f"\n<{OTHER}>:\n192.0.2.9 does not like recipient.\nRemote host said: 550 unknown\nGiving up on "
        "192.0.2.9.\n\n--- Below this line is a copy of the message.\n\n" + RETURNED_HEADERS,
        to=(DEAD, OTHER),
    ),
    "qmail-wrapped-in-html": Case(
        message(
            ["Return-Path: <>", f"From: {DAEMON}", f"To: {PATH}", "Subject: failure notice"],
            "",
            html=f"<pre>Hi. This is the qmail-send program at x.test.\nI'm afraid I wasn't able to "
            f"deliver.\n\n&lt;{DEAD}&gt;:\n"
            "Sorry, no mailbox here by that name. (#5.1.1)\n</pre>",
        ),
        bounced=(DEAD,),
    ),
    "qmail-user-over-quota": words(
        DAEMON,
        "failure notice",
        f"Hi. This is the qmail-send program at spo24.test.\nI'm afraid I wasn't able to deliver your message to "
        f"the following "
        f"addresses.\n\n<{DEAD}>:\nUser is over the quota. You can try again later.\n\n--- Below this line is a copy",
    ),
    "pathless-qmail": pathless(DAEMON, "failure notice", QMAIL_TEXT),
    "pathless-postmaster": pathless(POSTMASTER, "Undeliverable: form", EXCHANGE_2003),
    "pathless-exim": pathless("Mail Delivery System <Mailer-Daemon@x.test>", "Mail delivery failed", EXIM_TEXT),
    "pathless-no-name": pathless(
        "Postmaster <postmaster@x.test>",
        "Mail System Error - Returned Mail",
        f"Recipient: <{DEAD}>\nReason: unknown user\n{COPY}",
    ),
    "yahoo": words(
        "MAILER-DAEMON@yahoo.test",
        "Failure Notice",
        f"Sorry, we were unable to deliver your message to the following address.\n\n<{DEAD}>:\nRemote host said: "
        f"550 5.1.1 User "
        "unknown\n [RCPT_TO]\n\n--- Below this line is a copy of the message.\n\n" + RETURNED_HEADERS,
    ),
    "yahoo-old": words(
        "MAILER-DAEMON@yahoo.test",
        "Delivery failure",
        f"Message from yahoo.test.\nUnable to deliver message to the following address(es).\n\n<{DEAD}>:\nSorry, "
        f"your message to "
        f"{DEAD} cannot be delivered. This account is over quota.\n\n--- Original message "
        f"follows.\n\n{RETURNED_HEADERS}",
    ),
    "aol": words(
        "Mail Delivery Subsystem <MAILER-DAEMON@aol.test>",
        "Returned mail: User unknown",
        "The original message was received at Mon, 30 Aug 2021\n\n*** ATTENTION ***\n\nYour e-mail is being "
        "returned to you because "
        f"there was a problem with its delivery.\n\n   ----- The following addresses had permanent fatal errors "
        f"-----\n<{DEAD}>\n\n"
        f"   ----- Transcript of session follows -----\n<<< 550 MAILBOX NOT FOUND\n550 <{DEAD}>... User unknown\n",
    ),
    "hotmail-words": words(
        "postmaster@hotmail.test",
        "Delivery Status Notification (Failure)",
        "This is an automatically generated Delivery Status Notification.\n\nDelivery to the following recipients "
        "failed.\n\n"
        f"       {DEAD}\n\n",
    ),
    "hotmail-delay": words(
        "postmaster@hotmail.test",
        "Delivery Status Notification (Delay)",
        "This is an automatically generated Delivery Status Notification.\n\nTHIS IS A WARNING MESSAGE ONLY.\n\nYOU "
        "DO NOT NEED TO "
        f"RESEND YOUR MESSAGE.\n\nDelivery to the following recipients has been delayed.\n\n       {DEAD}\n",
        kind="delay",
    ),
}
