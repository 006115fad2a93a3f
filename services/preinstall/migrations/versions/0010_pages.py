"""Pictures of the PDFs that prospects send."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("documents", sa.Column("preview_key", sa.String(200)))
