"""Installations of ten companies, half of them of the first: as many as are asked for, in a database of the service.

Names are as common as they are in Mexico: one in ten is called García. A router serves fifteen hundred clients, so that
a company of any size has them as full as another. All of it is made by the database, from series and dice.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2
import psycopg2.extras
from sqlalchemy import make_url, select

import services.installations
from bench.figures import Lost
from bench.refilling import insert, without_indexes
from chassis.storage import Database
from chassis.storage.migrations import migrate
from chassis.storage.named import name_key
from chassis.storage.searching import searchable
from services.installations.model import Installation
from services.installations.model.finding import LINES

MIGRATIONS = Path(services.installations.__file__).parent / "migrations"
COMPANIES = 10
PER_ROUTER, PER_TECHNICIAN = 1_500, 5_000
CHECKED = 300

FIRST = (
    "María Guadalupe José Juana Juan Margarita Francisco Verónica Antonio Leticia Luis Rosa Jesús Alejandra Miguel Ana",
    "Alejandro Patricia Pedro Elizabeth Manuel Gabriela Carlos Adriana Roberto Sofía Jorge Teresa Ricardo Silvia Zoé",
    "Fernando Yolanda Eduardo Carmen Sergio Martha Javier Araceli Raúl Irma Héctor Norma Gerardo Lucía Óscar Claudia",
    "Xóchitl Itzel Ángel Nicolás Íñigo Úrsula Wilfrido Eusebio",
)
LAST = (
    "García Hernández Martínez López González Rodríguez Pérez Sánchez Ramírez Cruz Flores Gómez Morales Vázquez Reyes",
    "Jiménez Torres Díaz Gutiérrez Ruiz Mendoza Aguilar Ortiz Moreno Castillo Romero Álvarez Chávez Rivera Juárez",
    "Méndez Domínguez Herrera Medina Castro Vargas Guzmán Velázquez Muñoz Rojas Contreras Salazar Luna Lara Estrada",
)
# Of most names there are few.
STARTS, MIDDLES = ("Zu", "Iba", "Ole", "Que", "Tru"), ("ma", "ri", "lte", "nda", "rra", "ñe", "ce", "ga")
ENDS = ("rán", "lde", "ga", "ño", "ta", "do", "bal", "ez")
STREETS = ("Hidalgo", "Juárez", "Morelos", "Allende", "Reforma", "Zaragoza", "Encino", "Fresno", "Nogal", "Colón")
CITIES = ("Tepoztlán", "Cuernavaca", "Yautepec", "Jiutepec", "Temixco", "Cuautla", "Zapata", "Ayala")
STARTED = datetime(2026, 11, 27, 15, tzinfo=UTC)


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
    """Of one empty database; the same each time that it is made, but for the dice."""

    def __init__(self, url: str, installations: int) -> None:
        self._random = random.Random(installations)
        sizes = [installations // 2] + [installations // 2 // (COMPANIES - 1)] * (COMPANIES - 1)
        self.companies = [self._company(size) for size in sizes]
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def first(self) -> Company:
        return self.companies[0]

    def fill(self) -> None:
        """Without what the database keeps up row by row: that is made once, from all of them."""
        database = Database(self._url)
        migrate(database, MIGRATIONS)
        connection = psycopg2.connect(self._url)
        psycopg2.extras.register_uuid(conn_or_curs=connection)
        with connection, connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
            cursor.execute("SET work_mem = '256MB'")
            again = without_indexes(cursor, "installations", "installation_words")
            for company in self.companies:
                self._catalogue(cursor, company)
                cursor.execute(_INSTALLATIONS, _dice(company))
            for statement in (_CLIENTS, LINES.of_all_rows("postgresql"), _TALLIES, _NUMBERS, *again):
                cursor.execute(statement)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
        connection.close()
        _check(database, self.first.id)
        database.close()

    def _uuid(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def _company(self, size: int) -> Company:
        technicians = [self._uuid() for _ in range(max(2, size // PER_TECHNICIAN))]
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
        return Company(id=self._uuid(), places=places, installations=size)

    def _catalogue(self, cursor: Any, company: Company) -> None:
        known = {"company_id": company.id, "version": 1}
        own = {"name": "Conecta", "locale": "es_MX", "currency": "MXN", "time_zone": "America/Mexico_City"}
        insert(cursor, "companies", known | own | {"id": company.id})
        for number, technician in enumerate({place.technician_id for place in company.places}):
            person = _named(f"{_LASTS[number % 60]} {number}") | {
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


def _split(lines: Sequence[str]) -> list[str]:
    return " ".join(lines).split()


_FIRSTS = _split(FIRST)
_LASTS = _split(LAST) + [start + middle + end for start in STARTS for middle in MIDDLES for end in ENDS]


def names() -> dict[str, list[str]]:
    """As they are written, and as they are compared."""
    kinds = {"first": _FIRSTS, "last": _LASTS, "street": list(STREETS), "city": list(CITIES)}
    return kinds | {f"plain_{kind}": [searchable(name) for name in found] for kind, found in kinds.items()}


def _dice(company: Company) -> dict[str, Any]:
    places = company.places
    return {
        "company": company.id,
        "n": company.installations,
        "started": STARTED,
        **names(),
        "zones": [place.zone_id for place in places],
        "routers": [place.router_id for place in places],
        "technicians": [place.technician_id for place in places],
        "plans": [plan for place in places for plan in place.plan_ids],
        "sectors": [sector for place in places for sector in place.sector_ids],
    }


# Of a hundred one is on the agenda, and six were cancelled. The first names of a list are drawn often, the last seldom.
_INSTALLATIONS = """
WITH dice AS MATERIALIZED (
    SELECT number, number %% cardinality(%(zones)s::uuid[]) AS place, number / cardinality(%(zones)s::uuid[]) AS nth,
        1 + floor(cardinality(%(first)s) * power(random(), 2))::int AS first,
        1 + floor(cardinality(%(last)s) * power(random(), 2))::int AS last,
        1 + floor(cardinality(%(last)s) * power(random(), 2))::int AS other,
        1 + floor(cardinality(%(street)s) * random())::int AS street,
        1 + floor(cardinality(%(city)s) * power(random(), 2))::int AS city,
        floor(random() * 300)::int AS door, lpad(floor(random() * 1e7)::text, 7, '0') AS phone,
        'A4' || upper(substr(md5(number::text), 1, 10)) AS mac, lpad(floor(random() * 1e6)::text, 6, '0') AS digits,
        random() * 100 AS share, floor(random() * 3)::int AS plan, floor(random() * 4)::int AS sector,
        %(started)s::timestamptz - interval '5 years' * (1 - number / %(n)s::float) AS created_at, random() AS moment
    FROM generate_series(1, %(n)s) AS number
), person AS MATERIALIZED (
    SELECT *, (%(first)s)[first] AS first_name, (%(last)s)[last] || ' ' || (%(last)s)[other] AS last_name,
        (%(plain_first)s)[first] || ' ' || (%(plain_last)s)[last] || ' ' || (%(plain_last)s)[other] AS plain,
        CASE WHEN share < 0.5 THEN 'new' WHEN share < 1 THEN 'in_progress' WHEN share < 7 THEN 'cancelled'
            ELSE 'active' END AS state,
        '10.' || place %% 200 || '.' || nth / 250 || '.' || nth %% 250 + 1 AS ip,
        CASE WHEN share < 1 THEN %(started)s::timestamptz + interval '14 days' * (moment - 0.2)
            ELSE created_at + interval '9 days' * moment END AS scheduled_at
    FROM dice
), client AS MATERIALIZED (
    SELECT *, CASE state WHEN 'active' THEN row_number() OVER (PARTITION BY state ORDER BY number) END AS client_number
    FROM person
)
INSERT INTO installations (
    company_id, id, number, state, version, first_name, last_name, official_id, email, address, neighbourhood, city,
    phone, scheduled_at, duration_minutes, installation_cost_minor, currency, service_name, ip_address, mac_address,
    reserved_ip, reserved_name, zone_id, router_id, plan_id, technician_id, sector_id, wifi_ssid, created_at,
    client_number, activated_at, email_key, phone_key, city_key, sort_name, ip_number, search_text)
