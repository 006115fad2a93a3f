from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.pages import House, a_house


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A gateway on an empty database of each kind; its services are the test's."""
    built = a_house(database_url, tmp_path)
    yield built
    built.app.extensions["alta"].database.close()
    built.database.close()
