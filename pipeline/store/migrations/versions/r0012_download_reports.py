"""Numbered reports on which organisation downloaded which file (S8)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = ("export", "participants")
COLUMNS = "number, kind, publication, region, requested_by, state, created_at, name, sha256, ready_at"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Another kind of report; numbers go on where they were."""
    _allow(*KINDS, "downloads")


def downgrade() -> None:
    """Take the kind away, and the reports that the schema before has no word for."""
    op.execute("DELETE FROM reports WHERE kind = 'downloads'")
    _allow(*KINDS)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _allow(*kinds: str) -> None:
    """SQLite cannot change a CHECK: its table is made anew and filled from the old one."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("reportkind", "reports", type_="check")
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        op.create_check_constraint("reportkind", "reports", sa.text(f"kind IN ({listed})"))
        return
    op.drop_index("ix_reports_state", "reports")
    op.rename_table("reports", "reports_before")
    op.create_table(
        "reports",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", _words("reportkind", *kinds), nullable=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("region", sa.Text()),
        sa.Column("requested_by", sa.Text()),
        sa.Column("state", _words("reportstate", "forming", "ready", "failed"), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text()),
        sa.Column("ready_at", INSTANT),
        sa.ForeignKeyConstraint(["publication"], ["publications.code"], name="fk_reports_publication"),
        sa.PrimaryKeyConstraint("number", name="pk_reports"),
        sqlite_autoincrement=True,
    )
    op.execute(f"INSERT INTO reports ({COLUMNS}) SELECT {COLUMNS} FROM reports_before")  # noqa: S608 - ours
    # A number is never given twice, though the report that had the last one is gone.
    last = "(SELECT seq FROM sqlite_sequence WHERE name = 'reports_before')"
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'reports'")
    op.execute(f"INSERT INTO sqlite_sequence (name, seq) SELECT 'reports', {last} WHERE {last} IS NOT NULL")
    op.drop_table("reports_before")
    op.create_index("ix_reports_state", "reports", ["state"])
