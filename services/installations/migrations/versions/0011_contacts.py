"""People are found by their e-mail address and telephones, however these are written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_KEYS = {"email_key": 320, "phone_key": 8, "second_phone_key": 8}
_WRITTEN_AMONG_DIGITS = " -().+"


def upgrade() -> None:
    for name, length in _KEYS.items():
        op.add_column("installations", sa.Column(name, sa.String(length)))
    op.execute(
        "UPDATE installations SET email_key = nullif(lower(trim(email)), ''), "  # noqa: S608  our own column names
        f"phone_key = {_tail('phone')}, second_phone_key = {_tail('second_phone')}"
    )
    for name in _KEYS:
        op.create_index(f"ix_installations_{name}", "installations", ["company_id", name])


def _tail(column: str) -> str:
    digits = column
    for character in _WRITTEN_AMONG_DIGITS:
        digits = f"replace({digits}, '{character}', '')"
    last = f"right({digits}, 8)" if op.get_bind().dialect.name == "postgresql" else f"substr({digits}, -8)"
    return f"nullif({last}, '')"
