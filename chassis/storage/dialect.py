"""The statements and the errors in which the two databases differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

# PostgreSQL's classes of errors that speak of the server, not of the statement: connection, resources, shutdown.
_SERVER_TROUBLE = ("08", "53", "57P")
_FILE_TROUBLE = ("locked", "busy", "disk", "unable to open", "readonly")


class BusyDatabase(Exception):
    """Another transaction of this process kept the SQLite file for too long, or this one is nested in it."""


def upsert(
    session: Session,
    table: Table,
    row: dict[str, Any],
    *,
    key: Sequence[str],
    change: Any,
    where: Any = None,
    returning: Sequence[Any] = (),
) -> CursorResult[Any]:
    """Inserts `row`, or applies `change` to the one of the same key, if `where` holds for that one.

    `change` may be a function of the new row.
    """
    connection = session.connection()
    statement = _upserting(connection, table, key, change, where).values(row)
    return connection.execute(statement.returning(*returning) if returning else statement)


def upsert_all(
    session: Session, table: Table, rows: Sequence[dict[str, Any]], *, key: Sequence[str], change: Any
) -> None:
    """The same for rows of the same columns, no two of them of one key."""
    connection = session.connection()
    connection.execute(_upserting(connection, table, key, change), rows)


def _upserting(connection: Connection, table: Table, key: Sequence[str], change: Any, where: Any = None) -> Any:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table)
    changed = change(statement.excluded) if callable(change) else change
    return statement.on_conflict_do_update(index_elements=[table.c[name] for name in key], set_=changed, where=where)


def is_database_away(error: BaseException) -> bool:
    """Whether the database is at fault, not the statement: then nothing is retried or parked, everything waits."""
    if isinstance(error, (BusyDatabase, PoolTimeout)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    if not isinstance(error, OperationalError):
        return False
    if hasattr(error.orig, "pgcode"):  # None when the server was never reached
        return error.orig.pgcode is None or error.orig.pgcode.startswith(_SERVER_TROUBLE)
    return any(word in str(error.orig) for word in _FILE_TROUBLE)
