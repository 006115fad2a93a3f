"""Settling a batch: whatever becomes of each message, it is committed before the batch is acknowledged."""

from __future__ import annotations

import time
from collections import Counter as Counted
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

from chassis.inbox import failures
from chassis.inbox.handling import handle
from chassis.inbox.messages import Received, Unreadable
from chassis.storage import Database
from chassis.storage.dialect import is_database_away

EVENTS = Counter("alta_inbox_events", "Messages settled, by what became of them", ["queue", "outcome"])
BATCHES = Histogram("alta_inbox_batch_seconds", "Handling and committing one batch")

log = structlog.get_logger()


class DatabaseAway(Exception):
    """The database does not answer: what was delivered goes back to the broker, and everything waits."""


class Settler:
    """Handles what was received, with one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._innocent: set[tuple[str, Any]] = set()

    def settle(self, batch: Sequence[Received | Unreadable]) -> None:
        """Returns when every message's fate is committed; raises `DatabaseAway`."""
        with BATCHES.time():
            understood = [message for message in batch if isinstance(message, Received)]
            for message in batch:
                if isinstance(message, Unreadable):
                    self._park_unreadable(message)
            self._handle([message for message in understood if not message.delivery.redelivered])
            for message in understood:
                if message.delivery.redelivered:
                    self._handle_suspect(message)

    def check_database(self) -> None:
        """Raises `DatabaseAway`."""
        self._ask(_look)

    def _handle(self, batch: list[Received]) -> None:
        if len(batch) > 1:
            try:
                self._ask(handle, batch)
            except DatabaseAway:
                raise
            except Exception:  # noqa: BLE001 - whose it is comes out when each is done alone
                log.info("batch-undone", count=len(batch))
            else:
                for queue, count in Counted(received.queue for received in batch).items():
                    EVENTS.labels(queue, "handled").inc(count)
                return
        for received in batch:
            self._handle_alone(received)

    def _handle_alone(self, received: Received) -> None:
        started = time.perf_counter()
        try:
            self._ask(handle, [received])
        except DatabaseAway:
            raise
        except Exception as error:  # noqa: BLE001 - logged, and kept with the message
            outcome = self._ask(failures.try_later, received, error)
            _tell(received, outcome, started, error)
        else:
            outcome = "handled"
        EVENTS.labels(received.queue, outcome).inc()

    def _handle_suspect(self, received: Received) -> None:
        """It came back: perhaps it ended the process that had it. Alone, it takes no neighbour with it."""
        key = (received.queue, received.envelope.id)
        if key in self._innocent:
            self._innocent.remove(key)  # the database was away when it was tried, and this process lives
        elif self._ask(failures.suspect, received) > failures.TRIES_OF_A_SUSPECT:
            self._ask(failures.park, received, "the process ended each time that this was handled")
            EVENTS.labels(received.queue, "parked").inc()
            return
        try:
            self._handle_alone(received)
            self._ask(failures.clear_suspicion, received)
        except DatabaseAway:
            self._innocent.add(key)
            raise

    def _park_unreadable(self, message: Unreadable) -> None:
        log.warning("message-malformed", queue=message.delivery.handler.queue, error=str(message.error))
        self._ask(failures.park_malformed, message.delivery, message.error)
        EVENTS.labels(message.delivery.handler.queue, "malformed").inc()

    def _ask(self, action: Callable[..., Any], *values: Any) -> Any:
        try:
            return action(self._database, *values)
        except Exception as error:
            if is_database_away(error):
                raise DatabaseAway(repr(error)) from error
            raise


def _look(database: Database) -> None:
    with database.read_unscoped() as session:
        session.connection().exec_driver_sql("SELECT 1")


def _tell(received: Received, outcome: str, started: float, error: Exception) -> None:
    envelope = received.envelope
    log.warning(
        "event-failed",
        queue=received.queue,
        type=envelope.type,
        event_id=str(envelope.id),
        correlation_id=envelope.correlation_id,
        attempt=received.attempt,
        outcome=outcome,
        seconds=round(time.perf_counter() - started, 4),
        exc_info=error,
    )
