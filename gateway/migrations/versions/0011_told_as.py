"""How companies were told last, so that what a newer gateway says of them is told without anybody saving them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("companies", sa.Column("told_as", sa.String(64)))
