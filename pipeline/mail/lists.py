"""Whether a message came through a mailing list or a mass mailer: by the headers of today's and older ones."""

from __future__ import annotations

import re

from pipeline.mail.message import ParsedMessage

_HEADERS = (
    "List-Id",
    "List-Post",
    "List-Unsubscribe",
    "List-Subscribe",
    "List-Help",
    "List-Archive",
    "Mailing-List",
    "X-Mailing-List",
    "X-Mailman-Version",
    "X-BeenThere",
    "X-List-Administrivia",
    "X-Listname",
    "X-ML-Name",
    "Feedback-ID",
)
_SENDER = re.compile(r"(?i)(?:owner-[\w.-]+|[\w.-]+-(?:owner|bounces?|return-\d+)(?:[-+=].*)?|bounces?[-+].*)@")


def is_list_mail(message: ParsedMessage) -> bool:
    """Whether ``message`` went to many: a list's headers, «Precedence: list», or a list's address as the sender."""
    headers = message.headers
    if any(name in headers for name in _HEADERS) or headers.token("Precedence") == "list":
        return True
    if any("mailing list" in value.lower() for value in headers.all("Delivered-To")):
        return True
    return any(_SENDER.match(address) for address in (*headers.addresses("Sender"), message.return_path or ""))
