"""When what lists are narrowed by was last another: the database counts, so that lists need not tell it each time."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "choice_revisions",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_choice_revisions")),
        info={"company_owned": True},
    )
    for table in ("zones", "staff", "routers", "plans", "sectors"):
        op.execute(
            "INSERT INTO choice_revisions (company_id, revision) "  # noqa: S608 - all of it is of this file
            f"SELECT DISTINCT company_id, 1 FROM {table} WHERE true ON CONFLICT DO NOTHING"
        )
