"""What a message says as a whole: its commands, an answer to our question, and the mark of a draft.

A command is alone in the subject, or alone on the first line that is not a greeting; further ones follow on the lines
after it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.mail.commands.command import Command, Effect
from pipeline.mail.commands.leftover import beyond_politeness
from pipeline.mail.commands.likely import likely_command
from pipeline.mail.commands.lines import LINES, first_line, own_subject, said
from pipeline.mail.commands.normal import normalised, without_politeness
from pipeline.mail.commands.reading import DRAFT, is_draft_word, read_answer, read_command
from pipeline.mail.commands.words.collecting import NOT_STARTED, STATUS
from pipeline.mail.commands.words.helping import HELP
from pipeline.mail.message.parse import ParsedMessage

MOST_COMMANDS = 10  # of one message
_LONGEST = 400
_DRAFT_SAID = re.compile(
    r"(?<!не )(?<!вместо )(?<!в ячейке )\b(?:черновик(?:а|у|ом|е|и)?|чернов(?:ой|ая|ую|ом|ое)|draft)\b(?! был)"
)
_DENIES = re.compile(r"(?<!\w)не(?:т|льзя)?(?!\w)")
_FINAL = re.compile(r"\b(?:окончательн|чистов|итоговый вариант|готовый вариант|final)")


def commands_of(message: ParsedMessage, *, with_file: bool = False) -> tuple[Command, ...]:
    """Return the commands a message gives, each once: in its subject, and alone on lines from the first one on.

    The lines count as far as each is a command. ``with_file``: beside an attached file «Форма» or «Отчёт 2» on a line
    may say what is attached; only what can be no name of a file is asked for (M35).
    """
    found: dict[Command, None] = {}
    if named := read_command(own_subject(message.subject)):
        found[named] = None
    for line in said(message.own_lines[:LINES]):
        if not without_politeness(line):
            continue
        command = read_command(line)
        if command is None or (with_file and not _names_no_file(command)):
            break
        found[command] = None
    return tuple(found)[:MOST_COMMANDS] or (() if with_file else _likely_commands(message))


def _likely_commands(message: ParsedMessage) -> tuple[Command, ...]:
    """The commands that a message likely means, where it says nothing else: else a person reads it.

    They are in its subject, unless it answers a letter, and on the lines of its text.
    """
    found: dict[Command, None] = {}
    answers = bool(message.in_reply_to or message.references)
    subject = own_subject(message.subject)
    if not answers and (named := likely_command(subject)) is not None:
        found[named] = None
    elif _DENIES.search(subject.lower()):  # «форма не открывается», and below it «можно форму?»
        return ()
    for line, may_be_signature in beyond_politeness(message):
        text = next(said([line]), "")
        command = read_command(text) or likely_command(text)
        if command is None and not (found and may_be_signature):
            return ()
        if command is not None:
            found.setdefault(replace(command, written=line) if command.written else command)
    return tuple(found)[:MOST_COMMANDS]


def _names_no_file(command: Command) -> bool:
    return command.word in (STATUS, NOT_STARTED, HELP) or command.word.effect is Effect.CHANGES


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
