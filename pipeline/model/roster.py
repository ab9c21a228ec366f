"""Who takes part."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who a login is: an organisation answers, a coordinator watches its region."""

    ORGANISATION = "organisation"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Login:
    """A line of the roster. ``code`` keeps the case as issued (seed, section 2); addresses are ready for SMTP."""

    code: str
    name: str
    role: Role
    region: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RosterChange:
    """What an import did, by login codes: ``added`` are new or have come back."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    departed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a list differs from the roster, each in order of codes.

    ``returned`` are in the list and had left the roster; ``changed`` are pairs (as on record, as in the list);
    ``missing`` are on the roster and not in the list. ``total`` is how many are on the roster.
    """

    added: tuple[Login, ...] = ()
    returned: tuple[Login, ...] = ()
    changed: tuple[tuple[Login, Login], ...] = ()
    missing: tuple[Login, ...] = ()
    total: int = 0


def described(before: Login, after: Login) -> str:
    """Return what differs between two states of a login, as the audit has it: ``name: A -> B; region: 24 -> 77``."""
    pairs = (
        ("code", before.code, after.code),
        ("name", before.name, after.name),
        ("role", before.role.value, after.role.value),
        ("region", before.region, after.region),
        ("addresses", " ".join(before.addresses) or "-", " ".join(after.addresses) or "-"),
    )
    return "; ".join(f"{name}: {was} -> {now}" for name, was, now in pairs if was != now)
