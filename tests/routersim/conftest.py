from __future__ import annotations

from collections.abc import Callable, Iterator

import librouteros
import pytest

from tests.routersim.wire import Wire
from tests.simulator import PASSWORD, USER, SimulatedRouter


@pytest.fixture
def api(router: SimulatedRouter, login: Callable[..., librouteros.api.Api]) -> librouteros.api.Api:
    return login(router)


@pytest.fixture
def wire(router: SimulatedRouter) -> Iterator[Wire]:
    """A connection that is logged in."""
    with Wire(router) as opened:
        opened.log_in()
        yield opened


@pytest.fixture
def login() -> Iterator[Callable[..., librouteros.api.Api]]:
    """Logs in to a router with librouteros; the connections end with the test."""
    opened: list[librouteros.api.Api] = []

    def log_in(router: SimulatedRouter, user: str = USER, password: str = PASSWORD, **how: object):
        connection = librouteros.connect(
            router.host, user, password, port=router.port, encoding="utf-8", timeout=5, **how
        )
        opened.append(connection)
        return connection

    yield log_in
    for connection in opened:
        connection.close()
