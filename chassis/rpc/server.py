"""The guarded RPC entrypoint: Nameko's queue, wire and workers, without its ways to die.

Plain Nameko ends the whole service on a message without `reply_to` or content type, and again at each
restart (nameko #753); it ends on an answer that cannot be published; and it opens a confirmed,
persistent publisher for every answer. Here what cannot be read is parked, an answer is one unconfirmed
transient publish on the channel that the request came by, and if that channel is gone the broker
delivers the request again, to be answered from what was kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import eventlet
import structlog
from amqp import spec
from amqp.basic_message import Message as AmqpMessage
from amqp.exceptions import AMQPError
from kombu import Connection
from nameko.messaging import QueueConsumer, QueueConsumerStopped
from nameko.rpc import Rpc, RpcConsumer

from chassis import metrics
from chassis.crashpoints import reached
from chassis.errors import Internal, Refusal, ValidationFailed
from chassis.rpc import wire
from chassis.rpc.pieces import Pieces

CONNECTION_TROUBLE = (AMQPError, OSError)
TICK_SECONDS = 0.5
PAUSE_SECONDS = 1.0  # before a message that could not even be parked goes back
WORKING_KEY, PARKING_KEY = "ALTA_ANSWERING", "ALTA_PARK_RPC"

log = structlog.get_logger()


class RpcQueue(QueueConsumer):
    """The connection that requests come by and answers leave by. `attached` while the broker delivers."""

    def __init__(self) -> None:
        super().__init__()
        self.attached = False
        self.unsettled = 0

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """Raw messages: kombu would acknowledge, and so lose, one that it cannot decode."""
        self.unsettled = 0  # the broker takes back what another connection had
        for provider in self._providers:
            consumer = consumer_cls(queues=[provider.queue], on_message=partial(self._receive, provider))
            consumer.qos(prefetch_count=self.prefetch_count)
            self._consumers[provider] = consumer
        return self._consumers.values()

    def _receive(self, provider: Guard, message: Any) -> None:
        self.unsettled += 1
        provider.receive(message)

    def settle(self, message: Any, *steps: Callable[[], None]) -> None:
        """Does what ends a message, in one piece; when its connection is gone, the broker has it back already."""
        if message.channel.connection is None:
            log.info("request-taken-back")
            return
        self.unsettled -= 1
        try:
            with self._pieces.as_one():
                for step in steps:
                    step()
        except CONNECTION_TROUBLE as error:
            metrics.RPC_DROPPED.labels("no-way-back").inc()
            log.warning("reply-lost", error=repr(error))

    def on_iteration(self) -> None:
        """Like Nameko's, but the connection stays until what was taken is answered and acknowledged."""
        self._cancel_consumers_if_requested()
        if not self._consumers and self.unsettled <= 0:
            self.should_stop = True

    def consume(self, *args: Any, **options: Any) -> Iterator[Any]:
        """Looks up more often than kombu's one second: a stop waits for it twice."""
        return super().consume(*args, **{"safety_interval": TICK_SECONDS, **options})

    @contextlib.contextmanager
    def establish_connection(self) -> Iterator[Connection]:
        """Nameko's waits up to 30 s between its tries."""
        with self.create_connection() as connection:
            connection.ensure_connection(
                self.on_connection_error, interval_start=0.2, interval_step=0.3, interval_max=2
            )
            self._pieces = Pieces(connection.connection)
            yield connection

    def run(self, *args: Any, **options: Any) -> None:
        with contextlib.suppress(QueueConsumerStopped):
            super().run(*args, **options)

    def on_connection_error(self, exc: Exception, interval: float) -> None:
        """Called between tries. Whoever is stopping does not wait for the broker to come back."""
        if self._pending_remove_providers:
            for removed in self._pending_remove_providers.values():
                removed.send()
            raise QueueConsumerStopped
        log.warning("broker-away", error=repr(exc), next_try_in=interval)

    @contextlib.contextmanager
    def consumer_context(self, **kwargs: Any) -> Iterator[Any]:
        try:
            with super().consumer_context(**kwargs) as consuming:
                self.attached = True
                yield consuming
        finally:
            self.attached = False


