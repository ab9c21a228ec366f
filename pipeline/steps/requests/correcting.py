"""Corrections of a record that come by mail: reading them, and putting them on record."""

from __future__ import annotations

import re

from pipeline.cabinet.corrections import Correction, read_corrections
from pipeline.mail.commands.command import Command
from pipeline.mail.commands.lines import subject_and_lines
from pipeline.mail.commands.normal import normalised
from pipeline.mail.message.parse import ParsedMessage
from pipeline.model import Login
from pipeline.model.corrections import Change, applied
from pipeline.steps.answers.answering import Answers
from pipeline.steps.base.context import Context
from pipeline.store import Session, changes

MOST_CORRECTIONS = 10  # that wait of one login
_ADDRESS = re.compile(r"(?<![^\s<>,;\"()«»])[^\s<>,;\"()«»]{1,254}@[^\s<>,;\"()«»]{1,254}")
_LOGIN = re.compile(r"\A[a-z][a-z0-9_.-]{1,40}\d[a-z0-9_.-]{0,10}", re.IGNORECASE)


def asks_for_corrections(message: ParsedMessage, login: Login) -> bool:
    """Return whether ``message`` asks for a change in the record of ``login`` beside «ПАСПОРТ»."""
    return bool(read_corrections(subject_and_lines(message), login.addresses))


def named_login(argument: str) -> str:
    """Return the login in the argument of «АДРЕС», "" without one."""
    words = [word.strip(":,;–—") for word in argument.split() if "@" not in word]
    return next((word for word in words if _LOGIN.fullmatch(word)), "")


def as_written(message: ParsedMessage, command: Command) -> str:
    """Return the argument of «АДРЕС» with its addresses as they were written.

    For comparing commands ё is е, but «ёлка.рф» is another domain than «елка.рф».
    """
    written = {normalised(found): found for line in subject_and_lines(message) for found in _ADDRESS.findall(line)}
    return _ADDRESS.sub(lambda match: written.get(match[0], match[0]), command.argument)


def unacceptable(context: Context, login: Login, item: Correction) -> str | None:
    """Return why a well-written correction is not taken, as a stable word, or None.

    ``known``: it is so already; ``ours``: an address of this exchange; ``last``: nothing would be left to write to.
    """
    new = item.value.rpartition(" ")[2].lower() if item.field in ("address", "replaced_address") else ""
    if new in context.own_addresses:
        return "ours"
    if item.field == "other":
        return None
    after = applied(item, login)
    if after == login:
        return "known"
    return "last" if login.addresses and not after.addresses else None


def request_change(session: Session, login: Login, item: Correction, answers: Answers) -> tuple[Change | None, str]:
    """Put a correction of ``login`` on record as the writer's; return (it as it is on record, ``asked``).

    Or (the same one, ``waiting``) when it waits already, and (None, ``many``) when too many do.
    """
    wanted = Change(
        login=login.code,
        field=item.field,
        value=item.value,
        requested_by=answers.judgement.message.sender or "",
        receipt_id=answers.judgement.receipt.id,
        requested_at=answers.judgement.receipt.received_at,
    )
    waiting = changes.listed(session, login=login.code)
    same = [change for change in waiting if (change.field, change.value) == (item.field, item.value)]
    if same:
        return same[0], "waiting"
    if len(waiting) >= MOST_CORRECTIONS:
        return None, "many"
    return changes.add(session, wanted), "asked"
