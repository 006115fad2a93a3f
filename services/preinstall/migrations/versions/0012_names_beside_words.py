"""Lines of words have their row's name, by which lists are ordered: the table is made anew, filled by what follows."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import BytewiseString, UtcDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.drop_table("request_words")
    op.create_table(
        "request_words",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(20), nullable=False),
        sa.Column("word", BytewiseString(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("marks", sa.BigInteger(), nullable=False),
        sa.Column("sort_name", BytewiseString(250), nullable=False),
        sa.PrimaryKeyConstraint(
            "company_id", "section", "word", "at", "id", "marks", "sort_name", name=op.f("pk_request_words")
        ),
        info={"company_owned": True},
    )
