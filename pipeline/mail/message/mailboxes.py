"""Address fields (RFC 5322, 3.4): mailboxes with the names beside them, and whether there is just one author."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.mail.addresses import canonical
from pipeline.mail.message.charsets import decode
from pipeline.mail.message.encoded_words import (
    WORD,
    decode_words,
)
from pipeline.mail.message.lexical import clean_line, strip_comments

# Lengths are bounded so that no value, however hostile, takes more than linear time.
_QUOTED = re.compile(r'"(?:[^"\\]|\\.){0,300}"')
_ANGLE = re.compile(r"<([^<>]*)>")
_SPEC = re.compile(r"(?<![^\s<>()\[\],;:\"@])[^\s<>()\[\],;:\"@]{1,256}@[^\s<>()\[\],;:\"@]{1,256}")
_PLAIN = re.compile(
    r'\A\s{0,9}(?:"?([^"\\<>()\[\],;:@]{0,200}?)"?\s{0,9}<([^\s<>()\[\],;:"@]{1,256}@[^\s<>()\[\],;:"@]{1,256})>'
    r'|([^\s<>()\[\],;:"@]{1,256}@[^\s<>()\[\],;:"@]{1,256}))\s{0,9}'
)
_QUOTED_SPEC = re.compile(r'("(?:[^"\\]|\\.){1,200}")[ \t]{0,9}@[ \t]{0,9}([^\s<>()\[\],;:"@]+)')
_QUOTED_LOCAL = re.compile(r'"(?:[^"\\]|\\.){0,300}"[ \t]{0,9}@[ \t]{0,9}')


class Named(NamedTuple):
    """One address of a header with the name beside it."""

    name: str
    address: str


def mailboxes(value: bytes, hints: tuple[str, ...] = ()) -> list[Named]:
    """Return the mailboxes of an address header, addr-specs in their canonical spelling.

    The address is what stands in angle brackets outside quotes, never an «address» inside a display name.
    """
    text = decode(value[:100_000], None, hints)
    if plain := _PLAIN.fullmatch(text):  # most headers: one address, nothing quoted, no comment
        return [Named(_display(plain[1] or "", hints), canonical((plain[2] or plain[3]).strip(".")))]
    found: list[Named] = []
    for item in _split_list(text):
        bare = strip_comments(item)
        unquoted = _QUOTED.sub(lambda match: " " * len(match[0]), bare)
        angles = list(_ANGLE.finditer(unquoted))
        if angles:
            inner = bare[angles[-1].start(1) : angles[-1].end(1)]
            inner = inner.rpartition(":")[2] if inner.startswith("@") else inner  # an old source route
            name = bare[: angles[-1].start()]
        else:
            inner, name = bare.rpartition(":")[2] if ":" in unquoted else bare, ""
        if quoted := _QUOTED_SPEC.search(inner):
            found.append(Named(_display(name, hints), canonical(f"{quoted[1]}@{quoted[2]}".strip("."))))
        elif spec := _SPEC.search(inner):
            found.append(Named(_display(name, hints), canonical(spec[0].strip("."))))
    return found


def is_one_mailbox(value: bytes, hints: tuple[str, ...] = ()) -> bool:
    """Whether an address header names one address and cannot be read as naming another one too (M28).

    Names may be written as carelessly as they are; what stands outside quotes, comments and encoded words decides.
    """
    text = decode(value[:100_000], None, hints)
    if _PLAIN.fullmatch(text):
        return True
    plain = strip_comments(WORD.sub("w", text))
    plain = _QUOTED.sub("", _QUOTED_LOCAL.sub("q@", plain))
    specs = _SPEC.findall(plain)
    grouped = ":" in plain and "<" not in plain
    return (
        len({canonical(spec.strip(".")) for spec in specs}) == 1
        and plain.count("@") == len(specs)
        and not grouped
        and len(value) <= 100_000
    )


def addresses(value: bytes, hints: tuple[str, ...] = ()) -> list[str]:
    """Return only the addr-specs of an address header, in their canonical spelling."""
    return [named.address for named in mailboxes(value, hints)]


def _display(name: str, hints: tuple[str, ...]) -> str:
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return clean_line(decode_words(name, hints))


def _split_list(text: str) -> list[str]:
    """Split an address list at commas and semicolons outside quotes, comments and angle brackets."""
    items: list[str] = []
    current: list[str] = []
    quoted = escaped = False
    depth = angle = 0
    for letter in text:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")" and depth > 0)
            angle += (letter == "<") - (letter == ">" and angle > 0)
            if letter in ",;" and not depth and not angle:
                items.append("".join(current))
                current = []
                continue
        current.append(letter)
    items.append("".join(current))
    if (quoted or depth or angle) and len(items) == 1 and "," in text:  # an unclosed quote swallowed the list
        items = re.split(r"[,;]", text)
    return items
