"""Killing processes at named boundaries while the story is played, and counting afterwards."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import sqlite3
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from alta.demo import company, founding, seeding, story
from alta.demo.company import Prospect
from alta.demo.router_reading import MENUS
from alta.demo.target import Target, local
from alta.services import Services
from deploy.local.place import OWNERS
from deploy.local.stack import Stack
from tests.system.hearing import Hearing

PATIENCE_SECONDS = 60.0
# A router of the demo company in each mode.
PPPOE, SIMPLE_QUEUE = "RB Centro", "RB La Loma"
# What the person is written to; each once.
MAILS = ("solicitud", "Tu instalación", "listo para firmar", "Firmaste", "activo", "Factura", "pago")
# Each table with the rows that one story leaves in it for its installation, by owner.
ROWS = {
    "installations": {"installations": ("id", 1), "clients": ("id", 1), "files": ("installation_id", 4)},
    "contracts": {"contracts": ("installation_id", 1)},
    "billing": {"subscriptions": ("installation_id", 1), "invoices": ("installation_id", 1)},
    "provisioning": {"accounts": ("installation_id", 1)},
}
OUTCOME = {
    "installation": "active",
    "service": "placed",
    "contract": "active",
    "pdf": "ready",
    "invoices": [("other_income", "paid")],
    "owed": 0,
}


@dataclasses.dataclass(frozen=True, slots=True)
class CrashRoom:
    """The directory that `chassis.crashpoints` looks into."""

    path: Path

    @classmethod
    def made(cls, path: Path) -> CrashRoom:
        for name in ("seen", "armed", "fired"):
            (path / name).mkdir(parents=True)
        return cls(path)

    def seen(self) -> set[str]:
        return {entry.name for entry in (self.path / "seen").iterdir()}

    def forget(self) -> None:
        for entry in (self.path / "seen").iterdir():
            entry.unlink()

    def arm(self, point: str) -> None:
        (self.path / "armed" / point).touch()

    def armed(self) -> list[str]:
        return sorted(entry.name for entry in (self.path / "armed").iterdir())

    def fired(self, points: Iterable[str]) -> bool:
        return all((self.path / "fired" / point).exists() for point in points)

    def disarm(self) -> None:
        for entry in (self.path / "armed").iterdir():
            entry.unlink(missing_ok=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Scene:
    stack: Stack
    crashes: CrashRoom
    target: Target
    company_id: str
    hearing: Hearing
    numbers: dict[str, Iterator[int]]
    # Failed jobs stay in their table for people to see; these were meant to fail.
    expected: set[str] = dataclasses.field(default_factory=set)

    @classmethod
    @contextlib.contextmanager
    def set_up(cls, stack: Stack, crashes: CrashRoom) -> Iterator[Scene]:
        target = dataclasses.replace(local(stack), patience_seconds=PATIENCE_SECONDS)
        company_id = founding.found(stack, target.password)
        with Services(target.operator_amqp_uri, company_id=company_id) as services:
            router = target.routers[1]
            seeding.seed(services, target.router_addresses, user=router.user, password=router.password)
        # A person's number decides the router, and so the mode.
        numbers = {
            router.name: itertools.count(len(company.ROUTERS) + index, len(company.ROUTERS))
            for index, router in enumerate(company.ROUTERS)
        }
        with Hearing(target.integrator_amqp_uri) as hearing:
            yield cls(stack, crashes, target, company_id, hearing, numbers)

    def play(self, router: str = SIMPLE_QUEUE) -> tuple[Prospect, dict[str, Any]]:
        """A whole story about somebody new, who lives where that router is."""
        person = self.somebody(router)
        return person, story.play(self.target, person, self.hearing, lambda _step: None)

    def somebody(self, router: str = SIMPLE_QUEUE) -> Prospect:
        return company.prospect(next(self.numbers[router]))

    def ask(self, service: str, method: str, data: dict[str, Any] | None = None) -> Any:
        """What a service answers the operator."""
        with Services(self.target.operator_amqp_uri, company_id=self.company_id) as services:
            return services.ask(service, method, data)

    def verify(self, person: Prospect, ids: dict[str, Any]) -> None:
        """One of everything, nothing parked, nothing left to be done."""
        self.quiet()
        assert self.rows_of(ids["installation_id"]) == {
            f"{owner}.{table}": count for owner, tables in ROWS.items() for table, (_, count) in tables.items()
        }
        assert self.outcome(ids["installation_id"]) == OUTCOME
        assert self.entries_of(person) == 1
        subjects = self.mails_to(person.email)
        assert {word: sum(word in subject for subject in subjects) for word in MAILS} == dict.fromkeys(MAILS, 1)
        eventually(self.stack.is_ready, lambda: f"not ready: {self.stack.status()}")

    def quiet(self) -> None:
        """Returns when nothing is left to be done."""
        eventually(lambda: self.left_over() == {}, lambda: f"left over: {self.left_over()}")

    def outcome(self, installation_id: str) -> dict[str, Any]:
        """What each service says has become of it."""
        about = {"installation_id": installation_id}
        contract = self.ask("contracts", "get_for_installation", about)
        account = self.ask("billing", "account", about)
        return {
            "installation": self.ask("installations", "get_installation", about)["state"],
            "service": self.ask("provisioning", "account", about)["state"],
            "contract": contract["state"],
            "pdf": contract["pdf"]["state"],
            "invoices": [(invoice["kind"], invoice["state"]) for invoice in account["invoices"]],
            "owed": account["balance_minor"],
        }

    def entries_of(self, person: Prospect) -> int:
        """On all routers and in every menu where a client may be kept."""
        routers = self.target.routers.values()
        return sum(len(router.entries(mode, person.service_name)) for router in routers for mode in MENUS)

    def listed(self, router: str, name: str) -> list[str]:
        """The addresses in an address list of that router."""
        number = next(known.number for known in company.ROUTERS if known.name == router)
        with contextlib.closing(self.target.routers[number].connect()) as api:
            return [row["address"] for row in api.path("ip", "firewall", "address-list") if row["list"] == name]

    def left_over(self) -> dict[str, int]:
        """Outbox rows, jobs, parked messages and kept commands of every part; empty when all is quiet."""
        found = self._count("gateway", "deferred_commands", "state != 'delivered'")
        for owner in OWNERS:
            for table in ("outbox", "jobs", "parked"):
                found |= self._count(owner, table)
        return found

    def expect_failed(self, owner: str, kind: str) -> None:
        """Jobs of that kind that have failed until now are not counted as left over."""
        with self._database(owner) as database:
            rows = database.execute("SELECT id FROM jobs WHERE kind = ? AND state = 'failed'", (kind,))
            self.expected.update(id for (id,) in rows)

    def _count(self, owner: str, table: str, which: str = "true") -> dict[str, int]:
        """Empty for none."""
        with self._database(owner) as database:
            found = {id for (id,) in database.execute(f"SELECT id FROM {table} WHERE {which}")} - self.expected
        return {f"{owner}.{table}": len(found)} if found else {}

    def rows_of(self, installation_id: str) -> dict[str, int]:
        counted = {}
        for owner, tables in ROWS.items():
            with self._database(owner) as database:
                for table, (column, _) in tables.items():
                    query = f"SELECT count(*) FROM {table} WHERE {column} = ?"
                    (counted[f"{owner}.{table}"],) = database.execute(query, (UUID(installation_id).hex,)).fetchone()
        return counted

    def mails_to(self, address: str) -> Counter[str]:
        """Subjects as the reader sees them: a mailbox shows one message per Message-ID."""
        with urllib.request.urlopen(f"{self.target.mailbox_url}/api/messages?to={quote(address)}") as answer:
            return Counter(message["subject"] for message in json.load(answer))

    @contextlib.contextmanager
    def _database(self, owner: str) -> Iterator[sqlite3.Connection]:
        path = self.stack.wiring.database_urls[owner].removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
            yield database


def eventually(condition: Callable[[], bool], otherwise: Callable[[], str], *, seconds: float = 45.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, otherwise()
        time.sleep(0.05)
