"""Two transactions that really overlap: the second begins its work while the first is done but not committed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.storage import Database
from tests.chassis.running import eventually

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def overlapping(database: Database, first: Callable[[], Session], second: Callable[[], Any]) -> Exception | None:
    """What `second` raised. `first` is entered as a transaction and left once `second` waits for it, or has ended.

    On SQLite there is one writer, so that `second` waits at its beginning.
    """
    raised: list[Exception] = []

    def run() -> None:
        try:
            second()
        except Exception as error:  # noqa: BLE001 - handed to the test
            raised.append(error)

    other = threading.Thread(target=run)
    with first():
        other.start()
        if not database.is_sqlite:
            eventually(lambda: not other.is_alive() or _somebody_waits(database))
    other.join()
    return raised[0] if raised else None


def _somebody_waits(database: Database) -> bool:
    with database.engine.connect() as connection:
        return connection.execute(_WAITING).scalar_one() > 0
