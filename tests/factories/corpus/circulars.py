"""Lists, newsletters, shops, spam and logs: ordinary mail of the last twenty-five years, none of it a bounce."""

from __future__ import annotations

from tests.factories.bounce_texts import DEAD, EXIM_TEXT, POSTFIX_TEXT, QMAIL_TEXT, SENDMAIL_TEXT
from tests.factories.corpus.case import Case, letter
from tests.factories.messages import EXCHANGE, b64

JUNK = "junk"


def _list(subject: str, text: str, *extra: str, sender: str = "Ann <ann@people.test>", kind: str = JUNK) -> Case:
    return Case(
        letter(subject, text, *extra, sender=sender, to="users@lists.test", path="users-bounces@lists.test"), kind
    )


def _spam(subject: str, text: str, sender: str, *extra: str, kind: str = "question", path: str | None = None) -> Case:
    return Case(letter(subject, text, *extra, sender=sender, path=path), kind)


LIST = "List-Id: <users.lists.test>"
OLD_LIST = "Mailing-List: contact users-help@lists.test; run by ezmlm"
ANSWER = "In-Reply-To: <a@b.test>"

CIRCULARS: dict[str, Case] = {
    "mailman-question": _list("[Users] bounce with 550 User unknown", f"My log says:\n\n{POSTFIX_TEXT}", LIST),
    "mailman-answer": _list(
        "Re: [Users] Undelivered Mail Returned to Sender", SENDMAIL_TEXT, LIST, ANSWER, kind="question"
    ),
    "mailman-subject-is-bounce": _list("Undelivered Mail Returned to Sender", POSTFIX_TEXT, LIST),
    "mailman-subject-is-exim": _list(
        "Mail delivery failed: returning message to sender", EXIM_TEXT, LIST, "Precedence: list"
    ),
    "mailman-2001": _list(
        "[Users] mail delivery failure", SENDMAIL_TEXT, "X-Mailman-Version: 2.0.5", "X-BeenThere: users@lists.test"
    ),
    "ezmlm": _list("failure notice explained", QMAIL_TEXT, OLD_LIST, "Precedence: bulk"),
    "ezmlm-subject-only": _list("failure notice", QMAIL_TEXT, OLD_LIST),
    "majordomo": _list(
        "returned mail: user unknown", f"Does anybody know this?\n{SENDMAIL_TEXT}", "Sender: owner-users@lists.test"
    ),
    "listserv": _list("Undeliverable mail", "How do I stop these?", "Sender: Users List <USERS@LISTS.test>"),
    "yahoo-groups": _list(
        "[group] bouncing members",
        "Your message was returned. 550 User unknown.",
        "List-Unsubscribe: <mailto:x@y.test>",
    ),
    "google-groups": _list("Delivery problems", "Messages are not delivered to my group.", "List-ID: <g.groups.test>"),
    "digest": _list(
        "Users Digest, Vol 3, Issue 7",
        f"Today's topics:\n 1. user unknown\n\n{POSTFIX_TEXT}",
        LIST,
        sender="users-request@lists.test",
    ),
    "mailman-uncaught": _list(
        "Uncaught bounce notification",
        "The attached message was received as a bounce.",
        LIST,
        sender="mailman@lists.test",
        kind=JUNK,
    ),
    "mailman-disabled": _list(
        "confirm 1234",
        "Your membership has been disabled due to excessive bounces.",
        LIST,
        sender="users-confirm@lists.test",
    ),
    "mailman-held": _list(
        "Your message to Users awaits moderator approval",
        "Is being held until the moderator can review it.",
        LIST,
        sender="users-bounces@lists.test",
    ),
    "mailman-reminder": _list(
        "lists.test mailing list memberships reminder",
        "Passwords below.",
        "Precedence: bulk",
        "X-List-Administrivia: yes",
        sender="mailman-owner@lists.test",
    ),
    "newsletter-delivery": Case(
        letter(
            "Improve your email delivery: failed messages explained",
            "Why was your message rejected? Hard bounces: the mailbox does not exist. Read more at https://news.test",
            "List-Unsubscribe: <https://news.test/u>",
            sender="Mail Tips <newsletter@news.test>",
        ),
        JUNK,
    ),
    "shop-order": _spam(
        "Your order could not be delivered",
        "The courier could not deliver your parcel. Reschedule.",
        "Shop <noreply@shop.test>",
    ),
    "shop-order-delayed": _spam(
        "Your delivery is delayed", "Your parcel will be retried tomorrow.", "Parcel <no-reply@parcel.test>"
    ),
    "shop-order-delivered": _spam(
        "Delivered: your parcel", "Your parcel was delivered.", "Parcel <no-reply@parcel.test>"
    ),
    "shop-failed-delivery": _spam(
        "Failed delivery notice",
        "We were unable to deliver your package. Recipient address invalid. Call us.",
        "Parcel <noreply@parcel.test>",
    ),
    "bank": _spam(
        "Your account has been blocked",
        "Access was denied. Your account is disabled. Click http://x.test",
        "Bank <admin@bank.test>",
    ),
    "phish-quota": _spam(
        "Mailbox quota exceeded",
        f"Dear {EXCHANGE},\nYour mailbox has exceeded its quota. Messages will be returned to sender.\nClick here "
        f"to upgrade: http://x.test/u",
        "System Administrator <admin@x.test>",
    ),
    "phish-pending": _spam(
        "Undelivered messages: 5 pending",
        f"Hello {EXCHANGE}\n\n5 incoming messages could not be delivered to your mailbox.\nRelease them: "
        f"https://x.test/login?u=a\n"
        "Verify your account now.",
        "Mail Administrator <noreply@x.test>",
    ),
    "phish-pending-ru": _spam(
        b64("Недоставленные сообщения: 3"),
        f"Уважаемый {EXCHANGE}! Три сообщения не доставлены, ящик переполнен. Подтвердите учётную запись: "
        f"http://x.test",
        f"{b64('Администратор почты')} <noreply@x.test>",
    ),
    "phish-from-postmaster": _spam(
        "Your account will be disabled",
        f"Your e-mail account {EXCHANGE} has been used to send spam. Account rejected. See the attached file or "
        f"http://x.test",
        "postmaster@x.test",
    ),
    "spam-returned-mail": _spam(
        "Returned mail", "Make money fast! No longer valid after Monday. Visit http://x.test", "Bob <bob@x.test>"
    ),
    "spam-failure-notice": _spam("failure notice", "Cheap pills. http://x.test", "Mary <mary@x.test>"),
    "spam-delivery-status": _spam(
        "Delivery Status Notification (Failure)", "Get a diploma today. http://x.test", "x@y.test"
    ),
    "spam-undeliverable": _spam(
        "Undeliverable: lower your mortgage", "Refinance now, rejected applicants welcome.", "Rates <r@rates.test>"
    ),
    "spam-null-path": _spam("You won", "Claim your prize.", "Win <w@x.test>", path=""),
    "spam-null-path-account": _spam(
        "Account notice", "Your bank account could not be verified, access denied.", "Bank <b@x.test>", path=""
    ),
    "spam-returned-to-you": _spam(
        "Tax refund returned",
        "Your refund was returned to us because the address is unknown. Update your details.",
        "Tax <tax@x.test>",
    ),
    "spam-marked": _spam("viagra", "x", "a@b.test", "X-Spam-Flag: YES", kind=JUNK),
    "spam-status": _spam("viagra", "x", "a@b.test", "X-Spam-Status: Yes, score=9", kind=JUNK),
    "spam-assassin-report": _spam(
        "[SPAM] hello",
        "Content analysis details: 550 points. Spam detection software has identified this incoming email as "
        "possible spam.",
        "a@b.test",
        "X-Spam-Status: Yes, hits=10",
        kind=JUNK,
    ),
    "cron": _spam(
        "Cron <root@x> run-parts",
        "mailbox full: /var: quota exceeded",
        "Cron Daemon <root@x.test>",
        "Auto-Submitted: auto-generated",
        kind="auto_reply",
    ),
    "logwatch": _spam("Logwatch for x", f"550 5.1.1 <{DEAD}>: User unknown: 3 Times", "root@x.test"),
    "pflogsumm": _spam(
        "Postfix log summaries for Aug 30", f"message bounce detail\n  {DEAD}: User unknown (3)", "root@x.test"
    ),
    "sourceforge": _list(
        "[ x-Bugs-1 ] Mail could not be delivered",
        "Bug was opened: message not delivered.",
        "Precedence: bulk",
        sender="noreply@forge.test",
    ),
    "bugzilla": _spam(
        "[Bug 12] New: Undelivered mail is lost",
        "When mail is returned to sender with 550 5.1.1 it vanishes.",
        "bugzilla-daemon@x.test",
        "X-Bugzilla-Reason: CC",
    ),
    "github": _list(
        "[a/b] Delivery failed: message rejected (#12)",
        "It says 550 5.7.1 rejected.",
        "List-ID: a/b <b.a.git.test>",
        sender="noreply@git.test",
    ),
    "calendar-declined": _spam("Declined: meeting", "x", "Ann <ann@people.test>"),
    "conference": _spam("Call for papers: rejected papers will be returned", "Submit your paper.", "cfp@conf.test"),
    "joke": _spam("Fw: RETURN TO SENDER", "Elvis: address unknown, no such number.", "Bob <bob@x.test>"),
    "joke-no-prefix": _spam(
        "Return to sender",
        "She wrote upon it: return to sender, address unknown, no such number, no such zone.",
        "Bob <bob@x.test>",
    ),
    "password": _spam(
        "Password reset", "Your password was changed. If the message was rejected, write us.", "noreply@x.test"
    ),
    "webmaster": _spam(
        "Mail form on your site is broken", "The form says: message could not be sent, relay access denied.", "w@x.test"
    ),
    "circular-ru": Case(
        letter(
            b64("Рассылка: новости"),
            "Если письмо не доставлено, откройте на сайте.",
            "List-Unsubscribe: <mailto:u@n.test>",
        ),
        JUNK,
    ),
}
