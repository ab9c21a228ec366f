"""By what a letter's waiting copy is known to be whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that is empty until the copy has been written."""
    op.add_column("letters", sa.Column("copy_proof", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take it away; letters are rendered anew."""
    op.drop_column("letters", "copy_proof")
