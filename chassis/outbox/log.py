"""The event log: what this service has told, read from its tail, and told again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.orm import Session

from chassis.identifiers import lowest_id, new_id
from chassis.outbox import waking
from chassis.storage import Database, after_commit
from chassis.storage.tables import event_log, outbox

PAGE = 1000


def tail(
    session: Session, *, after: UUID | None = None, types: Collection[str] = (), limit: int = 100
) -> list[Row[Any]]:
    """Events in the order they were told: those after the id, or the newest `limit` ones."""
    statement = _chosen(types)
    if after is not None:
        statement = statement.where(event_log.c.id > after).order_by(event_log.c.id)
        return list(session.connection().execute(statement.limit(limit)))
    newest = session.connection().execute(statement.order_by(event_log.c.id.desc()).limit(limit)).all()
    return list(reversed(newest))


def replay(
    database: Database,
    *,
    since: datetime,
    until: datetime,
    types: Collection[str] = (),
    queue: str | None = None,
) -> int:
    """Tells again what was told from `since` to before `until`; returns how many events.

    To everybody, or to one `queue` alone. Consumers that remember an event ignore it; one that has
    to build something anew forgets first (`chassis.inbox.handling.forget`).
    """
    after, count = lowest_id(since), 0
    while True:
        with database.begin_unscoped() as session:
            page = _chosen(types).where(event_log.c.id >= after, event_log.c.id < lowest_id(until))
            rows = session.connection().execute(page.order_by(event_log.c.id).limit(PAGE)).all()
            if not rows:
                return count
            _tell_again(session, rows, queue)
        count += len(rows)
        after = UUID(int=rows[-1].id.int + 1)


def _chosen(types: Collection[str]) -> Select[Any]:
    statement = select(event_log)
    return statement.where(event_log.c.type.in_(types)) if types else statement


def _tell_again(session: Session, rows: list[Row[Any]], queue: str | None) -> None:
    copies = [
        {
            "id": new_id(),
            "exchange": None if queue is None else "",
            "routing_key": row.type if queue is None else queue,
            "body": row.body.encode(),
        }
        for row in rows
    ]
    session.connection().execute(insert(outbox), copies)
    after_commit(session, waking.wake_relay)
