"""Requests of ten companies, half of them of the first: as many as are asked for, in a database of the service.

The people are named as `bench.population` names them. Nearly all requests became an installation; three in a hundred
were sent by somebody who asked before, with the same telephone.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2
import psycopg2.extras
from sqlalchemy import make_url, select

import services.preinstall
from bench.figures import Lost
from bench.population import CHECKED, COMPANIES, STARTED, names
from bench.refilling import insert, without_indexes
from chassis.storage import Database
from chassis.storage.migrations import migrate
from services.preinstall.model import LINES, Request

MIGRATIONS = Path(services.preinstall.__file__).parent / "migrations"
KEPT = ("sort_name", "city_key", "source_key", "open_email", "phone_key", "identity_key", "address_key")


class Requested:
    """Of one empty database; the same each time that it is made, but for the dice."""

    def __init__(self, url: str, requests: int) -> None:
        dice = random.Random(requests)
        sizes = [requests // 2] + [requests // 2 // (COMPANIES - 1)] * (COMPANIES - 1)
        self.companies = [(UUID(int=dice.getrandbits(128), version=4), size) for size in sizes]
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def first(self) -> UUID:
        return self.companies[0][0]

    def fill(self) -> None:
        """Without what the database keeps up row by row: that is made once, from all of them."""
        database = Database(self._url)
        migrate(database, MIGRATIONS)
        connection = psycopg2.connect(self._url)
        psycopg2.extras.register_uuid(conn_or_curs=connection)
        with connection, connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
            cursor.execute("SET work_mem = '256MB'")
            again = without_indexes(cursor, "requests", "known_installations", "request_words")
            for company, size in self.companies:
                own = {"id": company, "company_id": company, "version": 1, "name": "Conecta", "locale": "es_MX"}
                insert(cursor, "companies", own | {"time_zone": "America/Mexico_City"})
                cursor.execute(_REQUESTS, names() | {"company": company, "n": size, "started": STARTED})
            for statement in (_KNOWN, LINES.of_all_rows("postgresql"), _TALLIES, *again):
                cursor.execute(statement)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
        connection.close()
        _check(database, self.first)
        database.close()


_REQUESTS = """
WITH dice AS MATERIALIZED (
    SELECT number, 1 + floor(cardinality(%(first)s) * power(random(), 2))::int AS first,
        1 + floor(cardinality(%(last)s) * power(random(), 2))::int AS last,
        1 + floor(cardinality(%(last)s) * power(random(), 2))::int AS other,
        1 + floor(cardinality(%(street)s) * random())::int AS street,
        1 + floor(cardinality(%(city)s) * power(random(), 2))::int AS city,
        lpad((CASE WHEN random() < 0.03 THEN greatest(number - 7, 1) ELSE number END)::text, 7, '0') AS phone,
        upper(lpad(to_hex(number * 7919::bigint + 268435456), 8, '0')) AS tracking, random() * 100 AS share,
        (ARRAY['', 'facebook', 'google', 'volante'])[1 + floor(4 * power(random(), 2))::int] AS source,
        %(started)s::timestamptz - interval '5 years' * (1 - number / %(n)s::float) AS submitted_at
    FROM generate_series(1, %(n)s) AS number
), person AS MATERIALIZED (
    SELECT *, (%(first)s)[first] AS first_name, (%(last)s)[last] || ' ' || (%(last)s)[other] AS last_name,
        (%(plain_first)s)[first] || ' ' || (%(plain_last)s)[last] || ' ' || (%(plain_last)s)[other] AS plain,
        CASE WHEN share < 1 THEN 'open' WHEN share < 5 THEN 'rejected' WHEN share < 6 THEN 'merged'
            ELSE 'approved' END AS state,
        'r' || number || '@example.net' AS email
    FROM dice
)
INSERT INTO requests (
    company_id, id, tracking_number, state, version, first_name, last_name, official_id, email, open_email, address,
    neighbourhood, city, phone, submitted_at, approved_at, installation_id, campaign, sort_name, city_key, source_key,
    phone_key, identity_key, address_key, search_text)
SELECT %(company)s, (lpad(to_hex((extract(epoch FROM submitted_at) * 1000)::bigint), 12, '0') || '7' ||
        substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text || number), 1, 15))::uuid,
    tracking, state, 1, first_name, last_name, 'LOHM' || number, email, CASE state WHEN 'open' THEN email END,
    'Calle ' || (%(street)s)[street] || ' ' || number, 'Centro', (%(city)s)[city], '+52 777 ' || phone, submitted_at,
    CASE state WHEN 'approved' THEN submitted_at + interval '1 day' END,
    CASE state WHEN 'approved' THEN gen_random_uuid() END,
    CASE WHEN source <> '' THEN json_build_object('source', source) END, plain, (%(plain_city)s)[city], source,
    '777' || phone, 'lohm' || number,
    'calle ' || (%(plain_street)s)[street] || ' ' || number || ' ' || (%(plain_city)s)[city],
    (SELECT ' ' || string_agg(DISTINCT word, ' ') || ' ' FROM unnest(string_to_array(concat_ws(' ',
        plain, 'lohm' || number, 'r' || number || ' example net ' || email, 'calle', (%(plain_street)s)[street], number,
        'centro', (%(plain_city)s)[city], lower(tracking), '52777' || phone, '777' || phone, right('7' || phone, 8),
        phone, right(phone, 4), CASE WHEN tracking ~ '^[0-9]+$' THEN tracking END), ' ')) AS word)
FROM person
"""

_KNOWN = (
    "INSERT INTO known_installations (company_id, id, email, number, person, state, scheduled_at, version, phone_key, "
    "identity_key, address_key) SELECT company_id, installation_id, lower(email), 1, first_name || ' ' || last_name, "
    "'active', approved_at, 3, phone_key, identity_key, address_key FROM requests WHERE state = 'approved'"
)
_TALLIES = (
    "INSERT INTO request_tallies (company_id, id, name, n) "
    "SELECT company_id, gen_random_uuid(), state, count(*) FROM requests GROUP BY company_id, state"
)


def _check(database: Database, company_id: UUID) -> None:
    """What was written here is what the model would have."""
    with database.read(company_id) as session:
        for row in session.scalars(select(Request).limit(CHECKED)):
            made = _kept(row)
            row.index()
            if made != _kept(row):
                raise Lost(f"the requests have {made} where the model says {_kept(row)}")
            session.expunge(row)


def _kept(row: Request) -> dict[str, Any]:
    return {name: getattr(row, name) for name in KEPT} | {"words": {*row.search_text.split()}}
