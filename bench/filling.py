"""Filling a service's database by the million: what it keeps up row by row is taken away, and made once from all."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2
import psycopg2.extras
from sqlalchemy import make_url

from chassis.storage import Database
from chassis.storage.migrations import migrate

COMPANIES = 10


def companies(size: int) -> list[tuple[UUID, int]]:
    """The first one has half of all rows; the same each time."""
    dice = random.Random(size)
    sizes = [size // 2] + [size // 2 // (COMPANIES - 1)] * (COMPANIES - 1)
    return [(UUID(int=dice.getrandbits(128), version=4), each) for each in sizes]


@contextlib.contextmanager
def filling(url: str, migrations: Path, *tables: str) -> Iterator[Any]:
    """A cursor of a new database, in which the triggers are silent and the `tables` have no indexes until the end."""
    database = Database(url)
    migrate(database, migrations)
    database.close()
    with contextlib.closing(_connected(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        # The same dice each time.
        cursor.execute("SET work_mem = '256MB'; SELECT setseed(0.5)")
        again = _without_indexes(cursor, tables)
        yield cursor
        for statement in again:
            cursor.execute(statement)


def settle(url: str) -> None:
    """As a database is that has been at work for long: nothing is left to be tidied up or written out, and the planner
    knows what there is."""
    with contextlib.closing(_connected(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (FREEZE, ANALYZE)")
            cursor.execute("CHECKPOINT")


def insert(cursor: Any, table: str, values: dict[str, Any]) -> None:
    columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))  # noqa: S608


def _connected(url: str) -> Any:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg2.connect(address)
    psycopg2.extras.register_uuid(conn_or_curs=connection)
    return connection


def _without_indexes(cursor: Any, tables: tuple[str, ...]) -> list[str]:
    """Takes them away with the constraints, and gives the statements that make them again."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = ANY(%s::regclass[]) AND (contype IN ('f', 'u') OR contype = 'p' AND conrelid::regclass::text "
        "LIKE '%%_words')",
        [list(tables)],
    )
    constraints = cursor.fetchall()
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname LIKE 'ix%%'", [list(tables)]
    )
    indexes = cursor.fetchall()
    for table, name, _ in constraints:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    made = [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {text}' for table, name, text in constraints]
    return [text for _, text in indexes] + made
