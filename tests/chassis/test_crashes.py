"""Whoever dies at whichever step: nothing is lost, and no effect happens twice."""

import pytest

from chassis import topology
from chassis.inbox.consumer import EventConsumer
from chassis.outbox.relay import Relay
from chassis.storage.tables import outbox
from tests.chassis import hearing
from tests.chassis.running import eventually, process, running
from tests.chassis.telling import count, effects, outbox_of, parked_rows, tell, url

RELAY = ["relay.claimed", "relay.published", "relay.confirmed", "relay.deleted"]
CONSUMER = [f"inbox.{hearing.QUEUE}.{step}" for step in ("received", "handled", "committed", "acked")]


@pytest.fixture
def crash(tmp_path):
    (tmp_path / "crash" / "armed").mkdir(parents=True)
    return tmp_path / "crash"


@pytest.fixture
def environment(amqp_uri, database, crash):
    return {
        "ALTA_AMQP_URI": amqp_uri,
        "ALTA_DATABASE_URL": url(database),
        "ALTA_RELAY_DATABASES": f"parcels={url(database)}",
        "ALTA_CRASH_DIR": str(crash),
    }


@pytest.fixture
def consumer(amqp_uri, database):
    return EventConsumer(amqp_uri, database, [hearing.HANDLER], publisher="parcels")


@pytest.fixture
def relay(amqp_uri, database):
    return Relay(amqp_uri, [outbox_of(database)])


@pytest.mark.parametrize("point", RELAY)
def test_a_relay_that_dies(database, amqp_uri, company, environment, crash, consumer, point):
    topology.declare_at(amqp_uri, "parcels", [hearing.HANDLER])
    tell(database, company, "a", "b", "c")
    (crash / "armed" / point).touch()
    with process("chassis.outbox.relay", **environment) as first:
        assert first.wait(20) == 137
    assert (crash / "fired" / point).exists()
    with running(consumer), process("chassis.outbox.relay", **environment):
        tell(database, company, "d")
        eventually(lambda: count(database, outbox) == 0 and len(effects(database, company)) == 4)
    assert effects(database, company) == {"a": 1, "b": 1, "c": 1, "d": 1}


@pytest.mark.parametrize("point", CONSUMER)
def test_a_consumer_that_dies(database, company, environment, crash, relay, point):
    (crash / "armed" / point).touch()
    with running(relay):
        with process("tests.chassis.hearing", **environment) as first:
            tell(database, company, "a", "b", "c")
            assert first.wait(20) == 137
        assert (crash / "fired" / point).exists()
        with process("tests.chassis.hearing", **environment):
            tell(database, company, "d")
            eventually(lambda: len(effects(database, company)) == 4)
    assert effects(database, company) == {"a": 1, "b": 1, "c": 1, "d": 1}
    assert parked_rows(database) == []


def test_a_message_that_kills_takes_no_neighbour_with_it(database, company, environment, relay):
    names = ["a", "b", hearing.KILLER, "c", "d"]
    deaths = 0
    with running(relay):
        topology.declare_at(environment["ALTA_AMQP_URI"], "parcels", [hearing.HANDLER])
        tell(database, company, *names)
        eventually(lambda: count(database, outbox) == 0)
        while not parked_rows(database):
            with process("tests.chassis.hearing", **environment) as consumer:
                eventually(lambda: consumer.poll() is not None or parked_rows(database), seconds=30)
                deaths += consumer.poll() is not None
    (parked,) = parked_rows(database)
    assert "process ended" in parked.error and b"kills" in parked.body and parked.company_id == company
    assert effects(database, company) == {"a": 1, "b": 1, "c": 1, "d": 1}
    assert deaths == 4  # once among its neighbours, three times alone
