"""Exchanges, queues and bindings: declared before anything publishes, so that no event is dropped.

Who may write to whom is in the names: `<service>.events` is written by that service's relay alone,
a queue `<service>.<handler>` is read by that service alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pika

from chassis.inbox.handler import Handler

# What is waited after the first failure, the second, ...; then the message is parked. Seconds.
DELAYS = (1, 10, 60, 600, 3600)


def events_exchange(service: str) -> str:
    return f"{service}.events"


def retry_exchange(seconds: int) -> str:
    """A message published here with a queue's name as routing key is in that queue `seconds` later."""
    return f"retry.{seconds}s"


def declare(channel: Any, publisher: str | None, handlers: Iterable[Handler]) -> None:
    """Declares what `publisher` tells into and what its handlers hear from. Safe to repeat.

    `channel` is a blocking channel of pika. ALTA_QUEUE_TYPE=quorum makes the queues replicated ones.
    """
    if publisher is not None:
        _declare_events(channel, publisher)
    for seconds in DELAYS:
        _declare_retry(channel, seconds)
    for handler in handlers:
        channel.queue_declare(handler.queue, durable=True, arguments=_queue_type())
        for source in handler.sources:
            _declare_events(channel, source)
            channel.queue_bind(handler.queue, events_exchange(source), handler.routing_key)


def declare_at(amqp_uri: str, publisher: str | None, handlers: Iterable[Handler]) -> None:
    """The same over a connection of its own."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    try:
        declare(connection.channel(), publisher, handlers)
    finally:
        connection.close()


def _declare_events(channel: Any, service: str) -> None:
    channel.exchange_declare(events_exchange(service), "topic", durable=True)


def _declare_retry(channel: Any, seconds: int) -> None:
    # A fanout keeps the routing key, which then names the queue in the default exchange.
    name = retry_exchange(seconds)
    channel.exchange_declare(name, "fanout", durable=True)
    arguments = {"x-message-ttl": seconds * 1000, "x-dead-letter-exchange": "", **_queue_type()}
    channel.queue_declare(name, durable=True, arguments=arguments)
    channel.queue_bind(name, name)


def _queue_type() -> dict[str, str]:
    return {"x-queue-type": os.environ.get("ALTA_QUEUE_TYPE", "classic")}
