"""A report that a rule of a mailbox passes on as an attachment: the report counts, and not its envelope (M34)."""

from __future__ import annotations

from pipeline.mail.commands.messages import commands_of
from pipeline.mail.kinds.automatic import passed_on_by_rule
from pipeline.mail.message.parse import ParsedMessage, parse
from pipeline.mail.message.parts import MESSAGE_TYPES


def passed_on(message: ParsedMessage) -> ParsedMessage | None:
    """Return the one message that a rule encloses in ``message``, or None.

    None too where a person passes it on, or writes something beside it that wants an answer: that is a question.
    """
    submitted = message.headers.token("Auto-Submitted")
    if submitted in ("no", "auto-replied") or not (submitted or passed_on_by_rule(message)):
        return None
    enclosed = [part for part in message.parts if part.depth == 0 and part.content_type in MESSAGE_TYPES]
    if len(enclosed) != 1 or "?" in "\n".join(message.own_lines) or commands_of(message):
        return None
    return parse(enclosed[0].data)
