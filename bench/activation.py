"""From the click on "activate" to the client in the list, over the sum of the raw parts that no design can do without.

Everything runs, on PostgreSQL that syncs each commit, and routers take 5 ms for each command. A
click comes every 200 ms whether or not the one before has ended.
"""

from __future__ import annotations

import contextlib
import dataclasses
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg2

from alta.demo import company, founding, seeding
from alta.demo.pages import Form
from alta.demo.router_reading import RouterAccess
from alta.demo.target import Target, local
from alta.demo.visitor import Visitor
from alta.services import Services
from bench import raw_amqp
from bench.figures import Figure, Lost, percentile, spread
from chassis import clock
from deploy.local import postgresql
from deploy.local.ports import choose_ports
from deploy.local.stack import Stack
from routersim.control import ask as ask_simulator

PER_SECOND = 5.0
CLICKS = 50
ROUNDS = 3
COMMAND_MS = 5.0
PATIENCE_SECONDS = 60.0
SAMPLES = 200
# The click and its event; the job; its outcome and that event; the client.
COMMITS = 4
# From installations to provisioning and back.
HOPS = 2
BODY = b"x" * 700

# A page as a browser has it open, with the button on it.
Page = tuple[httpx.Response, Form]


def measure() -> list[Figure]:
    with running() as (stack, cluster):
        target = local(stack)
        company_id = founding.found(stack, target.password)
        with Services(target.operator_amqp_uri, company_id=company_id) as services:
            router = target.routers[1]
            seeding.seed(services, target.router_addresses, user=router.user, password=router.password)
            staff = Staff(stack, target, services)
            with contextlib.closing(staff):
                staff.activate(len(company.ROUTERS) * 2)  # connections are open, each plan's profile is there
                return _figures(staff, RawParts(stack, cluster, target))


def _figures(staff: Staff, raw: RawParts) -> list[Figure]:
    seconds: list[float] = []
    limits, ratios, parts = [], [], {}
    for _ in range(ROUNDS):
        parts = raw.seconds()
        before = staff.router_commands()
        ended = staff.activate(CLICKS)
        commands = (staff.router_commands() - before) / CLICKS
        limit = COMMITS * parts["commit"] + HOPS * parts["hop"] + parts["round_trip"] + commands * parts["command"]
        seconds += ended
        limits.append(limit)
        ratios.append(statistics.median(ended) / limit)
    p50, p99 = 1000 * percentile(seconds, 0.5), 1000 * percentile(seconds, 0.99)
    detail = {
        "ratio_spread": spread(ratios),
        "router_commands": round(commands, 2),
        "raw_ms": {name: round(1000 * value, 2) for name, value in parts.items()},
    }
    ratio = statistics.median(ratios)
    limit = 1000 * statistics.median(limits)
    return [
        Figure(name="activation", value=p50, limit=limit, ratio=ratio, unit="ms, p50", at_most=4, detail=detail),
        Figure(name="activation_p50", value=p50, limit=150, ratio=p50 / 150, unit="ms", at_most=1),
        Figure(name="activation_p99", value=p99, limit=500, ratio=p99 / 500, unit="ms", at_most=1),
    ]


@contextlib.contextmanager
def running() -> Iterator[tuple[Stack, postgresql.Cluster]]:
    with tempfile.TemporaryDirectory(prefix="alta-bench-", ignore_cleanup_errors=True) as directory:
        room = Path(directory)
        room.chmod(0o755)  # the database server enters it as somebody else
        (port,) = choose_ports(1)
        with postgresql.running(postgresql.Cluster(directory=room / "postgresql", port=port)) as cluster:
            stack = Stack.at(room / "var", database_url=f"{cluster.url}/postgres")
            stack.up()
            try:
                yield stack, cluster
            finally:
                stack.down()


