"""Sending: domains whose servers have asked us to come back later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "domain_waits",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_domain_waits"),
    )


def downgrade() -> None:
    """Drop it: what had to wait is then tried when its own time comes."""
    op.drop_table("domain_waits")
