"""Requests can be rejected, say where they came from, and are compared with others."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0003"
down_revision = "0002"

_KEYS = (("phone_key", 10), ("identity_key", 40), ("address_key", 420))


def upgrade() -> None:
    for table in ("requests", "known_installations"):
        for name, length in _KEYS:
            op.add_column(table, sa.Column(name, sa.String(length)))
            op.create_index(f"ix_{table}_{name}", table, ["company_id", name])
    for column in (
        sa.Column("rejected_at", UtcDateTime()),
        sa.Column("reject_reason", sa.Text()),
        sa.Column("campaign", sa.JSON()),
    ):
        op.add_column("requests", column)
    for column in (
        sa.Column("number", sa.BigInteger()),
        sa.Column("person", sa.String(250)),
        sa.Column("state", sa.String(20)),
        sa.Column("scheduled_at", UtcDateTime()),
    ):
        op.add_column("known_installations", column)
    _recognise_requests()


def _recognise_requests() -> None:
    requests = sa.table("requests", *(sa.column(name) for name in ("id", "phone", "official_id", "address", "city")),
                        *(sa.column(name) for name, _ in _KEYS))  # fmt: skip
    connection = op.get_bind()
    for row in connection.execute(sa.select(requests)).all():
        connection.execute(
            requests.update()
            .where(requests.c.id == row.id)
            .values(
                phone_key=re.sub(r"\D", "", row.phone)[-10:],
                identity_key=re.sub(r"\W", "", _plain(row.official_id)) or None,
                address_key=" ".join(re.findall(r"\w+", _plain(row.address, row.city))) or None,
            )
        )


def _plain(*parts: str | None) -> str:
    line = " ".join(part for part in parts if part)
    return "".join(c for c in unicodedata.normalize("NFKD", line.casefold()) if not unicodedata.combining(c))
