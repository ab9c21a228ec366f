"""Corrections of a record in plain words («адрес new@school.test», «название …») → what is to be changed.

People write the field before or after the value, several to a message, in the line of the command or under it. What
stands under their signature is no correction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from pipeline.cabinet.contacts import read_address
from pipeline.cabinet.regions import read_region
from pipeline.cabinet.rosterline import NAME_LENGTH
from pipeline.mail.commands.normal import LONGEST_LINE

_LONGEST = 300
_WRAPPED = 60  # characters: a line that mail programs have broken is not shorter

_ADDRESS = (
    r"(?:нов(?:ый|ая|ые)\s+)?(?:(?:эл(?:\.|ектронн\w{1,20})?\s*)?(?:адрес(?:а|ом|у)?|почт[аыу])|e-?mail|емейл|имейл)"
)
_NAME = r"(?:(?:полное|новое|краткое)\s+)?на(?:звани[ея]|именовани[ея])(?:\s+организации)?"
_REGION = r"(?:код\s+)?регион[а]?"
_OTHER = r"телефон|тел\.|ответственн\w{1,20}|директор\w{0,20}|руководител\w{0,20}|контакт\w{0,20}"
_LABEL = re.compile(
    rf"(?i)\A(?:(?P<address>{_ADDRESS})|(?P<name>{_NAME})|(?P<region>{_REGION})|(?P<other>{_OTHER}))(?![\w@.])\s*(?:[:=–—-]+\s*)?"
)
_LABEL_BEHIND = re.compile(rf"(?i)[\s,(:–—-](?:{_ADDRESS}|это\s+{_ADDRESS})\W*$")
_SIGN = r"[^\s<>,;\"()«»]"
_SPEC = rf"{_SIGN}[^\s<>,;\"()«»@]*@{_SIGN}+"
_FOUND = re.compile(rf"(?<!{_SIGN}){_SPEC}")
_REMOVED = re.compile(
    r"(?i)\b(?:удал\w+|убрать|убер\w+|исключ\w+|снять|сним\w+|больше\s+не|не\s+(?:наш|действует|работает|актуал\w+))"
)
_REPLACED = re.compile(r"(?i)\bвместо\b|\bзамен\w+|\bсмен\w+|\bпоменя\w+|→|->|=>|(?<!\S)[^\s@]*@\S+\s+на\s+\S+@")
_INSTEAD_OF = re.compile(rf"(?i)\bвместо\s+(?:\w+\s+){{0,3}}?<?({_SPEC})")
_COMMAND = re.compile(r"(?i)^\W*(?:паспорт\b|адрес(?=\s+\S*@))[\s:,.–—-]*")
_ASKED = re.compile(
    r"(?i)^(?:прошу|просим|просьба|пожалуйста)?[\s,]*(?:вас\s+)?(?:исправ\w+|измен\w+|добав\w+|запи\w+|указа\w+|внес\w+)\s+"
)
_BULLET = re.compile(r"^\s*(?:[-–—•*·]+|\d{1,2}[.)])\s*")
_SIGNED = re.compile(r"(?i)\A\W*(?:с\s+уважением|с\s+наилучшими|с\s+благодарностью|всего\s+доброго|спасибо|заранее)\b")


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody asks to be changed; ``fault`` is why it cannot be, as a stable word, "" where it can.

    ``field`` is ``address`` (one more), ``replaced_address`` (``value`` is the old and the new one, parted by a blank),
    ``removed_address``, ``name``, ``region`` (a code) or ``other``, which has no place in the roster (the whole line).
    ``fault`` is ``syntax``, ``domain``, ``cyrillic`` (addresses), ``region``, ``long`` or ``unknown_address``.
    """

    field: str
    value: str
    fault: str = ""


def read_corrections(lines: Sequence[str], known: Iterable[str]) -> list[Correction]:
    """Return the corrections in the person's ``lines``, each once; ``known`` are the addresses on record."""
    on_record = {address.lower() for address in known}
    found: dict[tuple[str, str], Correction] = {}
    for piece, by_command in _pieces(lines):
        for correction in _read(piece, on_record, by_command=by_command):
            found.setdefault((correction.field, correction.value.lower()), correction)
    return list(found.values())


def unsigned(lines: Sequence[str]) -> list[str]:
    """Return the lines above a signature."""
    return list(takewhile(lambda line: not _SIGNED.match(line), lines))


def _pieces(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield what may be a correction, and whether it stands right behind the command or first under it."""
    behind, at = False, 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if len(line) > LONGEST_LINE:
            yield line, False
            continue
        if _SIGNED.match(line):
            return
        command = _COMMAND.match(line)
        bare = line[command.end() :] if command else _BULLET.sub("", line)
        if not bare.strip():
            behind = behind or command is not None
            continue
        while _is_wrapped_name(bare) and at < len(lines) and _continues(lines[at]):
            bare = f"{bare} {lines[at].strip()}"
            at += 1
        for part in bare.split(";"):
            if asked := _ASKED.sub("", part.strip()):
                yield asked, behind or command is not None
        behind = False


def _is_wrapped_name(line: str) -> bool:
    label = _LABEL.match(line.strip())
    return label is not None and label.lastgroup == "name" and len(line) >= _WRAPPED


def _continues(line: str) -> bool:
    bare = line.strip()
    return bool(bare) and not (_LABEL.match(bare) or _SIGNED.match(bare) or _BULLET.match(bare) or _FOUND.search(bare))


def _read(piece: str, known: set[str], *, by_command: bool) -> Iterator[Correction]:
    if len(piece) > LONGEST_LINE:
        yield Correction("other", piece[:_LONGEST].strip(), "long")
        return
    written = _FOUND.findall(piece)
    if _REMOVED.search(piece) and written and not _REPLACED.search(piece):
        yield from (_removed(part, known) for part in written)
        return
    if _REPLACED.search(piece) and len(written) > 1:
        instead = _INSTEAD_OF.search(piece)
        yield _replaced(written[:2], known, instead[1] if instead else "")
        return
    label = _LABEL.match(piece)
    if label is None:
        if written and (_LABEL_BEHIND.search(piece) or (by_command and piece.strip(" <>.,:") == written[0])):
            yield from (_address(part) for part in written)
        return
    value = piece[label.end() :].strip()
    match label.lastgroup:
        case "address":
            parts = written or ([value] if value else [])
            yield from (_address(part) for part in parts)
        case "name" if value:
            yield Correction("name", value[:NAME_LENGTH], "long" if len(value) > NAME_LENGTH else "")
        case "region" if value:
            code = read_region(value.rstrip("."))
            yield Correction("region", code or value[:_LONGEST], "" if code else "region")
        case "other" if value:
            yield Correction("other", piece[:_LONGEST])


def _address(written: str, field: str = "address") -> Correction:
    address, fault = read_address(written)
    return Correction(field, address or written[:_LONGEST], fault)


def _removed(written: str, known: set[str]) -> Correction:
    found = _address(written, "removed_address")
    if found.fault or found.value in known:
        return found
    return Correction(found.field, found.value, "unknown_address")


def _replaced(written: Sequence[str], known: set[str], old: str) -> Correction:
    """``old`` is the address named behind «вместо», "" without that word: then the one on record goes."""
    first, second = (_address(part) for part in written)
    for part in (first, second):
        if part.fault:
            return Correction("replaced_address", part.value, part.fault)
    turned = written[1] == old if old else second.value in known and first.value not in known
    gone, comes = (second.value, first.value) if turned else (first.value, second.value)
    return Correction("replaced_address", f"{gone} {comes}", "" if gone in known else "unknown_address")
