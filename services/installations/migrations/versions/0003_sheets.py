"""Sheet templates, and what a sheet says of the company."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for column in (
        sa.Column("tax_id", sa.String(40)),
        sa.Column("address", sa.String(300)),
        sa.Column("phone", sa.String(30)),
        sa.Column("email", sa.String(320)),
    ):
        op.add_column("companies", column)
    op.create_table(
        "sheet_templates",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_templates")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_sheet_templates_company_id_name")),
        info={"company_owned": True},
    )
