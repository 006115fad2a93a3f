"""How the services of clients end: planned for a day, asked of their routers, gone."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0022"
down_revision = "0021"

ENDED, TO_END = sa.text("state = 'ended'"), sa.text("state = 'active' AND ends_on IS NOT NULL")


def upgrade() -> None:
    op.add_column("installations", sa.Column("ends_on", sa.Date()))
    op.add_column("installations", sa.Column("end_reason", sa.String(20)))
    op.add_column("installations", sa.Column("end_note", sa.Text()))
    op.add_column("installations", sa.Column("ending_version", sa.Integer()))
    op.add_column("installations", sa.Column("ended_at", UtcDateTime()))
    _index("ended", ["company_id", "ended_at", "id"], ENDED)
    _index("ended_activated", ["company_id", "activated_at", "id"], ENDED)
    _index("to_end", ["ends_on", "id"], TO_END)


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(f"ix_installations_{name}", "installations", columns, postgresql_where=where, sqlite_where=where)
