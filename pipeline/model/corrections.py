"""Corrections of the roster that organisations ask for with «ПАСПОРТ», and what each makes of a login."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pipeline.model.roster import Login


class ChangeState(StrEnum):
    """How far a correction asked for with «ПАСПОРТ» has come."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Change:
    """One correction; ``value`` as the roster will have it.

    ``field`` is ``address`` (one more), ``replaced_address`` (old and new, parted by a blank), ``removed_address``,
    ``name``, ``region`` (its code) or ``other``, which has no place in the roster.
    """

    login: str
    field: str
    value: str
    requested_by: str
    receipt_id: int
    requested_at: datetime
    state: ChangeState = ChangeState.PENDING
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None
    id: int = 0
    region: str = ""
    number: int = 0

    @property
    def name(self) -> str:
        """What an administrator, who sees every region, calls it: region and number, ``24-3``."""
        return f"{self.region}-{self.number}"

    @property
    def new_address(self) -> str | None:
        """The address that the correction brings, or None."""
        return _old_and_new(self)[1]

    @property
    def old_address(self) -> str | None:
        """The address that the correction takes away, or None."""
        return _old_and_new(self)[0]


class Wanted(Protocol):
    """A correction, on record or only read: its field and value, as of ``Change``."""

    @property
    def field(self) -> str:
        """What is to be changed."""

    @property
    def value(self) -> str:
        """As the roster will have it."""


def applied(approved: Wanted, login: Login) -> Login:
    """Return ``login`` as it is once ``approved`` is in force; ``other`` has no place in the roster."""
    match approved.field:
        case "name":
            return replace(login, name=approved.value)
        case "region":
            return replace(login, region=approved.value)
        case "address" | "replaced_address" | "removed_address":
            return replace(login, addresses=_addresses(approved, login.addresses))
    return login


def _addresses(approved: Wanted, before: Sequence[str]) -> tuple[str, ...]:
    """A new address takes the place of the one that goes; where that is gone already, it comes last."""
    old, new = _old_and_new(approved)
    gone = {old.lower()} if old else set()
    there = {address.lower() for address in before} - gone
    after: list[str] = []
    for address in before:
        if address.lower() not in gone:
            after.append(address)
        elif new and new.lower() not in there:
            after.append(new)
    if new and new.lower() not in {address.lower() for address in after}:
        after.append(new)
    return tuple(after)


def _old_and_new(wanted: Wanted) -> tuple[str | None, str | None]:
    """Return the address that goes and the one that comes."""
    match wanted.field:
        case "address":
            return None, wanted.value
        case "removed_address":
            return wanted.value, None
        case "replaced_address":
            old, _, new = wanted.value.partition(" ")
            return old, new
    return None, None
