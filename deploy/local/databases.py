"""A database for each owner: a SQLite file, or a database and a role on a PostgreSQL server."""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

from deploy.local.place import OWNERS, Place


def database_urls(place: Place, server: str | None) -> dict[str, str]:
    """What each owner is given as its address; `server` is an administrator's address or None."""
    return {owner: _url(place, owner, server) for owner in OWNERS}


def create_databases(place: Place, server: str) -> None:
    """On the server that `server` administers: for each owner a role, and a database that only it opens."""
    connection = psycopg2.connect(server)
    try:
        connection.autocommit = True  # CREATE DATABASE refuses to run in a transaction
        with connection.cursor() as cursor:
            for owner in OWNERS:
                _create(cursor, _name(place, owner), place.secrets[f"database_{owner}"])
    finally:
        connection.close()


def _create(cursor: psycopg2.extensions.cursor, name: str, password: str) -> None:
    role = sql.Identifier(name)
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [name])
    verb = "ALTER" if cursor.fetchone()[0] else "CREATE"
    cursor.execute(sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password)))
    cursor.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [name])
    if not cursor.fetchone()[0]:
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))  # to give it a database, on some servers
        cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(role, role))
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(role))


def _url(place: Place, owner: str, server: str | None) -> str:
    if server is None:
        return f"sqlite:///{place.path / 'data' / owner}.sqlite3"
    name = _name(place, owner)
    address = urlsplit(server).netloc.rpartition("@")[2]
    return f"postgresql://{name}:{place.secrets[f'database_{owner}']}@{address}/{name}"


def _name(place: Place, owner: str) -> str:
    return f"alta_{place.short_name}_{owner}"
