"""The event consumer: takes what is waiting, commits it in batches, outlives the broker and the database.

Two threads share the work: one reads from the broker and decodes, the other handles and commits, so
that the database's waits and the broker's are the same time. The same class runs in plain threads
(gateway) and in green ones (Nameko): pika's blocking connection waits with `select`.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pika
import structlog
from pika.exceptions import AMQPError

from chassis import topology
from chassis.crashpoints import reached
from chassis.inbox.handler import Handler
from chassis.inbox.messages import Delivery, Received, Unreadable, read
from chassis.inbox.settling import DatabaseAway, Settler
from chassis.storage import Database

BATCH = 200
PREFETCH = 500
IDLE_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0

log = structlog.get_logger()

Batch = list[Received | Unreadable]


class EventConsumer:
    """Hears for all the handlers of one service, over one connection, until `stop`.

    `attached` is true while the broker delivers to it. `publisher` names the service whose exchange
    is declared along with the queues.
    """

    def __init__(
        self, amqp_uri: str, database: Database, handlers: Sequence[Handler], *, publisher: str | None = None
    ) -> None:
        self._amqp_uri = amqp_uri
        self._handlers = handlers
        self._publisher = publisher
        self._settler = Settler(database)
        self._worker = Worker()
        self._stopping = threading.Event()
        self._connection: pika.BlockingConnection | None = None
        self._waiting: Batch = []
        self._cancelled = False
        self.attached = False

    def run(self) -> None:
        """Returns after `stop`; connects again for ever, with growing pauses."""
        pause = FIRST_PAUSE
        self._worker.start()
        try:
            while not self._stopping.is_set():
                try:
                    self._consume()
                except (AMQPError, OSError, DatabaseAway) as error:
                    pause = FIRST_PAUSE if self.attached else min(pause * 2, LONGEST_PAUSE)
                    log.warning("consumer-interrupted", error=repr(error), next_try_in=pause)
                finally:
                    self.attached = False
                    self._disconnect()
                self._stopping.wait(pause)
        finally:
            self._worker.end()

    def stop(self) -> None:
        """Ends `run` after the batch it is at. May be called from any thread."""
        self._stopping.set()
        self._wake(lambda: None)

    def _consume(self) -> None:
        self._settler.check_database()
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
            if self._waiting and self._worker.is_idle:
                self._hand_over(connection, channel)
        while not self._worker.is_idle:
            connection.process_data_events(time_limit=IDLE_SECONDS)

    def _collector(self, handler: Handler) -> Any:
        def collect(_channel: Any, method: Any, properties: Any, body: bytes) -> None:
            headers = properties.headers or {}
            message = read(Delivery(handler, method.delivery_tag, method.redelivered, headers, body))
            self._waiting.append(message)
            reached(f"inbox.{handler.queue}.received")

        return collect

    def _on_cancelled(self, _method: Any) -> None:
        self._cancelled = True  # somebody deleted a queue; connecting again declares it again

    def _hand_over(self, connection: pika.BlockingConnection, channel: Any) -> None:
        while (count := len(self._waiting)) < BATCH:
            connection.process_data_events(time_limit=0)  # what has already arrived; waits for nothing
            if len(self._waiting) == count:
                break
        batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        self._worker.give(partial(self._settle, channel, batch))

    def _settle(self, channel: Any, batch: Batch) -> None:
        """In the worker; what came of it goes back to the thread of the connection."""
        try:
            self._settler.settle(batch)
        except Exception as error:  # noqa: BLE001 - raised again by `_acknowledge`, in the other thread
            self._wake(partial(self._acknowledge, channel, batch, error))
        else:
            self._wake(partial(self._acknowledge, channel, batch, None))

    def _acknowledge(self, channel: Any, batch: Batch, error: Exception | None) -> None:
        self._worker.is_idle = True
        if error is not None:
            raise error
        # Tags of a channel only grow, and nothing before this batch is left unsettled.
        channel.basic_ack(batch[-1].delivery.tag, multiple=True)
        for queue in {message.delivery.handler.queue for message in batch}:
            reached(f"inbox.{queue}.acked")

    def _wake(self, action: Callable[[], None]) -> None:
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(AMQPError):  # it is closed: nobody is to be woken
                connection.add_callback_threadsafe(action)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        self._worker.wait()
        if connection is not None and connection.is_open:
            with contextlib.suppress(AMQPError, OSError):
                connection.close()


class Worker:
    """A thread that does one piece of work at a time. `is_idle` is the giver's own note of that."""

    def __init__(self) -> None:
        self.is_idle = True
        self._work: Callable[[], None] | None = None
        self._given = threading.Event()
        self._done = threading.Event()
        self._done.set()

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name="inbox").start()

    def give(self, work: Callable[[], None]) -> None:
        self.is_idle = False
        self._work = work
        self._done.clear()
        self._given.set()

    def wait(self) -> None:
        """Returns when the last piece of work is done."""
        self._done.wait()
        self.is_idle = True

    def end(self) -> None:
        self._done.wait()
        self._work = None
        self._given.set()

    def _run(self) -> None:
        while True:
            self._given.wait()
            self._given.clear()
            if self._work is None:
                return
            self._work()
            self._done.set()


def _parameters(amqp_uri: str) -> pika.URLParameters:
    parameters = pika.URLParameters(amqp_uri)
    parameters.heartbeat = 30
    parameters.blocked_connection_timeout = 30
    parameters.socket_timeout = 5
    return parameters
