"""One wish for many services."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "bulk_operations",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("routers", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_operations")),
        info={"company_owned": True},
    )
    op.create_index("ix_bulk_operations_created", "bulk_operations", ["company_id", "created_at", "id"])
    op.create_table(
        "bulk_items",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("router_id", sa.Uuid(), nullable=False),
        sa.Column("service_name", sa.String(100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_at", UtcDateTime()),
        sa.Column("reason_code", sa.String(100)),
        sa.Column("reason_params", sa.JSON()),
        sa.PrimaryKeyConstraint("operation_id", "installation_id", name=op.f("pk_bulk_items")),
        info={"company_owned": True},
    )
    op.create_index("ix_bulk_items_state", "bulk_items", ["operation_id", "state", "position"])
    op.create_index("ix_bulk_items_name", "bulk_items", ["operation_id", "service_name", "installation_id"])
