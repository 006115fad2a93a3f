"""From one service's commit to another's effect, over a real broker."""

import pytest
from sqlalchemy import func, select

from chassis import topology
from chassis.inbox import Handler
from chassis.inbox.consumer import EventConsumer
from chassis.outbox import announce
from chassis.outbox.claiming import Outbox
from chassis.outbox.relay import Relay
from chassis.storage.tables import inbox, outbox
from tests.chassis.parcels import Parcel, ParcelSent, a_parcel, sent
from tests.chassis.running import eventually, running

QUEUE = "parcels.on_parcel_sent"


def receive(session, event):
    session.add(a_parcel(id=event.parcel_id, name=event.name))


@pytest.fixture
def handler():
    return Handler(QUEUE, ParcelSent, receive)


def tell(database, company, count=1):
    with database.begin(company) as session:
        return [announce(session, sent(a_parcel(name=f"p{i}")), entity_version=1) for i in range(count)]


def count(database, table):
    with database.read_unscoped() as session:
        return session.connection().execute(select(func.count()).select_from(table)).scalar_one()


def received(database, company):
    with database.read(company) as session:
        return session.scalar(select(func.count()).select_from(Parcel))


@pytest.fixture
def relay(amqp_uri, database):
    return Relay(amqp_uri, [Outbox("parcels", database.engine.url.render_as_string(hide_password=False))])


def test_what_is_told_has_its_effect(amqp_uri, database, company, stranger, handler, relay):
    topology.declare_at(amqp_uri, "parcels", [handler])
    consumer = EventConsumer(amqp_uri, database, [handler])
    with running(relay), running(consumer):
        tell(database, company, 250)
        tell(database, stranger, 2)
        eventually(lambda: received(database, company) == 250 and received(database, stranger) == 2)
        eventually(lambda: count(database, outbox) == 0)
        assert consumer.attached and relay.connected
    assert count(database, inbox) == 252
    assert not consumer.attached and not relay.connected
