"""Publications: editions with what each held, trials, withdrawal, until when they go out, and stopped mailings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """What was published before has been issued to everybody; its editions have their history from now on."""
    for column in (
        sa.Column("valid_until", INSTANT),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("issued_at", INSTANT),
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("withdrawn_why", sa.Text()),
    ):
        op.add_column("publications", column)
    op.execute("UPDATE publications SET issued_at = saved_at")
    op.create_table(
        "editions",
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("ask_again", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["publication"], ["publications.code"], name="fk_editions_publication"),
        sa.PrimaryKeyConstraint("publication", "edition", name="pk_editions"),
    )
    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication", sa.Text()),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("ended_by", sa.Text()),
        sa.ForeignKeyConstraint(["publication"], ["publications.code"], name="fk_pauses_publication"),
        sa.PrimaryKeyConstraint("id", name="pk_pauses"),
    )
    op.create_index("ix_pauses_ended_at_publication", "pauses", ["ended_at", "publication"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("pauses")
    op.drop_table("editions")
    for name in ("withdrawn_why", "withdrawn_at", "issued_at", "revision", "valid_until"):
        op.drop_column("publications", name)
