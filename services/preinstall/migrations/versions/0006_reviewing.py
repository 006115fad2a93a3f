"""Forms ask for what the company wants and say what it says; requests are put aside, merged and told apart."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0006"
down_revision = "0005"

_SETTINGS = (
    sa.Column("left_out", sa.JSON()),
    sa.Column("required_fields", sa.JSON()),
    sa.Column("left_out_fields", sa.JSON()),
    sa.Column("welcome", sa.Text()),
    sa.Column("thanks", sa.Text()),
    sa.Column("privacy_version", sa.Integer()),
    sa.Column("reject_reasons", sa.JSON()),
)
_REQUESTS = (
    sa.Column("privacy_version", sa.Integer()),
    sa.Column("flag_note", sa.Text()),
    sa.Column("merged_into", sa.Uuid()),
)


def upgrade() -> None:
    for table, columns in (("form_settings", _SETTINGS), ("requests", _REQUESTS)):
        for column in columns:
            op.add_column(table, column)
    op.create_table(
        "privacy_notices",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_notices"),
        sa.UniqueConstraint("company_id", "version", name="uq_privacy_notices_company_id_version"),
    )
    op.create_table(
        "told_apart",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_told_apart"),
        sa.UniqueConstraint("one_id", "other_id", name="uq_told_apart_one_id_other_id"),
    )
    op.create_index("ix_told_apart_other_id", "told_apart", ["other_id"])
