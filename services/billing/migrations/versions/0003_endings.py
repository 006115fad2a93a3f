"""When subscriptions end."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("ends_on", sa.Date()))
    op.add_column("subscriptions", sa.Column("closed_at", UtcDateTime()))
    op.add_column("subscriptions", sa.Column("end_version", sa.Integer(), nullable=False, server_default=sa.text("0")))
