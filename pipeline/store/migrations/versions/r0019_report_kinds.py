"""Reports of any kind: the model knows the kinds, so that a new one needs no migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KINDS = ("export", "participants", "downloads")
COLUMNS = (
    "number, kind, publication, region, requested_by, state, created_at, name, sha256, ready_at,"
    " attempts, retry_at, failed_at"
)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Drop the CHECK on the kind; rows and numbers stay as they are."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(sa.String(32))
    else:
        op.drop_constraint("reportkind", "reports", type_="check")


def downgrade() -> None:
    """Put the CHECK back, without the reports that the schema before has no word for."""
    listed = ", ".join(f"'{kind}'" for kind in KINDS)
    op.execute(f"DELETE FROM reports WHERE kind NOT IN ({listed})")  # noqa: S608 - ours
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_words("reportkind", *KINDS))
    else:
        op.create_check_constraint("reportkind", "reports", sa.text(f"kind IN ({listed})"))


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _rebuild(kind: sa.String) -> None:
    """SQLite cannot change a CHECK: fill a new table from the old one."""
    op.drop_index("ix_reports_state", "reports")
    op.rename_table("reports", "reports_before")
    op.create_table(
        "reports",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("region", sa.Text()),
        sa.Column("requested_by", sa.Text()),
        sa.Column("state", _words("reportstate", "forming", "ready", "failed"), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text()),
        sa.Column("ready_at", INSTANT),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("retry_at", INSTANT),
        sa.Column("failed_at", INSTANT),
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
