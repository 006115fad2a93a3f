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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from alta.demo import company, founding, seeding, story
from alta.demo.company import Prospect
from alta.demo.target import Target, local
from alta.services import Services
from deploy.local.place import OWNERS
from deploy.local.stack import Stack

PATIENCE_SECONDS = 60.0
# What the person is written to; each once.
MAILS = ("solicitud", "Tu instalación", "listo para firmar", "Firmaste", "activo", "Factura", "pago")
# Each table with the rows that one story leaves in it for its installation, by owner.
ROWS = {
    "installations": {"installations": ("id", 1), "clients": ("id", 1), "files": ("installation_id", 4)},
    "contracts": {"contracts": ("installation_id", 1)},
    "billing": {"subscriptions": ("installation_id", 1), "invoices": ("installation_id", 1)},
    "provisioning": {"accounts": ("installation_id", 1)},
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

    def fired(self, point: str) -> bool:
        return (self.path / "fired" / point).exists()

    def disarm(self) -> None:
        for entry in (self.path / "armed").iterdir():
            entry.unlink(missing_ok=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Scene:
    stack: Stack
    crashes: CrashRoom
    target: Target
    numbers: dict[str, Iterator[int]]

    @classmethod
    def set_up(cls, stack: Stack, crashes: CrashRoom) -> Scene:
        target = dataclasses.replace(local(stack), patience_seconds=PATIENCE_SECONDS)
        company_id = founding.found(stack, target.password)
        with Services(target.operator_amqp_uri, company_id=company_id) as services:
            router = target.routers[1]
            seeding.seed(services, target.router_addresses, user=router.user, password=router.password)
        # A person's number decides the router, and so the mode.
        return cls(stack, crashes, target, {"pppoe": itertools.count(3, 3), "simple_queue": itertools.count(1, 3)})

    def play(self, mode: str = "simple_queue") -> tuple[Prospect, dict[str, Any]]:
        """A whole story about somebody new, who lives where the router works in that mode."""
        person = company.prospect(next(self.numbers[mode]))
        return person, story.play(self.target, person, lambda _step: None)

    def verify(self, person: Prospect, ids: dict[str, Any]) -> None:
        """One of everything, nothing parked, nothing left to be done."""
        eventually(lambda: self.left_over() == {}, lambda: f"left over: {self.left_over()}")
        assert self.rows_of(ids["installation_id"]) == {
            f"{owner}.{table}": count for owner, tables in ROWS.items() for table, (_, count) in tables.items()
        }
        subjects = self.mails_to(person.email)
        assert {word: sum(word in subject for subject in subjects) for word in MAILS} == dict.fromkeys(MAILS, 1)
        eventually(self.all_ready, lambda: f"not ready: {self.stack.status()}")

    def left_over(self) -> dict[str, int]:
        """Outbox rows, jobs and parked messages of every part; empty when all is quiet."""
        found = {}
        for owner in OWNERS:
            with self._database(owner) as database:
                for table in ("outbox", "jobs", "parked"):
                    (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
                    if count:
                        found[f"{owner}.{table}"] = count
        return found

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

    def all_ready(self) -> bool:
        return all(row["state"] == "RUNNING" and row["ready"] is not False for row in self.stack.status())

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
