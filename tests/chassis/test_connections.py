"""Connections to PostgreSQL that end while nobody looks."""

from sqlalchemy import text

from chassis.storage import Database
from chassis.storage import database as opening
from tests.chassis.parcels import Base, Parcel, a_parcel


def test_a_connection_that_ended_while_it_was_idle_is_replaced(postgresql_server, postgresql_url, company, monkeypatch):
    """All that were open at that time, and the transaction that finds out does not notice."""
    database = Database(postgresql_url)
    Base.metadata.create_all(database.engine)
    with database.read(company) as one, database.read(company) as another:
        used = {each.scalar(text("SELECT pg_backend_pid()")) for each in (one, another)}
    with Database(f"{postgresql_server.url}/postgres").engine.connect() as administrator:
        administrator.execute(
            text("SELECT pg_terminate_backend(pid, 5000) FROM unnest(:ended) pid"), {"ended": [*used]}
        )
    monkeypatch.setattr(opening, "IDLE_SECONDS", 0.0)
    with database.begin(company) as session, database.read(company) as beside:
        session.add(a_parcel())
        session.flush()
        assert beside.query(Parcel).count() == 0
        now = {each.scalar(text("SELECT pg_backend_pid()")) for each in (session, beside)}
    assert len(now) == 2 and not now & used
    database.close()
