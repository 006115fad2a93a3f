"""The pools of addresses, and what routers use of them."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "pools",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("router_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("first_address", sa.String(15), nullable=False),
        sa.Column("last_address", sa.String(15), nullable=False),
        sa.Column("reserved", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("read_at", UtcDateTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("read_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pools")),
        info={"company_owned": True},
    )
    op.create_index("ix_pools_router_id", "pools", ["company_id", "router_id"])
    op.create_table(
        "taken_addresses",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(15), nullable=False),
        sa.Column("menu", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("pool_id", "address", name=op.f("pk_taken_addresses")),
        info={"company_owned": True},
    )
