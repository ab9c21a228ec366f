"""File names that any system can hold, and Russian words in Latin letters for names that should be plain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

SEPARATORS = frozenset("/\\")
RESERVED = SEPARATORS | frozenset(':*?"<>|')
"""What Windows takes in no name; other systems forbid less."""

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{4,190}(?:\.[a-z]{1,8})?")
_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)")
"""Names that Windows keeps for devices, with any suffix; four letters at the most, so no plain name is one of them."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LONGEST_SUFFIX = 10
_SPELLED = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"
LATIN = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", _SPELLED.split(), strict=True)) | {"ъ": "", "ь": ""}
"""A Russian letter in lower case → Latin letters."""


def safe_name(
    name: str,
    fallback: str = "_",
    *,
    forbidden: Collection[str] = RESERVED,
    edges: str = " .",
    longest: int = 200,
    octets: bool = False,
) -> str:
    """Return ``name`` as one name of a file, normalised (NFC), or ``fallback`` when nothing is left of it.

    A run of ``forbidden``, control and invisible characters becomes «_», ``edges`` go from both ends. At most
    ``longest`` characters are left, or bytes of UTF-8 with ``octets``; what is too long loses the end of its stem.
    """
    if _PLAIN.fullmatch(name) and len(name) <= longest:
        return name
    clean = "".join(
        "\0" if letter in forbidden or unicodedata.category(letter) in _UNSEEN else letter
        for letter in unicodedata.normalize("NFC", name)
    )
    clean = " ".join(re.sub("\0+", "_", clean).split()).strip(edges)
    if not clean.strip("_. "):
        return fallback
    return _shortened(f"_{clean}" if _DEVICES.match(clean) else clean, longest, octets=octets)


def visible(name: str) -> str:
    """Return ``name`` without control and invisible characters, such as those that turn the direction of writing."""
    return "".join(letter for letter in name if unicodedata.category(letter) not in _UNSEEN)


def slug(words: str) -> str:
    """Return ``words`` in lower case Latin letters, digits and underscores: «Дата 1й курс» → ``data_1y_kurs``.

    It may be "". What is invisible in ``words`` should be cleaned away before.
    """
    spelled = "".join(LATIN.get(letter, letter) for letter in words.casefold())
    return re.sub(r"[^a-z0-9]+", "_", spelled).strip("_")


def _shortened(name: str, longest: int, *, octets: bool) -> str:
    if len(name.encode() if octets else name) <= longest:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > _LONGEST_SUFFIX:
        stem, dot, suffix = name, "", ""
    ending = dot + suffix
    if octets:
        stem = stem.encode()[: longest - len(ending.encode())].decode("utf-8", "ignore")
    return stem[: longest - len(ending)].rstrip(" .") + ending
