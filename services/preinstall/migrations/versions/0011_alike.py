"""Requests say whether there are others like them, so that a list of those is read at once."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_APART = """NOT EXISTS (SELECT 1 FROM told_apart AS pair WHERE pair.one_id = requests.id AND pair.other_id = other.id
    OR pair.one_id = other.id AND pair.other_id = requests.id)"""
_SAME = "other.company_id = requests.company_id AND other.{key} = requests.{key}"
_REQUEST = f"""EXISTS (SELECT 1 FROM requests AS other WHERE {_SAME} AND other.id <> requests.id
    AND other.state <> 'merged' AND {_APART})"""  # noqa: S608
_INSTALLATION = f"""EXISTS (SELECT 1 FROM known_installations AS other WHERE {_SAME} AND other.state <> 'cancelled'
    AND (requests.installation_id IS NULL OR other.id <> requests.installation_id) AND {_APART})"""  # noqa: S608


def upgrade() -> None:
    op.add_column("requests", sa.Column("alike", sa.Boolean(), server_default=sa.false(), nullable=False))
    alike = " OR ".join(
        kind.format(key=key)
        for kind in (_REQUEST, _INSTALLATION)
        for key in ("phone_key", "identity_key", "address_key")
    )
    op.execute(f"UPDATE requests SET alike = true WHERE {alike}")  # noqa: S608
    where = {"postgresql_where": sa.text("alike"), "sqlite_where": sa.text("alike = 1")}
    op.create_index("ix_requests_alike", "requests", ["company_id", "submitted_at", "id"], **where)
    op.create_index("ix_requests_alike_by_state", "requests", ["company_id", "state", "submitted_at", "id"], **where)
