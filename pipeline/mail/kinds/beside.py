"""What is beside the commands or the workbooks of a message and must reach a person (M35)."""

from __future__ import annotations

from pipeline.mail.commands.leftover import left_over
from pipeline.mail.kinds.classify import Classification, decoration
from pipeline.mail.message.parse import ParsedMessage


def goes_on(message: ParsedMessage, classification: Classification) -> bool:
    """Return whether words or files beside commands or workbooks go on to support as a question.

    Lines under a command that takes them belong to it. A logo or a signature is no file to look at.
    """
    if classification.kind == "return":
        return left_over(message, with_file=True)
    if classification.kind != "request":
        return False
    if any(command.written for command in classification.commands):  # read so only where nothing else is said
        return False
    if any(not decoration(item) for item in message.attachments):
        return True
    return not any(each.word.takes_lines for each in classification.commands) and left_over(message)
