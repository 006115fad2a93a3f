"""Clients of simulated routers suspended by the provisioning service as it runs, over librouteros doing it by hand.

By hand means: for each client what is there is read, the change is written, and what is there is read again, over one
kept connection for each router, all routers at once. The service keeps its books meanwhile, on PostgreSQL that syncs
each commit, and tells of each client; on the other hand it reads for many clients at once.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import librouteros

import services.provisioning
from bench.figures import Figure, Lost, alternately, spread
from bench.room import Room
from chassis import clock
from chassis.identifiers import new_id
from chassis.secrets import Keyring
from chassis.storage import Database
from chassis.storage.migrations import migrate
from routersim.control import ask as ask_simulator
from services.provisioning import registering
from services.provisioning.model import PLACED, Account
from services.provisioning.modes import PROPERTIES, Rates, Service, wanted_rows
from services.provisioning.routers import Endpoint, open_connection
from tests.hosting import HostedService, prepared, started
from tests.samples import COMPANY

MIGRATIONS = Path(services.provisioning.__file__).parent / "migrations"

USER, PASSWORD = "alta", "secret"
QUEUE, LISTED, LIST = "/queue/simple", "/ip/firewall/address-list", "alta-suspended"
COMMAND_MS = 5
ROUNDS = 2
PATIENCE_SECONDS = 300.0


def measure(room: Room) -> list[Figure]:
    """`router_ops` on one router and on fifty, `bulk_suspend` on twenty.

    Fifty routers by hand are limited by the machine's cores, so the service on fifty is compared with that as well.
    """
    one = _measured(room, routers=1, clients=250)
    fifty = _measured(room, routers=50, clients=40)
    twenty = _measured(room, routers=20, clients=250)
    return [
        _per_second("router_ops", one, at_least=0.90),
        _many("router_ops_50", fifty, one),
        _per_second("router_ops_50_by_hand", fifty, at_least=0.85),
        Figure(
            name="bulk_suspend",
            value=statistics.median(twenty.seconds),
            limit=statistics.median(twenty.limits),
            ratio=statistics.median(value / limit for value, limit in zip(twenty.seconds, twenty.limits, strict=True)),
            unit="s",
            at_most=1.25,
            detail=twenty.detail(),
        ),
    ]


@dataclass(frozen=True)
class Measured:
    """`seconds` for all clients by the service, `limits` by hand; how many commands either took in the last round."""

    changes: int
    seconds: list[float]
    limits: list[float]
    commands: int
    commands_by_hand: int

    def rates(self, seconds: list[float]) -> list[float]:
        return [self.changes / each for each in seconds]

    def detail(self) -> dict[str, Any]:
        ratios = [value / limit for value, limit in zip(self.seconds, self.limits, strict=True)]
        return {
            "seconds_ratio_spread": spread(ratios),
            "commands": self.commands,
            "commands_by_hand": self.commands_by_hand,
        }


def _per_second(name: str, measured: Measured, *, at_least: float) -> Figure:
    values, limits = measured.rates(measured.seconds), measured.rates(measured.limits)
    return Figure(
        name=name,
        value=statistics.median(values),
        limit=statistics.median(limits),
        ratio=statistics.median(value / limit for value, limit in zip(values, limits, strict=True)),
        unit="changes/s",
        at_least=at_least,
        detail=measured.detail(),
    )


def _many(name: str, many: Measured, one: Measured) -> Figure:
    """Fifty routers by the service, over fifty times one router by hand."""
    value = statistics.median(many.rates(many.seconds))
    limit = 50 * statistics.median(one.rates(one.limits))
    return Figure(
        name=name, value=value, limit=limit, ratio=value / limit, unit="changes/s", at_least=0.85, detail=many.detail()
    )


def _measured(room: Room, *, routers: int, clients: int) -> Measured:
    with _network(routers) as network, _service(room) as service:
        _furnish(network, service, clients)
        # What is cut and given back once has everything that later rounds find.
        _bulk(service, "suspend")
        _bulk(service, "reconnect")
        counts = {}

        def by_service() -> float:
            before = network.commands()
            seconds = _bulk(service, "suspend")
            counts["service"] = network.commands() - before
            network.must_have_cut(clients)
            _bulk(service, "reconnect")
            return seconds

        def by_hand() -> float:
            before = network.commands()
            seconds = network.by_hand(clients)
            counts["hand"] = network.commands() - before
            return seconds

        limits, seconds = alternately(ROUNDS, by_hand, by_service)
    return Measured(routers * clients, seconds, limits, counts["service"], counts["hand"])


@dataclass
class Network:
    """Routers of one simulator; each takes 5 ms for a command."""

    places: list[tuple[str, int]]
    control: tuple[str, int]

    def slow(self, milliseconds: int) -> None:
        for number in range(len(self.places)):
            self._of(number, "slow", ms=milliseconds)

    def commands(self) -> int:
        return sum(self._of(number, "status")["commands"] for number in range(len(self.places)))

    def must_have_cut(self, clients: int) -> None:
        for number in range(len(self.places)):
            found = len(self._of(number, "rows", menu=LISTED)["rows"])
            if found != clients:
                raise Lost(f"{found} of {clients} clients are cut on a router")

    def by_hand(self, clients: int) -> float:
        """Seconds until every client is in the list of every router; taken out again afterwards."""
        connections = [librouteros.connect(h, USER, PASSWORD, port=p, encoding="utf-8") for h, p in self.places]
        names = range(len(connections))
        threads = [threading.Thread(target=_cut, args=(connections[each], each, clients)) for each in names]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
        self.must_have_cut(clients)
        self.slow(0)
        for connection in connections:
            for row in list(connection.path(LISTED)):
                connection.path(LISTED).remove(row[".id"])
            connection.close()
        self.slow(COMMAND_MS)
        return seconds

    def _of(self, number: int, order: str, **parameters: Any) -> dict[str, Any]:
        return ask_simulator(self.control, do=order, router=_named(number), **parameters)


def _cut(api: Any, router: int, clients: int) -> None:
    for number in range(clients):
        address = _address(router, number)
        for menu, name, value in ((QUEUE, "name", _name(router, number)), (LISTED, "address", address)):
            list(api.rawCmd(f"{menu}/print", f"=.proplist={','.join(PROPERTIES[menu])}", f"?{name}={value}"))
        api.path(LISTED).add(list=LIST, address=address, comment="by hand")
        for menu, name, value in ((LISTED, "address", address), (QUEUE, "name", _name(router, number))):
            list(api.rawCmd(f"{menu}/print", f"=.proplist={','.join(PROPERTIES[menu])}", f"?{name}={value}"))


@contextlib.contextmanager
def _network(routers: int) -> Iterator[Network]:
    command = [sys.executable, "-m", "routersim", "--control", "127.0.0.1:0", "--user", USER, "--password", PASSWORD]
    command += [word for number in range(routers) for word in ("--router", f"{_named(number)}=127.0.0.1:0")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        told = json.loads(process.stdout.readline())
        places = [_place(told["routers"][_named(number)]) for number in range(routers)]
        yield Network(places, _place(told["control"]))
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


@contextlib.contextmanager
def _service(room: Room) -> Iterator[HostedService]:
    directory = room.directory / new_id().hex
    directory.mkdir()
    with room.broker.virtual_host() as amqp_uri, room.databases.database() as url:
        with contextlib.closing(Database(url)) as database:
            migrate(database, MIGRATIONS)
        service = prepared("provisioning", database_url=url, amqp_uri=amqp_uri, room=Path(directory))
        del service.environment["ALTA_CRASH_DIR"]  # an operator's service notes no boundaries
        with started(service):
            yield service


def _furnish(network: Network, service: HostedService, clients: int) -> None:
    """Routers, accounts that are placed, and their queues."""
    keyring = Keyring.load(Path(service.environment["ALTA_KEYRING"]))
    with contextlib.closing(Database(service.environment["ALTA_DATABASE_URL"])) as database:
        for router, place in enumerate(network.places):
            with database.begin(COMPANY) as session:
                saved = registering.save(session, keyring=keyring, at=clock.now(), **_typed(router, place))
                session.flush()
                accounts = [_account(keyring, saved.id, router, number) for number in range(clients)]
                session.add_all(accounts)
            endpoint = Endpoint(address=place[0], port=place[1], username=USER, password=PASSWORD)
            with contextlib.closing(open_connection(endpoint)) as connection:
                for number, account in enumerate(accounts):
                    connection.add(QUEUE, wanted_rows(_wanted(account.id, router, number))[0].values)
    network.slow(COMMAND_MS)


def _bulk(service: HostedService, operation: str) -> float:
    """Seconds until all of them are so, as a member of staff would see it."""
    began = time.perf_counter()
    asked = service.ask("begin_bulk", operation=operation, chosen={"search": None})
    while (seen := service.ask("get_bulk", operation_id=asked["operation_id"]))["state"] != "done":
        if time.perf_counter() - began > PATIENCE_SECONDS:
            raise Lost(f"after {PATIENCE_SECONDS} s: {seen}")
        time.sleep(0.05)
    seconds = time.perf_counter() - began
    if seen["failed"] or service.parked():
        raise Lost(f"not all ended well: {seen}")
    return seconds


def _typed(router: int, place: tuple[str, int]) -> dict[str, Any]:
    return {
        "router_id": None, "name": _named(router), "address": place[0], "port": place[1], "tls": False,
        "certificate_sha256": None, "username": USER, "password": PASSWORD, "mode": "simple_queue", "active": True,
        "suspend_by": None, "suspended_list": None, "suspended_profile": None, "suspended_kbps": None,
        "compare_hours": 0, "repairs_itself": None, "command_seconds": None,
        "commands_in_flight": None, "server": None, "interface": None,
    }  # fmt: skip


def _account(keyring: Keyring, router_id: UUID, router: int, number: int) -> Account:
    account = Account(
        id=new_id(), company_id=COMPANY, installation_id=new_id(), router_id=router_id, mode="simple_queue",
        service_name=_name(router, number), ip_address=_address(router, number), download_kbps=20_000,
        upload_kbps=5_000, state=PLACED, activation_id=new_id(), asked_version=1, version=1,
    )  # fmt: skip
    account.sealed_password = keyring.seal("x", context=account.password_context)
    return account


def _wanted(account_id: UUID, router: int, number: int) -> Service:
    return Service(account_id, "simple_queue", _name(router, number), _address(router, number), Rates(20_000, 5_000))


def _named(router: int) -> str:
    return f"router-{router}"


def _name(router: int, number: int) -> str:
    return f"cliente-{router}-{number:04}"


def _address(router: int, number: int) -> str:
    return f"10.{router}.{number // 250}.{number % 250 + 1}"


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)
