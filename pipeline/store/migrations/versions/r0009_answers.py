"""Answers are found by the message that they answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ANSWERS = sa.text("receipt_id IS NOT NULL")


def upgrade() -> None:
    """An index of answers alone: campaigns cost it nothing."""
    op.create_index("ix_letters_receipt_id", "letters", ["receipt_id"], sqlite_where=ANSWERS, postgresql_where=ANSWERS)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_letters_receipt_id", "letters")
