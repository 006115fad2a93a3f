"""What lists of installations and clients are filtered and ordered by, and the indexes that answer it."""

from ipaddress import IPv4Address

import sqlalchemy as sa
from alembic import op

from chassis.storage import BytewiseString, UtcDateTime
from chassis.storage.searching import searchable

revision = "0008"
down_revision = "0007"

AT_ONCE = 5_000
PENDING = sa.text("state IN ('new', 'in_progress', 'activating')")
INDEXES = {
    "scheduled": ("scheduled_at",),
    "created": ("created_at",),
    "name": ("sort_name",),
    "city": ("city_key",),
    "ip": ("ip_number",),
    "client_number": ("client_number",),
    "activated": ("activated_at",),
    "zone": ("zone_id", "activated_at"),
    "router": ("router_id", "activated_at"),
    "plan": ("plan_id", "activated_at"),
    "technician": ("technician_id", "activated_at"),
    "sector": ("sector_id", "activated_at"),
}
KEYS = {
    "sort_name": BytewiseString(250),
    "city_key": BytewiseString(120),
    "ip_number": sa.BigInteger(),
}


def upgrade() -> None:
    op.add_column("installations", sa.Column("client_number", sa.BigInteger()))
    op.add_column("installations", sa.Column("activated_at", UtcDateTime()))
    for name, kind in KEYS.items():
        op.add_column("installations", sa.Column(name, kind))
    _fill()
    with op.batch_alter_table("installations") as batch:
        for name, kind in KEYS.items():
            batch.alter_column(name, existing_type=kind, nullable=False)
    for name, columns in INDEXES.items():
        op.create_index(f"ix_installations_{name}", "installations", ["company_id", *columns, "id"])
    for name in ("scheduled_at", "created_at", "number", "sort_name"):
        op.create_index(
            f"ix_installations_pending_{name}",
            "installations",
            ["company_id", name, "id"],
            postgresql_where=PENDING,
            sqlite_where=PENDING,
        )


def _fill() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(
        "UPDATE installations SET"
        " client_number = (SELECT number FROM clients WHERE clients.id = installations.id),"
        " activated_at = (SELECT activated_at FROM clients WHERE clients.id = installations.id)"
    )
    installations = sa.table(
        "installations",
        *(sa.column(name, sa.Uuid()) for name in ("id",)),
        *(sa.column(name) for name in ("first_name", "last_name", "city", "ip_address", *KEYS)),
    )
    columns = [installations.c[name] for name in ("id", "first_name", "last_name", "city", "ip_address")]
    page = sa.select(*columns).order_by(installations.c.id).limit(AT_ONCE)
    found = connection.execute(page).all()
    while found:
        connection.execute(
            sa.update(installations)
            .where(installations.c.id == sa.bindparam("of"))
            .values({name: sa.bindparam(f"new_{name}") for name in KEYS}),
            [
                {
                    "of": row.id,
                    "new_sort_name": searchable(f"{row.first_name} {row.last_name}"),
                    "new_city_key": searchable(row.city),
                    "new_ip_number": int(IPv4Address(row.ip_address)),
                }
                for row in found
            ],
        )
        found = connection.execute(page.where(installations.c.id > found[-1].id)).all()
