"""A second factor for staff, codes for who lost it, and whether the company asks for one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0003"
down_revision = "0002"

_ACCOUNTS = (
    sa.Column("sealed_totp_secret", sa.Text()),
    sa.Column("totp_step", sa.BigInteger()),
    sa.Column("wrong_codes", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("wrong_code_at", UtcDateTime()),
)


def upgrade() -> None:
    for column in _ACCOUNTS:
        op.add_column("staff_accounts", column)
    op.add_column(
        "companies", sa.Column("second_factor_required", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "recovery_codes",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        info={"company_owned": True},
    )
    op.create_index("ix_recovery_codes_account_id", "recovery_codes", ["account_id"])
