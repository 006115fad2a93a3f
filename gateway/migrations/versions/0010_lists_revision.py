"""Companies say when what is chosen for their lists was last another, so that it need not be read for each page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("companies", sa.Column("lists_revision", sa.Integer(), nullable=False, server_default="0"))
