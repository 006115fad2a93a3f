"""What a client's service was before the change that is under way."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("installations", sa.Column("service_before", sa.JSON()))
