"""How the mail clients of school offices write a letter with a workbook: names, encodings and bodies differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage, Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, make_msgid

Attachment = tuple[str, bytes] | None
Client = Callable[[str, str, str, str, Attachment], Message]

_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def thunderbird(sender: str, recipient: str, subject: str, text: str, attachment: Attachment) -> Message:
    """UTF-8 text, the attachment's name as RFC 2231 says."""
    message = EmailMessage()
    _headers(message, sender, recipient)
    message["Subject"] = subject
    message["User-Agent"] = "Mozilla Thunderbird"
    message.set_content(text)
    if attachment:
        message.add_attachment(attachment[1], maintype=_XLSX[0], subtype=_XLSX[1], filename=attachment[0])
    return message


def outlook(sender: str, recipient: str, subject: str, text: str, attachment: Attachment) -> Message:
    """Text and HTML in koi8-r, the attachment as octet-stream with its name in RFC 2047 words."""
    message = MIMEMultipart("mixed")
    _headers(message, sender, recipient)
    message["Subject"] = Header(subject, "koi8-r").encode()
    message["X-Mailer"] = "Microsoft Outlook 14.0"
    body = MIMEMultipart("alternative")
    body.attach(MIMEText(text, "plain", "koi8-r"))
    body.attach(MIMEText(f"<html><body><p>{text}</p></body></html>", "html", "koi8-r"))
    message.attach(body)
    if attachment:
        part = MIMEApplication(attachment[1], "octet-stream")
        name = Header(attachment[0], "koi8-r", maxlinelen=10_000).encode()
        part["Content-Disposition"] = f'attachment; filename="{name}"'
        part.replace_header("Content-Type", f'application/octet-stream; name="{name}"')
        message.attach(part)
    return message


def webmail(sender: str, recipient: str, subject: str, text: str, attachment: Attachment) -> Message:
    """HTML only, base64, as the web page of a mail provider sends."""
    message = MIMEMultipart("mixed")
    _headers(message, sender, recipient)
    message["Subject"] = Header(subject, "utf-8").encode()
    message["X-Mailer"] = "Yamail [ http://mail.example.org ] 5.0"
    message.attach(MIMEText(f"<div>{text}</div>", "html", "utf-8"))
    if attachment:
        part = MIMEApplication(attachment[1], _XLSX[1])
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", attachment[0]))
        message.attach(part)
    return message


def telephone(sender: str, recipient: str, subject: str, text: str, attachment: Attachment) -> Message:
    """Plain text with a signature line, the workbook inline."""
    message = EmailMessage()
    _headers(message, sender, recipient)
    message["Subject"] = subject
    message["X-Mailer"] = "iPhone Mail (18H17)"
    message.set_content(f"{text}\n\nОтправлено с iPhone")
    if attachment:
        message.add_attachment(
            attachment[1], maintype=_XLSX[0], subtype=_XLSX[1], filename=attachment[0], disposition="inline"
        )
    return message


def _headers(message: Message, sender: str, recipient: str) -> None:
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
