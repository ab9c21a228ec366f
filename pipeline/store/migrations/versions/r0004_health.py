"""Health of addresses: what receivers' servers and programs report of a letter, caps by login and domain, tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
EVENTS = ("queued", "withheld", "sending", "sent", "deferred", "uncertain", "failed", "expired", "bounced")
HEARD = ("delivered", "read", "autoresponded")
COLUMNS = "id, letter_id, event, at, detail"
ANSWERS = sa.text("receipt_id IS NOT NULL")


def upgrade() -> None:
    """Letters already on record get the domain of their address."""
    op.add_column("letters", sa.Column("domain", sa.Text(), nullable=False, server_default=""))
    place = "instr" if op.get_bind().dialect.name == "sqlite" else "strpos"
    op.execute(f"UPDATE letters SET domain = substr(address_key, {place}(address_key, '@') + 1)")  # noqa: S608 - ours
    for column in ("domain", "login"):
        op.create_index(
            f"ix_letters_answers_{column}",
            "letters",
            [column, "created_at"],
            sqlite_where=ANSWERS,
            postgresql_where=ANSWERS,
        )
    op.create_index("ix_receipts_sender", "receipts", ["sender"])
    _allow_events(*EVENTS, *HEARD)
    op.create_index("ix_letter_events_event_at", "letter_events", ["event", "at"])
    _tasks()


def downgrade() -> None:
    """Take it all away, and the events that the schema before has no word for."""
    op.drop_table("tasks")
    op.drop_index("ix_letter_events_event_at", "letter_events")
    op.execute("DELETE FROM letter_events WHERE event IN ('delivered', 'read', 'autoresponded')")
    _allow_events(*EVENTS)
    op.drop_index("ix_receipts_sender", "receipts")
    for column in ("domain", "login"):
        op.drop_index(f"ix_letters_answers_{column}", "letters")
    op.drop_column("letters", "domain")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _words("taskkind", "dead_address"), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.Column("closed_by", _words("taskclosing", "alive", "new_address", "address_gone")),
        sa.ForeignKeyConstraint(["login"], ["logins.code"], name="fk_tasks_login", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
    )
    op.create_index("ix_tasks_address_key", "tasks", ["address_key"])
    open_ones = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_tasks_open",
        "tasks",
        ["kind", "login", "address_key"],
        unique=True,
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )


def _allow_events(*events: str) -> None:
    """SQLite cannot change a CHECK: its table is made anew and filled from the old one."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("letterevent", "letter_events", type_="check")
        listed = ", ".join(f"'{event}'" for event in events)
        op.create_check_constraint("letterevent", "letter_events", sa.text(f"event IN ({listed})"))
        return
    op.rename_table("letter_events", "letter_events_before")
    op.create_table(
        "letter_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("event", _words("letterevent", *events), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("detail", sa.Text()),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_letter_events_letter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_letter_events"),
        sa.UniqueConstraint("letter_id", "event", "at", name="uq_letter_events_letter_id_event_at"),
    )
    op.execute(f"INSERT INTO letter_events ({COLUMNS}) SELECT {COLUMNS} FROM letter_events_before")  # noqa: S608 - ours
    op.drop_table("letter_events_before")
