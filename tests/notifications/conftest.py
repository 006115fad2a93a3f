from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import services.notifications
from chassis.secrets import Keyring
from chassis.storage import Database
from chassis.storage.migrations import migrate
from events.gateway import CompanyChanged
from services.notifications.projections import learn_company
from tests.notifications.mailserver import MailServer, mail_server
from tests.samples import COMPANY, told
from tests.templates import MakeTables

MIGRATIONS = Path(services.notifications.__file__).parent / "migrations"


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
    """A transaction of a company that knows itself."""
    with database.begin(COMPANY) as opened:
        learn_company(opened, told(CompanyChanged))
        opened.flush()
        yield opened


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    """Shared with the contracts service."""
    return Keyring.create(tmp_path / "shared.key")


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server
