"""An address as a person wrote it → one that letters can be sent to, or what is wrong with it."""

from __future__ import annotations

import re

from pipeline.mail import addresses

_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_SPLIT = re.compile(r"[;,\s]+")
_OUTER = "<>«»\"'()[]"


def read_address(written: str) -> tuple[str | None, str]:
    """Return (address ready for SMTP, "") or (None, what is wrong as a stable word).

    ``cyrillic``: Russian letters before the @ of a Latin domain, or among Latin ones in one part, where nobody sees
    them; ``domain``: what stands behind the @ is no name of a server; ``syntax``: anything else.
    """
    bare = written.strip().strip(_OUTER).removeprefix("mailto:").strip(_OUTER).rstrip(".")
    local, at, domain = bare.rpartition("@")
    if not at or not local or not domain:
        return None, "syntax"
    mixed = any(_CYRILLIC.search(label) and _LATIN.search(label) for label in domain.split("."))
    found = addresses.normalise(bare) if not mixed else None
    if found is not None:
        return found, ""
    if _CYRILLIC.search(local) or mixed:
        return None, "cyrillic"
    return None, "domain" if addresses.normalise(f"a@{domain}") is None and "@" not in local else "syntax"


def split_addresses(written: str) -> list[str]:
    """Return the parts of a cell with several addresses, however they are parted; none of them is judged."""
    return [part for found in _SPLIT.split(written) if (part := found.strip("<>"))]
