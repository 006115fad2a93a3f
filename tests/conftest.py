"""The real parts that tests run against, started once, and fresh rooms in them for each test.

To use ones that already run: ALTA_TEST_AMQP (an administrator's address without a virtual host),
ALTA_TEST_AMQP_API (the management plugin's, with user and password) and ALTA_TEST_POSTGRESQL (an
administrator's address with any database).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from deploy.local import postgresql, rabbitmq
from deploy.local.ports import choose_ports
from deploy.local.rabbitmq_users import one_administrator
from tests.rooms import Broker, Databases
from tests.simulator import SimulatedRouter, simulated_router
from tests.templates import MakeTables, PostgresqlTemplates, SqliteTemplates

# What stays on one worker, besides the tests of a file, so that what they share is made once; and what takes longest
# is begun first: at the end it would keep one worker busy, and the others idle. The first two start whole Altas, one
# after the other: never are there more than two at once.
TOGETHER = (
    ("tests/alta/", "tests/deploy/test_stack.py", "tests/system/test_crashes.py", "tests/system/test_faults.py"),
    ("tests/system/",),
    ("tests/contracts/test_service.py",),
    ("tests/provisioning/test_service.py",),
    ("tests/chassis/test_process.py",),
    ("tests/chassis/test_crashes.py",),
    ("tests/notifications/test_service.py",),
    ("tests/installations/test_service.py",),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if not _again_on_postgresql(item)]
    rank = {paths[0]: number for number, paths in enumerate(TOGETHER)}
    items.sort(key=lambda item: rank.get(_together(item.nodeid), len(TOGETHER)))


def _again_on_postgresql(item: pytest.Item) -> bool:
    """It is marked as one that SQLite is enough for."""
    asked = getattr(item, "callspec", None)
    return bool(asked and asked.params.get("database_url") == "postgresql" and item.get_closest_marker("on_sqlite"))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return Together(config, log)


class Together(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return _together(nodeid)


def _together(nodeid: str) -> str:
    file = nodeid.partition("::")[0]
    return next((paths[0] for paths in TOGETHER if file.startswith(paths)), file)


@pytest.fixture(scope="session")
def room() -> Iterator[Path]:
    """A directory that an unprivileged server can enter, which pytest's own are not."""
    path = Path(tempfile.mkdtemp(prefix="alta-tests-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    if given := os.environ.get("ALTA_TEST_AMQP"):
        yield Broker(given, os.environ["ALTA_TEST_AMQP_API"])
        return
    amqp, distribution, epmd, management = choose_ports(4)
    node = rabbitmq.Node(
        directory=request.getfixturevalue("room") / "rabbitmq",
        amqp_port=amqp,
        distribution_port=distribution,
        epmd_port=epmd,
        management_port=management,
    )
    with rabbitmq.running(
        node, one_administrator("tests", "tests", "tests"), probe_uri=node.uri("tests", "tests", "tests")
    ):
        yield Broker(f"amqp://tests:tests@127.0.0.1:{amqp}", node.management_url("tests", "tests"))


@pytest.fixture(scope="session")
def postgresql_server(request: pytest.FixtureRequest) -> Iterator[Databases]:
    if given := os.environ.get("ALTA_TEST_POSTGRESQL"):
        yield Databases(given.rpartition("/")[0])
        return
    directory = request.getfixturevalue("room") / "postgresql"
    (port,) = choose_ports(1)
    cluster = postgresql.Cluster(directory=directory, port=port, settings=postgresql.WITHOUT_DURABILITY)
    with postgresql.running(cluster):
        yield Databases(cluster.url)


@pytest.fixture(scope="session")
def simulator() -> Iterator[SimulatedRouter]:
    """One for the whole run: a process for each test would take longer than most tests do."""
    with simulated_router() as started:
        yield started


@pytest.fixture
def router(simulator: SimulatedRouter) -> SimulatedRouter:
    """A router as it comes out of its box."""
    simulator.do("reset")
    return simulator


@pytest.fixture
def amqp_uri(broker: Broker) -> Iterator[str]:
    """A virtual host of the test's own, on a real broker, as its administrator."""
    with broker.virtual_host() as uri:
        yield uri


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplates:
    return SqliteTemplates(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def postgresql_templates(postgresql_server: Databases) -> Iterator[PostgresqlTemplates]:
    templates = PostgresqlTemplates(postgresql_server)
    yield templates
    templates.close()


@pytest.fixture(scope="session")
def make_tables() -> MakeTables | None:
    """What is in a test's database from its beginning: nothing, unless the tests of a service say whose tables."""
    return None


@pytest.fixture
def postgresql_url(
    postgresql_templates: PostgresqlTemplates, postgresql_server: Databases, make_tables: MakeTables | None
) -> Iterator[str]:
    """A PostgreSQL database of the test's own."""
    with postgresql_templates.copied(make_tables) if make_tables else postgresql_server.database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_templates: SqliteTemplates, make_tables: MakeTables | None) -> str:
    """An SQLite database of the test's own."""
    path = tmp_path / f"{uuid.uuid4().hex}.sqlite3"
    if make_tables:
        sqlite_templates.copy_to(path, make_tables)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of the test's own, of each kind in turn."""
    return request.getfixturevalue(f"{request.param}_url")
