"""Asking services: Nameko's wire over pika, one connection per thread, bounded in time whatever happens.

Replies come to an exclusive queue bound to `nameko-rpc`; RabbitMQ's direct reply-to gets no answer from
Nameko. A connection about which there is any doubt is thrown away.
"""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any

import pika
import structlog
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError, ChannelClosedByBroker

from chassis.errors import Unavailable
from chassis.rpc import wire

CONNECT_SECONDS = 0.8  # somebody waits for a page
PATIENT_SECONDS = 10.0  # for whoever has nothing better to do than to wait for a busy broker
BLOCKED_SECONDS = 1.0
# So often a question without an answer makes the client ask the broker whether anybody serves the queue. A command
# with its key waits to the end instead: a service that comes back takes it up.
PATIENCE_SECONDS = 0.5
IDLE_SECONDS = 0.1  # a connection unused for longer is first looked at: the broker may have closed it
CIRCUIT_SECONDS = 1.0  # for which nobody tries again after the broker could not be reached
KEEPALIVE = {"TCP_KEEPIDLE": 20, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 10_000}
_TROUBLE = (AMQPError, AMQPConnectorException, OSError)  # the second is no AMQPError in pika 1.4

log = structlog.get_logger()


class RpcClient:
    """Thread-safe: each thread that calls has a connection of its own, kept until `close` in that thread.

    `connect_seconds`: after how long the broker counts as away.
    """

    def __init__(self, amqp_uri: str, *, connect_seconds: float = CONNECT_SECONDS) -> None:
        self._amqp_uri = amqp_uri
        self._connect_seconds = connect_seconds
        self._mine = threading.local()
        self._closed_circuit_at = 0.0

    def call(
        self, service: str, method: str, data: Mapping[str, Any], *, context: Mapping[str, Any], timeout: float = 5.0
    ) -> Any:
        """The answer within `timeout` seconds; raises a `Refusal`.

        `Unavailable` when the broker or the service is away or too slow; a command may then have been
        done all the same, and is asked again with the same `idempotency_key` in its context.
        """
        ends = time.monotonic() + timeout
        body = wire.encode_request(context, data, time.time() + timeout)
        call = _Call(service, method, body, ends, repeatable=bool(context.get("idempotency_key")))
        try:
            return wire.read_reply(self._ask(call))
        except _ConnectionDied as died:
            # With its key, a command that was done is answered from memory; a request that never left may go again.
            if not (call.repeatable or died.before_sending):
                raise Unavailable("broker-away") from died
        try:
            return wire.read_reply(self._ask(call))
        except _ConnectionDied as died:
            raise Unavailable("broker-away") from died

    def is_served(self, service: str) -> bool:
        """Whether anybody takes the service's requests just now; False also when the broker is away.

        For whoever has another plan than to wait until a command's time is over.
        """
        try:
            return self._link_within(self._connect_seconds).is_served(service)
        except Unavailable:
            return False
        except _TROUBLE:
            self.close()
            return False

    def close(self) -> None:
        """Ends this thread's connection."""
        link, self._mine.link = getattr(self._mine, "link", None), None
        if link is not None:
            link.close()

    def _ask(self, call: _Call) -> bytes:
        link = self._link_within(call.left)
        try:
            answer = link.ask(call)
        except BaseException:
            self.close()
            raise
        if answer is None:
            self.close()
            raise Unavailable("no-answer", service=call.service)
        return answer

    def _link_within(self, seconds: float) -> _Link:
        link = getattr(self._mine, "link", None)
        if link is None:
            link = self._mine.link = self._connect(seconds)
        return link

    def _connect(self, seconds: float) -> _Link:
        if time.monotonic() - self._closed_circuit_at < CIRCUIT_SECONDS:
            raise Unavailable("broker-away")
        try:
            return _Link(self._amqp_uri, min(self._connect_seconds, max(0.05, seconds)))
        except _TROUBLE as error:
            self._closed_circuit_at = time.monotonic()
            log.warning("broker-away", error=repr(error))
            raise Unavailable("broker-away") from error


class _ConnectionDied(Exception):
    """`before_sending`: nothing of the request can have reached the broker."""

    def __init__(self, *, before_sending: bool) -> None:
        self.before_sending = before_sending


