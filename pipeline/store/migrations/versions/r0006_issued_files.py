"""Files in letters, and publications known to have been opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two tables; letters sent before tell nothing of their files."""
    op.create_table(
        "issued_files",
        sa.Column("letter_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("how", _words("issuehow", "attached", "requested"), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_issued_files_letter_id"),
        *_keys("issued_files"),
        sa.PrimaryKeyConstraint("letter_id", "number", name="pk_issued_files"),
    )
    op.create_index("ix_issued_files_publication_login", "issued_files", ["publication", "login"])
    op.create_table(
        "publication_reads",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("how", _words("readhow", "reply", "command", "read_receipt"), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_publication_reads_receipt_id"),
        *_keys("publication_reads"),
        sa.PrimaryKeyConstraint("login", "publication", "receipt_id", name="pk_publication_reads"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("publication_reads")
    op.drop_table("issued_files")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _keys(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    return (
        sa.ForeignKeyConstraint(["publication"], ["publications.code"], name=f"fk_{table}_publication"),
        sa.ForeignKeyConstraint(["login"], ["logins.code"], name=f"fk_{table}_login", onupdate="CASCADE"),
    )
