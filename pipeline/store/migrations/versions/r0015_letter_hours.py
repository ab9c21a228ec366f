"""At which hours a letter leaves: what nobody asked for just now waits for the morning."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column; letters that wait already may leave at any hour, as they were meant to."""
    # In plain SQL: SQLite can add such a column in place, Alembic would copy the largest table there is.
    words = "CONSTRAINT ck_letters_hours CHECK (hours IN ('any', 'waking', 'working'))"
    op.execute(f"ALTER TABLE letters ADD COLUMN hours VARCHAR(32) DEFAULT 'any' NOT NULL {words}")


def downgrade() -> None:
    """Take it away: every letter leaves when it is due."""
    op.drop_column("letters", "hours")
