"""From commit to effect: the 99th percentile over that of a raw confirmed publish and its delivery."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from typing import Any

from sqlalchemy.orm import Session

from bench import business, raw_amqp
from bench.event_pipeline import QUEUE, signal_when_attached
from bench.figures import Figure, Lost, alternately, percentile, spread
from bench.room import Room
from chassis.identifiers import new_id
from chassis.inbox.consumer import EventConsumer
from chassis.inbox.handler import Handler
from chassis.outbox import announce, waking
from chassis.outbox.claiming import Outbox
from chassis.outbox.relay import Relay
from chassis.storage import Database, after_commit
from deploy.local.ports import choose_ports
from events.billing import PaymentRegistered

EVENTS = 300
PER_SECOND = 50.0
ROUNDS = 5
_spawn = multiprocessing.get_context("spawn")


def measure(room: Room) -> list[Figure]:
    with (
        room.broker.virtual_host() as amqp_uri,
        room.databases.database() as teller_url,
        room.databases.database() as hearer_url,
    ):
        stage = Stage(amqp_uri, teller_url, hearer_url)
        try:
            limits, values = alternately(
                ROUNDS,
                lambda: percentile(raw_amqp.one_way_latencies(amqp_uri, EVENTS, PER_SECOND, b"x" * 700), 0.99),
                stage.round,
            )
        finally:
            stage.close()
    ratios = [value / limit for value, limit in zip(values, limits, strict=True)]
    return [
        Figure(
            name="event_latency",
            value=statistics.median(values) * 1000,
            limit=statistics.median(limits) * 1000,
            ratio=statistics.median(ratios),
            unit="ms, p99",
            at_most=5,
            detail={"ratio_spread": spread(ratios), "p50_ms": round(stage.median_ms(), 2)},
        )
    ]


class Stage:
    """A teller in this process, a relay and a hearer in two others, all on PostgreSQL."""

    def __init__(self, amqp_uri: str, teller_url: str, hearer_url: str) -> None:
        self._teller, _ = business.prepared(teller_url, accounts=1)
        business.prepared(hearer_url, accounts=1)[0].close()
        (port,) = choose_ports(1)
        wake = f"127.0.0.1:{port}"
        os.environ[waking.ADDRESS] = wake
        self._effects = _spawn.Queue()
        self._medians: list[float] = []
        attached = _spawn.Event()
        self._processes = [
            _spawn.Process(target=_relay, args=(amqp_uri, teller_url, wake), daemon=True),
            _spawn.Process(target=_consume, args=(amqp_uri, hearer_url, attached, self._effects), daemon=True),
        ]
        for process in self._processes:
            process.start()
        attached.wait()
        self._tell_and_wait(20)

    def round(self) -> float:
        seconds = self._tell_and_wait(EVENTS)
        self._medians.append(percentile(seconds, 0.5))
        return percentile(seconds, 0.99)

    def median_ms(self) -> float:
        return statistics.median(self._medians) * 1000

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
            process.join()
        self._teller.close()

    def _tell_and_wait(self, count: int) -> list[float]:
        committed: dict[str, float] = {}
        first = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, first + number / PER_SECOND - time.monotonic()))
            payment_id = new_id()
            with self._teller.begin(business.COMPANY) as session:
                event = business.payment_registered(payment_id, new_id(), 100)
                announce(session, event, entity_version=1)
            committed[str(payment_id)] = time.monotonic()
        effects = [self._effects.get(timeout=60) for _ in range(count)]
        if {payment_id for payment_id, _ in effects} != committed.keys():
            raise Lost("some effects happened twice, and some not at all")
        return [at - committed[payment_id] for payment_id, at in effects]


def _relay(amqp_uri: str, url: str, wake: str) -> None:
    Relay(amqp_uri, [Outbox("billing", url)], waking.listening(wake)).run()


def _consume(amqp_uri: str, url: str, attached: Any, effects: Any) -> None:
    def enter(session: Session, event: PaymentRegistered) -> None:
        business.enter(session, event)
        payment_id = str(event.payment_id)
        after_commit(session, lambda: effects.put((payment_id, time.monotonic())))

    handler = Handler(queue=QUEUE, event=PaymentRegistered, function=enter)
    consumer = EventConsumer(amqp_uri, Database(url), [handler])
    signal_when_attached(consumer, attached)
    consumer.run()
