"""Routers and accounts."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime
from chassis.storage.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op)
    op.create_table(
        "routers",
        sa.Column("company_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("address", sa.String(255), nullable=False),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("tls", sa.Boolean, nullable=False),
        sa.Column("certificate_sha256", sa.String(64)),
        sa.Column("username", sa.String(100), nullable=False),
        sa.Column("sealed_password", sa.String(1000), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("lost_at", UtcDateTime),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_routers"),
        sa.UniqueConstraint("company_id", "name", name="uq_routers_company_id_name"),
    )
    op.create_table(
        "accounts",
        sa.Column("company_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("installation_id", sa.Uuid, nullable=False),
        sa.Column("router_id", sa.Uuid, nullable=False),
        sa.Column("mode", sa.String(20)),
        sa.Column("service_name", sa.String(100), nullable=False),
        sa.Column("ip_address", sa.String(45), nullable=False),
        sa.Column("mac_address", sa.String(17)),
        sa.Column("download_kbps", sa.Integer, nullable=False),
        sa.Column("upload_kbps", sa.Integer, nullable=False),
        sa.Column("sealed_password", sa.String(1000)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("activation_id", sa.Uuid, nullable=False),
        sa.Column("asked_version", sa.Integer, nullable=False),
        sa.Column("begun_at", UtcDateTime),
        sa.Column("observed", sa.JSON),
        sa.Column("verified_at", UtcDateTime),
        sa.Column("reason_code", sa.String(100)),
        sa.Column("reason_params", sa.JSON),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("company_id", "installation_id", name="uq_accounts_company_id_installation_id"),
    )
    op.create_index("ix_accounts_router_id", "accounts", ["router_id"])
