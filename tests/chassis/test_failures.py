"""What fails is tried again later, then parked; what cannot be read is parked at once; nothing stops the rest."""

import contextlib
import time

import pika
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis import parking, topology
from chassis.errors import NotFound
from chassis.inbox import Handler, failures
from chassis.inbox.consumer import EventConsumer
from chassis.inbox.messages import ATTEMPT
from chassis.outbox.relay import Relay
from chassis.storage import Database
from chassis.storage.tables import inbox, outbox
from tests.chassis import hearing
from tests.chassis.parcels import ParcelSent, a_parcel
from tests.chassis.running import eventually, running
from tests.chassis.telling import count, effects, outbox_of, parked_rows, rows, tell
from tests.hosting import on_sqlite


@pytest.fixture
def relay(amqp_uri, database):
    return Relay(amqp_uri, [outbox_of(database)])


def consumer(amqp_uri, database, function=hearing.receive):
    handler = Handler(hearing.QUEUE, ParcelSent, function)
    return EventConsumer(amqp_uri, database, [handler], publisher="parcels")


@pytest.fixture
def short_ladder(monkeypatch):
    for module in (topology, failures):
        monkeypatch.setattr(module, "DELAYS", (1,))


def publish(amqp_uri, body, **properties):
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    connection.channel().basic_publish("", hearing.QUEUE, body, pika.BasicProperties(**properties))
    connection.close()


def test_one_that_fails_is_tried_again_and_its_neighbours_are_not_held_up(database, amqp_uri, company, relay):
    tried = []

    def receive(session, event):
        if event.name == "bad":
            tried.append(time.monotonic())
            if len(tried) < 3:  # with its neighbours, and alone
                raise LookupError("not yet")
        session.add(a_parcel(name=event.name))

    topology.declare_at(amqp_uri, "parcels", [Handler(hearing.QUEUE, ParcelSent, receive)])
    tell(database, company, "a", "bad", "b")
    with running(relay):
        eventually(lambda: count(database, outbox) == 0)
        with running(consumer(amqp_uri, database, receive)):
            eventually(lambda: effects(database, company) == {"a": 1, "b": 1})
            eventually(lambda: len(effects(database, company)) == 3)
    assert effects(database, company) == {"a": 1, "b": 1, "bad": 1}
    assert parked_rows(database) == []
    assert tried[2] - tried[1] > 0.9


def test_at_the_end_of_the_ladder_it_is_parked_and_people_may_retry_or_drop(
    database, amqp_uri, company, relay, short_ladder
):
    mended = []

    def receive(session, event):
        if not mended:
            raise LookupError("a mistake of ours")
        session.add(a_parcel(name=event.name))

    with running(relay), running(consumer(amqp_uri, database, receive)):
        (told,) = tell(database, company, "a")
        (row,) = eventually(lambda: parked_rows(database))
        assert (row.origin, row.queue, row.message_id, row.attempts) == ("event", hearing.QUEUE, str(told), 2)
        assert row.error == "LookupError: a mistake of ours" and row.company_id == company

        with database.begin_unscoped() as session:
            parking.retry(session, row.id)
        (again,) = eventually(lambda: [r for r in parked_rows(database) if r.parked_at > row.parked_at])
        assert again.attempts == 2  # the whole ladder once more

        mended.append(True)
        with database.begin_unscoped() as session:
            parking.retry(session, again.id)
        eventually(lambda: effects(database, company) == {"a": 1})
    assert parked_rows(database) == []


def test_a_dropped_message_is_gone(database, amqp_uri, company):
    with running(consumer(amqp_uri, database)) as program:
        eventually(lambda: program.attached)
        publish(amqp_uri, b"nonsense")
        (row,) = eventually(lambda: parked_rows(database))
        with database.begin_unscoped() as session:
            assert [listed.id for listed in parking.list_parked(session).rows] == [row.id]
            assert parking.show(session, row.id)["body"] == b"nonsense"
            parking.drop(session, row.id)
        with database.begin_unscoped() as session, pytest.raises(NotFound):
            parking.drop(session, row.id)
    assert parked_rows(database) == []


BAD = {
    "no JSON": b"nonsense",
    "no object": b"[]",
    "no envelope": b"{}",
    "data of another shape": None,
    "bytes": b"\xff\x00",
    "nothing": b"",
    "numbers where text belongs": b'{"data":{},"id":1,"source":1,"type":2,"subject":3,"time":4,"dataschema":5}',
}


@on_sqlite
@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_read_is_parked_at_once_and_stops_nothing(database, amqp_uri, company, relay, body):
    if body is None:
        body = _envelope(database, company).replace(b'"parcel_id"', b'"parcel"')
    with running(relay), running(consumer(amqp_uri, database)) as program:
        eventually(lambda: program.attached)
        publish(amqp_uri, body, headers={ATTEMPT: "three", "nested": {"a": 1}})
        (row,) = eventually(lambda: parked_rows(database))
        assert row.body == body and row.error.startswith("MalformedMessage")
        tell(database, company, "after it")
        eventually(lambda: effects(database, company)["after it"] == 1)


