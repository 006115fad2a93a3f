"""On whose behalf many are changed, so that each change says it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    for table in ("bulk_changes", "plan_moves"):
        op.add_column(table, sa.Column("asked_as", sa.JSON()))
