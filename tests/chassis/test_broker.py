"""The broker goes away, comes back, stops taking, and is silent: everything waits and nothing is lost."""

import os
import signal
import subprocess
import threading

import pika
import pytest

from chassis import topology
from chassis.inbox import Handler
from chassis.inbox.consumer import EventConsumer
from chassis.outbox import publisher
from chassis.outbox.frames import Message, encode
from chassis.outbox.publisher import BrokerAway, Publisher
from chassis.outbox.relay import Relay
from chassis.storage import Database
from chassis.storage.tables import outbox
from deploy.local import rabbitmq
from deploy.local.ports import choose_ports
from deploy.local.rabbitmq_users import one_administrator
from tests.chassis import hearing
from tests.chassis.parcels import ParcelSent, a_parcel
from tests.chassis.running import eventually, running
from tests.chassis.telling import count, effects, outbox_of, tell


@pytest.fixture(scope="module")
def node(room):
    amqp, distribution, epmd, management = choose_ports(4)
    return rabbitmq.Node(
        directory=room / "broker-that-fails",
        amqp_port=amqp,
        distribution_port=distribution,
        epmd_port=epmd,
        management_port=management,
    )


class Broken:
    """A broker of the test's own, to be killed, frozen and alarmed."""

    def __init__(self, node):
        self.node = node
        self.uri = node.uri("tests", "tests", "tests")
        node.write(one_administrator("tests", "tests", "tests"))
        self.environment = {**os.environ, **node.environment()}
        self.epmd = subprocess.Popen(node.epmd_command(), env=self.environment)
        self.start()

    def start(self):
        with (self.node.directory / "log" / "start.log").open("ab") as log:
            self.process = subprocess.Popen(self.node.command(), env=self.environment, stdout=log, stderr=log)
        rabbitmq.wait_until_ready(self.uri)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def control(self, *command):
        folder = os.path.dirname(self.node.command()[0])
        subprocess.run([f"{folder}/rabbitmqctl", *command], env=self.environment, check=True, capture_output=True)

    def end(self):
        self.process.send_signal(signal.SIGCONT)
        self.kill()
        self.epmd.kill()
        self.epmd.wait()


@pytest.fixture
def broken(node):
    started = Broken(node)
    yield started
    started.end()


@pytest.fixture
def database(sqlite_url):
    opened = Database(sqlite_url)
    yield opened
    opened.close()


def test_killed_full_and_frozen(broken, database, company, monkeypatch):
    """One start of a broker for all three, in turn."""
    monkeypatch.setattr(publisher, "BATCH_SECONDS", 3.0)
    consumer = EventConsumer(broken.uri, database, [hearing.HANDLER], publisher="parcels")
    relay = Relay(broken.uri, [outbox_of(database)])
    with running(relay), running(consumer):
        tell(database, company, "before")
        eventually(lambda: effects(database, company) == {"before": 1})
        # An effect may come before the broker's word for it has taken the event out of the outbox.
        eventually(lambda: count(database, outbox) == 0)

        broken.kill()
        eventually(lambda: not relay.connected and not consumer.attached)
        tell(database, company, "while killed")
        assert count(database, outbox) == 1
        broken.start()
        eventually(lambda: effects(database, company)["while killed"] == 1, seconds=30)
        eventually(lambda: count(database, outbox) == 0)

        broken.control("set_vm_memory_high_watermark", "0.0000001")
        tell(database, company, "while full")
        eventually(lambda: not relay.connected, seconds=30)
        assert count(database, outbox) == 1
        broken.control("set_vm_memory_high_watermark", "0.4")
        eventually(lambda: effects(database, company)["while full"] == 1, seconds=30)
        eventually(lambda: count(database, outbox) == 0)

        eventually(lambda: relay.connected)
        broken.process.send_signal(signal.SIGSTOP)
        tell(database, company, "while frozen")
        eventually(lambda: not relay.connected, seconds=30)
        assert count(database, outbox) == 1
        broken.process.send_signal(signal.SIGCONT)
        eventually(lambda: effects(database, company)["while frozen"] == 1, seconds=60)
    assert set(effects(database, company).values()) == {1}


