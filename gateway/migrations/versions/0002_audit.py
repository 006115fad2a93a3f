"""Who changed what, as every service keeps it; what the gateway had noted so far goes with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime
from chassis.storage.migrations import create_audit
from chassis.storage.tables import audit

revision = "0002"
down_revision = "0001"

_OLD = sa.table(
    "audit_log",
    sa.column("id", sa.Uuid()),
    sa.column("company_id", sa.Uuid()),
    sa.column("at", UtcDateTime()),
    sa.column("actor", sa.String()),
    sa.column("action", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("ip", sa.String()),
    sa.column("correlation_id", sa.String()),
)


def upgrade() -> None:
    create_audit(op)
    connection = op.get_bind()
    for row in connection.execute(sa.select(_OLD)).mappings().all():
        kept = {name: row[name] for name in ("id", "company_id", "at", "subject", "ip", "correlation_id")}
        told = {"actor_kind": "staff", "actor_name": row["actor"], "method": f"gateway.{row['action']}"}
        words = f"{row['actor']} {row['action']}".casefold()
        connection.execute(audit.insert().values(**kept, **told, changes=[], words=words))
    op.drop_index("ix_audit_log_company_id_at", "audit_log")
    op.drop_table("audit_log")
