"""One question of the gateway to a service and back, over a raw round trip: the medians, as raw over ours."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from bench import raw_amqp
from bench.business import COMPANY
from bench.echo_service import Echo
from bench.figures import Figure, Lost, alternately, percentile, spread
from bench.room import Room
from chassis.errors import Unavailable
from chassis.rpc.client import RpcClient
from chassis.storage import Database

CALLS = 800
ROUNDS = 5
WORDS = "x" * 200
CONTEXT = {"company_id": str(COMPANY), "actor": {"kind": "staff"}, "correlation_id": "bench"}


def measure(room: Room) -> list[Figure]:
    with room.broker.virtual_host() as amqp_uri, room.databases.database() as url, _service(amqp_uri, url):
        client = RpcClient(amqp_uri)
        _wait_until_it_answers(client)
        limits, values = alternately(
            ROUNDS,
            lambda: percentile(raw_amqp.round_trips(amqp_uri, CALLS, WORDS.encode()), 0.5),
            lambda: percentile(_calls(client), 0.5),
        )
        client.close()
    ratios = [limit / value for value, limit in zip(values, limits, strict=True)]
    return [
        Figure(
            name="rpc_overhead",
            value=1000 * sorted(values)[len(values) // 2],
            limit=1000 * sorted(limits)[len(limits) // 2],
            ratio=sorted(ratios)[len(ratios) // 2],
            unit="ms, p50",
            at_least=0.55,
            detail={"ratio_spread": spread(ratios)},
        )
    ]


@contextlib.contextmanager
def _service(amqp_uri: str, url: str) -> Iterator[None]:
    database = Database(url)
    Echo.base.metadata.create_all(database.engine)
    database.close()
    environment = os.environ | {"ALTA_AMQP_URI": amqp_uri, "ALTA_DATABASE_URL": url, "ALTA_LOG_LEVEL": "warning"}
    process = subprocess.Popen([sys.executable, "-m", "bench.echo_service"], env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_it_answers(client: RpcClient) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        with contextlib.suppress(Unavailable):
            client.call("echo", "say", {"words": "hello"}, context=CONTEXT, timeout=2)
            return
        time.sleep(0.1)
    raise Lost("the echo service did not start")


def _calls(client: RpcClient) -> list[float]:
    seconds = []
    for _ in range(CALLS):
        started = time.perf_counter()
        answer = client.call("echo", "say", {"words": WORDS}, context=CONTEXT)
        seconds.append(time.perf_counter() - started)
        if answer["words"] != WORDS:
            raise Lost("another question's answer came")
    return seconds
