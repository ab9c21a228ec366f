"""What an answer counts for: answers, receipts for returns and what support wrote have caps of their own."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WORDS = "'answers', 'receipts', 'support'"


def upgrade() -> None:
    """A column; letters on record count for nothing, so the caps of the first day begin at none."""
    check = f"CONSTRAINT ck_letters_allowance CHECK (allowance IN ({WORDS}))"
    op.execute(f"ALTER TABLE letters ADD COLUMN allowance VARCHAR(32) {check}")


def downgrade() -> None:
    """Take it away."""
    op.drop_column("letters", "allowance")
