"""How routers suspend, and what accounts are changed to."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# What an older replica that knows nothing of them puts into a new row.
_ROUTERS = (
    sa.Column("suspend_by", sa.String(20), nullable=False, server_default="address_list"),
    sa.Column("suspended_list", sa.String(100), nullable=False, server_default="alta-suspended"),
    sa.Column("suspended_profile", sa.String(100)),
    sa.Column("suspended_kbps", sa.Integer, nullable=False, server_default="64"),
    sa.Column("server", sa.String(100)),
    sa.Column("interface", sa.String(100)),
)
_ACCOUNTS = (
    sa.Column("shaping", sa.JSON),
    sa.Column("suspended", sa.Boolean),
    sa.Column("suspension_version", sa.Integer),
    sa.Column("adjustment_id", sa.Uuid),
    sa.Column("pending", sa.JSON),
    sa.Column("placed_as", sa.JSON),
    sa.Column("left_behind", sa.JSON),
)


def upgrade() -> None:
    for column in _ROUTERS:
        op.add_column("routers", column)
    for column in _ACCOUNTS:
        op.add_column("accounts", column)
    op.create_table(
        "cancellations",
        sa.Column("company_id", sa.Uuid, nullable=False),
        sa.Column("installation_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("installation_id", name="pk_cancellations"),
    )
