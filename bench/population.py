"""Installations of ten companies, half of them of the first: as many as are asked for, in a database of the service.

A router serves fifteen hundred clients, so that a company of any size has them as full as another. All of it is made by
the database, of the people in `bench.people`.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

import services.installations
from bench.figures import Lost
from bench.filling import companies, filling, insert
from bench.people import LASTS, PERSON, among, plain
from chassis.storage import Database
from chassis.storage.named import name_key
from services.installations.model import Installation
from services.installations.model.finding import LINES

MIGRATIONS = Path(services.installations.__file__).parent / "migrations"
PER_ROUTER, PER_TECHNICIAN = 1_500, 1_000
CHECKED = 300


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an installation of it has in common with its neighbours'."""

    zone_id: UUID
    router_id: UUID
    technician_id: UUID
    plan_ids: tuple[UUID, ...]
    sector_ids: tuple[UUID, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    id: UUID
    places: Sequence[Place]
    installations: int


class Population:
    """Of one empty database; the same each time that it is made."""

    def __init__(self, url: str, installations: int) -> None:
        self._random = random.Random(installations)
        self.companies = [self._company(id, size) for id, size in companies(installations)]
        self.url = url

    @property
    def first(self) -> Company:
        return self.companies[0]

    def fill(self) -> None:
        with filling(self.url, MIGRATIONS, "installations", "installation_words") as cursor:
            for company in self.companies:
                self._catalogue(cursor, company)
                cursor.execute(_INSTALLATIONS, _of(company))
            for statement in (_CLIENTS, LINES.of_all_rows("postgresql"), _TALLIES, _NUMBERS):
                cursor.execute(statement)
        self._check()

    def _check(self) -> None:
        """What was written here is what the model would have."""
        database = Database(self.url)
        with database.read(self.first.id) as session:
            for row in session.scalars(select(Installation).limit(CHECKED)):
                made = (*row.search_text.split(), row.sort_name, row.city_key, row.ip_number, row.phone_key)
                row.index()
                if {*made} != {*row.search_text.split(), row.sort_name, row.city_key, row.ip_number, row.phone_key}:
                    raise Lost(f"the population has {made} where the model says {row.search_text}")
                session.expunge(row)
        database.close()

    def _uuid(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def _company(self, id: UUID, size: int) -> Company:
        technicians = [self._uuid() for _ in range(max(1, size // PER_TECHNICIAN))]
        places = [
            Place(
                zone_id=self._uuid(),
                router_id=self._uuid(),
                technician_id=technicians[number % len(technicians)],
                plan_ids=tuple(self._uuid() for _ in range(3)),
                sector_ids=tuple(self._uuid() for _ in range(4)),
            )
            for number in range(max(1, size // PER_ROUTER))
        ]
        return Company(id=id, places=places, installations=size)

    def _catalogue(self, cursor: Any, company: Company) -> None:
        known = {"company_id": company.id, "version": 1}
        own = {"name": "Conecta", "locale": "es_MX", "currency": "MXN", "time_zone": "America/Mexico_City"}
        insert(cursor, "companies", known | own | {"id": company.id})
        for number, technician in enumerate({place.technician_id for place in company.places}):
            person = _named(f"{LASTS[number % 60]} {number}") | {
                "id": technician,
                "role": "technician",
                "active": True,
            }
            insert(cursor, "staff", known | person)
        for number, place in enumerate(company.places):
            self._place(cursor, known, number, place)

    @staticmethod
    def _place(cursor: Any, known: dict[str, Any], number: int, place: Place) -> None:
        of = {"company_id": known["company_id"]}
        router = _named(f"RB {number}") | {"id": place.router_id, "mode": "pppoe", "active": True}
        insert(cursor, "routers", known | router)
        insert(cursor, "zones", of | _named(f"Zona {number}") | {"id": place.zone_id, "router_id": place.router_id})
        for megabits, plan in zip((10, 20, 50), place.plan_ids, strict=True):
            speeds = {"download_kbps": megabits * 1024, "upload_kbps": megabits * 256}
            price = {"price_minor": megabits * 2_000, "currency": "MXN", "active": True}
            own = _named(f"Residencial {megabits}M") | {"id": plan, "router_id": place.router_id}
            insert(cursor, "plans", known | own | speeds | price)
        for letter, sector in zip("ABCD", place.sector_ids, strict=True):
            insert(cursor, "sectors", of | {"id": sector, "zone_id": place.zone_id, "name": f"AP {letter}"})


def _named(name: str) -> dict[str, str]:
    return {"name": name, "name_key": name_key(name)}


def _of(company: Company) -> dict[str, Any]:
    places = company.places
    return among(company.installations, places=len(places)) | {
        "company": company.id,
        "zones": [place.zone_id for place in places],
        "routers": [place.router_id for place in places],
        "technicians": [place.technician_id for place in places],
        "plans": [plan for place in places for plan in place.plan_ids],
        "sectors": [sector for place in places for sector in place.sector_ids],
    }


# Of a hundred six are on the agenda, a third of them today, and six were cancelled. Addresses are a company's own.
_INSTALLATIONS = f"""{PERSON}
, visited AS MATERIALIZED (
    SELECT *, number %% %(places)s AS place, number / %(places)s AS nth,
        lpad((spread %% 10000000)::text, 7, '0') AS phone,
        'A4' || upper(substr(md5(number::text), 1, 10)) AS mac, lpad((spread %% 1000000)::text, 6, '0') AS digits,
        floor(lot * 3)::int AS plan, floor(lot * 97)::int %% 4 AS sector,
        CASE WHEN kind = 2 THEN 'in_progress' WHEN kind < 4 THEN 'active' WHEN share < 0.03 THEN 'new'
            WHEN share < 0.06 THEN 'in_progress' WHEN share < 0.12 THEN 'cancelled' ELSE 'active' END AS state
    FROM person
), client AS MATERIALIZED (
    SELECT *, '10.' || place %% 200 || '.' || place / 200 * 8 + nth / 250 || '.' || nth %% 250 + 1 AS ip,
        CASE WHEN state NOT IN ('new', 'in_progress') THEN came_at + interval '9 days' * moment
            WHEN moment < 0.08 THEN %(started)s::timestamptz - interval '20 days' * (0.1 - moment)
            WHEN moment < 0.4 THEN %(started)s::timestamptz + interval '25 hours' * (moment - 0.08)
            ELSE %(started)s::timestamptz + interval '1 day' + interval '20 days' * (moment - 0.4) END AS scheduled_at,
        CASE state WHEN 'active' THEN row_number() OVER (PARTITION BY state ORDER BY number) END AS client_number
    FROM visited
)
INSERT INTO installations (
    company_id, id, number, state, version, first_name, last_name, official_id, email, address, neighbourhood, city,
    phone, scheduled_at, duration_minutes, installation_cost_minor, currency, service_name, ip_address, mac_address,
    reserved_ip, reserved_name, zone_id, router_id, plan_id, technician_id, sector_id, wifi_ssid, created_at,
    client_number, activated_at, email_key, phone_key, city_key, sort_name, ip_number, search_text)
SELECT %(company)s, (lpad(to_hex((extract(epoch FROM came_at) * 1000)::bigint), 12, '0') || '7' ||
        substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text || number), 1, 15))::uuid,
    number, state, 3, first_name, last_name, 'LOHM' || digits, 'c' || number || '@example.net',
    'Calle ' || street_name || ' ' || door, 'Centro', city_name, '+52 777 ' || phone,
    scheduled_at, 90, 50000, 'MXN', 'c' || number, ip, regexp_replace(mac, '(..)(?=.)', '\\1:', 'g'),
    CASE WHEN state <> 'cancelled' THEN ip END, CASE WHEN state <> 'cancelled' THEN 'c' || number END,
    (%(zones)s::uuid[])[place + 1], (%(routers)s::uuid[])[place + 1], (%(plans)s::uuid[])[place * 3 + plan + 1],
    (%(technicians)s::uuid[])[place + 1], (%(sectors)s::uuid[])[place * 4 + sector + 1], 'casa', came_at,
    client_number, CASE state WHEN 'active' THEN scheduled_at + interval '2 hours' END,
    'c' || number || '@example.net', right(phone, 8), {plain("city_name")}, plain, (ip::inet - '0.0.0.0'::inet),
    (SELECT ' ' || string_agg(DISTINCT word, ' ') || ' ' FROM unnest(string_to_array(concat_ws(' ',
        plain, 'lohm' || digits, 'c' || number || ' example net c' || number || '@example.net', 'calle',
        {plain("street_name")}, door, 'centro', {plain("city_name")}, '52777' || phone, '777' || phone,
        right('7' || phone, 8), phone, right(phone, 4), ip, lower(mac), number, client_number), ' ')) AS word)
FROM client
"""  # noqa: S608 - of what is written here

_CLIENTS = (
    "INSERT INTO clients (company_id, id, number, activated_at) "
    "SELECT company_id, id, client_number, activated_at FROM installations WHERE state = 'active'"
)
_TALLIES = (
    "INSERT INTO installation_tallies (company_id, id, name, n) "
    "SELECT company_id, gen_random_uuid(), state, count(*) FROM installations GROUP BY company_id, state"
)
_NUMBERS = (
    "INSERT INTO counters (company_id, name, value) SELECT company_id, 'installations', max(number) FROM installations "
    "GROUP BY company_id UNION ALL SELECT company_id, 'clients', max(number) FROM clients GROUP BY company_id"
)