SELECT %(company)s, (lpad(to_hex((extract(epoch FROM created_at) * 1000)::bigint), 12, '0') || '7' ||
        substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text || number), 1, 15))::uuid,
    number, state, 3, first_name, last_name, 'LOHM' || digits, 'c' || number || '@example.net',
    'Calle ' || (%(street)s)[street] || ' ' || door, 'Centro', (%(city)s)[city], '+52 777 ' || phone,
    scheduled_at, 90, 50000, 'MXN', 'c' || number, ip, regexp_replace(mac, '(..)(?=.)', '\\1:', 'g'),
    CASE WHEN state <> 'cancelled' THEN ip END, CASE WHEN state <> 'cancelled' THEN 'c' || number END,
    (%(zones)s::uuid[])[place + 1], (%(routers)s::uuid[])[place + 1], (%(plans)s::uuid[])[place * 3 + plan + 1],
    (%(technicians)s::uuid[])[place + 1], (%(sectors)s::uuid[])[place * 4 + sector + 1], 'casa', created_at,
    client_number, CASE state WHEN 'active' THEN scheduled_at + interval '2 hours' END,
    'c' || number || '@example.net', right(phone, 8), (%(plain_city)s)[city], plain, (ip::inet - '0.0.0.0'::inet),
    (SELECT ' ' || string_agg(DISTINCT word, ' ') || ' ' FROM unnest(string_to_array(concat_ws(' ',
        plain, 'lohm' || digits, 'c' || number || ' example net c' || number || '@example.net', 'calle',
        (%(plain_street)s)[street], door, 'centro', (%(plain_city)s)[city], '52777' || phone, '777' || phone,
        right('7' || phone, 8), phone, right(phone, 4), ip, lower(mac), number, client_number), ' ')) AS word)
FROM client
"""

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


def _check(database: Database, company_id: UUID) -> None:
    """What was written here is what the model would have."""
    with database.read(company_id) as session:
        for row in session.scalars(select(Installation).limit(CHECKED)):
            made = (*row.search_text.split(), row.sort_name, row.city_key, row.ip_number)
            row.index()
            if {*made} != {*row.search_text.split(), row.sort_name, row.city_key, row.ip_number}:
                raise Lost(f"the population has {made} where the model says {row.search_text}")
            session.expunge(row)
