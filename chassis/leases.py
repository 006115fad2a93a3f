"""Leases: scheduled work is done by one replica at a time, and taken over when that one dies."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from chassis import claimant
from chassis.storage import Database
from chassis.storage.dialect import upsert
from chassis.storage.tables import leases


def take(database: Database, name: str, *, holder: str, seconds: float, at: datetime) -> bool:
    """Takes or renews the lease for `seconds`; false while another holder has it and may be alive.

    `holder` is a `claimant.my_name()`, kept for the life of the process.
    """
    with database.begin_unscoped() as session:
        connection = session.connection()
        current = connection.execute(select(leases.c.holder).where(leases.c.name == name)).scalar_one_or_none()
        if current is not None and claimant.is_dead(current):
            connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == current))
        until = at + timedelta(seconds=seconds)
        taken = upsert(
            session,
            leases,
            {"name": name, "holder": holder, "held_until": until},
            key=["name"],
            change={"holder": holder, "held_until": until},
            where=or_(leases.c.holder == holder, leases.c.held_until <= at),
            returning=[leases.c.name],
        )
        return taken.one_or_none() is not None


def release(database: Database, name: str, *, holder: str) -> None:
    """Lets others take it at once; nothing happens when it is not ours."""
    with database.begin_unscoped() as session:
        mine = delete(leases).where(leases.c.name == name, leases.c.holder == holder)
        session.connection().execute(mine)
