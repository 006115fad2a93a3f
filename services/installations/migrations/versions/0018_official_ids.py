"""Each row of an import is looked up by its person's official id."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_index("ix_installations_official_id", "installations", ["company_id", "official_id"])
