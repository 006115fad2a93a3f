"""A small service of its own: one table, one event."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from chassis.storage import Database
from tests.chassis.parcels import Base
from tests.templates import MakeTables


@pytest.fixture(scope="session")
def make_tables() -> MakeTables:
    return lambda database: Base.metadata.create_all(database.engine)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the tables of the parcels service and of the chassis, of each kind in turn."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def company() -> uuid.UUID:
    return uuid.uuid4()


@pytest.fixture
def stranger() -> uuid.UUID:
    """Another company, to ask "and if they try?"."""
    return uuid.uuid4()
