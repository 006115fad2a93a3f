"""What a million installations cost over ten thousand: each list, each search and each form saved, on PostgreSQL.

Both databases are there at once and asked in turn, each question as the service answers it: from what was asked for to
what is sent, in a transaction of its own. Half of the installations are of the company that asks.
"""

from __future__ import annotations

import contextlib
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.figures import Figure, percentile
from bench.population import STARTED, Population
from bench.room import Room
from chassis.secrets import Keyring
from chassis.storage import Database
from chassis.storage.paging import cursor_of
from services.installations import addresses, listing, overview, queries, scheduling, schemas
from services.installations.model import ACTIVE, PENDING, Installation

FEW, MANY = 10_000, 1_000_000
ROUNDS = 60
WARM = 3
PER_P50, PER_P99 = 1.3, 1.5
SORTS = ("person", "ip", "-created_at", "zone", "-plan", "technician", "city")
SEARCHED = (
    "garcia", "maria", "garcia maria", "luna estr", "zumaran", "gar", "ce", "10.8", "hidalgo 12", "nobody",
)  # fmt: skip

Question = Callable[[int], Any]


def measure(room: Room) -> list[Figure]:
    with contextlib.ExitStack() as stack:
        few, many = (stack.enter_context(_office(room, size)) for size in (FEW, MANY))
        return figures_of(few, many)


def figures_of(few: Office, many: Office) -> list[Figure]:
    figures = []
    for group in ("lists", "searches", "saves"):
        seconds = _seconds(getattr(few, group)(), getattr(many, group)())
        figures.append(_figure(f"growth_{group}_p50", seconds, 0.5, PER_P50))
        figures.append(_figure(f"growth_{group}_p99", seconds, 0.99, PER_P99))
    return figures


def _seconds(few: dict[str, Question], many: dict[str, Question]) -> dict[str, tuple[list[float], list[float]]]:
    taken: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in few}
    for turn in range(-WARM, ROUNDS):
        for name, both in taken.items():
            for questions, found in zip((few, many), both, strict=True):
                started = time.perf_counter()
                questions[name](turn)
                if turn >= 0:
                    found.append(time.perf_counter() - started)
    return taken


def _figure(name: str, seconds: dict[str, tuple[list[float], list[float]]], share: float, at_most: float) -> Figure:
    """Of the question that grows most; all of them are in the detail, in milliseconds."""
    each = {name: [1000 * percentile(found, share) for found in both] for name, both in seconds.items()}
    ratios = {name: many / few for name, (few, many) in each.items()}
    worst = max(ratios, key=ratios.__getitem__)
    few, many = each[worst]
    detail = {"worst": worst} | {
        name: [round(few, 2), round(many, 2), round(ratios[name], 2)] for name, (few, many) in each.items()
    }
    return Figure(
        name=name, value=many, limit=few, ratio=ratios[worst], unit="ms, worst", at_most=at_most, detail=detail
    )


@contextlib.contextmanager
def _office(room: Room, size: int) -> Iterator[Office]:
    with room.databases.database() as url:
        population = Population(url, size)
        population.fill()
        database = Database(url)
        try:
            yield Office(database, population)
        finally:
            database.close()


