"""A table that is filled from another one, made anew in a migration beside the one that is there.

PostgreSQL: what reads the table goes on until the new one takes its place, at the end; what writes the table that it is
filled from waits. Its key is made when all rows are in: many times as quick as a key that grows with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations

KEY_MEMORY = "256MB"


def make_anew(
    op: Operations | Any,
    table: str,
    columns: Sequence[sa.Column[Any]],
    *,
    key: Sequence[str],
    source: str,
    fill: Callable[[str], str],
) -> None:
    """`fill(name)` is the statement that fills a table of that name from `source`, whose triggers write `table`."""
    execute = op.get_bind().exec_driver_sql
    if op.get_bind().dialect.name != "postgresql":  # whose only writer the migration is, and which has no key to add
        op.drop_table(table)
        op.create_table(table, *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_{table}"))
        execute(fill(table))
        return
    anew = f"{table}_anew"
    execute(f"LOCK TABLE {source} IN SHARE ROW EXCLUSIVE MODE")
    execute(f"SET LOCAL maintenance_work_mem = '{KEY_MEMORY}'")
    op.create_table(anew, *columns)
    execute(fill(anew))
    op.create_primary_key(f"pk_{anew}", anew, key)
    op.drop_table(table)
    op.rename_table(anew, table)
    execute(f"ALTER TABLE {table} RENAME CONSTRAINT pk_{anew} TO pk_{table}")
    execute(f"ANALYZE {table}")
