"""The first schema: roster, forms, publications, receipts, letters, returns, participations, reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = (
    "forms",
    "logins",
    "receipts",
    "login_addresses",
    "publications",
    "letters",
    "reports",
    "returns",
    "letter_events",
    "participations",
    "status_events",
)


def upgrade() -> None:
    """Make all tables; each comes after those that it refers to."""
    _forms()
    _logins()
    _receipts()
    _login_addresses()
    _publications()
    _letters()
    _reports()
    _returns()
    _letter_events()
    _participations()
    _status_events()


def downgrade() -> None:
    """Drop all tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _forms() -> None:
    op.create_table(
        "forms",
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("form_id", "version", name="pk_forms"),
    )


def _logins() -> None:
    op.create_table(
        "logins",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", _words("role", "organisation", "coordinator"), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.Column("departed_at", INSTANT),
        sa.PrimaryKeyConstraint("code", name="pk_logins"),
        sa.UniqueConstraint("code_key", name="uq_logins_code_key"),
    )
    op.create_index("ix_logins_role_region", "logins", ["role", "region"])


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("duplicate_of", sa.Integer()),
        sa.Column("state", _words("receiptstate", "unread", "done", "held", "failed", "refused"), nullable=False),
        sa.Column("kind", sa.Text()),
        sa.Column("rule", sa.Text()),
        sa.Column("rules_hash", sa.Text()),
        sa.Column("trust", sa.Text()),
        sa.Column("login", sa.Text()),
        sa.Column("publication", sa.Text()),
        sa.Column("sender", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("lease_until", INSTANT),
        sa.Column("retry_at", INSTANT),
        sa.Column("finished_at", INSTANT),
        sa.ForeignKeyConstraint(["duplicate_of"], ["receipts.id"], name="fk_receipts_duplicate_of"),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
        sa.UniqueConstraint(
            "account", "folder", "uidvalidity", "uid", name="uq_receipts_account_folder_uidvalidity_uid"
        ),
    )
    op.create_index("ix_receipts_sha256", "receipts", ["sha256"])
    op.create_index("ix_receipts_state_received_at_id", "receipts", ["state", "received_at", "id"])


def _login_addresses() -> None:
    op.create_table(
        "login_addresses",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["logins.code"], name="fk_login_addresses_login", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("login", "position", name="pk_login_addresses"),
    )
    op.create_index("ix_login_addresses_address_key", "login_addresses", ["address_key"])


def _publications() -> None:
    op.create_table(
        "publications",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("audience", _words("audience", "all", "organisations", "coordinators"), nullable=False),
        sa.Column("storages", sa.JSON(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.Column("collection_title", sa.Text()),
        sa.Column("form_id", sa.Text()),
        sa.Column("form_version", sa.Integer()),
        sa.Column("opens_at", INSTANT),
        sa.Column("closes_at", INSTANT),
        sa.Column("late", _words("latepolicy", "refuse", "accept")),
        sa.Column("closed_at", INSTANT),
        sa.CheckConstraint(
            "(form_id IS NULL AND closes_at IS NULL) OR (form_id IS NOT NULL AND form_version IS NOT NULL"
            " AND collection_title IS NOT NULL AND late IS NOT NULL AND opens_at < closes_at)",
            name="collection",
        ),
        sa.ForeignKeyConstraint(
            ["form_id", "form_version"], ["forms.form_id", "forms.version"], name="fk_publications_form_id"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_publications"),
        sa.UniqueConstraint("code", name="uq_publications_code"),
    )
    op.create_index("ix_publications_closed_at_closes_at", "publications", ["closed_at", "closes_at"])


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("publication", sa.Text()),
        sa.Column("login", sa.Text()),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("in_reply_to", sa.Text()),
        sa.Column("reference_ids", sa.JSON(), nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("receipt_id", sa.Integer()),
        sa.Column(
            "state",
            _words("letterstate", "queued", "sending", "sent", "uncertain", "failed", "expired", "withheld"),
            nullable=False,
        ),
        sa.Column("to_send", sa.Boolean(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("lease_until", INSTANT),
        sa.Column("server_reply", sa.Text()),
        sa.Column("sent_at", INSTANT),
        sa.Column("bounced_at", INSTANT),
        sa.ForeignKeyConstraint(["login"], ["logins.code"], name="fk_letters_login", onupdate="CASCADE"),
        sa.ForeignKeyConstraint(["publication"], ["publications.code"], name="fk_letters_publication"),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_letters_receipt_id"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("key", name="uq_letters_key"),
    )
    op.create_index("ix_letters_address_key_created_at", "letters", ["address_key", "created_at"])
    op.create_index("ix_letters_message_id", "letters", ["message_id"])
    op.create_index("ix_letters_state_expires_at", "letters", ["state", "expires_at"])
    op.create_index("ix_letters_state_lease_until", "letters", ["state", "lease_until"])
    op.create_index("ix_letters_to_send_priority_due_at_id", "letters", ["to_send", "priority", "due_at", "id"])


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", _words("reportkind", "export", "participants"), nullable=False),
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
    op.create_index("ix_reports_state", "reports", ["state"])


def _returns() -> None:
    op.create_table(
        "returns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer()),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column(
            "outcome",
            _words("outcome", "accepted", "accepted_with_warnings", "rejected", "unreadable", "incident"),
            nullable=False,
        ),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("received", sa.JSON(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["logins.code"], name="fk_returns_login", onupdate="CASCADE"),
        sa.ForeignKeyConstraint(["publication"], ["publications.code"], name="fk_returns_publication"),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_returns_receipt_id"),
        sa.PrimaryKeyConstraint("id", name="pk_returns"),
        sa.UniqueConstraint("publication", "login", "ordinal", name="uq_returns_publication_login_ordinal"),
    )
    op.create_index(
        "ix_returns_publication_login_received_at_id", "returns", ["publication", "login", "received_at", "id"]
    )
    op.create_index("ix_returns_receipt_id", "returns", ["receipt_id"])


def _letter_events() -> None:
    op.create_table(
        "letter_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column(
            "event",
            _words(
                "letterevent",
                "queued",
                "withheld",
                "sending",
                "sent",
                "deferred",
                "uncertain",
                "failed",
                "expired",
                "bounced",
            ),
            nullable=False,
        ),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("detail", sa.Text()),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_letter_events_letter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_letter_events"),
        sa.UniqueConstraint("letter_id", "event", "at", name="uq_letter_events_letter_id_event_at"),
    )


def _participations() -> None:
    op.create_table(
        "participations",
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("status", _words("status", "not_started", "in_progress", "submitted"), nullable=False),
        sa.Column("begun_at", INSTANT),
        sa.Column("handed_in_at", INSTANT),
        sa.Column("accepted_return_id", sa.Integer()),
        sa.Column("last_rejected_at", INSTANT),
        sa.ForeignKeyConstraint(["accepted_return_id"], ["returns.id"], name="fk_participations_accepted_return_id"),
        sa.ForeignKeyConstraint(["login"], ["logins.code"], name="fk_participations_login", onupdate="CASCADE"),
        sa.ForeignKeyConstraint(["publication"], ["publications.code"], name="fk_participations_publication"),
        sa.PrimaryKeyConstraint("publication", "login", name="pk_participations"),
    )
    op.create_index("ix_participations_login", "participations", ["login"])


def _status_events() -> None:
    op.create_table(
        "status_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column(
            "event",
            _words("statusevent", "draft_received", "return_rejected", "form_requested", "return_accepted"),
            nullable=False,
        ),
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
        postgresql_where=sa.text("return_id IS NULL"),
    )