class Office:
    """Somebody who works for the largest company, and asks what people ask."""

    def __init__(self, database: Database, population: Population) -> None:
        self._database, self._company = database, population.first
        self._random = random.Random(7)
        with tempfile.TemporaryDirectory() as directory:
            self._keyring = Keyring.create(Path(directory) / "keys")
        with database.read(self._company.id) as session:
            theirs = select(Installation).where(Installation.state == ACTIVE).limit(400)
            self._clients = list(session.scalars(theirs))
            self._pending = list(session.scalars(theirs.where(Installation.state.in_(PENDING))))
        self._forms = 0

    def lists(self) -> dict[str, Question]:
        place = self._company.places[0]
        zone, month = {"zone_id": str(place.zone_id)}, f"{STARTED:%Y-%m}"
        halfway = STARTED - timedelta(days=900)
        deep = cursor_of([halfway, self._company.id])
        by = {name: self._clients_by(sort=name) for name in SORTS}
        return {
            "agenda": self._agenda_by(),
            "agenda of a zone": self._agenda_by(**zone),
            "agenda by person": self._agenda_by(sort="person"),
            "agenda by zone": self._agenda_by(sort="zone"),
            "all by number": self._agenda_by(states=["new", "in_progress", "activating", "active"], sort="-number"),
            "cancelled": self._agenda_by(states=["cancelled"], sort="-scheduled_at"),
            "clients": self._clients_by(),
            "clients halfway": self._clients_by(after=deep),
            "clients halfway back": self._clients_by(before=deep),
            "clients of a zone": self._clients_by(**zone),
            "clients of a zone and plan": self._clients_by(**zone, plan_id=str(place.plan_ids[0])),
            "clients of a month": self._clients_by(month=month),
            **{f"clients by {name}": question for name, question in by.items()},
            "dashboard": lambda _: self._read(
                lambda session: overview.dashboard(session, at=STARTED), schemas.Dashboard()
            ),
            "counts": lambda _: self._read(listing.totals, None),
        }

    def searches(self) -> dict[str, Question]:
        zone = {"zone_id": str(self._company.places[0].zone_id)}
        known = {
            name: (lambda turn, name=name: self._search(str(getattr(self._one(turn), name))))
            for name in ("phone", "ip_address", "mac_address", "official_id", "email", "person")
        }
        words = {f"'{word}'": self._clients_by(search=word) for word in SEARCHED}
        return {
            **known,
            **words,
            "'garcia' by person": self._clients_by(search="garcia", sort="person"),
            "'zumaran' by person": self._clients_by(search="zumaran", sort="person"),
            "'garcia' of a zone": self._clients_by(search="garcia", **zone),
            "'garcia' of the agenda": self._agenda_by(search="garcia"),
            "'luna' of a month": self._clients_by(search="luna", month=f"{STARTED:%Y-%m}"),
        }

    def saves(self) -> dict[str, Question]:
        return {"schedule": self._schedule, "change": self._change}

    def _one(self, turn: int) -> Installation:
        return self._clients[turn % len(self._clients)]

    def _search(self, text: str) -> Any:
        return self._clients_by(search=text)(0)

    def _clients_by(self, **asked: Any) -> Question:
        return lambda _: self._read(
            lambda session: listing.list_clients(session, **schemas.ClientSearch().load(asked)),
            schemas.InstallationRows(),
        )

    def _agenda_by(self, **asked: Any) -> Question:
        return lambda _: self._read(
            lambda session: listing.list_installations(session, **schemas.InstallationSearch().load(asked)),
            schemas.InstallationRows(),
        )

    def _read(self, ask: Callable[[Any], Any], gives: Any) -> Any:
        with self._database.read(self._company.id) as session:
            answer = ask(session)
            return gives.dump(answer) if gives else answer

    def _schedule(self, turn: int) -> None:
        self._forms += 1
        place = self._random.choice(self._company.places)
        with self._database.read(self._company.id) as session:
            proposed = addresses.propose(session, zone_id=place.zone_id, after=None)
        number = self._forms
        form = {
            "zone_id": str(place.zone_id), "router_id": str(place.router_id), "plan_id": str(place.plan_ids[0]),
            "technician_id": str(place.technician_id), "first_name": "María", "last_name": "García Luna",
            "address": "Calle Encino 1", "phone": f"+52 777 {number:07}", "installation_cost_minor": 50_000,
            "scheduled_at": (STARTED + timedelta(days=30, minutes=number)).isoformat(), "service_name": f"new{number}",
            "ip_address": proposed["ip_address"] or f"10.250.{number // 250}.{number % 250 + 1}",
        }  # fmt: skip
        with self._database.begin(self._company.id) as session:
            loaded = schemas.Schedule().load(form)
            scheduling.schedule(session, keyring=self._keyring, at=STARTED, **loaded)

    def _change(self, turn: int) -> None:
        one = self._one(turn)
        names = schemas.InstallationForm().fields
        with self._database.read(self._company.id) as session:
            found = queries.get_installation(session, installation_id=one.id)
            shown = schemas.Installation().dump(found)
        form = {name: shown[name] for name in names if name in shown} | {
            "phone": f"+52 777 {self._random.randrange(10**7):07}"
        }
        with self._database.begin(self._company.id) as session:
            loaded = schemas.Change().load({"installation_id": str(one.id), "version": shown["version"]} | form)
            scheduling.change(session, keyring=self._keyring, at=STARTED, **loaded)
