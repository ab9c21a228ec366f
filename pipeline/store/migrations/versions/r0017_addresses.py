"""Addresses that were recorded as they came, with Cyrillic domains or a dot at their end, get their one spelling."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

from pipeline.mail.addresses import canonical

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Where an address stands, by table: the column as people gave it, and those that are made from it.
_ADDRESSES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "login_addresses": ("address", {"address_key": "whole"}),
    "letters": ("address", {"address_key": "whole", "domain": "domain"}),
    "tasks": ("address", {"address_key": "whole"}),
    "receipts": ("sender", {}),
    "change_requests": ("requested_by", {}),
}


def upgrade() -> None:
    """Write them anew; of a login's address that it had in both spellings the first stays."""
    bind = op.get_bind()
    for table, (column, derived) in _ADDRESSES.items():
        here = sa.table(table, sa.column(column), *map(sa.column, derived))
        given = here.c[column]
        found = bind.execute(sa.select(given).where(given.is_not(None)).distinct()).scalars()
        for written in [address for address in found if _is_other(address)]:
            new = canonical(written)
            made = {"whole": new.lower(), "domain": new.rpartition("@")[2].lower()}
            values = {column: new} | {name: made[what] for name, what in derived.items()}
            spared = _has_task(new) if table == "tasks" else sa.false()
            bind.execute(sa.update(here).where(given == written, ~spared).values(values))
    _part_with_doubles(bind)


def downgrade() -> None:
    """Leave them: the schema before takes this spelling too."""


def _is_other(address: str) -> bool:
    return (not address.isascii() or address.endswith(".")) and canonical(address) != address


def _has_task(address: str) -> sa.ColumnElement[bool]:
    """Whether the login of a task has one on this address already: of each there is one open at most."""
    outer = sa.table("tasks", sa.column("login"))
    other = sa.table("tasks", sa.column("login"), sa.column("address_key")).alias("other")
    return sa.exists().where(other.c.login == outer.c.login, other.c.address_key == address.lower())


def _part_with_doubles(bind: sa.Connection) -> None:
    rows = sa.table("login_addresses", sa.column("login"), sa.column("position"), sa.column("address_key"))
    seen: set[tuple[str, str]] = set()
    ordered = sa.select(rows.c.login, rows.c.position, rows.c.address_key).order_by(rows.c.login, rows.c.position)
    for login, position, key in bind.execute(ordered).all():
        if (login, key) in seen:
            bind.execute(sa.delete(rows).where(rows.c.login == login, rows.c.position == position))
        seen.add((login, key))
