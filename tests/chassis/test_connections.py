"""Connections to PostgreSQL that end while nobody looks."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.storage import Database
from chassis.storage import database as opening
from chassis.storage.dialect import is_database_away
from tests.chassis.parcels import Parcel, a_parcel

WHO = text("SELECT pg_backend_pid()")


@pytest.mark.parametrize(("before", "then"), [("read", "begin"), ("begin", "read"), ("read", "read")])
def test_a_connection_that_ended_a_moment_ago_is_the_database_being_away_once(
    postgresql_server, postgresql_url, company, monkeypatch, before, then
):
    """As for whoever is in the middle of a transaction then."""
    monkeypatch.setattr(opening, "IDLE_SECONDS", 60.0)
    database = Database(postgresql_url)
    with getattr(database, before)(company) as session:
        used = session.scalar(WHO)
    with Database(f"{postgresql_server.url}/postgres").engine.connect() as administrator:
        administrator.execute(text("SELECT pg_terminate_backend(:used, 5000)"), {"used": used})
    with pytest.raises(DBAPIError) as away, getattr(database, then)(company) as session:
        session.scalar(WHO)
    assert is_database_away(away.value)
    with getattr(database, then)(company) as session:
        assert session.scalar(WHO) != used
    database.close()


def test_a_connection_that_ended_while_it_was_idle_is_replaced(postgresql_server, postgresql_url, company, monkeypatch):
    """All that were open at that time, and the transaction that finds out does not notice."""
    database = Database(postgresql_url)
    with database.read(company) as one, database.read(company) as another:
        used = {each.scalar(WHO) for each in (one, another)}
    with Database(f"{postgresql_server.url}/postgres").engine.connect() as administrator:
        administrator.execute(
            text("SELECT pg_terminate_backend(pid, 5000) FROM unnest(:ended) pid"), {"ended": [*used]}
        )
    monkeypatch.setattr(opening, "IDLE_SECONDS", 0.0)
    with database.begin(company) as session, database.read(company) as beside:
        session.add(a_parcel())
        session.flush()
        assert beside.query(Parcel).count() == 0
        now = {each.scalar(WHO) for each in (session, beside)}
    assert len(now) == 2 and not now & used
    database.close()
