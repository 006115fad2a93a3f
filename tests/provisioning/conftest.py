from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

import services.provisioning
from chassis.identifiers import new_id
from chassis.secrets import Keyring
from chassis.storage import Database
from chassis.storage.migrations import migrate
from events.installations import InstallationActivationRequested
from services.provisioning.routers import Connection, KeptConnections, open_connection
from services.provisioning.working import Workshop
from tests.provisioning.builders import a_router, the_endpoint
from tests.provisioning.story import Story
from tests.simulator import SimulatedRouter
from tests.templates import MakeTables

MIGRATIONS = Path(services.provisioning.__file__).parent / "migrations"


@pytest.fixture
def connection(router: SimulatedRouter) -> Iterator[Connection]:
    opened = open_connection(the_endpoint(router))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def make_tables() -> MakeTables:
    return lambda database: migrate(database, MIGRATIONS)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Of each kind in turn."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    path = tmp_path / "provisioning.key"
    Keyring.create(path)
    return Keyring.load(path)


@pytest.fixture
def workshop(database: Database, keyring: Keyring) -> Iterator[Workshop]:
    connections = KeptConnections()
    yield Workshop(database, connections, keyring)
    connections.close()


@pytest.fixture
def company() -> UUID:
    return new_id()


@pytest.fixture
def stranger() -> UUID:
    """Another company, to ask "and if they try?"."""
    return new_id()


@pytest.fixture
def story(workshop: Workshop, company: UUID) -> Story:
    return Story(workshop, company)


@pytest.fixture
def active(story: Story, router: SimulatedRouter) -> InstallationActivationRequested:
    """The request of a client whose service is on the router, over PPPoE."""
    return story.activated(story.save_router(a_router(router, mode="pppoe")))
