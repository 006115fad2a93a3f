"""Handling a batch: the effects of all its new events, and the memory of them, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

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
SELECT consumer, event_id, %(at)s FROM unnest(%(consumers)s::text[], %(ids)s::uuid[]) AS new (consumer, event_id)
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
        for received in sorted((keyed[key] for key in new), key=_company):
            _handle_one(session, received)
    for queue in {received.queue for received in batch}:
        reached(f"inbox.{queue}.committed")


def remember(connection: Connection, keys: Collection[Key]) -> list[Key]:
    """Notes events as handled; returns, in the given order, those that were not noted before."""
    # In one order everywhere: two replicas with the same messages wait for each other instead of deadlocking.
    ordered, at = sorted(keys), clock.now()
    if connection.dialect.name == "postgresql":
        values: Any = {"at": at, "consumers": [c for c, _ in ordered], "ids": [id for _, id in ordered]}
        noted = set(map(tuple, connection.exec_driver_sql(_NEW_POSTGRESQL, values)))
    else:
        statement = _NEW_SQLITE.format(rows=", ".join(["(?, ?, ?)"] * len(ordered)))
        moment = at.replace(tzinfo=None).isoformat(" ", "microseconds")
        rows = connection.exec_driver_sql(
            statement, tuple(chain.from_iterable((consumer, UUID(id).hex, moment) for consumer, id in ordered))
        )
        noted = {(consumer, str(UUID(id))) for consumer, id in rows}
    return [key for key in keys if key in noted]


def _company(received: Received) -> int:
    return received.envelope.company_id.int


def forget(session: Session, consumer: str) -> int:
    """Makes the consumer's queue take what it took before once more, to build something anew from a replay."""
    return session.connection().execute(delete(inbox).where(inbox.c.consumer == consumer)).rowcount


def _handle_one(session: Session, received: Received) -> None:
    envelope = received.envelope
    if session.info.get("company_id") != envelope.company_id:
        session.flush()
        scope_to(session, envelope.company_id)
    with caused_by(correlation_id=envelope.correlation_id, causation_id=str(envelope.id)):
        received.delivery.handler.function(session, received.event)
    reached(f"inbox.{received.queue}.handled")
