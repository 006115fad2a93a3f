"""The event consumer: takes what is waiting, commits it in batches, outlives the broker and the database.

The same class runs in a plain thread (gateway) and in a green one (Nameko): pika's blocking
connection waits with `select`, which both can do.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter as Counted
from collections.abc import Sequence
from typing import Any

import pika
import structlog
from pika.exceptions import AMQPError
from prometheus_client import Counter, Histogram

from chassis import topology
from chassis.crashpoints import reached
from chassis.inbox import failures
from chassis.inbox.handler import Handler
from chassis.inbox.handling import handle
from chassis.inbox.messages import Delivery, Received, read
from chassis.messages import MalformedMessage
from chassis.storage import Database
from chassis.storage.dialect import is_database_away

BATCH = 200
PREFETCH = 500
IDLE_SECONDS = 5.0
LONGEST_PAUSE = 10.0

EVENTS = Counter("alta_inbox_events", "Messages settled, by what became of them", ["queue", "outcome"])
BATCHES = Histogram("alta_inbox_batch_seconds", "From taking a batch to its acknowledgement")

log = structlog.get_logger()


class DatabaseAway(Exception):
    """The database does not answer: what was delivered goes back to the broker, and everything waits."""


class EventConsumer:
    """Hears for all the handlers of one service, over one connection, until `stop`.

    `attached` is true while the broker delivers to it. `publisher` names the service whose exchange
    is declared along with the queues.
    """

    def __init__(
        self, amqp_uri: str, database: Database, handlers: Sequence[Handler], *, publisher: str | None = None
    ) -> None:
        self._amqp_uri = amqp_uri
        self._database = database
        self._handlers = handlers
        self._publisher = publisher
        self._stopping = threading.Event()
        self._connection: pika.BlockingConnection | None = None
        self._waiting: list[Delivery] = []
        self._cancelled = False
        self.attached = False

    def run(self) -> None:
        """Returns after `stop`; connects again for ever, with growing pauses."""
        pause = 0.2
        while not self._stopping.is_set():
            try:
                self._consume()
            except (AMQPError, OSError, DatabaseAway) as error:
                pause = 0.2 if self.attached else min(pause * 2, LONGEST_PAUSE)
                log.warning("consumer-interrupted", error=repr(error), next_try_in=pause)
            finally:
                self.attached = False
                self._disconnect()
            self._stopping.wait(pause)

    def stop(self) -> None:
        """Ends `run` after the batch it is at. May be called from any thread."""
        self._stopping.set()
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(AMQPError):
                connection.add_callback_threadsafe(lambda: None)

    def _consume(self) -> None:
        self._check_database()
        connection = self._connection = pika.BlockingConnection(_parameters(self._amqp_uri))
        channel = connection.channel()
        topology.declare(channel, self._publisher, self._handlers)
        channel.basic_qos(prefetch_count=PREFETCH)
        channel.add_on_cancel_callback(self._on_cancelled)
        self._waiting, self._cancelled = [], False
        for handler in self._handlers:
            channel.basic_consume(handler.queue, self._collector(handler))
        self.attached = True
        while not self._stopping.is_set() and not self._cancelled:
            connection.process_data_events(time_limit=IDLE_SECONDS)
            while self._waiting:
                self._take_what_waits(connection)
                self._settle(channel)

    def _check_database(self) -> None:
        try:
            with self._database.read_unscoped() as session:
                session.connection().exec_driver_sql("SELECT 1")
        except Exception as error:
            if is_database_away(error):
                raise DatabaseAway(repr(error)) from error
            raise

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and connection.is_open:
            with contextlib.suppress(AMQPError, OSError):
                connection.close()

    def _collector(self, handler: Handler) -> Any:
        def collect(_channel: Any, method: Any, properties: Any, body: bytes) -> None:
            headers = properties.headers or {}
            self._waiting.append(Delivery(handler, method.delivery_tag, method.redelivered, headers, body))

        return collect

    def _on_cancelled(self, _method: Any) -> None:
        self._cancelled = True  # somebody deleted a queue; connecting again declares it again

    def _take_what_waits(self, connection: pika.BlockingConnection) -> None:
        """Fills the batch with what has already arrived; waits for nothing."""
        while (count := len(self._waiting)) < BATCH:
            connection.process_data_events(time_limit=0)
            if len(self._waiting) == count:
                return

    def _settle(self, channel: Any) -> None:
        started = time.perf_counter()
        batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        alone: list[Received] = []
        together: list[Received] = []
        for delivery in batch:
            received = self._read(delivery)
            if received is not None:
                (alone if delivery.redelivered else together).append(received)
        if len(together) == 1:
            self._handle_alone(together[0])
        elif together:
            self._handle_together(together)
        for received in alone:
            self._handle_suspect(received)
        # Tags of a channel only grow, and nothing before this batch is left unsettled.
        channel.basic_ack(batch[-1].tag, multiple=True)
        for queue in {delivery.handler.queue for delivery in batch}:
            reached(f"inbox.{queue}.acked")
        BATCHES.observe(time.perf_counter() - started)

    def _read(self, delivery: Delivery) -> Received | None:
        try:
            received = read(delivery)
        except MalformedMessage as error:
            log.warning("message-malformed", queue=delivery.handler.queue, error=str(error))
            self._with_database(failures.park_malformed, delivery, error)
            EVENTS.labels(delivery.handler.queue, "malformed").inc()
            return None
        reached(f"inbox.{received.queue}.received")
        return received

    def _handle_together(self, batch: list[Received]) -> None:
        try:
            handle(self._database, batch)
        except Exception as error:
            if is_database_away(error):
                raise DatabaseAway(repr(error)) from error
            for received in batch:
                self._handle_alone(received)
            return
        for queue, count in Counted(received.queue for received in batch).items():
            EVENTS.labels(queue, "handled").inc(count)

    def _handle_alone(self, received: Received) -> None:
        try:
            handle(self._database, [received])
        except Exception as error:
            if is_database_away(error):
                raise DatabaseAway(repr(error)) from error
            self._handle_failure(received, error)
        else:
            EVENTS.labels(received.queue, "handled").inc()

    def _handle_failure(self, received: Received, error: Exception) -> None:
        outcome = self._with_database(failures.try_later, received, error)
        envelope = received.envelope
        log.warning(
            "event-failed",
            queue=received.queue,
            type=envelope.type,
            event_id=str(envelope.id),
            correlation_id=envelope.correlation_id,
            attempt=received.attempt,
            outcome=outcome,
            exc_info=error,
        )
        EVENTS.labels(received.queue, outcome).inc()

    def _handle_suspect(self, received: Received) -> None:
        """It came back: perhaps it ended the process that had it. Alone, it takes no neighbour with it."""
        tries = self._with_database(failures.suspect, received)
        if tries > failures.TRIES_OF_A_SUSPECT:
            reason = "the process ended each time that this was handled"
            self._with_database(failures.park, received, reason)
            EVENTS.labels(received.queue, "parked").inc()
            return
        self._handle_alone(received)
        self._with_database(failures.clear_suspicion, received)

    def _with_database(self, action: Any, *values: Any) -> Any:
        try:
            return action(self._database, *values)
        except Exception as error:
            if is_database_away(error):
                raise DatabaseAway(repr(error)) from error
            raise


def _parameters(amqp_uri: str) -> pika.URLParameters:
    parameters = pika.URLParameters(amqp_uri)
    parameters.heartbeat = 30
    parameters.blocked_connection_timeout = 30
    parameters.socket_timeout = 5
    return parameters