def _envelope(database, company):
    from chassis.storage.tables import event_log

    tell(database, company, "x")
    (row,) = rows(database, event_log)
    return row.body.encode()


def test_an_error_that_quotes_what_no_text_column_holds_is_parked_all_the_same(
    database, amqp_uri, company, relay, short_ladder
):
    def receive(_session, event):
        raise LookupError(f"{event.name}\x00\ud800")

    with running(relay), running(consumer(amqp_uri, database, receive)):
        tell(database, company, "a")
        (row,) = eventually(lambda: parked_rows(database))
    assert row.error.startswith("LookupError: a")


def test_a_reader_that_stumbles_stops_nothing(database, amqp_uri, company, relay, monkeypatch):
    program = consumer(amqp_uri, database)
    with running(relay), running(program):
        with monkeypatch.context() as broken:
            broken.setattr(ParcelSent, "read", classmethod(lambda _cls, _envelope: 1 / 0))
            tell(database, company, "a")
            (row,) = eventually(lambda: parked_rows(database))
        tell(database, company, "b")
        eventually(lambda: effects(database, company) == {"b": 1})
    assert "ZeroDivisionError" in row.error


def test_the_same_message_at_the_same_moment_to_two_replicas(database, amqp_uri, company):
    names = [f"p{i}" for i in range(60)]
    tell(database, company, *names)
    from chassis.storage.tables import event_log

    bodies = [row.body.encode() for row in rows(database, event_log)]
    replicas = [consumer(amqp_uri, database) for _ in range(2)]
    with running(replicas[0]), running(replicas[1]):
        eventually(lambda: all(replica.attached for replica in replicas))
        connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
        channel = connection.channel()
        for body in bodies:
            for _ in range(4):
                channel.basic_publish("", hearing.QUEUE, body)
        connection.close()
        eventually(lambda: len(effects(database, company)) == len(names))
        eventually(lambda: _ready(amqp_uri) == 0)
    assert effects(database, company) == dict.fromkeys(names, 1)
    assert parked_rows(database) == [] and count(database, inbox) == len(names)


def _ready(amqp_uri):
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    waiting = connection.channel().queue_declare(hearing.QUEUE, passive=True).method.message_count
    connection.close()
    return waiting


def test_what_no_queue_wants_stays_in_the_outbox_until_one_does(database, amqp_uri, company, relay):
    tell(database, company, "a")
    with running(relay):
        eventually(lambda: relay.connected)
        time.sleep(0.7)  # a poll of the relay: nothing is to happen, so there is nothing to wait for
        assert count(database, outbox) == 1
        with running(consumer(amqp_uri, database)):
            eventually(lambda: effects(database, company) == {"a": 1})
    assert count(database, outbox) == 0


def test_a_transaction_that_commits_late_is_not_skipped(database, amqp_uri, company, relay):
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time: there is no late commit")
    topology.declare_at(amqp_uri, "parcels", [hearing.HANDLER])
    with running(relay), running(consumer(amqp_uri, database)):
        with database.begin(company) as late:
            from chassis.outbox import announce
            from tests.chassis.parcels import sent

            announce(late, sent(a_parcel(name="late")), entity_version=1)
            late.connection()
            tell(database, company, "early")
            eventually(lambda: effects(database, company) == {"early": 1})
        eventually(lambda: effects(database, company) == {"early": 1, "late": 1})


def test_while_the_database_is_away_nothing_is_parked(amqp_uri, postgresql_server, postgresql_url, company):
    database = Database(postgresql_url)
    name = postgresql_url.rpartition("/")[2]
    with running(Relay(amqp_uri, [outbox_of(database)])), running(consumer(amqp_uri, database)) as program:
        tell(database, company, "before")
        eventually(lambda: effects(database, company) == {"before": 1})
        tell(database, company, "during")
        with Database(f"{postgresql_server.url}/postgres").engine.connect() as administrator:
            administrator.execution_options(isolation_level="AUTOCOMMIT")
            administrator.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
            administrator.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
            )
            publish(amqp_uri, b"read while away")
            eventually(lambda: not program.attached)
            administrator.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
        with contextlib.suppress(DBAPIError):  # the test's own connections ended, too
            effects(database, company)
        eventually(lambda: len(effects(database, company)) == 2, seconds=30)
        tell(database, company, "after")
        eventually(lambda: len(effects(database, company)) == 3, seconds=30)
        eventually(lambda: parked_rows(database))
    assert effects(database, company) == {"before": 1, "during": 1, "after": 1}
    assert [row.body for row in parked_rows(database)] == [b"read while away"]
    database.close()
