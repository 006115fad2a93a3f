"""The page of the agenda, signed in and with 25 rows, from one gateway worker with everything behind it, over a bare
Flask and the same rows by plain SQL, one after the other."""

from __future__ import annotations

import contextlib
import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

import psycopg2

from alta.demo import company, founding, seeding
from alta.demo.target import local
from alta.demo.visitor import Visitor
from alta.services import Services
from bench.activation import running
from bench.figures import Figure, Lost, alternately, spread
from chassis import clock
from deploy.local.ports import choose_ports
from deploy.local.stack import Stack

ROWS = 25
CONNECTIONS = 8
SECONDS = 3.0
ROUNDS = 5
PATIENCE_SECONDS = 30.0
PAGE = "/instalaciones/"
_SQL = """
SELECT installations.*, zones.name, plans.name, routers.name, staff.name, sectors.name FROM installations
JOIN zones ON zones.id = installations.zone_id JOIN plans ON plans.id = installations.plan_id
LEFT JOIN routers ON routers.id = installations.router_id LEFT JOIN staff ON staff.id = installations.technician_id
LEFT JOIN sectors ON sectors.id = installations.sector_id
WHERE installations.company_id = %s AND installations.state IN ('new', 'in_progress', 'activating')
ORDER BY installations.scheduled_at, installations.id LIMIT 26
"""


def measure() -> list[Figure]:
    with running() as (stack, _), _bare_flask() as bare:
        company_id, headers = _agenda(stack)
        database = stack.wiring.database_urls["installations"]
        page = f"{stack.place.url}{PAGE}"
        _rate(page, headers, 1.0)
        parts: list[tuple[float, float]] = []

        def limit() -> float:
            parts.append((_rate(bare, {}, SECONDS), _queries(database, company_id)))
            return 1 / sum(1 / each for each in parts[-1])

        limits, values = alternately(ROUNDS, limit, lambda: _rate(page, headers, SECONDS))
    ratios = [value / limit for value, limit in zip(values, limits, strict=True)]
    flask, sql = (round(statistics.median(each), 1) for each in zip(*parts, strict=True))
    return [
        Figure(
            name="list_page",
            value=statistics.median(values),
            limit=statistics.median(limits),
            ratio=statistics.median(ratios),
            unit="requests/s",
            at_least=0.5,
            detail={"ratio_spread": spread(ratios), "bare_flask": flask, "raw_sql": sql},
        )
    ]


def _agenda(stack: Stack) -> tuple[str, dict[str, str]]:
    """The company whose agenda it is, and what somebody of its office sends along."""
    target = local(stack)
    company_id = founding.found(stack, target.password)
    with Services(target.operator_amqp_uri, company_id=company_id) as services:
        router = target.routers[1]
        seeding.seed(services, target.router_addresses, user=router.user, password=router.password)
        _schedule(services)
    office = Visitor(target.url)
    login = founding.logins(target.password)["office"]
    page, form = office.form("/entrar", lambda form: "password" in form.names)
    office.submit(page, form, {"email": login["user"], "password": login["password"]})
    shown = office.get(PAGE)
    if shown.text.count("Calle Encino") != ROWS:
        raise Lost("the page does not show its rows")
    cookies = "; ".join(f"{name}={value}" for name, value in shown.request.headers.items() if name == "cookie")
    office.close()
    return company_id, {"Cookie": cookies.removeprefix("cookie="), "Accept-Language": "es"}


def _schedule(services: Services) -> None:
    zone = services.ask("installations", "list_zones")["rows"][0]
    plan = services.ask("installations", "list_plans", {"router_id": zone["router_id"]})["rows"][0]
    technician = seeding.wait_until(
        lambda: services.ask("installations", "list_technicians")["rows"], "installations has not heard of the staff"
    )[0]
    for number in range(1, ROWS + 6):
        person = company.prospect(number)
        form = {
            "zone_id": zone["zone_id"], "router_id": zone["router_id"], "plan_id": plan["plan_id"],
            "technician_id": technician["technician_id"], "first_name": person.first_name,
            "last_name": person.last_name, "phone": person.phone, "address": f"Calle Encino {number}",
            "scheduled_at": (clock.now() + timedelta(hours=number)).isoformat(), "installation_cost_minor": 50_000,
            "service_name": f"list{number}", "ip_address": f"10.99.0.{number}",
        }  # fmt: skip
        services.ask("installations", "schedule", form)


@contextlib.contextmanager
def _bare_flask() -> Iterator[str]:
    (port,) = choose_ports(1)
    environment = os.environ | {"ALTA_LISTEN": f"127.0.0.1:{port}"}
    command = [sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "8", "-b", f"127.0.0.1:{port}"]
    process = subprocess.Popen([*command, "--log-level", "warning", "bench.bare_flask:app"], env=environment)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _rate(url: str, headers: Mapping[str, str], seconds: float) -> float:
    """Answers per second to as many browsers as the worker has threads, each asking again as soon as it is answered."""
    counts: list[int] = []
    ends = time.monotonic() + seconds
    browsers = [threading.Thread(target=_ask, args=(url, headers, ends, counts)) for _ in range(CONNECTIONS)]
    started = time.perf_counter()
    for browser in browsers:
        browser.start()
    for browser in browsers:
        browser.join(PATIENCE_SECONDS)
    if len(counts) != CONNECTIONS:
        raise Lost("a page was not answered as it should")
    return sum(counts) / (time.perf_counter() - started)


def _ask(url: str, headers: Mapping[str, str], ends: float, counts: list[int]) -> None:
    address, answered = urlsplit(url), 0
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE_SECONDS)
    with contextlib.closing(connection):
        while time.monotonic() < ends:
            connection.request("GET", address.path, headers=dict(headers))
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.HTTPStatus.OK:
                return
            answered += 1
    counts.append(answered)


def _queries(database_url: str, company_id: str) -> float:
    with contextlib.closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        started, answered = time.perf_counter(), 0
        while time.perf_counter() - started < SECONDS / 3:
            cursor.execute(_SQL, [company_id])
            if len(cursor.fetchall()) != ROWS + 1:
                raise Lost("plain SQL does not find the rows")
            connection.rollback()
            answered += 1
        return answered / (time.perf_counter() - started)
