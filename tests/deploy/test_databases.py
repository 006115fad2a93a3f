"""On a shared PostgreSQL server every owner opens its own database, and no other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from deploy.local.databases import create_databases, database_urls
from deploy.local.place import OWNERS, Place, open_place
from tests.rooms import Databases


@pytest.fixture
def place(tmp_path: Path, postgresql_server: Databases) -> Iterator[Place]:
    place = open_place(tmp_path / "var")
    yield place
    for owner in OWNERS:
        name = sql.Identifier(f"alta_{place.short_name}_{owner}")
        postgresql_server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        postgresql_server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))


def test_each_owner_opens_only_its_own(place: Place, postgresql_server: Databases) -> None:
    server = f"{postgresql_server.url}/postgres"
    create_databases(place, server)
    urls = database_urls(place, server)
    for owner in OWNERS:
        psycopg2.connect(urls[owner]).close()
    for owner, other in itertools.permutations(OWNERS, 2):
        foreign = urls[owner].rpartition("/")[0] + "/" + urls[other].rpartition("/")[2]
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            psycopg2.connect(foreign)


def test_creating_twice_keeps_what_is_there(place: Place, postgresql_server: Databases) -> None:
    server = f"{postgresql_server.url}/postgres"
    create_databases(place, server)
    url = database_urls(place, server)["billing"]
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (id integer)")
    connection.close()
    create_databases(place, server)
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
    connection.close()


def test_sqlite_is_a_file_per_owner(tmp_path: Path) -> None:
    urls = database_urls(open_place(tmp_path / "var"), None)
    assert len(set(urls.values())) == len(OWNERS)
    assert urls["billing"] == f"sqlite:///{tmp_path}/var/data/billing.sqlite3"
