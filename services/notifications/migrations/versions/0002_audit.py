"""Who changed what."""

from alembic import op

from chassis.storage.migrations import create_audit

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_audit(op)
