"""What the letters of one mailing have in common is kept once, not in every row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LETTERS = sa.table("letters", sa.column("id"), sa.column("data", sa.JSON()), sa.column("shared"))
SHARED = sa.table("letter_shared", sa.column("sha256"), sa.column("data", sa.JSON()))


def upgrade() -> None:
    """A table of it by its hash; letters on record keep all of theirs."""
    op.create_table(
        "letter_shared",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_letter_shared"),
    )
    # In plain SQL: SQLite can add such a column in place, Alembic would copy the largest table there is.
    reference = "CONSTRAINT fk_letters_shared REFERENCES letter_shared (sha256)"
    op.execute(f"ALTER TABLE letters ADD COLUMN shared TEXT {reference}")


def downgrade() -> None:
    """Give every letter its own copy again."""
    connection = op.get_bind()
    for sha256, shared in connection.execute(sa.select(SHARED.c.sha256, SHARED.c.data)).all():
        of_it = sa.select(LETTERS.c.id, LETTERS.c.data).where(LETTERS.c.shared == sha256)
        for number, own in connection.execute(of_it).all():
            whole = sa.update(LETTERS).where(LETTERS.c.id == number).values(data={**shared, **own}, shared=None)
            connection.execute(whole)
    op.drop_column("letters", "shared")
    op.drop_table("letter_shared")
