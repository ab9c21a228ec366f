"""The table that fills a collection's forms before they are first sent: its sha256 in the archive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Collections made before have no such table."""
    op.add_column("publications", sa.Column("prefill", sa.Text()))


def downgrade() -> None:
    """Forms are sent blank again."""
    op.drop_column("publications", "prefill")
