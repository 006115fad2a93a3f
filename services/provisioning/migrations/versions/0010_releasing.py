"""Which rows of an account were on its router before Alta, and whether they stay there when it is removed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("adopted", sa.JSON()))
    op.add_column("accounts", sa.Column("released", sa.Boolean(), nullable=False, server_default=sa.false()))
