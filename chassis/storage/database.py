"""One service's database: SQLite file or PostgreSQL, behind the same four ways to open a transaction."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, Engine, Row, Select, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from chassis.storage import hooks
from chassis.storage.dialect import BusyDatabase
from chassis.storage.scope import ScopedSession, leave_unscoped, scope_to

BUSY_SECONDS = 5.0
IDLE_SECONDS = 0.1  # a connection unused for longer is first asked whether it still lives
_READS, _USED_AT = "alta_reads", "alta_used_at"


class Database:
    """Transactions on one database. `pool_size` connections are kept, and no more are ever opened.

    SQLite: WAL, every commit synced, foreign keys held. A write transaction begins with
    `BEGIN IMMEDIATE` behind a lock of this process: SQLite itself waits in C, which would stop
    every green thread, the one that holds the file included.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.engine = _engine(url, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._reading = self.engine.execution_options(**{_READS: True})
        self._writer = threading.Lock() if self.is_sqlite else None

    def begin(self, company_id: UUID) -> contextlib.AbstractContextManager[Session]:
        """A write transaction for one company: committed at the end, rolled back when something is raised."""
        return self._write(company_id)

    def begin_unscoped(self) -> contextlib.AbstractContextManager[Session]:
        """A write transaction for the chassis's own tables, or for a company that is entered later."""
        return self._write(None)

    def read(self, company_id: UUID) -> contextlib.AbstractContextManager[Session]:
        """A look at one company's rows; writing is refused by the database."""
        return self._read(company_id)

    def read_unscoped(self) -> contextlib.AbstractContextManager[Session]:
        """A look at every company's rows: for work that serves all of them, and for look-ups by token."""
        return self._read(None)

    def look_up(self, statement: Select[Any], **parameters: Any) -> Row[Any] | None:
        """The row, whichever company's, of who says something that names nothing else (a token); no session is needed
        for it. Raises `MultipleResultsFound`."""
        with self._reading.connect() as connection:
            return connection.execute(statement, parameters).one_or_none()

    def close(self) -> None:
        self.engine.dispose()

    @contextlib.contextmanager
    def _write(self, company_id: UUID | None) -> Iterator[Session]:
        with self._sole_writer(), _session(self.engine, company_id) as session:
            yield session
            hooks.commit(session)

    @contextlib.contextmanager
    def _read(self, company_id: UUID | None) -> Iterator[Session]:
        with _session(self._reading, company_id) as session:
            yield session

    @contextlib.contextmanager
    def _sole_writer(self) -> Iterator[None]:
        if self._writer is None:
            yield
            return
        if not self._writer.acquire(timeout=BUSY_SECONDS):
            raise BusyDatabase(f"no write transaction could begin within {BUSY_SECONDS} s")
        try:
            yield
        finally:
            self._writer.release()


@contextlib.contextmanager
def _session(engine: Engine, company_id: UUID | None) -> Iterator[Session]:
    with ScopedSession(engine, expire_on_commit=False) as session:
        if company_id is None:
            leave_unscoped(session)
        else:
            scope_to(session, company_id)
        yield session


def _engine(url: str, pool_size: int) -> Engine:
    address = make_url(url)
    shared: dict[str, Any] = {
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": 30,
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
        "hide_parameters": True,  # an error is logged with its statement, never with people's data
    }
    if address.get_backend_name() == "sqlite":
        return _sqlite(address, shared)
    # SQLAlchemy 2.1 would take psycopg 3, which blocks every green thread.
    engine = create_engine(
        address.set(drivername="postgresql+psycopg2"),
        connect_args={"connect_timeout": 5, "application_name": "alta", "tcp_user_timeout": 10_000},
        **shared,
    )
    _look_at_idle_ones(engine)
    _read_without_transactions(engine)
    return engine


def _look_at_idle_ones(engine: Engine) -> None:
    """SQLAlchemy's own `pool_pre_ping` asks each time: three round trips before every transaction of a busy service.
    One that is broken is replaced, and with it all that are older."""

    @event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[_USED_AT] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _look(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        used_at = record.info.get(_USED_AT)
        if used_at is None or time.monotonic() - used_at < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _read_without_transactions(engine: Engine) -> None:
    """Who only reads needs none: each statement sees what was committed before it, within a transaction as well. So
    BEGIN and ROLLBACK are spared, two round trips of three. That nothing is written the server still sees to."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get(_READS, False)
        if connection.info.get(_READS, False) is not reads:
            driver: Any = connection.connection.dbapi_connection
            try:
                driver.set_session(readonly=True if reads else "DEFAULT", autocommit=reads)
            except engine.dialect.loaded_dbapi.Error as error:
                connection.invalidate(error)
                # As SQLAlchemy tells it of a statement; the driver's own errors are nobody's to know.
                raise OperationalError("BEGIN", None, error, connection_invalidated=True) from error
            connection.info[_READS] = reads


def _sqlite(address: URL, shared: dict[str, Any]) -> Engine:
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, **shared)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin transactions of its own
        _write_ahead(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get(_READS, False)
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Sets the journal's mode. While another connection sets it too, SQLite refuses instead of waiting."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
