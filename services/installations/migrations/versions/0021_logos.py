"""The company's logo, as sheets show it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("companies", sa.Column("logo_file_key", sa.String(200)))
    op.create_table(
        "sheet_logos",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("file_key", sa.String(200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        info={"company_owned": True},
    )

    # A sheet that nobody changed shows the logo from now on.
    op.execute(
        "UPDATE sheet_templates SET content = replace(content, '<h1>{{ empresa.nombre }}</h1>', "
        "'{{ empresa.logo }}<h1>{{ empresa.nombre }}</h1>') WHERE version = 1"
    )
