"""Alembic as every service uses it: a history of its own, whose first revision makes the chassis's tables.

A service's `migrations/env.py` is::

    from chassis.storage.migrations import run_env
    from services.installations.model import Base

    run_env(Base.metadata)
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData

from chassis.storage import tables
from chassis.storage.database import Database
from chassis.storage.triggers import make_triggers

LOCK = 7_236_514  # the advisory lock of whoever changes the schema


class RowsLost(Exception):
    """A revision left rows that refer to nothing; none of it was kept."""


def migrate(database: Database, folder: Path, revision: str = "head") -> None:
    """Brings the schema to the revision, in one transaction; two processes at once wait for each other."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    with database.engine.connect() as connection, _rows_may_wait(database, connection), connection.begin():
        if not database.is_sqlite:  # there, the transaction itself began as the only writer
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise RowsLost(f"{folder}: rows refer to others that are gone")


@contextlib.contextmanager
def _rows_may_wait(database: Database, connection: Connection) -> Iterator[None]:
    """A table that SQLite must build anew is gone for a moment, with rows of others referring to it: they are looked
    at when all is done. Outside of the transaction, as the switch does nothing within one."""
    if not database.is_sqlite:
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run_env(metadata: MetaData) -> None:
    """The whole of a service's `env.py`."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=False,  # `migrate` has opened the transaction
        compare_type=True,
    )
    context.run_migrations()
    make_triggers(context.config.attributes["connection"], metadata)


def create_chassis_tables(op: Operations | Any) -> None:
    """The first step of each service's first revision: the chassis's tables as they are today.

    From the first release on, a change to them is a further function here, called by a further
    revision of every service; this one then stays as it was.
    """
    tables.metadata.create_all(op.get_bind())


def create_audit(op: Operations | Any) -> None:
    """For databases that were made before commands were audited; the others have the table already."""
    tables.audit.create(op.get_bind(), checkfirst=True)


def differences(connection: Connection, metadata: MetaData) -> list[Any]:
    """What Alembic would have to change for the schema to be what the models say; empty when they agree."""
    migration = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(migration, metadata)
