"""Delivery reports that mean to keep to RFC 3464 and do not quite."""

from __future__ import annotations

from tests.factories.bounce_texts import (
    DEAD,
    PATH,
    POSTFIX_TEXT,
    RETURNED_HEADERS,
)
from tests.factories.corpus.case import OTHER, Case, fields, report
from tests.factories.messages import DATE, b64, head, message, multipart, part

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


BROKEN_BOUNCES: dict[str, Case] = {
    "no-null-path": Case(
        _bare(
            ["Return-Path: <postmaster@spo24.test>", "From: Postmaster <postmaster@spo24.test>", "Subject: x"],
            [part("Content-Type: text/plain", "x"), _status(fields(FAILED))],
        ),
        bounced=(DEAD,),
    ),
    "no-from-no-subject": Case(
        _bare(["Return-Path: <>"], [part("Content-Type: text/plain", "x"), _status(fields(FAILED))]), bounced=(DEAD,)
    ),
    "status-without-blank-lines": Case(
        _bare(
            ["From: MAILER-DAEMON@x.test"],
            [_status(f"Reporting-MTA: dns; x\nFinal-Recipient: rfc822;{DEAD}\nAction: failed")],
        ),
        bounced=(DEAD,),
    ),
    "status-base64": Case(
        _bare(
            ["From: MAILER-DAEMON@x.test", "Subject: Undeliverable"],
            [
                part(
                    "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64",
                    b64(fields(FAILED)).split("?")[3],
                )
            ],
        ),
        bounced=(DEAD,),
    ),
    "status-as-plain-text": Case(
        _bare(
            ["Return-Path: <>", "From: MAILER-DAEMON@x.test", "Subject: Undeliverable"],
            [part("Content-Type: text/plain", "Failed."), _status(fields(FAILED), "text/plain")],
        ),
        bounced=(DEAD,),
    ),
    "status-with-blank-lines-between-fields": Case(
        _bare(
            ["From: MAILER-DAEMON@x.test", "Subject: Undeliverable"],
            [
                _status(
                    f"Reporting-MTA: dns; x\n\n\n\nFinal-Recipient: rfc822;{DEAD}\n\nAction: failed\n\nStatus: 5.0.0\n"
                )
            ],
        ),
        bounced=(DEAD,),
    ),
    "empty-status-part": Case(
        _bare(
            ["Return-Path: <>", "From: MAILER-DAEMON@x.test", "Subject: failure notice"],
            [part("Content-Type: text/plain", POSTFIX_TEXT), _status("")],
        ),
        bounced=(DEAD,),
    ),
    "cut-short": Case(
        _bare(
            ["Return-Path: <>", "From: MAILER-DAEMON@x.test", "Subject: failure notice"],
            [part("Content-Type: text/plain", POSTFIX_TEXT), _status(fields(FAILED))],
        ).split(b"Action")[0],
        bounced=(DEAD,),
    ),
    "wrong-boundary": Case(
        _bare(
            ["Return-Path: <>", "From: MAILER-DAEMON@x.test", "Subject: failure notice"],
            [part("Content-Type: text/plain", POSTFIX_TEXT), _status(fields(FAILED))],
        ).replace(b'boundary="_b_"', b'boundary="_other_"'),
        bounced=(DEAD,),
    ),
    "recipient-only-in-returned-headers": Case(
        _bare(
            ["Return-Path: <>", f"To: {PATH}", "From: MAILER-DAEMON@x.test", "Subject: Undeliverable"],
            [
                part("Content-Type: text/plain", "Your message was not delivered."),
                _status(fields("Action: failed | Status: 5.0.0")),
                part("Content-Type: text/rfc822-headers", RETURNED_HEADERS),
            ],
        ),
        bounced=(DEAD,),
    ),
    "final-recipient-is-ours-after-forwarding-to-itself": Case(
        _bare(
            ["Return-Path: <>", f"To: {PATH}", "From: MAILER-DAEMON@x.test", "Subject: Undeliverable"],
            [
                part("Content-Type: text/plain", "Your message was not delivered."),
                _status(fields("Final-Recipient: rfc822; postmaster | Action: failed | Status: 5.0.0")),
                part("Content-Type: message/rfc822", message([*RETURNED_HEADERS.strip().split("\n")], "x")),
            ],
        ),
        bounced=(DEAD,),
    ),
    "soft-4xx-failed": report(
        DAEMON,
        UNDELIVERED,
        POSTFIX_TEXT,
        fields(
            f"Final-Recipient: rfc822; {DEAD} | Action: failed | Status: 4.2.2 | Diagnostic-Code: smtp; 452 4.2.2 full"
        ),
        status="4.2.2",
    ),
    "action-misspelled": report(
        DAEMON,
        UNDELIVERED,
        POSTFIX_TEXT,
        fields(f"Final-Recipient: rfc822;{DEAD} | Action: Failure | Status: 5.0.0"),
    ),
    "action-cased-delivered": report(
        DAEMON,
        "Delivery Status",
        "x",
        fields(f"Final-Recipient: rfc822;{DEAD} | Action: DELIVERED | Status: 2.0.0"),
        kind="delivered",
    ),
    "rfc822-prefix-doubled": report(
        DAEMON,
        UNDELIVERED,
        "x",
        fields(f"Final-Recipient: rfc822;rfc822;{DEAD} | Action: failed | Status: 5.1.1"),
    ),
    "recipient-without-type": report(
        DAEMON, UNDELIVERED, "x", fields(f"Final-Recipient: {DEAD} | Action: failed | Status: 5.1.1")
    ),
    "recipient-mailto": report(
        DAEMON, UNDELIVERED, "x", fields(f"Final-Recipient: rfc822;mailto:{DEAD} | Action: failed | Status: 5.1.1")
    ),
    "same-recipient-twice": report(DAEMON, UNDELIVERED, "x", fields(FAILED, FAILED)),
    "delayed-and-failed": report(
        DAEMON,
        UNDELIVERED,
        "x",
        fields(f"Final-Recipient: rfc822; {OTHER} | Action: delayed | Status: 4.4.1", FAILED),
    ),
    "japanese": report(
        "Mail Delivery System <MAILER-DAEMON@jp.test>",
        b64("配信不能通知"),
        f"次の受信者に配信できませんでした:\n\n{DEAD}\n",
        fields(FAILED),
    ),
    "auto-submitted-and-list-headers": report(
        DAEMON, UNDELIVERED, POSTFIX_TEXT, fields(FAILED), "Auto-Submitted: auto-replied", "Precedence: bulk"
    ),
    "reply-prefix-of-a-daemon": report("postmaster@spo24.test", "Re: form", "Delivery failed.", fields(FAILED)),
    "rambler": report(
        "MAILER-DAEMON@rambler.test",
        b64("Письмо не доставлено", "koi8-r"),
        f"Здравствуйте!\nВаше письмо не было доставлено следующему получателю:\n\n<{DEAD}>: нет такого пользователя\n",
        fields(FAILED),
    ),
}
