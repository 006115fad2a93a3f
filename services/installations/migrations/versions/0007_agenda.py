"""How long visits take, when people work, and days off."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("installations", sa.Column("duration_minutes", sa.Integer(), nullable=False, server_default="90"))
    op.create_table(
        "agenda_rules",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_minutes", sa.Integer(), nullable=False),
        sa.Column("week", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_rules")),
        info={"company_owned": True},
    )
    op.create_table(
        "technician_weeks",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("technician_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("technician_id", name=op.f("pk_technician_weeks")),
        info={"company_owned": True},
    )
    op.create_table(
        "absences",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("technician_id", sa.Uuid()),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        info={"company_owned": True},
    )
    op.create_index("ix_absences_last_on", "absences", ["company_id", "last_on"])
