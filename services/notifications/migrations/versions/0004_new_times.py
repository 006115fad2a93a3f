"""Messages about a visit's new time, which may become another one before they are sent."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("messages", sa.Column("moved_from", UtcDateTime()))
    op.add_column("messages", sa.Column("fact_version", sa.Integer()))
