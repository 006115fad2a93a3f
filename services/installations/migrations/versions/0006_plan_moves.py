"""Clients of one plan on their way to another."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "plan_moves",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_plan_id", sa.Uuid(), nullable=False),
        sa.Column("to_plan_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Uuid()),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["from_plan_id"], ["plans.id"], name=op.f("fk_plan_moves_from_plan_id_plans")),
        sa.ForeignKeyConstraint(["to_plan_id"], ["plans.id"], name=op.f("fk_plan_moves_to_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_moves")),
        info={"company_owned": True},
    )
    op.create_index("ix_plan_moves_created", "plan_moves", ["company_id", "created_at", "id"])
