"""What telling an event costs a business transaction: transactions/s with the outbox over without."""

from __future__ import annotations

import statistics
import time
from uuid import UUID

from sqlalchemy import func, select

from bench.business import COMPANY, Payment, pay, prepared
from bench.figures import Figure, Lost, alternately, spread
from bench.room import Room
from chassis.outbox import announce
from chassis.storage import Database
from chassis.storage.tables import event_log, outbox

TRANSACTIONS = 600
ROUNDS = 7


def measure(room: Room) -> list[Figure]:
    with room.databases.database() as url:
        database, accounts = prepared(url, accounts=100)
        limits, values = alternately(
            ROUNDS,
            lambda: _rate(database, accounts, telling=False),
            lambda: _rate(database, accounts, telling=True),
        )
        _check(database)
        database.close()
    ratios = [value / limit for value, limit in zip(values, limits, strict=True)]
    return [
        Figure(
            name="outbox_tax",
            value=statistics.median(values),
            limit=statistics.median(limits),
            ratio=statistics.median(ratios),
            unit="transactions/s",
            at_least=0.85,
            detail={"ratio_spread": spread(ratios)},
        )
    ]


def _rate(database: Database, accounts: list[UUID], *, telling: bool) -> float:
    started = time.perf_counter()
    for number in range(TRANSACTIONS):
        with database.begin(COMPANY) as session:
            event = pay(session, accounts[number % len(accounts)], 100)
            if telling:
                announce(session, event, entity_version=1)
    return TRANSACTIONS / (time.perf_counter() - started)


def _check(database: Database) -> None:
    with database.read_unscoped() as session:
        payments = session.execute(select(func.count()).select_from(Payment)).scalar_one()
        told = session.execute(select(func.count()).select_from(event_log)).scalar_one()
        waiting = session.execute(select(func.count()).select_from(outbox)).scalar_one()
    if not (payments == 2 * told == 2 * waiting):
        raise Lost(f"{payments} payments, {told} events told, {waiting} waiting")
