"""Outbox → relay → broker → inbox, with each effect committed: events/s on PostgreSQL over raw pika."""

from __future__ import annotations

import contextlib
import multiprocessing
import statistics
import threading
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from bench import business, raw_amqp
from bench.figures import Figure, Lost, alternately, spread
from bench.room import Room
from chassis.identifiers import new_id
from chassis.inbox.consumer import EventConsumer
from chassis.inbox.handler import Handler
from chassis.outbox import announce
from chassis.outbox.claiming import Outbox
from chassis.outbox.relay import Relay
from chassis.storage import Database
from chassis.storage.tables import event_log, inbox, outbox, parked
from events.billing import PaymentRegistered

EVENTS = 10_000
ROUNDS = 5
QUEUE = "ledger.on_payment_registered"
DEADLINE = 120.0
_spawn = multiprocessing.get_context("spawn")


def measure(room: Room) -> list[Figure]:
    with (
        room.broker.virtual_host() as amqp_uri,
        room.databases.database() as teller_url,
        room.databases.database() as hearer_url,
    ):
        pipeline = Pipeline(amqp_uri, teller_url, hearer_url)
        with pipeline.consuming():
            body = pipeline.a_body()
            limits, values = alternately(
                ROUNDS,
                lambda: raw_amqp.publish_and_consume(amqp_uri, "raw", EVENTS, body),
                pipeline.round,
            )
        pipeline.close()
    ratios = [value / limit for value, limit in zip(values, limits, strict=True)]
    return [
        Figure(
            name="event_pipeline",
            value=statistics.median(values),
            limit=statistics.median(limits),
            ratio=statistics.median(ratios),
            unit="events/s",
            at_least=0.5,
            detail={"ratio_spread": spread(ratios)},
        )
    ]


class Pipeline:
    def __init__(self, amqp_uri: str, teller_url: str, hearer_url: str) -> None:
        self._amqp_uri, self._teller_url, self._hearer_url = amqp_uri, teller_url, hearer_url
        self._teller, _ = business.prepared(teller_url, accounts=1)
        self._hearer, _ = business.prepared(hearer_url, accounts=1)
        self._looking = self._hearer.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._told = 0
        self._newest = new_id()

    def a_body(self) -> bytes:
        """An event as it travels, for the raw limit to carry the same bytes."""
        self._tell(1)
        with self._teller.begin_unscoped() as session:
            body = session.connection().execute(select(event_log.c.body)).scalar_one()
            session.connection().execute(outbox.delete())
            session.connection().execute(event_log.delete())
        self._told = 0
        return body.encode()

    def round(self) -> float:
        """Fills the outbox, lets a relay loose on it, and waits for the last effect."""
        self._tell(EVENTS)
        ready, go = _spawn.Event(), _spawn.Event()
        relay = _spawn.Process(target=_relay, args=(self._amqp_uri, self._teller_url, ready, go), daemon=True)
        relay.start()
        ready.wait()
        started = time.perf_counter()
        go.set()
        self._wait_for_effects()
        seconds = time.perf_counter() - started
        self._wait_for_confirms()
        relay.terminate()
        relay.join()
        self._check()
        return EVENTS / seconds

    @contextlib.contextmanager
    def consuming(self) -> Iterator[None]:
        attached = _spawn.Event()
        consumer = _spawn.Process(target=_consume, args=(self._amqp_uri, self._hearer_url, attached), daemon=True)
        consumer.start()
        attached.wait()
        yield
        consumer.terminate()
        consumer.join()

    def close(self) -> None:
        self._teller.close()
        self._looking.close()
        self._hearer.close()

    def _tell(self, count: int) -> None:
        for _ in range(0, count, 500):
            with self._teller.begin(business.COMPANY) as session:
                for _ in range(min(500, count)):
                    self._newest = new_id()
                    announce(session, business.payment_registered(self._newest, new_id(), 100), entity_version=1)
        self._told += count

    def _wait_for_effects(self) -> None:
        """Looks for the newest alone, which costs nothing; when that is there, nearly all are."""
        deadline = time.monotonic() + DEADLINE
        while not (self._newest_is_entered() and _count(self._hearer, inbox) == self._told):
            if time.monotonic() > deadline:
                raise Lost(f"only {_count(self._hearer, inbox)} of {self._told} events had their effect")
            time.sleep(0.01)

    def _wait_for_confirms(self) -> None:
        """An effect may come before the broker's word for it: the relay's last batch is still in the outbox then."""
        deadline = time.monotonic() + DEADLINE
        while _count(self._teller, outbox) and time.monotonic() < deadline:
            time.sleep(0.01)

    def _newest_is_entered(self) -> bool:
        # As cheap as a look can be: it takes its time from those that are measured.
        found = self._looking.exec_driver_sql("SELECT FROM ledger WHERE id = %s", (str(self._newest),))
        return found.rowcount == 1

    def _check(self) -> None:
        entries = _count(self._hearer, business.Entry.__table__)
        left, aside = _count(self._teller, outbox), _count(self._hearer, parked)
        if (entries, left, aside) != (self._told, 0, 0):
            raise Lost(f"{self._told} told, {entries} entered, {left} left in the outbox, {aside} parked")


def _count(database: Database, table: Any) -> int:
    with database.read_unscoped() as session:
        return session.connection().execute(select(func.count()).select_from(table)).scalar_one()


def _relay(amqp_uri: str, url: str, ready: Any, go: Any) -> None:
    relay = Relay(amqp_uri, [Outbox("billing", url)])
    ready.set()
    go.wait()
    relay.run()


def _consume(amqp_uri: str, url: str, attached: Any) -> None:
    handler = Handler(queue=QUEUE, event=PaymentRegistered, function=business.enter)
    consumer = EventConsumer(amqp_uri, Database(url), [handler])
    signal_when_attached(consumer, attached)
    consumer.run()


def signal_when_attached(consumer: EventConsumer, attached: Any) -> None:
    """Sets the event once the broker delivers to the consumer."""

    def watch() -> None:
        while not consumer.attached:
            time.sleep(0.02)
        attached.set()

    threading.Thread(target=watch, daemon=True).start()
