"""The addresses that clients are given."""

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
        sa.Column("read_failure", sa.String(80)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pools")),
        sa.UniqueConstraint("company_id", "router_id", "name", name=op.f("uq_pools_company_id_router_id_name")),
        info={"company_owned": True},
    )
