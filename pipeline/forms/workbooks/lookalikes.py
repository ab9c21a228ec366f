"""Letters and signs that look the same and are not: what people cannot see they cannot put right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

_LATIN: Final = str.maketrans("abcehkmoptxy03", "авсенкмортхуоз")
"""In lower case, as keys are: «В» and «B» look the same where «в» and «b» do not."""
_DASHES = re.compile("[‐‑‒–—−]")
_DOTS = re.compile("[․．。]")
_RUNS = re.compile(r" {2,}")
_ROUND_DASH = re.compile(r" ?- ?")
_LOST = re.compile(r"\?{3,}")


def looks_of(keys: Iterable[str]) -> Mapping[str, str]:
    """Return what each of ``keys`` looks like → the key, without looks that two of them share."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    for key in keys:
        shared |= {look(key)} & found.keys()
        found[look(key)] = key
    return {seen: key for seen, key in found.items() if seen not in shared}


def look(key: str) -> str:
    """Return ``key`` with Latin letters as the Cyrillic ones that look the same, and no space beside a hyphen."""
    return _ROUND_DASH.sub("-", key.translate(_LATIN))


def with_plain_signs(value: str) -> str:
    """Return ``value`` with every sign that looks like a hyphen or a dot as one, and digits of all scripts as ours."""
    if value.isascii():
        return value
    plain = _DOTS.sub(".", _DASHES.sub("-", value))
    return "".join(str(int(char)) if char.isdecimal() else char for char in plain)


def with_single_spaces(value: str) -> str:
    """Return ``value`` with one space for several in a row."""
    return _RUNS.sub(" ", value)


def is_lost(value: str) -> bool:
    """Whether the letters were lost on the way and question marks stand in their place."""
    if "\ufffd" in value:
        return True
    if not _LOST.search(value):
        return False
    return value.count("?") * 2 > sum(not char.isspace() for char in value)
