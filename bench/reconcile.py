"""A router's 5,000 accounts compared with what should be there, over one raw print of the same properties."""

from __future__ import annotations

import contextlib
import statistics
import time
from typing import Any

import librouteros

from bench.figures import Figure, Lost, alternately, spread
from chassis.identifiers import new_id
from services.provisioning import comparing
from services.provisioning.modes import PROPERTIES, Rates, Service, wanted_rows
from services.provisioning.routers import Connection, Endpoint, open_connection
from tests.simulator import PASSWORD, USER, SimulatedRouter, simulated_router

ACCOUNTS = 5_000
ROUNDS = 5
MENU = "/queue/simple"


def measure() -> list[Figure]:
    with simulated_router() as router, contextlib.closing(_raw_connection(router)) as raw:
        endpoint = Endpoint(address=router.host, port=router.port, username=USER, password=PASSWORD)
        services = [_service(number) for number in range(ACCOUNTS)]
        with contextlib.closing(open_connection(endpoint)) as connection:
            for service in services:
                connection.add(MENU, wanted_rows(service)[0].values)
            limits, values = alternately(ROUNDS, lambda: _printed(raw), lambda: _compared(connection, services))
    ratios = [value / limit for value, limit in zip(values, limits, strict=True)]
    return [
        Figure(
            name="reconcile",
            value=statistics.median(values),
            limit=statistics.median(limits),
            ratio=statistics.median(ratios),
            unit="s",
            at_most=2,
            detail={"ratio_spread": spread(ratios)},
        )
    ]


def _service(number: int) -> Service:
    address = f"10.{number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
    return Service(new_id(), "simple_queue", f"cliente{number:05}", address, Rates(20_000, 5_000))


def _raw_connection(router: SimulatedRouter) -> Any:
    return librouteros.connect(host=router.host, port=router.port, username=USER, password=PASSWORD, encoding="utf-8")


def _printed(api: Any) -> float:
    started = time.perf_counter()
    rows = list(api.rawCmd(f"{MENU}/print", f"=.proplist={','.join(PROPERTIES[MENU])}"))
    seconds = time.perf_counter() - started
    if len(rows) != ACCOUNTS:
        raise Lost(f"the router printed {len(rows)} of {ACCOUNTS} rows")
    return seconds


def _compared(connection: Connection, services: list[Service]) -> float:
    started = time.perf_counter()
    found = comparing.compare(connection, services, {service.account_id for service in services})
    seconds = time.perf_counter() - started
    if found:
        raise Lost(f"{len(found)} differences on a router that has none")
    return seconds
