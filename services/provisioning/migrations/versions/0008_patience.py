"""How long a router's commands may take, and how many may be under way at once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("routers", sa.Column("command_seconds", sa.Integer(), nullable=False, server_default="30"))
    op.add_column("routers", sa.Column("commands_in_flight", sa.Integer(), nullable=False, server_default="4"))
