"""Rows of routers that become clients' services."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "adoptions",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("router_id", sa.Uuid(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("sealed_password", sa.String(1000)),
        sa.Column("adopted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("installation_id", name=op.f("pk_adoptions")),
        info={"company_owned": True},
    )
