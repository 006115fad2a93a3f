from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.pages import House, a_house
from tests.gateway.pages import make_tables as make_gateways_tables
from tests.templates import MakeTables


@pytest.fixture(scope="session")
def make_tables() -> MakeTables:
    return make_gateways_tables


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A gateway on a database of each kind; its services are the test's."""
    built = a_house(database_url, tmp_path)
    yield built
    built.app.extensions["alta"].database.close()
    built.database.close()
