"""What the list of requests is filtered and ordered by, and the indexes that answer it."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import BytewiseString
from chassis.storage.searching import searchable

revision = "0004"
down_revision = "0003"

AT_ONCE = 5_000
KEYS = {"sort_name": 250, "city_key": 120, "source_key": 200}


def upgrade() -> None:
    for name, length in KEYS.items():
        op.add_column("requests", sa.Column(name, BytewiseString(length)))
    _fill()
    with op.batch_alter_table("requests") as batch:
        for name, length in KEYS.items():
            batch.alter_column(name, existing_type=BytewiseString(length), nullable=False)
    op.create_index("ix_requests_name", "requests", ["company_id", "sort_name", "id"])
    op.create_index("ix_requests_city", "requests", ["company_id", "city_key", "id"])
    op.create_index("ix_requests_source", "requests", ["company_id", "source_key", "submitted_at", "id"])


def _fill() -> None:
    connection = op.get_bind()
    requests = sa.table(
        "requests",
        sa.column("id", sa.Uuid()),
        sa.column("campaign", sa.JSON()),
        *(sa.column(name) for name in ("first_name", "last_name", "city", *KEYS)),
    )
    columns = [requests.c[name] for name in ("id", "first_name", "last_name", "city", "campaign")]
    page = sa.select(*columns).order_by(requests.c.id).limit(AT_ONCE)
    found = connection.execute(page).all()
    while found:
        connection.execute(
            sa.update(requests)
            .where(requests.c.id == sa.bindparam("of"))
            .values({name: sa.bindparam(f"new_{name}") for name in KEYS}),
            [
                {
                    "of": row.id,
                    "new_sort_name": searchable(f"{row.first_name} {row.last_name}"),
                    "new_city_key": searchable(row.city),
                    "new_source_key": searchable((row.campaign or {}).get("source")),
                }
                for row in found
            ],
        )
        found = connection.execute(page.where(requests.c.id > found[-1].id)).all()