class Staff:
    """Somebody in the office who presses the button, again and again."""

    def __init__(self, stack: Stack, target: Target, services: Services) -> None:
        self._services = services
        self._control = ("127.0.0.1", stack.place.ports["routersim_control"])
        self._installations = stack.wiring.database_urls["installations"]
        self._numbers = iter(range(1, 10_000))
        self._office = Visitor(target.url)
        login = founding.logins(target.password)["office"]
        page, form = self._office.form("/entrar", lambda form: "password" in form.names)
        self._office.submit(page, form, {"email": login["user"], "password": login["password"]})
        for router in company.ROUTERS:
            ask_simulator(self._control, do="slow", router=f"router-{router.number}", ms=COMMAND_MS)
        self._technician = self._heard_of(lambda: services.ask("installations", "list_technicians")["rows"])[0]

    def close(self) -> None:
        self._office.close()

    def activate(self, count: int) -> list[float]:
        """Seconds from each click to its client."""
        pages = self._pages([self._schedule() for _ in range(count)])
        clicked: dict[str, float] = {}
        with Watch(self._installations, set(pages)) as watch, ThreadPoolExecutor(16) as browsers:
            first = time.monotonic()
            answers = []
            for number, (installation_id, page) in enumerate(pages.items()):
                time.sleep(max(0.0, first + number / PER_SECOND - time.monotonic()))
                clicked[installation_id] = time.monotonic()
                answers.append(browsers.submit(self._office.submit, *page))
            for answer in answers:
                answer.result()
            seen = watch.wait()
        clients = self._services.ask("installations", "list_clients", {"limit": 200})["rows"]
        if not set(pages) <= {row["installation_id"] for row in clients}:
            raise Lost("an activated installation is not in the client list")
        return [seen[installation_id] - at for installation_id, at in clicked.items()]

    def router_commands(self) -> int:
        names = (f"router-{router.number}" for router in company.ROUTERS)
        return sum(ask_simulator(self._control, do="status", router=name)["commands"] for name in names)

    def _pages(self, installation_ids: list[str]) -> dict[str, Page]:
        return {
            identity: self._office.form(f"/instalaciones/{identity}", lambda form: form.path.endswith("/activar"))
            for identity in installation_ids
        }

    def _schedule(self) -> str:
        number = next(self._numbers)
        router = company.ROUTERS[number % len(company.ROUTERS)]
        zones = self._services.ask("installations", "list_zones")["rows"]
        zone = next(zone for zone in zones if zone["name"] == router.zone)
        of_router = {"router_id": zone["router_id"]}
        plans = self._services.ask("installations", "list_plans", of_router)["rows"]
        person = company.prospect(number)
        form: dict[str, Any] = {
            "zone_id": zone["zone_id"],
            **of_router,
            "plan_id": plans[number % len(plans)]["plan_id"],
            "technician_id": self._technician["technician_id"],
            "first_name": person.first_name,
            "last_name": person.last_name,
            "phone": person.phone,
            "address": f"Calle Encino {number}",
            "scheduled_at": (clock.now() + timedelta(hours=2)).isoformat(),
            "installation_cost_minor": company.INSTALLATION_COST_MINOR,
            "service_name": person.service_name,
            "ip_address": f"{router.network.rpartition('.')[0]}.{number // 250}.{number % 250 + 2}",
        }
        return self._services.ask("installations", "schedule", form)["installation_id"]

    @staticmethod
    def _heard_of(ask: Any) -> Any:
        return seeding.wait_until(ask, "installations has not heard of the staff")


class Watch:
    """Notes when each installation's client can be read by others, by reading the table that the list is made of."""

    EVERY_SECONDS = 0.002

    def __init__(self, database_url: str, awaited: set[str]) -> None:
        self._connection = psycopg2.connect(database_url)
        self._connection.autocommit = True
        self._awaited = awaited
        self._seen: dict[str, float] = {}
        self._over = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Watch:
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._reader.join()
        self._connection.close()

    def wait(self) -> dict[str, float]:
        self._reader.join(PATIENCE_SECONDS)
        if missing := self._awaited - self._seen.keys():
            raise Lost(f"{len(missing)} of {len(self._awaited)} activations did not end in {PATIENCE_SECONDS:.0f} s")
        return self._seen

    def _read(self) -> None:
        query = "SELECT id::text FROM clients WHERE id = ANY(%s::uuid[])"
        while not self._over.is_set() and (waiting := self._awaited - self._seen.keys()):
            with self._connection.cursor() as cursor:
                cursor.execute(query, [list(waiting)])
                now = time.monotonic()
                self._seen.update((row[0], now) for row in cursor)
            self._over.wait(self.EVERY_SECONDS)


@dataclasses.dataclass(frozen=True, slots=True)
class RawParts:
    """What a commit, a hop, a round trip and a router's command take without Alta, now, on this machine."""

    stack: Stack
    cluster: postgresql.Cluster
    target: Target

    def seconds(self) -> dict[str, float]:
        amqp_uri = self.target.operator_amqp_uri
        samples = {
            "commit": self._commits(),
            "hop": raw_amqp.one_way_latencies(amqp_uri, SAMPLES, 50.0, BODY),
            "round_trip": raw_amqp.round_trips(amqp_uri, SAMPLES, BODY),
            "command": self._commands(self.target.routers[1]),
        }
        return {name: statistics.median(found) for name, found in samples.items()}

    def _commits(self) -> list[float]:
        with contextlib.closing(psycopg2.connect(f"{self.cluster.url}/postgres")) as connection:
            cursor = connection.cursor()
            cursor.execute("CREATE TABLE IF NOT EXISTS raw (id bigserial PRIMARY KEY, body bytea)")
            connection.commit()
            return [self._commit(connection, cursor) for _ in range(SAMPLES)]

    @staticmethod
    def _commit(connection: Any, cursor: Any) -> float:
        started = time.perf_counter()
        cursor.execute("INSERT INTO raw (body) VALUES (%s)", [BODY])
        connection.commit()
        return time.perf_counter() - started

    @staticmethod
    def _commands(router: RouterAccess) -> list[float]:
        with contextlib.closing(router.connect()) as api:
            path = api.path("system", "identity")
            seconds = []
            for _ in range(SAMPLES):
                started = time.perf_counter()
                tuple(path)
                seconds.append(time.perf_counter() - started)
            return seconds
