"""One service's outbox, as the relay empties it."""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import orjson
from prometheus_client import Counter
from sqlalchemy import Connection, text

from chassis.crashpoints import reached
from chassis.outbox.publisher import Message, Outcome, Publisher
from chassis.storage import Database
from chassis.topology import events_exchange

BATCH = 500
LONGEST_HOLD = 60.0

PUBLISHED = Counter("alta_outbox_published", "Messages that the broker has confirmed", ["service"])
RETURNED = Counter("alta_outbox_returned", "Messages that no queue wanted; they stay in the outbox", ["service"])

Address = tuple[str, str]

# Never a cursor over a sequence: a transaction that commits late would be skipped.
_CLAIM = """
SELECT o.id, o.exchange, o.routing_key, o.headers, o.body, l.type, l.body AS event
FROM outbox o LEFT JOIN event_log l ON l.id = o.id {condition} ORDER BY o.id LIMIT {batch} {lock}
"""
_NOT_HELD = "WHERE coalesce(o.exchange, '') || ' ' || coalesce(o.routing_key, l.type) NOT IN ({held})"


class Outbox:
    """`drain` publishes a batch and deletes what was confirmed.

    On PostgreSQL the claimed rows stay locked meanwhile, so that several relays share the work. An
    SQLite file is drained by one relay (a lock beside the file says which), and no transaction is
    open while it publishes: that would stop the service's own writes.
    """

    def __init__(self, service: str, url: str) -> None:
        self.service = service
        self.database = Database(url, pool_size=1)
        self._holds = Holds()
        self._sole_relay: IO[bytes] | None = None

    def drain(self, publisher: Publisher) -> int:
        """How many messages were taken to the broker, 0 when none wait; raises `BrokerAway`, `DBAPIError`."""
        if self.database.is_sqlite:
            return self._drain_file(publisher) if self._is_sole_relay() else 0
        with self.database.engine.begin() as connection:
            messages = self._claim(connection, "FOR UPDATE OF o SKIP LOCKED")
            if not messages:
                return 0
            outcome = self._publish(publisher, messages)
            _delete(connection, "id = ANY(%(ids)s::uuid[])", {"ids": list(outcome.confirmed)})
        reached("relay.deleted")
        return len(messages)

    def _drain_file(self, publisher: Publisher) -> int:
        with self._reading() as connection:
            messages = self._claim(connection, "")
        if not messages:
            return 0
        outcome = self._publish(publisher, messages)
        if outcome.confirmed:
            with self.database.engine.begin() as connection:
                places = ", ".join("?" * len(outcome.confirmed))
                _delete(connection, f"id IN ({places})", tuple(UUID(id).hex for id in outcome.confirmed))
        reached("relay.deleted")
        return len(messages)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self.database.read_unscoped() as session:
            yield session.connection()

    def _claim(self, connection: Connection, lock: str) -> list[Message]:
        held = self._holds.addresses()
        names = {f"held{i}": f"{exchange} {key}" for i, (exchange, key) in enumerate(held)}
        condition = _NOT_HELD.format(held=", ".join(f":{name}" for name in names)) if names else ""
        rows = connection.execute(text(_CLAIM.format(condition=condition, batch=BATCH, lock=lock)), names).all()
        return [self._message(*row) for row in rows]

    def _message(
        self, id: Any, exchange: str | None, key: str | None, headers: Any, body: Any, kind: str, event: str
    ) -> Message:
        return Message(
            id=str(UUID(id)) if isinstance(id, str) else str(id),
            exchange=events_exchange(self.service) if exchange is None else exchange,
            routing_key=kind if key is None else key,
            body=event.encode() if body is None else bytes(body),
            headers=orjson.loads(headers) if isinstance(headers, str) else headers,
        )

    def _publish(self, publisher: Publisher, messages: list[Message]) -> Outcome:
        reached("relay.claimed")
        outcome = publisher.publish(messages)
        reached("relay.confirmed")
        PUBLISHED.labels(self.service).inc(len(outcome.confirmed))
        self._holds.learn(self._addresses(messages, outcome.returned), self._addresses(messages, outcome.confirmed))
        RETURNED.labels(self.service).inc(len(outcome.returned))
        return outcome

    def _addresses(self, messages: list[Message], ids: set[str]) -> set[Address]:
        if not ids:
            return set()
        own = events_exchange(self.service)
        return {("" if m.exchange == own else m.exchange, m.routing_key) for m in messages if m.id in ids}

    def _is_sole_relay(self) -> bool:
        if self._sole_relay is None:
            self._sole_relay = _locked(Path(f"{self.database.engine.url.database}.relay"))
        return self._sole_relay is not None


class Holds:
    """Addresses that no queue listens to: left in the outbox for 1 s, then 2, 4, ... up to a minute."""

    def __init__(self) -> None:
        self._until: dict[Address, tuple[float, float]] = {}

    def addresses(self) -> list[Address]:
        now = time.monotonic()
        return [address for address, (until, _) in self._until.items() if until > now]

    def learn(self, returned: set[Address], confirmed: set[Address]) -> None:
        for address in confirmed - returned:
            self._until.pop(address, None)
        for address in returned:
            _, pause = self._until.get(address, (0.0, 0.5))
            pause = min(pause * 2, LONGEST_HOLD)
            self._until[address] = (time.monotonic() + pause, pause)


def _delete(connection: Connection, condition: str, values: Any) -> None:
    connection.exec_driver_sql(f"DELETE FROM outbox WHERE {condition}", values)  # noqa: S608 - constants


def _locked(path: Path) -> IO[bytes] | None:
    """The file, locked for as long as this process lives; None while another process has it."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
