"""Small pictures of files, and who added them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("files", sa.Column("preview_key", sa.String(200)))
    op.add_column("files", sa.Column("added_by", sa.String(200)))
