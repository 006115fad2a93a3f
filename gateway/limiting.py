"""How often an address may ask for a page, counted in the database: every gateway process knows what the others saw.

For what is counted by who asks and forgiven to who was right, see `gateway.attempts`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app
from limits.storage import Storage
from sqlalchemy import Table, case, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.storage import Database
from chassis.storage.dialect import upsert
from gateway.model import AskedCount

SCHEME = "gateway-database"
_TABLE = cast(Table, AskedCount.__table__)


class CountsInDatabase(Storage):
    """What flask-limiter counts in: windows that begin with the first request in them. Times are in seconds."""

    STORAGE_SCHEME = [SCHEME]

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        at = clock.now()
        ended = _TABLE.c.ends_at <= at
        row = {"subject": _subject(key), "count": amount, "ends_at": at + timedelta(seconds=expiry)}

        def change(new: Any) -> dict[str, Any]:
            return {
                "count": case((ended, amount), else_=_TABLE.c.count + amount),
                "ends_at": case((ended, new.ends_at), else_=_TABLE.c.ends_at),
            }

        with _database().begin_unscoped() as session:
            counted = upsert(session, _TABLE, row, key=["subject"], change=change, returning=[_TABLE.c.count])
            return int(counted.scalar_one())

    def get(self, key: str) -> int:
        found = _found(key)
        return found.count if found else 0

    def get_expiry(self, key: str) -> float:
        found = _found(key)
        return (found.ends_at if found else clock.now()).timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> None:
        with _database().begin_unscoped() as session:
            session.execute(delete(AskedCount))

    def clear(self, key: str) -> None:
        with _database().begin_unscoped() as session:
            session.execute(delete(AskedCount).where(AskedCount.subject == _subject(key)))


def forget_old(session: Session, *, at: datetime) -> None:
    session.execute(delete(AskedCount).where(AskedCount.ends_at <= at))


def _found(key: str) -> AskedCount | None:
    with _database().read_unscoped() as session:
        wanted = select(AskedCount).where(AskedCount.subject == _subject(key), AskedCount.ends_at > clock.now())
        return session.scalar(wanted)


def _subject(key: str) -> str:
    """Hashed: it names an address, and the page that was asked for."""
    return hashlib.sha256(key.encode()).hexdigest()


def _database() -> Database:
    return cast(Database, current_app.extensions["alta"].database)
