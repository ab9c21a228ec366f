"""E-mail addresses: one spelling for comparing and sending, another for people, syntax, domains in Cyrillic (M40).

Everywhere inside, an address has its canonical spelling: lower case, the domain in ASCII (A-labels, RFC 5890). It is
given at the doors: the header of a message, the roster's file, a correction, a setting. Servers need no SMTPUTF8 then,
unless letters before the @ are beyond ASCII too (RFC 6531).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_CYRILLIC_LOCAL = re.compile(r"[а-яё0-9_-]+(?:\.[а-яё0-9_-]+)*", re.IGNORECASE)
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_SHOWN_LABEL = re.compile(r"[0-9-]*[а-яё][а-яё0-9-]*|[a-z0-9-]+")
_CODED = re.compile(r"(?<=@)(?:[a-z0-9-]{1,63}\.){1,10}xn--[a-z0-9-]{1,59}(?![a-z0-9-])", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufffd<>@]")
_LONGEST = 254  # octets of an address (RFC 5321, erratum 1690)


class Split(NamedTuple):
    """An address taken apart: ``exchange+tag@host`` → (``exchange``, ``tag``, ``host``)."""

    base: str
    detail: str
    domain: str


def split(address: str) -> Split:
    """Take the canonical spelling of an address apart at its last @ and its first plus sign."""
    local, _, domain = canonical(address).rpartition("@")
    base, _, detail = local.partition("+")
    return Split(base, detail, domain)


def without_detail(address: str) -> str:
    """``exchange+tag@host`` → ``exchange@host``."""
    parts = split(address)
    return f"{parts.base}@{parts.domain}"


def canonical(address: str) -> str:
    """Return the one spelling of ``address``: «Info@Школа.РФ.» → ``info@xn--80atdl2c.xn--p1ai``. Never raises.

    Nothing is checked: of what is no address, or has no domain that can be put into ASCII, only the case and the form
    of its letters (NFC) are made the same.
    """
    bare = address.strip().rstrip(".")
    if bare.isascii():
        return bare.lower()
    local, separator, domain = bare.rpartition("@")
    return f"{_folded(local)}{separator}{to_ascii(domain) or _folded(domain)}"


def readable(text: str) -> str:
    """Return ``text`` with the domains of its addresses as people write them: «…@xn--80atdl2c.xn--p1ai» → «…@школа.рф».

    Only domains that are Cyrillic to their end: a Cyrillic name under a Latin one, or letters of two alphabets in one
    label, would pass for another address, and stay as they are.
    """
    return _CODED.sub(lambda match: _shown(match[0].lower()), text) if "xn--" in text.lower() else text


def normalise(address: str) -> str | None:
    """Return the canonical spelling of an address that letters can be sent to, or None when its syntax is wrong.

    Surrounding blanks, angle brackets and ``mailto:`` are forgiven. RFC 5321, 4.1.2 and 4.5.3.1: local part of at most
    64 octets, domain of at most 255 with at least one dot. Cyrillic before the @ is taken where the domain is Cyrillic
    too («иванов@школа.рф»): not every server carries letters to such an address.
    """
    bare = address.strip().strip("\u200b\ufeff").removeprefix("mailto:").strip().strip("<>").strip().rstrip(".,;")
    local, separator, domain = bare.rpartition("@")
    local = _folded(local)
    ascii_domain = to_ascii(domain) if separator else None
    if ascii_domain is None or len(ascii_domain) > 255 or not _is_local(local, ascii_domain):
        return None
    labels = ascii_domain.split(".")
    if len(labels) < 2 or not all(map(_is_label, labels)) or labels[-1].isdigit():
        return None
    found = f"{local}@{ascii_domain}"
    return found if len(found.encode()) <= _LONGEST else None


def is_writable(address: str) -> bool:
    """Whether a letter to this canonical address can be written at all; what came in a header may be anything."""
    local, _, domain = address.rpartition("@")
    return (
        bool(local and domain)
        and domain.isascii()
        and len(address.encode()) <= _LONGEST
        and not (_FORBIDDEN.search(local) or _FORBIDDEN.search(domain))
    )


@lru_cache(4096)
def to_ascii(domain: str) -> str | None:
    """Return a domain in lower-case ASCII («Школа.РФ.» → ``xn--80atdl2c.xn--p1ai``), or None when it cannot be one.

    IDNA 2008; upper case and decomposed letters are the same domain. Nothing beyond ASCII ever becomes plain ASCII, as
    the wide letters of UTS 46 do: such a domain would pass here for one that the mail server has not judged (M24). What
    is ASCII already is not looked into.
    """
    bare = domain.strip().rstrip(".")
    if bare.isascii():
        return bare.lower()
    if len(bare) > 255:
        return None
    labels = [label.lower() if label.isascii() else _coded(label) for label in bare.split(".")]
    return None if None in labels or "" in labels else ".".join(label or "" for label in labels)


def _folded(part: str) -> str:
    """Lower case, letters put together. What is beyond ASCII stays so: the sign of Kelvin, whose lower case is «k»,
    would make one address of two."""
    return unicodedata.normalize("NFC", part.replace("\u212a", "\ufffd")).lower()


def _coded(label: str) -> str | None:
    import idna  # noqa: PLC0415 - its tables are of use to few commands and few addresses

    try:
        found = idna.alabel(unicodedata.normalize("NFC", label).lower()).decode("ascii")
    except idna.IDNAError:
        return None
    return found if found.startswith("xn--") else None


def _is_local(local: str, ascii_domain: str) -> bool:
    if not 0 < len(local.encode()) <= 64:
        return False
    if local.isascii():
        return _LOCAL.fullmatch(local) is not None
    return _CYRILLIC_LOCAL.fullmatch(local) is not None and not _shown(ascii_domain).isascii()


def _is_label(label: str) -> bool:
    """Whether a label of a domain in ASCII may be one: what claims to be coded must be decodable."""
    return _LABEL.fullmatch(label) is not None and (not label.startswith("xn--") or _decoded(label) is not None)


@lru_cache(4096)
def _shown(domain: str) -> str:
    labels = [_decoded(label) if label.startswith("xn--") else label for label in domain.split(".")]
    if labels[-1] is None or labels[-1].isascii():
        return domain
    found = ".".join(label or "" for label in labels)
    return (
        found
        if all(label and _SHOWN_LABEL.fullmatch(label) for label in labels) and to_ascii(found) == domain
        else domain
    )


def _decoded(label: str) -> str | None:
    import idna  # noqa: PLC0415 - as above

    try:
        return str(idna.ulabel(label))
    except idna.IDNAError:
        return None
