"""Mail that speaks of bounces and is none: people, lists, logs, newsletters."""

from __future__ import annotations

from tests.factories.bounce_texts import DEAD, POSTFIX_TEXT
from tests.factories.bounces import DAEMON, FAILED, plain, standard
from tests.factories.messages import EXCHANGE, b64, message, multipart, part

NOT_REPORTS: dict[str, bytes] = {
    "person-about-a-bounce": plain(
        f"Ivan <{DEAD}>",
        "Re: Undelivered Mail Returned to Sender",
        "Our mail to you came back, please look:\n\n" + POSTFIX_TEXT,
        path=f"<{DEAD}>",
    ),
    "person-forwards-a-bounce": message(
        [
            f"Return-Path: <{DEAD}>",
            f"From: {DEAD}",
            f"To: {EXCHANGE}",
            "Subject: Fwd: Undelivered Mail Returned to Sender",
        ],
        "Смотрите, не доходит.",
        [],
        html=None,
    )
    .replace(b"MIME-Version: 1.0\r\n", b"")
    .split(b"Content-Type")[0]
    + multipart(
        "multipart/mixed",
        "==fwd==",
        [
            part("Content-Type: text/plain; charset=utf-8", "Смотрите, не доходит."),
            part("Content-Type: message/rfc822", standard(DAEMON, "Undelivered Mail", POSTFIX_TEXT, FAILED)),
        ],
    ),
    "mailing-list-question": plain(
        "Admin <admin@host.test>",
        "postfix: user unknown in virtual mailbox table",
        f"Hello, I see this in my log:\n550 5.1.1 <{DEAD}>: Recipient address rejected: User unknown\nWhat is wrong?\n",
        "List-Id: <postfix-users.lists.test>",
        path="<owner-postfix@lists.test>",
    ),
    "log-report": plain(
        "root <root@host.test>",
        "Logwatch for host",
        f"550 5.1.1 <{DEAD}>: Recipient address rejected: User unknown: 12 Time(s)\n",
        path="<root@host.test>",
    ),
    "newsletter": plain(
        "Shop <noreply@shop.test>",
        "Your order was not delivered yet",
        f"Dear {DEAD},\nyour account could not be verified. Order rejected.\n",
        path="<bounces@shop.test>",
    ),
    "russian-question": plain(
        f"Школа <{DEAD}>",
        b64("Письмо не доставлено?"),
        "Добрый день! Нам кажется, что наше письмо не доставлено. Проверьте, пожалуйста.",
        path=f"<{DEAD}>",
    ),
    "postmaster-person": plain(
        "Postmaster <postmaster@spo24.test>",
        "Planned maintenance",
        "The mail server will be unavailable on Sunday.",
        path="<postmaster@spo24.test>",
    ),
}
