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
from nameko.exceptions import ContainerBeingKilled
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer

from chassis import metrics
from chassis.crashpoints import reached
from chassis.errors import NotFound, Refusal, ValidationFailed
from chassis.rpc import wire

CONNECTION_TROUBLE = (AMQPError, OSError)
TICK_SECONDS = 0.25
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

    def settle(self, message: Any, settle: Callable[[], None]) -> None:
        """Acknowledges or gives back, unless the connection is gone: then the broker has taken it back already."""
        if message.channel.connection is None:
            return
        with contextlib.suppress(*CONNECTION_TROUBLE):
            settle()
        self.unsettled -= 1

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
            yield connection

    def on_connection_error(self, exc: Exception, interval: float) -> None:
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
        provider = next((each for each in self._providers if each.method_name == request.method), None)
        if provider is None:
            refusal = NotFound("method-not-found", method=request.method)
            self._finish(message, request.method, wire.encode_refusal(refusal))
            return
        provider.receive(request, message)

    def answer(self, request: wire.Request, message: Any) -> None:
        """Called by a worker. Whatever it raises would end the service, so that only the unforeseen does."""
        if request.is_expired:
            self._drop(message, request)
            return
        try:
            result = self.container.config[WORKING_KEY].answer(request.method, request.context, request.data)
            body = wire.encode_result(result)
        except Refusal as refusal:
            body = wire.encode_refusal(refusal)
        self._finish(message, request.method, body)

    def give_back(self, message: Any) -> None:
        self.queue_consumer.settle(message, message.requeue)

    def _finish(self, message: Any, method: str, body: bytes) -> None:
        self._reply(message, body)
        reached(f"command.{self.container.service_name}.{method}.replied")
        self.queue_consumer.settle(message, message.ack)

    def _reply(self, message: Any, body: bytes) -> None:
        """`basic_publish` of py-amqp would read from the socket, which is the consumer's to read."""
        reply = AmqpMessage(
            body,
            content_type=wire.CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=1,
            correlation_id=message.properties.get("correlation_id", ""),
        )
        target = (0, wire.EXCHANGE, message.properties["reply_to"], False, False)
        try:
            message.channel.send_method(spec.Basic.Publish, "Bssbb", target, reply)
        except CONNECTION_TROUBLE as error:
            metrics.RPC_DROPPED.labels("no-way-back").inc()
            log.warning("reply-lost", error=repr(error))

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
        if message.properties.get("reply_to"):
            self._reply(message, wire.encode_refusal(ValidationFailed("request-malformed")))
        self.queue_consumer.settle(message, message.ack)


class GuardedRpc(Rpc):
    """One method. Its function in the hosted class is never entered with arguments of the wire."""

    rpc_consumer = Guard()

    def receive(self, request: wire.Request, message: Any) -> None:
        try:
            self.container.spawn_worker(self, (self.rpc_consumer, request, message), {})
        except ContainerBeingKilled:
            self.rpc_consumer.give_back(message)


def entrypoint(method: str) -> Any:
    """A function that Nameko runs as `method` in one of its workers."""

    def answer(_host: Any, guard: Guard, request: wire.Request, message: Any) -> None:
        guard.answer(request, message)

    answer.__name__ = method
    return GuardedRpc.decorator(answer)


def _read(message: Any) -> wire.Request:
    if not message.properties.get("reply_to"):
        raise wire.MalformedRequest("no reply_to: there is nobody to answer")
    return wire.read_request(message.delivery_info["routing_key"], message.content_type, message.body)
