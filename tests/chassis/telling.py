"""Telling of parcels, and asking what became of it."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from chassis.outbox import announce
from chassis.outbox.claiming import Outbox
from chassis.storage.tables import parked
from tests.chassis.parcels import Parcel, a_parcel, sent


def url(database):
    return database.engine.url.render_as_string(hide_password=False)


def outbox_of(database):
    return Outbox("parcels", url(database))


def tell(database, company, *names):
    with database.begin(company) as session:
        return [announce(session, sent(a_parcel(name=name)), entity_version=1) for name in names]


def rows(database, table):
    with database.read_unscoped() as session:
        return session.connection().execute(select(table)).all()


def count(database, table):
    with database.read_unscoped() as session:
        return session.connection().execute(select(func.count()).select_from(table)).scalar_one()


def effects(database, company):
    """How often each name had its effect."""
    with database.read(company) as session:
        return Counter(session.scalars(select(Parcel.name)))


def parked_rows(database):
    return rows(database, parked)
