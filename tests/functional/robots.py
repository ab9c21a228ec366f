"""Mail servers and robots at the other end of the post office: reports on our letters, and answers without end."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.utils import make_msgid

from pipeline.embedded import clients
from pipeline.steps.base.fakes.transport import SentLetter
from tests.functional.post import Post
from tests.functional.world import letter


def sent_to(post: Post, address: str) -> SentLetter:
    """The newest letter that the server took for ``address``."""
    return next(sent for sent in reversed(post.mail.sent) if sent.recipient == address)


def report(
    post: Post, sent: SentLetter, action: str = "failed", status: str = "5.1.1", words: str = "550 5.1.1 User unknown"
) -> None:
    """A server reports on ``sent`` to its return path, now (RFC 3464)."""
    ours = letter(sent.content)
    headers = f"Message-ID: {ours['Message-ID']}\r\nFrom: {ours['From']}\r\nTo: {sent.recipient}\r\n"
    content = (
        f"Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.school.test>\r\nTo: {sent.envelope_from}\r\n"
        f"Subject: Delivery report\r\nMessage-ID: {make_msgid(domain='mx.school.test')}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=b="\r\n\r\n'
        f"--=b=\r\nContent-Type: text/plain\r\n\r\n<{sent.recipient}>: {words}\r\n"
        "--=b=\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.school.test\r\n\r\n"
        f"Final-Recipient: rfc822; {sent.recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {words}\r\n"
        f"--=b=\r\nContent-Type: text/rfc822-headers\r\n\r\n{headers}\r\n--=b=--\r\n"
    )
    post.inbox.deliver(content.encode(), post.now)


def answers(
    post: Post,
    sender: str,
    text: str,
    *,
    to: SentLetter,
    headers: dict[str, str] | None = None,
    threaded: bool = True,
) -> None:
    """A robot answers a letter of ours in a new message of its own; ``threaded`` as a mail program does."""
    ours = letter(to.content)
    target = str(ours["Reply-To"] or ours["From"]) if threaded else post.settings.address
    message = EmailMessage()
    message["From"], message["To"] = sender, target
    message["Subject"] = f"Re: {ours['Subject']}" if threaded else "Сообщение"
    message["Message-ID"] = make_msgid(domain="robot.test")
    if threaded:
        message["In-Reply-To"] = message["References"] = str(ours["Message-ID"])
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(f"{text}\n\n{make_msgid()}\n")
    post.inbox.deliver(message.as_bytes(policy=policy.SMTP), post.now)


def writes(post: Post, sender: str, text: str, **headers: str) -> None:
    """Somebody writes to the exchange without answering anything; ``Return_Path`` names the header Return-Path."""
    message = clients.thunderbird(sender, post.settings.address, "Вопрос", text, None)
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    post.inbox.deliver(lines.encode() + message.as_bytes(policy=policy.SMTP), post.now)


def until_silence(post: Post, rounds: int = 60) -> int:
    """Exchange until nothing leaves; return in how many rounds that was so. Never silent is a failure."""
    for done in range(rounds):
        before = len(post.mail.sent)
        post.exchange_all()
        if len(post.mail.sent) == before:
            return done
    raise AssertionError("the loop has no end")
