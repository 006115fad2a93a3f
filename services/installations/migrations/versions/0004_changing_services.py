"""How plans are shaped, and the newest word about a client's service."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("plans", sa.Column("shaping", sa.JSON()))
    op.add_column("installations", sa.Column("service_version", sa.Integer()))
