"""On whose behalf many services are changed, so that each change says it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("bulk_operations", sa.Column("asked_as", sa.JSON()))