def test_a_deleted_queue_is_declared_again(database, amqp_uri, company):
    consumer = EventConsumer(amqp_uri, database, [hearing.HANDLER], publisher="parcels")
    with running(consumer), running(Relay(amqp_uri, [outbox_of(database)])):
        eventually(lambda: consumer.attached)
        connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
        connection.channel().queue_delete(hearing.QUEUE)
        connection.close()
        tell(database, company, "a")
        eventually(lambda: effects(database, company) == {"a": 1})


@pytest.mark.parametrize("size", [0, 1, 131_064, 131_065, 600_000])
@pytest.mark.parametrize("headers", [None, {"x-alta-attempt": 2}])
def test_every_size_arrives_as_it_was_sent(amqp_uri, size, headers):
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.queue_declare("sizes")
    id = "01981f00-0000-7000-8000-000000000001"
    sender = Publisher(amqp_uri)
    sending = sender.send([Message(id, "", "sizes", b"x" * size, headers), Message(id, "", "nobody", b"", headers)])
    sender.finish(sending)
    sender.close()
    method, properties, body = channel.basic_get("sizes", auto_ack=True)
    connection.close()
    assert method is not None and body == b"x" * size
    assert (properties.message_id, properties.delivery_mode, properties.headers) == (id, 2, headers)
    assert properties.content_type == "application/cloudevents+json"


def test_what_no_queue_wants_is_told_apart(amqp_uri):
    topology.declare_at(amqp_uri, "parcels", [hearing.HANDLER])
    ids = [f"01981f00-0000-7000-8000-00000000000{i}" for i in range(4)]
    keys = [hearing.QUEUE, "nobody", hearing.QUEUE, "nobody"]
    sender = Publisher(amqp_uri)
    sending = sender.send([Message(id, "", key, b"{}") for id, key in zip(ids, keys, strict=True)])
    sender.finish(sending)
    sender.close()
    assert (sending.confirmed, sending.returned) == ({ids[0], ids[2]}, {ids[1], ids[3]})


def test_an_exchange_that_is_not_there_is_told_and_not_waited_for(amqp_uri):
    sender = Publisher(amqp_uri)
    sending = sender.send([Message("01981f00-0000-7000-8000-000000000001", "missing", "k", b"{}")])
    with pytest.raises(BrokerAway, match="no exchange"):
        sender.finish(sending)
    sender.close()


def test_everything_is_heard_by_who_asks_for_everything(database, amqp_uri, company):
    heard = []
    lock = threading.Lock()

    def receive(_session, envelope):
        with lock:
            heard.append((envelope.type, envelope.company_id, envelope.data["name"]))

    everything = Handler("gateway.timeline", None, receive, publishers=("parcels", "another"))
    relay = Relay(amqp_uri, [outbox_of(database)])
    with running(EventConsumer(amqp_uri, database, [everything])), running(relay):
        tell(database, company, "a")
        eventually(lambda: heard == [("ParcelSent", company, "a")])


def test_frames_are_what_pika_would_send():
    plain = Message("01981f00-0000-7000-8000-000000000001", "e", "k", b"body")
    properties = pika.BasicProperties(content_type="application/cloudevents+json", delivery_mode=2, message_id=plain.id)
    expected = (
        pika.frame.Method(1, pika.spec.Basic.Publish(0, "e", "k", mandatory=True)).marshal()
        + pika.frame.Header(1, 4, properties).marshal()
        + pika.frame.Body(1, b"body").marshal()
    )
    assert encode(plain, channel=1, frame_max=131_072) == expected


def test_a_handler_names_what_it_is_bound_to():
    handler = Handler("q", ParcelSent, lambda session, event: session.add(a_parcel(name=event.name)))
    assert (handler.sources, handler.routing_key) == (("parcels",), "ParcelSent")
