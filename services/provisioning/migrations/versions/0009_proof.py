"""What a router said of a client's service when it was last looked at for somebody."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("proof", sa.JSON()))
    op.add_column("accounts", sa.Column("proved_at", UtcDateTime()))
