"""What is forgotten, and when. In small transactions: nobody waits for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, select, tuple_

from chassis.identifiers import lowest_id
from chassis.storage import Database
from chassis.storage.tables import event_log, idempotency, inbox

LOG_DAYS = 90
INBOX_DAYS = LOG_DAYS + 7  # what can be replayed must be recognised
ANSWER_DAYS = 30
BATCH = 5000


def prune(database: Database, at: datetime) -> int:
    """Deletes what is older than its time; returns how many rows."""
    log_end, inbox_end = (lowest_id(at - timedelta(days=days)) for days in (LOG_DAYS, INBOX_DAYS))
    answers_end = at - timedelta(days=ANSWER_DAYS)
    return (
        _delete(database, event_log, event_log.c.id < log_end)
        + _delete(database, inbox, inbox.c.event_id < inbox_end)
        + _delete(database, idempotency, idempotency.c.created_at < answers_end)
    )


def _delete(database: Database, table: Table, condition: Any) -> int:
    key = tuple_(*table.primary_key.columns)
    batch = select(*table.primary_key.columns).where(condition).limit(BATCH)
    total = 0
    while True:
        with database.begin_unscoped() as session:
            count = session.connection().execute(delete(table).where(key.in_(batch))).rowcount
        total += count
        if count < BATCH:
            return total
