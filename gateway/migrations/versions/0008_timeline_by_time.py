"""The timeline is also read by time, for the audit."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("ix_timeline_occurred", "timeline", ["company_id", "occurred_at", "id"])
