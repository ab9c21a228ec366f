"""Extensions of a collection, returns refused as late, reminders, and the audit of what people had done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Four tables; nothing that stands is changed."""
    _extensions()
    _late_returns()
    _reminders()
    _audit()


def downgrade() -> None:
    """Take them away."""
    for table in ("audit", "reminders", "late_returns", "extensions"):
        op.drop_table(table)


def _publication(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["publication"], ["publications.code"], name=f"fk_{table}_publication")


def _login(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["login"], ["logins.code"], name=f"fk_{table}_login", onupdate="CASCADE")


def _extensions() -> None:
    op.create_table(
        "extensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("login", sa.Text()),
        sa.Column("region", sa.Text()),
        sa.Column("until", INSTANT),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.CheckConstraint("login IS NULL OR region IS NULL", name="scope"),
        _publication("extensions"),
        _login("extensions"),
        sa.PrimaryKeyConstraint("id", name="pk_extensions"),
    )
    op.create_index("ix_extensions_publication_id", "extensions", ["publication", "id"])
    op.create_index("ix_extensions_ended_at_until", "extensions", ["ended_at", "until"])


def _late_returns() -> None:
    op.create_table(
        "late_returns",
        sa.Column("receipt_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("reopened_at", INSTANT),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_late_returns_receipt_id"),
        _publication("late_returns"),
        _login("late_returns"),
        sa.PrimaryKeyConstraint("receipt_id", "publication", "login", name="pk_late_returns"),
    )
    op.create_index("ix_late_returns_publication_received_at", "late_returns", ["publication", "received_at"])
    op.create_index("ix_late_returns_login", "late_returns", ["login"])


def _reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("closes_at", INSTANT, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _publication("reminders"),
        _login("reminders"),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
        sa.UniqueConstraint(
            "publication", "login", "closes_at", "cause", name="uq_reminders_publication_login_closes_at_cause"
        ),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("publication", sa.Text()),
        sa.Column("login", sa.Text()),
        sa.Column("region", sa.Text()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Integer()),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_audit_receipt_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
