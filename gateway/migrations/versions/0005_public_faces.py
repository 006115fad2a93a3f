"""How public pages look, names of a company's own on the web, and uploads that arrive in pieces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "public_faces",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("colour", sa.String(length=7)),
        sa.Column("logo_key", sa.String(length=200)),
        sa.Column("logo_type", sa.String(length=60)),
        sa.Column("captcha", sa.String(length=20), nullable=False),
        sa.Column("site_key", sa.String(length=200)),
        sa.Column("sealed_captcha_secret", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_faces")),
        info={"company_owned": True},
    )
    op.create_table(
        "company_domains",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("proven_at", UtcDateTime()),
        sa.Column("served_host", sa.String(length=253)),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_domains")),
        sa.UniqueConstraint("company_id", "host", name=op.f("uq_company_domains_company_id_host")),
        sa.UniqueConstraint("served_host", name=op.f("uq_company_domains_served_host")),
        info={"company_owned": True},
    )
    op.create_table(
        "partial_uploads",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.JSON(), nullable=False),
        sa.Column("staged_key", sa.String(length=200)),
        sa.Column("sha256", sa.String(length=64)),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partial_uploads")),
        info={"company_owned": True},
    )
    op.create_index("ix_partial_uploads_request_id", "partial_uploads", ["request_id"])
    op.create_index("ix_partial_uploads_begun_at", "partial_uploads", ["begun_at"])
