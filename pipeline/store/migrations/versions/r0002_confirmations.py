"""Held messages are confirmed, returns withdrawn, corrections of the roster approved; each with its audit row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
EVENTS = ("draft_received", "return_rejected", "form_requested", "return_accepted")
COLUMNS = "id, publication, login, event, at, receipt_id, return_id, status"


def upgrade() -> None:
    """Add the tables and columns, and the word ``return_withdrawn`` to the events of a status."""
    op.add_column("receipts", sa.Column("released_as", sa.Text()))
    op.add_column("returns", sa.Column("withdrawn_at", INSTANT))
    _receipt_events()
    _confirmations()
    _change_requests()
    _allow_events(*EVENTS, "return_withdrawn")


def downgrade() -> None:
    """Take them away, and the events that the first schema has no word for."""
    op.execute("DELETE FROM status_events WHERE event = 'return_withdrawn'")
    _allow_events(*EVENTS)
    for table in ("change_requests", "confirmations", "receipt_events"):
        op.drop_table(table)
    op.drop_column("returns", "withdrawn_at")
    op.drop_column("receipts", "released_as")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _receipt_events() -> None:
    op.create_table(
        "receipt_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column(
            "event", _words("receiptevent", "asked", "released", "refused", "disowned", "replayed"), nullable=False
        ),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text()),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_receipt_events_receipt_id"),
        sa.PrimaryKeyConstraint("id", name="pk_receipt_events"),
    )
    op.create_index("ix_receipt_events_receipt_id", "receipt_events", ["receipt_id"])


def _confirmations() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("purpose", _words("purpose", "release", "undo"), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("spent_at", INSTANT),
        sa.Column("answer", sa.Text()),
        sa.ForeignKeyConstraint(["login"], ["logins.code"], name="fk_confirmations_login", onupdate="CASCADE"),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_confirmations_receipt_id"),
        sa.PrimaryKeyConstraint("id", name="pk_confirmations"),
        sa.UniqueConstraint("code_hash", name="uq_confirmations_code_hash"),
    )
    op.create_index("ix_confirmations_login_created_at", "confirmations", ["login", "created_at"])
    op.create_index("ix_confirmations_receipt_id", "confirmations", ["receipt_id"])


def _change_requests() -> None:
    op.create_table(
        "change_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("state", _words("changestate", "pending", "approved", "declined"), nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.Column("decided_by", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(["login"], ["logins.code"], name="fk_change_requests_login", onupdate="CASCADE"),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_change_requests_receipt_id"),
        sa.PrimaryKeyConstraint("id", name="pk_change_requests"),
    )
    op.create_index("ix_change_requests_state", "change_requests", ["state"])


def _allow_events(*events: str) -> None:
    """SQLite cannot change a CHECK: its table is made anew and filled from the old one."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("statusevent", "status_events", type_="check")
        listed = ", ".join(f"'{event}'" for event in events)
        op.create_check_constraint("statusevent", "status_events", sa.text(f"event IN ({listed})"))
        return
    op.drop_index("uq_status_events_without_return", "status_events")
    op.rename_table("status_events", "status_events_before")
    _status_events(events)
    op.execute(f"INSERT INTO status_events ({COLUMNS}) SELECT {COLUMNS} FROM status_events_before")  # noqa: S608 - ours
    op.drop_table("status_events_before")


def _status_events(events: tuple[str, ...]) -> None:
    op.create_table(
        "status_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("event", _words("statusevent", *events), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer()),
        sa.Column("status", _words("status", "not_started", "in_progress", "submitted"), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication", "login"],
            ["participations.publication", "participations.login"],
            name="fk_status_events_publication",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_status_events_receipt_id"),
        sa.ForeignKeyConstraint(["return_id"], ["returns.id"], name="fk_status_events_return_id"),
        sa.PrimaryKeyConstraint("id", name="pk_status_events"),
        sa.UniqueConstraint(
            "publication",
            "login",
            "receipt_id",
            "event",
            "return_id",
            name="uq_status_events_publication_login_receipt_id_event_return_id",
        ),
    )
    op.create_index(
        "uq_status_events_without_return",
        "status_events",
        ["publication", "login", "receipt_id", "event"],
        unique=True,
        sqlite_where=sa.text("return_id IS NULL"),
    )
