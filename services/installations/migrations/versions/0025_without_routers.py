"""Ends of services that do not wait for a router that is out of use."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("installations", sa.Column("without_router", sa.Boolean(), nullable=False, server_default=sa.false()))
