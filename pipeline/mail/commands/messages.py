"""What a message says as a whole: its commands, an answer to our question, the mark of a draft, and words left over.

A command is alone in the subject, or alone on the first line that is not a greeting; further ones follow on the lines
after it.
"""

from __future__ import annotations

import re

from pipeline.mail.commands.command import Command
from pipeline.mail.commands.lines import GREETING, LINES, SIGNED, first_line, own_subject, said
from pipeline.mail.commands.normal import normalised, without_politeness
from pipeline.mail.commands.reading import DRAFT, is_draft_word, read_answer, read_command
from pipeline.mail.message.parse import ParsedMessage

MOST_COMMANDS = 10  # of one message
_ASKING = 8
_LONGEST = 400
_DRAFT_SAID = re.compile(
    r"(?<!не )(?<!вместо )(?<!в ячейке )\b(?:черновик(?:а|у|ом|е|и)?|чернов(?:ой|ая|ую|ом|ое)|draft)\b(?! был)"
)
_FINAL = re.compile(r"\b(?:окончательн|чистов|итоговый вариант|готовый вариант|final)")
_QUESTION = re.compile(r"\?(?=[\s)»\"!?.]|$)")  # and not within an address of the web


def commands_of(message: ParsedMessage, *, with_file: bool = False) -> tuple[Command, ...]:
    """Return the commands a message gives, each once: in its subject, and alone on lines from the first one on.

    The lines count as far as each is a command. ``with_file``: beside an attached file «Форма» on the first line says
    what is attached and asks for nothing.
    """
    found: dict[Command, None] = {}
    if named := read_command(own_subject(message.subject)):
        found[named] = None
    if not with_file:
        for line in said(message.own_lines[:LINES]):
            if not without_politeness(line):
                continue
            command = read_command(line)
            if command is None:
                break
            found[command] = None
    return tuple(found)[:MOST_COMMANDS]


def left_over(message: ParsedMessage, *, with_file: bool = False) -> bool:
    """Whether a message with commands says more than them: a question, or a sentence of some length.

    Signatures are no such thing. What is left over goes on as a question, so that nothing written is lost.
    ``with_file``: beside a workbook every letter has a sentence, so only a question counts.
    """
    for line in message.own_lines[:200]:
        plain = normalised(line)
        if SIGNED.match(plain):
            return False
        if not without_politeness(plain) or GREETING.fullmatch(plain) or read_command(line) or is_draft_word(line):
            continue
        if _QUESTION.search(line):
            return True
        if not with_file and len(plain.split()) >= _ASKING and not any(char.isdigit() for char in plain):
            return True
    return False


def confirmation_of(message: ParsedMessage) -> Command | None:
    """Return ``ДА`` or ``НЕТ`` with the one-time code beside it ("" when only the word is there), or None."""
    return read_answer(own_subject(message.subject)) or read_answer(first_line(message))


def draft_marked(message: ParsedMessage) -> bool:
    """Return whether the return is marked as a draft: ЧЕРНОВИК leads the subject, or the writer's lines call it one.

    A line that denies it («это не черновик») does not count, and none does where the letter calls the return final.
    """
    subject = without_politeness(normalised(own_subject(message.subject)[:200]))
    leading = DRAFT.match(subject)
    if leading and not subject[leading.end() : leading.end() + 1].isalnum():
        return True
    if is_draft_word(first_line(message)):
        return True
    lines = list(said(line[:_LONGEST] for line in message.own_lines[:LINES]))
    if any(_FINAL.search(line) for line in (subject, *lines)):
        return False
    return any(_DRAFT_SAID.search(line) for line in (subject, *lines))
