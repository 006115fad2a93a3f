from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import services.installations
from chassis.secrets import Keyring
from chassis.storage import Database
from chassis.storage.migrations import migrate
from tests.installations.builders import Scene, set_the_scene
from tests.samples import COMPANY
from tests.templates import MakeTables

MIGRATIONS = Path(services.installations.__file__).parent / "migrations"


@pytest.fixture(scope="session")
def make_tables() -> MakeTables:
    return lambda database: migrate(database, MIGRATIONS)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.create(tmp_path / "installations.key")


@pytest.fixture
def scene(database: Database, keyring: Keyring) -> Scene:
    """A company with a router, a zone, a plan and a technician."""
    with database.begin(COMPANY) as session:
        return set_the_scene(session, keyring)


@pytest.fixture
def session(database: Database, scene: Scene) -> Iterator[Session]:
    """A transaction of the scene's company."""
    with database.begin(COMPANY) as opened:
        yield opened
