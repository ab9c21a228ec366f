"""What runs by itself, mail servers with a fault, alerts, and reports that are tried again (M44, M46)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("over_at IS NULL")


def upgrade() -> None:
    """Four tables, and what a report needs to be tried again."""
    op.create_table(
        "pulses",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("way", _words("way", "schedule", "watch", "command", "person"), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("alive_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("failed_at", INSTANT),
        sa.Column("failed_since", INSTANT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("unfinished", sa.Integer(), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "way", name="pk_pulses"),
    )
    op.create_table(
        "server_faults",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("failed_at", INSTANT, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("passing", sa.Boolean(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("next_try_at", INSTANT),
        sa.PrimaryKeyConstraint("name", name="pk_server_faults"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("over_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index(
        "uq_alerts_open", "alerts", ["code", "subject"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_alerts_over_at", "alerts", ["over_at"])
    op.create_table(
        "alert_tellings",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("news", _words("news", "begun", "lasting", "over")),
        sa.Column("told_at", INSTANT),
        sa.Column("tried_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_alert_tellings_alert_id"),
        sa.PrimaryKeyConstraint("alert_id", "channel", name="pk_alert_tellings"),
    )
    op.add_column("reports", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("reports", sa.Column("retry_at", INSTANT, nullable=True))
    op.add_column("reports", sa.Column("failed_at", INSTANT, nullable=True))


def downgrade() -> None:
    """Drop them: nothing that was answered depends on them."""
    for column in ("failed_at", "retry_at", "attempts"):
        op.drop_column("reports", column)
    for table in ("alert_tellings", "alerts", "server_faults", "pulses"):
        op.drop_table(table)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
