"""Handling a batch: the effects of all its new events, and the memory of them, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import chain
from uuid import UUID

import orjson
from sqlalchemy import Connection, delete
from sqlalchemy.orm import Session

from chassis import clock
from chassis.correlation import caused_by
from chassis.crashpoints import reached
from chassis.inbox.messages import Received
from chassis.storage import Database
from chassis.storage.scope import scope_to
from chassis.storage.tables import inbox

Key = tuple[str, str]
"""A consumer's queue and an event's id as text."""

_NEW_POSTGRESQL = """
INSERT INTO inbox (consumer, event_id, handled_at)
SELECT consumer, event_id, %(at)s FROM json_populate_recordset(NULL::inbox, %(keys)s)
ON CONFLICT DO NOTHING RETURNING consumer, event_id::text
"""
_NEW_SQLITE = (
    "INSERT INTO inbox (consumer, event_id, handled_at) VALUES {rows} "
    "ON CONFLICT DO NOTHING RETURNING consumer, event_id"
)


def handle(database: Database, batch: Sequence[Received]) -> None:
    """Commits what the events cause. Raises what a handler raises, all undone."""
    with database.begin_unscoped() as session:
        keyed = {(received.queue, str(received.envelope.id)): received for received in batch}
        new = remember(session.connection(), keyed)
        # By company, so that what one company's events loaded serves them all, and no other's.
        for key in sorted(new, key=lambda key: keyed[key].envelope.company_id.int):
            _handle_one(session, keyed[key], event_id=key[1])
    for queue in {received.queue for received in batch}:
        reached(f"inbox.{queue}.committed")


def remember(connection: Connection, keys: Collection[Key]) -> list[Key]:
    """Notes events as handled; returns, in the given order, those that were not noted before."""
    # In one order everywhere: two replicas with the same messages wait for each other instead of deadlocking.
    ordered, at = sorted(keys), clock.now()
    if connection.dialect.name == "postgresql":
        noted = _remember_postgresql(connection, ordered, at)
    else:
        noted = _remember_sqlite(connection, ordered, at)
    return [key for key in keys if key in noted]


def _remember_postgresql(connection: Connection, keys: list[Key], at: datetime) -> Collection[Key]:
    rows = [{"consumer": consumer, "event_id": id} for consumer, id in keys]
    noted = connection.exec_driver_sql(_NEW_POSTGRESQL, {"at": at, "keys": orjson.dumps(rows).decode()})
    return set(map(tuple, noted))


def _remember_sqlite(connection: Connection, keys: list[Key], at: datetime) -> Collection[Key]:
    statement = _NEW_SQLITE.format(rows=", ".join(["(?, ?, ?)"] * len(keys)))
    moment = at.replace(tzinfo=None).isoformat(" ", "microseconds")
    rows = chain.from_iterable((consumer, UUID(id).hex, moment) for consumer, id in keys)
    return {(consumer, str(UUID(id))) for consumer, id in connection.exec_driver_sql(statement, tuple(rows))}


def forget(session: Session, consumer: str) -> int:
    """Makes the consumer's queue take what it took before once more, to build something anew from a replay."""
    return session.connection().execute(delete(inbox).where(inbox.c.consumer == consumer)).rowcount


def _handle_one(session: Session, received: Received, *, event_id: str) -> None:
    envelope = received.envelope
    if session.info.get("company_id") != envelope.company_id:
        session.flush()
        scope_to(session, envelope.company_id)
    with caused_by(correlation_id=envelope.correlation_id, causation_id=event_id):
        received.delivery.handler.function(session, received.event)
    reached(f"inbox.{received.queue}.handled")
