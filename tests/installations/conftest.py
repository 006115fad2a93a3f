from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import services.installations
from chassis.storage import Database
from chassis.storage.migrations import migrate
from tests.installations.builders import Company
from tests.samples import COMPANY

MIGRATIONS = Path(services.installations.__file__).parent / "migrations"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    migrate(opened, MIGRATIONS)
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.begin(COMPANY) as opened:
        yield opened


@pytest.fixture
def company(session: Session, tmp_path: Path) -> Company:
    return Company(session, tmp_path)
