"""How far a list's file is: how many rows it will have, and how many are written."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("exports", sa.Column("total", sa.BigInteger()))
    op.add_column("exports", sa.Column("written", sa.BigInteger(), nullable=False, server_default="0"))
