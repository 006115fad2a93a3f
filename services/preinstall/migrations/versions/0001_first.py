"""Companies, what their forms ask for, requests and their documents, and the addresses that are taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime
from chassis.storage.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op)
    op.create_table(
        "companies",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_companies"),
    )
    op.create_table(
        "form_settings",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("required", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_form_settings"),
    )
    op.create_table(
        "known_installations",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_known_installations"),
    )
    op.create_index("ix_known_installations_email", "known_installations", ["company_id", "email"])
    op.create_table(
        "requests",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tracking_number", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=120), nullable=False),
        sa.Column("last_name", sa.String(length=120), nullable=False),
        sa.Column("official_id", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("open_email", sa.String(length=320), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("neighbourhood", sa.String(length=120), nullable=True),
        sa.Column("city", sa.String(length=120), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("second_phone", sa.String(length=30), nullable=True),
        sa.Column("comments", sa.Text(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("installation_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint("company_id", "open_email", name="uq_requests_company_id_open_email"),
        sa.UniqueConstraint("company_id", "tracking_number", name="uq_requests_company_id_tracking_number"),
    )
    op.create_index("ix_requests_by_state", "requests", ["company_id", "state", "submitted_at", "id"])
    op.create_index("ix_requests_list", "requests", ["company_id", "submitted_at", "id"])
    op.create_table(
        "documents",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("file_key", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_documents_request_id_requests"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("request_id", "kind", name="uq_documents_request_id_kind"),
    )
