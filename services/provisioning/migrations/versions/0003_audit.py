"""Who changed what."""

from alembic import op

from chassis.storage.migrations import create_audit

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    create_audit(op)
