"""One kept connection per router.

Logging in costs more than a command and writes a line into the router's log, so a connection is
used again; it is thrown away after any doubt about what the next answer belongs to.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from chassis.errors import Permanent
from services.provisioning.routers.breaker import Breaker
from services.provisioning.routers.connection import Connection, open_connection
from services.provisioning.routers.endpoint import Endpoint
from services.provisioning.routers.failures import ChangedMeanwhile

IDLE_SECONDS = 60
"""A router that lost power does not say so: an older connection is not trusted."""


class KeptConnections:
    def __init__(self, opener: Callable[[Endpoint], Connection] = open_connection) -> None:
        self._open = opener
        self._breaker = Breaker()
        self._kept: dict[Hashable, tuple[Connection, float]] = {}

    @contextmanager
    def use(self, router: Hashable, endpoint: Endpoint, *, waited_for: bool = False) -> Iterator[Connection]:
        """A connection for as long as the block lasts. Raises `Transient` or `Permanent`.

        A router that was silent a moment ago is tried again at once only where somebody waits for it.
        """
        # Other credentials or another address may be what was missing.
        with self._breaker.watching((router, endpoint), waited_for=waited_for), self._using(router, endpoint) as it:
            yield it

    @contextmanager
    def _using(self, router: Hashable, endpoint: Endpoint) -> Iterator[Connection]:
        connection = self._take(router, endpoint) or self._open(endpoint)
        try:
            yield connection
        except (ChangedMeanwhile, Permanent):
            # The router answered: the connection is in order.
            self._keep(router, connection)
            raise
        except BaseException:
            connection.close()
            raise
        else:
            self._keep(router, connection)

    def close(self) -> None:
        while self._kept:
            _, (connection, _) = self._kept.popitem()
            connection.close()

    def _take(self, router: Hashable, endpoint: Endpoint) -> Connection | None:
        connection, used_at = self._kept.pop(router, (None, 0.0))
        if connection is None:
            return None
        fresh = time.monotonic() - used_at < IDLE_SECONDS
        if fresh and connection.endpoint == endpoint and not _has_news(connection):
            return connection
        connection.close()
        return None

    def _keep(self, router: Hashable, connection: Connection) -> None:
        replaced, _ = self._kept.pop(router, (None, 0.0))
        if replaced is not None:
            replaced.close()
        self._kept[router] = connection, time.monotonic()


def _has_news(connection: Connection) -> bool:
    """Whether an idle connection has something to read: nothing is expected, so it is its end."""
    readable, _, _ = select.select([connection.transport.sock], [], [], 0)
    return bool(readable)
