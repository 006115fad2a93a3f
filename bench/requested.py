"""Requests of ten companies, half of them of the first: as many as are asked for, in a database of the service.

The people are those of `bench.people`. Most requests became an installation, eight in a hundred wait for somebody;
three in a hundred were sent by somebody who asked before, with the same telephone, and of those that wait a dozen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

import services.preinstall
from bench.figures import Lost
from bench.filling import companies, filling, insert
from bench.people import PERSON, among, plain
from bench.population import CHECKED
from chassis.storage import Database
from services.preinstall.model import LINES, Request, has_duplicates

MIGRATIONS = Path(services.preinstall.__file__).parent / "migrations"
KEPT = ("sort_name", "city_key", "source_key", "open_email", "phone_key", "identity_key", "address_key")


class Requested:
    """Of one empty database; the same each time that it is made."""

    def __init__(self, url: str, requests: int) -> None:
        self.companies, self.url = companies(requests), url

    @property
    def first(self) -> UUID:
        return self.companies[0][0]

    def fill(self) -> None:
        with filling(self.url, MIGRATIONS, "requests", "known_installations", "request_words") as cursor:
            for company, size in self.companies:
                own = {"id": company, "company_id": company, "version": 1, "name": "Conecta", "locale": "es_MX"}
                insert(cursor, "companies", own | {"time_zone": "America/Mexico_City"})
                cursor.execute(_REQUESTS, among(size) | {"company": company})
            for statement in (_KNOWN, LINES.of_all_rows("postgresql"), _TALLIES):
                cursor.execute(statement)
        database = Database(self.url)
        for company, _ in self.companies:
            with database.begin(company) as session:
                session.execute(update(Request).where(has_duplicates()).values(alike=True))
        _check(database, self.first)
        database.close()


_REQUESTS = f"""{PERSON}
, asked AS MATERIALIZED (
    SELECT *, upper(lpad(to_hex(spread + 268435456), 8, '0')) AS tracking, 'r' || number || '@example.net' AS email,
        (ARRAY['', 'facebook', 'google', 'volante'])[1 + floor(4 * power(moment, 2))::int] AS source,
        lpad(number::text, 7, '0') AS digits,
        coalesce(kind, 6) IN (2, 4) OR share < 0.08 AND coalesce(kind, 6) > 5 AS waits
    FROM person
), answered AS MATERIALIZED (
    SELECT *, CASE WHEN waits THEN 'open' WHEN kind < 6 THEN 'approved' WHEN share < 0.12 THEN 'rejected'
            WHEN share < 0.13 THEN 'merged' ELSE 'approved' END AS state,
        lpad((CASE WHEN kind = 4 THEN number - 1 WHEN lot < 0.03 AND NOT waits AND coalesce(kind, 6) > 5
            THEN 9000000 + floor(lot * %(n)s / 2) ELSE number END)::text, 7, '0') AS phone
    FROM asked
)
INSERT INTO requests (
    company_id, id, tracking_number, state, version, first_name, last_name, official_id, email, open_email, address,
    neighbourhood, city, phone, submitted_at, approved_at, installation_id, campaign, sort_name, city_key, source_key,
    phone_key, identity_key, address_key, search_text)
SELECT %(company)s, (lpad(to_hex((extract(epoch FROM came_at) * 1000)::bigint), 12, '0') || '7' ||
        substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text || number), 1, 15))::uuid,
    tracking, state, 1, first_name, last_name, 'LOHM' || digits, email, CASE state WHEN 'open' THEN email END,
    'Calle ' || street_name || ' ' || number, 'Centro', city_name, '+52 777 ' || phone, came_at,
    CASE state WHEN 'approved' THEN came_at + interval '1 day' END,
    CASE state WHEN 'approved' THEN gen_random_uuid() END,
    CASE WHEN source <> '' THEN json_build_object('source', source) END, plain, {plain("city_name")}, source,
    '777' || phone, 'lohm' || digits,
    'calle ' || {plain("street_name")} || ' ' || number || ' ' || {plain("city_name")},
    (SELECT ' ' || string_agg(DISTINCT word, ' ') || ' ' FROM unnest(string_to_array(concat_ws(' ',
        plain, 'lohm' || digits, 'r' || number || ' example net ' || email, 'calle', {plain("street_name")}, number,
        'centro', {plain("city_name")}, lower(tracking), '52777' || phone, '777' || phone, right('7' || phone, 8),
        phone, right(phone, 4), CASE WHEN tracking ~ '^[0-9]+$' THEN tracking END), ' ')) AS word)
FROM answered
"""  # noqa: S608 - of what is written here

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
