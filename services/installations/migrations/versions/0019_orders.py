"""Lists by zone, router, plan and technician: in the order of these names, and of the agenda alone; what failed."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import BytewiseString
from chassis.storage.named import name_key

revision = "0019"
down_revision = "0018"

PENDING = sa.text("state IN ('new', 'in_progress', 'activating')")
FAILED = sa.text("failure_code IS NOT NULL")
TABLES = ("zones", "plans", "routers", "staff")


def upgrade() -> None:
    connection = op.get_bind()
    for name in TABLES:
        op.add_column(name, sa.Column("name_key", BytewiseString(200), server_default="", nullable=False))
        table = sa.table(name, sa.column("id", sa.Uuid()), sa.column("name"), sa.column("name_key"))
        rows = [{"of": row.id, "key": name_key(row.name)} for row in connection.execute(sa.select(table))]
        if rows:
            of = table.c.id == sa.bindparam("of")
            connection.execute(sa.update(table).where(of).values(name_key=sa.bindparam("key")), rows)
        op.create_index(f"ix_{name}_name_key", name, ["company_id", "name_key", "id"])
    for part in ("zone", "router", "plan", "technician"):
        _index(f"pending_{part}", f"{part}_id", "scheduled_at", "id", only=PENDING)
    _index("failed", "state", "scheduled_at", "id", only=FAILED)


def _index(name: str, *columns: str, only: sa.TextClause) -> None:
    columns = ("company_id", *columns)
    op.create_index(f"ix_installations_{name}", "installations", columns, postgresql_where=only, sqlite_where=only)
