"""The account for other systems reads what is told, and can do nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from deploy.local.rabbitmq_users import permissions
from tests.rooms import Broker


@pytest.fixture
def owner(amqp_uri: str) -> Iterator[BlockingChannel]:
    """An administrator's channel, with an exchange of events and a queue of a service's own."""
    with pika.BlockingConnection(pika.URLParameters(amqp_uri)) as connection:
        channel = connection.channel()
        channel.exchange_declare("billing.events", "topic", durable=True)
        channel.queue_declare("notifications.on_invoice_issued", durable=True)
        yield channel


@pytest.fixture
def other_system(broker: Broker, amqp_uri: str, owner: BlockingChannel) -> Iterator[BlockingChannel]:
    vhost = amqp_uri.rpartition("/")[2]
    name = f"integrator-{vhost}"
    broker.request("PUT", f"/users/{name}", {"password": "reads", "tags": ""})
    broker.request("PUT", f"/permissions/{vhost}/{name}", permissions("integrator"))
    address = amqp_uri.rpartition("@")[2]
    with pika.BlockingConnection(pika.URLParameters(f"amqp://{name}:reads@{address}")) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        yield channel
    broker.request("DELETE", f"/users/{name}")


@pytest.mark.parametrize("queue", ["", "integration.accounting"])
def test_it_hears_what_is_told(owner: BlockingChannel, other_system: BlockingChannel, queue: str) -> None:
    name = other_system.queue_declare(queue, exclusive=not queue, durable=bool(queue)).method.queue
    other_system.queue_bind(name, "billing.events", routing_key="#")
    owner.basic_publish("billing.events", "InvoiceIssued", b"a fact")
    _, _, body = next(other_system.consume(name, auto_ack=True, inactivity_timeout=10))
    assert body == b"a fact"


@pytest.mark.parametrize(
    "attempt",
    [
        lambda channel: channel.basic_publish("billing.events", "InvoiceIssued", b"a lie"),
        lambda channel: channel.basic_publish("", "notifications.on_invoice_issued", b"a lie"),
        lambda channel: channel.basic_get("notifications.on_invoice_issued"),
        lambda channel: channel.queue_declare("notifications.on_payment_registered"),
        lambda channel: channel.queue_delete("notifications.on_invoice_issued"),
        lambda channel: channel.queue_purge("notifications.on_invoice_issued"),
        lambda channel: channel.exchange_delete("billing.events"),
        lambda channel: channel.exchange_declare("lies.events", "topic"),
    ],
    ids=[
        "publish",
        "publish to a queue",
        "steal",
        "declare",
        "delete queue",
        "purge",
        "delete exchange",
        "make exchange",
    ],
)
def test_it_can_do_nothing_else(other_system: BlockingChannel, attempt) -> None:
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"):
        attempt(other_system)
