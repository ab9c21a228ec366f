"""Corrections are numbered within their region: a global number told every region how many the others have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Corrections on record keep the numbers that letters have told: their ids.

    Every region goes on from the greatest of all: an organisation may have moved since its old region was told its
    number, which must not come to mean another correction there.
    """
    op.create_table(
        "change_numbers",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", name="pk_change_numbers"),
    )
    # With a default SQLite can add such columns in place.
    op.add_column("change_requests", sa.Column("region", sa.Text(), nullable=False, server_default=""))
    op.add_column("change_requests", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    theirs = "(SELECT region FROM logins WHERE logins.code = change_requests.login)"
    op.execute(f"UPDATE change_requests SET number = id, region = {theirs}")  # noqa: S608 - ours
    last = "SELECT '', id FROM change_requests ORDER BY id DESC LIMIT 1"
    op.execute(f"INSERT INTO change_numbers (region, last) {last}")
    op.create_index("ix_change_requests_region_number", "change_requests", ["region", "number"], unique=True)


def downgrade() -> None:
    """Take the numbers away: ids are told again."""
    op.drop_index("ix_change_requests_region_number", "change_requests")
    op.drop_column("change_requests", "number")
    op.drop_column("change_requests", "region")
    op.drop_table("change_numbers")
