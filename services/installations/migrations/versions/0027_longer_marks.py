"""Lines of words say more of their row's longer words: the table is made anew, from the rows."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import BytewiseString, UtcDateTime
from chassis.storage.making_anew import make_anew
from chassis.storage.word_lines import WordLines

revision = "0027"
down_revision = "0026"

SECTION = (
    "CASE {row}.state WHEN 'active' THEN 'client' WHEN 'ending' THEN 'client' WHEN 'ended' THEN 'ended' "
    "WHEN 'cancelled' THEN 'cancelled' ELSE 'pending' END"
)
AT = "CASE WHEN {row}.state IN ('active', 'ending', 'ended') THEN {row}.activated_at ELSE {row}.scheduled_at END"


def upgrade() -> None:
    def fill(name: str) -> str:
        lines = WordLines(name=name, table="installations", section=SECTION, at=AT)
        return lines.of_all_rows(op.get_bind().dialect.name)

    columns = [
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(20), nullable=False),
        sa.Column("word", BytewiseString(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("marks", sa.BigInteger(), nullable=False),
        sa.Column("long_marks", sa.BigInteger(), nullable=False),
        sa.Column("sort_name", BytewiseString(250), nullable=False),
    ]
    key = [column.name for column in columns]
    make_anew(op, "installation_words", columns, key=key, source="installations", fill=fill)
