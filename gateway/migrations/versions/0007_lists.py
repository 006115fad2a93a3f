"""Columns, density and views of lists, as people keep them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "list_preferences",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("list", sa.String(length=30), nullable=False),
        sa.Column("columns", sa.JSON(none_as_null=True)),
        sa.Column("density", sa.String(length=20), nullable=False),
        sa.Column("default_view", sa.String(length=40)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_preferences")),
        sa.UniqueConstraint("account_id", "list", name=op.f("uq_list_preferences_account_id_list")),
        info={"company_owned": True},
    )
    op.create_table(
        "saved_views",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("list", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(none_as_null=True)),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        info={"company_owned": True},
    )
    op.create_index("ix_saved_views_list", "saved_views", ["company_id", "list", "account_id"])
