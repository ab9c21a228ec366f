"""E-mail addresses: one spelling for comparing, syntax, and domains in Cyrillic."""

from __future__ import annotations

import re
from typing import NamedTuple

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")


class Split(NamedTuple):
    """An address taken apart: ``exchange+tag@host`` → (``exchange``, ``tag``, ``host``)."""

    base: str
    detail: str
    domain: str


def split(address: str) -> Split:
    """Take an address apart at its last @ and its first plus sign; lower-case."""
    local, _, domain = address.strip().lower().rpartition("@")
    base, _, detail = local.partition("+")
    return Split(base, detail, domain)


def without_detail(address: str) -> str:
    """``exchange+tag@host`` → ``exchange@host``."""
    parts = split(address)
    return f"{parts.base}@{parts.domain}"


def normalise(address: str) -> str | None:
    """Return an address ready for SMTP (lower-case, domain in ASCII by IDNA), or None when its syntax is wrong.

    Surrounding blanks, angle brackets and ``mailto:`` are forgiven. RFC 5321, 4.1.2 and 4.5.3.1: local part of at most
    64 octets, domain of at most 255 with at least one dot.
    """
    bare = address.strip().strip("\u200b\ufeff").removeprefix("mailto:").strip().strip("<>").strip().rstrip(".,;")
    local, separator, domain = bare.rpartition("@")
    if not separator or len(local) > 64 or _LOCAL.fullmatch(local) is None:
        return None
    ascii_domain = to_ascii(domain)
    if ascii_domain is None or len(ascii_domain) > 255 or len(local) + len(ascii_domain) > 253:
        return None
    labels = ascii_domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return None
    return f"{local}@{ascii_domain}".lower()


def to_ascii(domain: str) -> str | None:
    """Return a domain in ASCII («школа.рф» → ``xn--80aa1ak2a.xn--p1ai``), or None when it cannot be one."""
    try:
        return domain.strip().lower().encode("idna").decode("ascii")
    except UnicodeError:
        return None
