"""Dead workers and what is given up; a database restored from an older copy (issue 11)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OWNED = sa.text("owner IS NOT NULL")
WHAT = ("receipt", "letter", "report")


def upgrade() -> None:
    """Attempts counted claims before, whatever became of their workers: what they say is a suspicion now."""
    op.add_column("receipts", sa.Column("suspicion", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("receipts", sa.Column("claimed_alone", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_receipts_owner", "receipts", ["owner"], sqlite_where=OWNED, postgresql_where=OWNED)
    op.execute("UPDATE receipts SET suspicion = 1, attempts = 0 WHERE state = 'unread' AND attempts > 0")
    _given_up()
    _restores()


def downgrade() -> None:
    """Take it all away."""
    op.drop_table("restores")
    op.drop_table("given_up")
    op.drop_index("ix_receipts_owner", "receipts")
    op.drop_column("receipts", "claimed_alone")
    op.drop_column("receipts", "suspicion")


def _given_up() -> None:
    op.create_table(
        "given_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "what", sa.Enum(*WHAT, name="givenup", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("said_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_given_up"),
    )
    op.create_index("ix_given_up_said_at", "given_up", ["said_at"])


def _restores() -> None:
    op.create_table(
        "restores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("stopped_at", INSTANT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("receipts_from", sa.Integer(), nullable=False),
        sa.Column("rescanned_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_restores"),
    )
