"""One line of the roster's file → a login, and what is wrong with it in Russian.

A login, name, region or role that cannot be taken keeps the line out. An address that cannot be used, one written
twice, or a region that nobody numbers, is told, and the login is taken without it or as it is written.
"""

from __future__ import annotations

import re

from pipeline.cabinet import regions
from pipeline.cabinet.contacts import read_address, split_addresses
from pipeline.catalogue import text
from pipeline.mail.addresses import readable
from pipeline.model import Login, Role

NAME_LENGTH = 500
ADDRESS_COUNT = 20
_ROLES = {
    "организация": Role.ORGANISATION,
    "образовательная организация": Role.ORGANISATION,
    "оо": Role.ORGANISATION,
    "organisation": Role.ORGANISATION,
    "organization": Role.ORGANISATION,
    "координатор": Role.COORDINATOR,
    "региональный координатор": Role.COORDINATOR,
    "coordinator": Role.COORDINATOR,
}
# schRRNNNN and spoRRNNNN (seed, section 2); the seed's own demonstration login has three digits after the region.
_ORGANISATION = re.compile(r"(?:sch|spo)(\d\d)\d{2,6}", re.IGNORECASE | re.ASCII)
_COORDINATOR = re.compile(r"spo_coord_(\d\d)", re.IGNORECASE | re.ASCII)
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


def login_complaint(code: str) -> str | None:
    """Return what is wrong with a login's shape, or None."""
    if not code:
        return text("roster.no_login")
    if _ORGANISATION.fullmatch(code) or _COORDINATOR.fullmatch(code):
        return None
    return text("roster.login_cyrillic" if _CYRILLIC.search(code) else "roster.login_shape", login=code)


def read_login(code: str, name: str, region: str, role: str, addresses: str) -> tuple[Login | None, list[str]]:
    """Return the login of a line whose ``code`` has the right shape, with its complaints; None when it is kept out."""
    known, region_complaint, region_note = _region(region, code)
    as_role, role_complaint = _role(role, code)
    kept_out = [found for found in (_name_complaint(name, code), region_complaint, role_complaint) if found]
    if kept_out:
        return None, kept_out
    good, told = _addresses(addresses, code)
    return Login(code, name, as_role, known, good), [*([region_note] if region_note else []), *told]


def _name_complaint(name: str, code: str) -> str | None:
    if not name:
        return text("roster.no_name", login=code)
    if len(name) > NAME_LENGTH:
        return text("roster.name_too_long", login=code, limit=NAME_LENGTH)
    return None


def _region(written: str, code: str) -> tuple[str, str | None, str | None]:
    """The list decides (the seed shows sch050016 in region 24); an empty cell leaves it to the login.

    Returns (code, what keeps the line out, what is only told).
    """
    if written:
        found = regions.read_region(written)
    else:
        match = _ORGANISATION.fullmatch(code) or _COORDINATOR.fullmatch(code)
        found = match[1] if match else None
    if not found or found == "00":
        return "", text("roster.region", region=written or "00", login=code), None
    if not regions.is_known(found):
        return found, None, text("roster.region_unknown", region=found, login=code)
    return found, None, None


def _role(written: str, code: str) -> tuple[Role, str | None]:
    by_shape = Role.COORDINATOR if _COORDINATOR.fullmatch(code) else Role.ORGANISATION
    if not written:
        return by_shape, None
    role = _ROLES.get(written.casefold())
    if role is None:
        return by_shape, text("roster.role", role=written, login=code)
    if role is not by_shape:
        return by_shape, text("roster.role_against_login", role=written, login=code)
    return role, None


def _addresses(written: str, code: str) -> tuple[tuple[str, ...], list[str]]:
    """Return the good addresses once each, in their order, and what to tell of the others."""
    good: dict[str, None] = {}
    told: list[str] = []
    for part in split_addresses(written):
        address, fault = read_address(part)
        if address is None:
            told.append(text(f"roster.address_{fault}", address=part, login=code))
        elif address in good:
            told.append(text("roster.address_doubled", address=readable(address), login=code))
        else:
            good[address] = None
            if not address.isascii():
                told.append(text("roster.address_beyond_ascii", address=readable(address), login=code))
    if len(good) > ADDRESS_COUNT:
        told.append(text("roster.many_addresses", login=code, limit=ADDRESS_COUNT))
    if not good:
        told.append(text("roster.no_address", login=code))
    return tuple(good)[:ADDRESS_COUNT], told
