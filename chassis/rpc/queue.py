"""The queue of a service's requests, declared before the service runs as Nameko declares it when it does."""

from __future__ import annotations

import pika

from chassis.rpc.wire import EXCHANGE, queue_name, routing_key


def declare_queue(amqp_uri: str, service: str) -> None:
    """Safe to repeat."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    try:
        channel = connection.channel()
        channel.exchange_declare(EXCHANGE, "topic", durable=True)
        channel.queue_declare(queue_name(service), durable=True)
        channel.queue_bind(queue_name(service), EXCHANGE, routing_key(service, "*"))
    finally:
        connection.close()
