"""What somebody of the office asks of installations and clients, each question as the service answers it."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.asking import Question, answering, in_turn
from bench.people import ONCE, PAIR, SELDOM, SELDOM_WAITING, STARTED
from bench.population import Population
from chassis.secrets import Keyring
from chassis.storage import Database
from chassis.storage.paging import cursor_of
from services.installations import addresses, listing, overview, queries, scheduling, schemas
from services.installations.model import ACTIVE, Installation

SORTS = ("person", "ip", "-created_at", "zone", "-plan", "technician", "city")
COMMON = ("garcia", "maria", "garcia maria", "garcia tepoz", "zumaran", "gar", "ce", "10.2", "hidalgo 12")
"""A page of any company's clients has them."""
RARE = (SELDOM, f"maria {SELDOM}", " ".join(PAIR), ONCE, "nobody", "garcia nobody")
"""As many of any company's clients have them."""
SPREAD = 400
NAMESAKES = 2
YEAR = {"from_on": "2025-01-01", "to_on": "2025-12-31"}
HALF_A_YEAR = {"from_on": "2026-01-01", "to_on": "2026-06-30"}


class Office:
    """Somebody who works for the largest company, and asks what people ask."""

    def __init__(self, database: Database, population: Population) -> None:
        self._database, self._company = database, population.first
        self._random = random.Random(7)
        with tempfile.TemporaryDirectory() as directory:
            self._keyring = Keyring.create(Path(directory) / "keys")
        with database.read(self._company.id) as session:
            # From all over the table, as people are asked for.
            spread = range(1, self._company.installations, self._company.installations // SPREAD)
            theirs = select(Installation).where(Installation.state == ACTIVE, Installation.number.in_(spread))
            self._clients = list(session.scalars(theirs.order_by(func.md5(Installation.service_name))))
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
        words = {f"'{words}'".lower(): self._clients_by(search=words) for words in (*COMMON, *RARE)}
        narrowed = {
            "'garcia' by person": self._clients_by(search="garcia", sort="person"),
            "'garcia' by ip": self._clients_by(search="garcia", sort="ip"),
            "'garcia' by zone": self._clients_by(search="garcia", sort="zone"),
            "'garcia' of a zone": self._clients_by(search="garcia", **zone),
            "'garcia' of half a year": self._clients_by(search="garcia", **HALF_A_YEAR),
            "'maria' of the agenda": self._agenda_by(search="maria"),
            "'maria' of the agenda by person": self._agenda_by(search="maria", sort="person"),
            "'zumaran' by person": self._clients_by(search="zumaran", sort="person"),
            "'zumaran' by zone": self._clients_by(search="zumaran", sort="zone"),
            f"'{SELDOM_WAITING}' of the agenda".lower(): self._agenda_by(search=SELDOM_WAITING),
        }
        for rare in (SELDOM, " ".join(PAIR)):
            name = f"'{rare}'".lower()
            narrowed |= {
                f"{name} by person": self._clients_by(search=rare, sort="person"),
                f"{name} by zone": self._clients_by(search=rare, sort="zone"),
                f"{name} of a zone": self._clients_by(search=rare, **zone),
                f"{name} of a year": self._clients_by(search=rare, **YEAR),
            }
        return self._of_one() | words | narrowed

    def _of_one(self) -> dict[str, Question]:
        """What a client is known by, of which each finds one; and names that some have."""
        known = {
            name: [str(getattr(client, name)) for client in self._clients]
            for name in ("phone", "ip_address", "mac_address", "official_id", "email")
        }
        known["phone as it is said"] = [phone[-7:] for phone in known["phone"]]
        questions = {
            name: in_turn(answering(texts, self._search, rows=1), self._search) for name, texts in known.items()
        }
        for many in (1, NAMESAKES):
            names = answering(self._names_of(many), self._search, rows=many)
            questions[f"full name of {many}"] = in_turn(names, self._search)
        return questions

    def _names_of(self, many: int) -> list[str]:
        """Full names of so many clients."""
        named = select(Installation.sort_name).where(Installation.state == ACTIVE).group_by(Installation.sort_name)
        named = named.having(func.count() == many).order_by(func.md5(Installation.sort_name)).limit(SPREAD)
        with self._database.read(self._company.id) as session:
            return list(session.scalars(named))

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