class Guard(RpcConsumer):
    """Reads what comes, hands it to a worker, answers, and parks what cannot be read."""

    queue_consumer = RpcQueue()

    def receive(self, message: Any) -> None:
        """Called on the consumer's own green thread: never waits, never raises."""
        try:
            request = _read(message)
        except wire.MalformedRequest as error:
            self.container.spawn_managed_thread(partial(self._set_aside, message, str(error)))
            return
        if request.is_expired:
            self._drop(message, request)
            return
        # Nameko's own workers keep books that nobody reads; no more than `prefetch_count` run at once either way.
        self.container.spawn_managed_thread(partial(self.answer, request, message), identifier=request.method)

    def answer(self, request: wire.Request, message: Any) -> None:
        """Runs in a green thread of its own."""
        if request.is_expired:
            self._drop(message, request)
            return
        try:
            result = self.container.config[WORKING_KEY].answer(request.method, request.context, request.data)
            body = wire.encode_result(result)
        except Refusal as refusal:
            body = wire.encode_refusal(refusal)
        except Exception as error:
            # An answer that JSON cannot hold: a mistake in that method, and no reason to end the others.
            log.exception("answer-not-encoded", method=request.method, error=repr(error))
            body = wire.encode_refusal(Internal("internal-error"))
        self._finish(message, request.method, body)

    def give_back(self, message: Any) -> None:
        self.queue_consumer.settle(message, message.requeue)

    def _finish(self, message: Any, method: str, body: bytes) -> None:
        self.queue_consumer.settle(message, lambda: _reply(message, body), message.ack)
        reached(f"command.{self.container.service_name}.{method}.replied")

    def _drop(self, message: Any, request: wire.Request) -> None:
        metrics.RPC_DROPPED.labels("expired").inc()
        log.info("rpc-expired", method=request.method, correlation_id=request.context.get("correlation_id"))
        self.queue_consumer.settle(message, message.ack)

    def _set_aside(self, message: Any, why: str) -> None:
        """Parked, and answered when there is whom to answer. Without a database it waits at the broker."""
        try:
            self.container.config[PARKING_KEY](message, why)
        except Exception as error:
            log.exception("parking-failed", error=repr(error), why=why)
            eventlet.sleep(PAUSE_SECONDS)
            self.give_back(message)
            return
        metrics.RPC_DROPPED.labels("malformed").inc()
        refusal = wire.encode_refusal(ValidationFailed("request-malformed"))
        answer = [lambda: _reply(message, refusal)] if message.properties.get("reply_to") else []
        self.queue_consumer.settle(message, *answer, message.ack)


class GuardedRpc(Rpc):
    """One method. What runs is `Guard.answer`; the hosted class only names the method to Nameko."""

    rpc_consumer = Guard()


def entrypoint(method: str) -> Any:
    """Declares `method` in a class that Nameko hosts."""

    def named(_host: Any) -> None:
        raise AssertionError("requests are answered by the guard")

    named.__name__ = method
    return GuardedRpc.decorator(named)


def _read(message: Any) -> wire.Request:
    if not message.properties.get("reply_to"):
        raise wire.MalformedRequest("no reply_to: there is nobody to answer")
    return wire.read_request(message.delivery_info["routing_key"], message.content_type, message.body)


def _reply(message: Any, body: bytes) -> None:
    """`basic_publish` of py-amqp would read from the socket, which is the consumer's to read."""
    reply = AmqpMessage(
        body,
        content_type=wire.CONTENT_TYPE,
        content_encoding="utf-8",
        delivery_mode=1,
        correlation_id=message.properties.get("correlation_id", ""),
    )
    target = (0, wire.EXCHANGE, message.properties["reply_to"], False, False)
    message.channel.send_method(spec.Basic.Publish, "Bssbb", target, reply)
