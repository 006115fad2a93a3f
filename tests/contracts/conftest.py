from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import services.contracts
from chassis.secrets import Keyring
from chassis.storage import Database
from chassis.storage.migrations import migrate
from services.contracts.links import Sealing
from tests.contracts.builders import acquaint
from tests.samples import COMPANY
from tests.templates import MakeTables

MIGRATIONS = Path(services.contracts.__file__).parent / "migrations"


@pytest.fixture(scope="session")
def make_tables() -> MakeTables:
    return lambda database: migrate(database, MIGRATIONS)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A transaction of a company that knows itself and its installation of María."""
    with database.begin(COMPANY) as opened:
        acquaint(opened)
        yield opened


@pytest.fixture(scope="session")
def sealing(tmp_path_factory: pytest.TempPathFactory) -> Sealing:
    keys = tmp_path_factory.mktemp("keys")
    return Sealing(own=Keyring.create(keys / "own"), shared=Keyring.create(keys / "shared"))