class _Call:
    """One request. `ends` is on the monotonic clock; a `repeatable` one has an idempotency key."""

    __slots__ = ("body", "ends", "id", "method", "repeatable", "service")

    def __init__(self, service: str, method: str, body: bytes, ends: float, repeatable: bool) -> None:
        self.service, self.method, self.body, self.ends, self.repeatable = service, method, body, ends, repeatable
        self.id = uuid.uuid4().hex

    @property
    def left(self) -> float:
        return max(0.0, self.ends - time.monotonic())


class _Link:
    """A connection, its channel and its reply queue. Asks one question at a time."""

    def __init__(self, amqp_uri: str, seconds: float) -> None:
        self._connection = pika.BlockingConnection(_parameters(amqp_uri, seconds))
        try:
            self._channel = self._connection.channel()
            self._replies = f"rpc.reply-{uuid.uuid4()}"
            self._channel.queue_declare(self._replies, exclusive=True, arguments={"x-queue-type": "classic"})
            self._channel.queue_bind(self._replies, wire.EXCHANGE, self._replies)
            self._channel.basic_consume(self._replies, self._on_reply, auto_ack=True)
            self._channel.add_on_return_callback(self._on_return)
        except BaseException:
            self.close()
            raise
        self._used_at = time.monotonic()
        self._waited_for: str | None = None
        self._answer: bytes | None = None
        self._returned = False

    def ask(self, call: _Call) -> bytes | None:
        """The reply, or None when there was none in time; raises `Unavailable` and `_ConnectionDied`."""
        self._waited_for, self._answer, self._returned = call.id, None, False
        self._check_when_idle()
        try:
            self._publish(call)
            while not self._settled and call.left:
                self._wait(min(PATIENCE_SECONDS, call.left))
                if not self._settled and not call.repeatable and self._lies_there(call.service):
                    raise Unavailable("service-away", service=call.service)
        except _TROUBLE as error:
            raise _ConnectionDied(before_sending=False) from error
        finally:
            self._waited_for = None
        if self._returned:
            raise Unavailable("service-away", service=call.service)
        return self._answer

    def _check_when_idle(self) -> None:
        if time.monotonic() - self._used_at > IDLE_SECONDS:
            try:
                self._connection.process_data_events(time_limit=0)
            except _TROUBLE as error:
                raise _ConnectionDied(before_sending=True) from error
        self._used_at = time.monotonic()

    def close(self) -> None:
        with contextlib.suppress(*_TROUBLE):
            self._connection.close()

    def _publish(self, call: _Call) -> None:
        properties = pika.BasicProperties(
            content_type=wire.CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=1,
            reply_to=self._replies,
            correlation_id=call.id,
            expiration=str(max(1, int(call.left * 1000))),
        )
        key = wire.routing_key(call.service, call.method)
        self._channel.basic_publish(wire.EXCHANGE, key, call.body, properties, mandatory=True)

    @property
    def _settled(self) -> bool:
        return self._answer is not None or self._returned

    def _wait(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while not self._settled and (left := ends - time.monotonic()) > 0:
            self._connection.process_data_events(time_limit=left)

    def _lies_there(self, service: str) -> bool:
        """Whether requests wait and nobody takes them: a service that is ending still answers what it took."""
        declared = self._declared(service)
        return declared is None or (declared.consumer_count == 0 and declared.message_count > 0)

    def is_served(self, service: str) -> bool:
        declared = self._declared(service)
        return declared is not None and declared.consumer_count > 0

    def _declared(self, service: str) -> Any | None:
        """What the broker knows of the service's queue; None when there is none."""
        channel = self._connection.channel()  # of its own: asking for a queue that is not there closes it
        try:
            declared = channel.queue_declare(wire.queue_name(service), passive=True).method
        except ChannelClosedByBroker:
            return None
        channel.close()
        return declared

    def _on_reply(self, _channel: Any, _method: Any, properties: Any, body: bytes) -> None:
        if properties.correlation_id == self._waited_for:
            self._answer = body

    def _on_return(self, _channel: Any, _method: Any, properties: Any, _body: bytes) -> None:
        if properties.correlation_id == self._waited_for:
            self._returned = True


def _parameters(amqp_uri: str, seconds: float) -> pika.URLParameters:
    parameters = pika.URLParameters(amqp_uri)
    parameters.heartbeat = 0  # nobody tends an idle connection; the kernel does
    parameters.tcp_options = KEEPALIVE
    parameters.socket_timeout = seconds
    parameters.stack_timeout = seconds
    parameters.connection_attempts = 1
    parameters.blocked_connection_timeout = BLOCKED_SECONDS
    return parameters
