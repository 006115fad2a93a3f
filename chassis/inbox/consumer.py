"""The event consumer: takes what is waiting, commits it in batches, outlives the broker and the database.

Two threads share the work: one reads from the broker and decodes, the other handles and commits, so
that the database's waits and the broker's are the same time. The same class runs in plain threads
(gateway) and in green ones (Nameko): pika's blocking connection waits with `select`.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pika
import structlog
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError

from chassis import topology
from chassis.crashpoints import reached
from chassis.inbox.deliveries import connect
from chassis.inbox.handler import Handler
from chassis.inbox.messages import Delivery, Received, Unreadable, read
from chassis.inbox.settling import DatabaseAway, Settler
from chassis.storage import Database

BATCH = 300
PREFETCH = 1000
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
        self._handlers = {handler.queue: handler for handler in handlers}
        self._publisher = publisher
        self._settler = Settler(database)
        self._stopping = threading.Event()
        self._connection: pika.BlockingConnection | None = None
        self._settling: Settling | None = None
        self._cancelled = False
        self.attached = False

    def run(self) -> None:
        """Returns after `stop`; connects again for ever, with growing pauses."""
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                self._consume()
            except (AMQPError, AMQPConnectorException, OSError, DatabaseAway) as error:
                pause = FIRST_PAUSE if self.attached else min(pause * 2, LONGEST_PAUSE)
                log.warning("consumer-interrupted", error=repr(error), next_try_in=pause)
            finally:
                self.attached = False
                self._disconnect()
            self._stopping.wait(pause)

    def stop(self) -> None:
        """Ends `run` after the batch it is at. May be called from any thread."""
        self._stopping.set()
        self._wake(lambda: None)

    def _consume(self) -> None:
        self._settler.check_database()
        connection = self._connection = connect(_parameters(self._amqp_uri), self._handlers, self._receive)
        channel = connection.channel()
        topology.declare(channel, self._publisher, self._handlers.values())
        channel.basic_qos(prefetch_count=PREFETCH)
        channel.add_on_cancel_callback(self._on_cancelled)
        self._cancelled = False
        with contextlib.closing(Settling(self._settler, partial(self._on_settled, channel))) as self._settling:
            for queue in self._handlers:
                channel.basic_consume(queue, _never, consumer_tag=queue)
            self.attached = True
            while not self._stopping.is_set() and not self._cancelled:
                connection.process_data_events(time_limit=IDLE_SECONDS)
        connection.process_data_events(time_limit=0)  # the acknowledgement of the last batch

    def _receive(self, deliveries: list[Delivery]) -> None:
        self._settling.put([read(delivery) for delivery in deliveries])
        for queue in {delivery.handler.queue for delivery in deliveries}:
            reached(f"inbox.{queue}.received")

    def _on_cancelled(self, _method: Any) -> None:
        self._cancelled = True  # somebody deleted a queue; connecting again declares it again

    def _on_settled(self, channel: Any, batch: Batch, error: Exception | None) -> None:
        """In the thread that settles; only the connection's own may use the channel."""
        self._wake(partial(_acknowledge, channel, batch, error))

    def _wake(self, action: Callable[[], None]) -> None:
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(AMQPError):  # it is closed: nobody is to be woken
                connection.add_callback_threadsafe(action)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and connection.is_open:
            with contextlib.suppress(AMQPError, OSError):
                connection.close()


def _never(*_delivery: Any) -> None:
    raise AssertionError("a delivery took pika's way")


def _acknowledge(channel: Any, batch: Batch, error: Exception | None) -> None:
    if error is not None:
        raise error
    # Tags of a channel only grow, and nothing before this batch is left unsettled.
    channel.basic_ack(batch[-1].delivery.tag, multiple=True)
    for queue in {message.delivery.handler.queue for message in batch}:
        reached(f"inbox.{queue}.acked")


class Settling:
    """The thread that settles one connection's messages, in the order of their tags.

    `on_settled(batch, error)` is called in it after each batch; after an error it takes no more.
    """

    def __init__(self, settler: Settler, on_settled: Callable[[Batch, Exception | None], None]) -> None:
        self._settler = settler
        self._on_settled = on_settled
        self._messages: deque[Received | Unreadable] = deque()
        self._filled = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="inbox")
        self._thread.start()

    def put(self, messages: Batch) -> None:
        self._messages.extend(messages)
        if not self._filled.is_set():
            self._filled.set()

    def close(self) -> None:
        """Returns when the batch at hand is settled; what waits behind it goes back to the broker."""
        self._closed = True
        self._filled.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed:
            self._filled.wait()
            self._filled.clear()
            while self._messages and not self._closed:
                batch = [self._messages.popleft() for _ in range(min(BATCH, len(self._messages)))]
                try:
                    self._settler.settle(batch)
                except Exception as error:  # noqa: BLE001 - raised again in the connection's thread
                    self._on_settled(batch, error)
                    return
                self._on_settled(batch, None)


def _parameters(amqp_uri: str) -> pika.URLParameters:
    parameters = pika.URLParameters(amqp_uri)
    parameters.heartbeat = 30
    parameters.blocked_connection_timeout = 30
    parameters.socket_timeout = 5
    return parameters
