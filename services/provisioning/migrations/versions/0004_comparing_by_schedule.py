"""How often routers are compared, and what was found; accounts by name."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for column in (
        sa.Column("compare_hours", sa.Integer(), nullable=False, server_default="6"),
        sa.Column("repairs_itself", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("next_compare_at", UtcDateTime()),
        sa.Column("compared_at", UtcDateTime()),
        sa.Column("compare_failure", sa.String(80)),
    ):
        op.add_column("routers", column)
    op.create_table(
        "differences",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("router_id", sa.Uuid(), nullable=False),
        sa.Column("installation_id", sa.Uuid()),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("menu", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_differences")),
        info={"company_owned": True},
    )
    op.create_index("ix_accounts_service_name", "accounts", ["company_id", "service_name", "id"])
    op.create_index("ix_differences_router_id", "differences", ["company_id", "router_id"])
    op.create_index("ix_differences_name", "differences", ["company_id", "name", "id"])
