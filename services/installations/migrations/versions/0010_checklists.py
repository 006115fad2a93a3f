"""What technicians go through at the client's, and what they found."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "checklists",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklists")),
        sa.UniqueConstraint("company_id", name=op.f("uq_checklists_company_id")),
        info={"company_owned": True},
    )
    op.create_table(
        "checklist_answers",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("unit", sa.String(20)),
        sa.Column("value", sa.Text()),
        sa.Column("answered_by", sa.String(200), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installations.id"], name=op.f("fk_checklist_answers_installation_id_installations")
        ),
        sa.PrimaryKeyConstraint("installation_id", "item_id", name=op.f("pk_checklist_answers")),
        info={"company_owned": True},
    )
