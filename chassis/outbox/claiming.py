"""One service's outbox, as the relay empties it."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import orjson
from prometheus_client import Counter
from sqlalchemy import Connection, text

from chassis.crashpoints import reached
from chassis.outbox.frames import Message
from chassis.outbox.publisher import Publisher, Sending
from chassis.storage import Database
from chassis.topology import events_exchange

BATCH = 500
IN_FLIGHT = 2
MOST = 20 * BATCH  # then it is another outbox's turn
LONGEST_HOLD = 60.0

PUBLISHED = Counter("alta_outbox_published", "Messages that the broker has confirmed", ["service"])
RETURNED = Counter("alta_outbox_returned", "Messages that no queue wanted; they stay in the outbox", ["service"])

Address = tuple[str, str]

# Never a cursor over a sequence: a transaction that commits late would be skipped.
_CLAIM = """
SELECT CAST(o.id AS text), o.exchange, o.routing_key, o.headers, o.body, l.type, l.body AS event
FROM outbox o LEFT JOIN event_log l ON l.id = o.id {conditions} ORDER BY o.id LIMIT {batch} {lock}
"""
_NOT_HELD = "coalesce(o.exchange, '') || ' ' || coalesce(o.routing_key, l.type) NOT IN ({held})"
_NOT_IN_FLIGHT = "o.id > :after"


@dataclasses.dataclass(slots=True)
class Flight:
    """Claimed messages on their way. `connection` holds their rows' locks, where rows can be locked."""

    messages: list[Message]
    connection: Connection | None
    sending: Sending | None = None


class Outbox:
    """`drain` publishes what waits, two batches on their way at a time, and deletes what was confirmed.

    On PostgreSQL the claimed rows stay locked meanwhile, so that several relays share the work. An
    SQLite file is drained by one relay (a lock beside the file says which), and no transaction is
    open while it publishes: that would stop the service's own writes.
    """

    def __init__(self, service: str, url: str) -> None:
        self.service = service
        self.database = Database(url, pool_size=IN_FLIGHT)
        self._own_exchange = events_exchange(service)
        self._holds = Holds()
        self._sole_relay: IO[bytes] | None = None

    def drain(self, publisher: Publisher) -> int:
        """How many messages were taken to the broker; raises `BrokerAway`, `SQLAlchemyError`."""
        if self.database.is_sqlite and not self._is_sole_relay():
            return 0
        flights: deque[Flight] = deque()
        done, more = 0, True
        try:
            while True:
                while more and len(flights) < IN_FLIGHT:
                    flight = self._claim(flights)
                    if flight is not None:
                        flights.append(flight)
                        self._launch(flight, publisher)
                    more = flight is not None and len(flight.messages) == BATCH and done < MOST
                if not flights:
                    return done
                self._land(flights[0], publisher)
                done += len(flights.popleft().messages)
        finally:
            for flight in flights:
                _abandon(flight)

    def _claim(self, flights: Iterable[Flight]) -> Flight | None:
        if self.database.is_sqlite:
            after = max((flight.messages[-1].id for flight in flights), default=None)
            with self.database.read_unscoped() as session:
                messages = self._select(session.connection(), after=after)
            return Flight(messages, None) if messages else None
        connection = self.database.engine.connect()
        try:
            messages = self._select(connection, lock="FOR UPDATE OF o SKIP LOCKED")
        except BaseException:
            connection.close()
            raise
        if messages:
            return Flight(messages, connection)
        connection.close()
        return None

    def _select(self, connection: Connection, *, after: str | None = None, lock: str = "") -> list[Message]:
        held = {f"held{i}": f"{exchange} {key}" for i, (exchange, key) in enumerate(self._holds.addresses())}
        conditions, values = [], dict(held)
        if held:
            conditions.append(_NOT_HELD.format(held=", ".join(f":{name}" for name in held)))
        if after is not None:
            conditions.append(_NOT_IN_FLIGHT)
            values["after"] = UUID(after).hex
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        statement = _CLAIM.format(conditions=where, batch=BATCH, lock=lock)
        return [self._message(*row) for row in connection.execute(text(statement), values)]

    def _message(
        self, id: Any, exchange: str | None, key: str | None, headers: Any, body: Any, kind: str, event: str
    ) -> Message:
        return Message(
            id if len(id) == 36 else str(UUID(id)),
            self._own_exchange if exchange is None else exchange,
            kind if key is None else key,
            event.encode() if body is None else bytes(body),
            orjson.loads(headers) if isinstance(headers, str) else headers,
        )

    def _launch(self, flight: Flight, publisher: Publisher) -> None:
        reached("relay.claimed")
        flight.sending = publisher.send(flight.messages)
        reached("relay.published")

    def _land(self, flight: Flight, publisher: Publisher) -> None:
        sending = flight.sending
        publisher.finish(sending)
        reached("relay.confirmed")
        self._delete(flight.connection, sending.confirmed)
        PUBLISHED.labels(self.service).inc(len(sending.confirmed))
        if sending.returned or self._holds:
            self._learn(flight)
        reached("relay.deleted")

    def _delete(self, connection: Connection | None, ids: set[str]) -> None:
        if connection is not None:
            connection.exec_driver_sql("DELETE FROM outbox WHERE id = ANY(%(ids)s::uuid[])", {"ids": list(ids)})
            connection.commit()
            connection.close()
        elif ids:
            places = ", ".join("?" * len(ids))
            with self.database.engine.begin() as connection:
                connection.exec_driver_sql(
                    f"DELETE FROM outbox WHERE id IN ({places})",  # noqa: S608 - question marks
                    tuple(UUID(id).hex for id in ids),
                )

    def _learn(self, flight: Flight) -> None:
        sending = flight.sending
        RETURNED.labels(self.service).inc(len(sending.returned))
        self._holds.learn(
            returned={self._address(m) for m in flight.messages if m.id in sending.returned},
            confirmed={self._address(m) for m in flight.messages if m.id in sending.confirmed},
        )

    def _address(self, message: Message) -> Address:
        return ("" if message.exchange == self._own_exchange else message.exchange, message.routing_key)

    def _is_sole_relay(self) -> bool:
        if self._sole_relay is None:
            self._sole_relay = _locked(Path(f"{self.database.engine.url.database}.relay"))
        return self._sole_relay is not None


class Holds:
    """Addresses that no queue listens to: left in the outbox for 1 s, then 2, 4, ... up to a minute."""

    def __init__(self) -> None:
        self._until: dict[Address, tuple[float, float]] = {}

    def __bool__(self) -> bool:
        return bool(self._until)

    def addresses(self) -> list[Address]:
        now = time.monotonic()
        return [address for address, (until, _) in self._until.items() if until > now]

    def learn(self, *, returned: set[Address], confirmed: set[Address]) -> None:
        for address in confirmed - returned:
            self._until.pop(address, None)
        for address in returned:
            _, pause = self._until.get(address, (0.0, 0.5))
            pause = min(pause * 2, LONGEST_HOLD)
            self._until[address] = (time.monotonic() + pause, pause)


def _abandon(flight: Flight) -> None:
    """Gives the rows back: they are published again."""
    if flight.connection is not None:
        with contextlib.suppress(Exception):
            flight.connection.close()


def _locked(path: Path) -> IO[bytes] | None:
    """The file, locked for as long as this process lives; None while another process has it."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
