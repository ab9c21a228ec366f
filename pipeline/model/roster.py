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
