from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.provisioning.routers import Connection, open_connection
from tests.provisioning.builders import the_endpoint
from tests.simulator import SimulatedRouter, simulated_router


@pytest.fixture
def router() -> Iterator[SimulatedRouter]:
    with simulated_router() as started:
        yield started


@pytest.fixture
def connection(router: SimulatedRouter) -> Iterator[Connection]:
    opened = open_connection(the_endpoint(router))
    yield opened
    opened.close()
