"""What becomes of a message whose handling failed: tried again later, and at last put aside for people."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from chassis import parking
from chassis.identifiers import new_id
from chassis.inbox.handling import remember
from chassis.inbox.messages import ATTEMPT, Delivery, Received
from chassis.outbox import waking
from chassis.storage import Database, after_commit
from chassis.storage.dialect import upsert
from chassis.storage.tables import outbox, suspects
from chassis.topology import DELAYS, retry_exchange

TRIES_OF_A_SUSPECT = 3

Outcome = Literal["retried", "parked", "settled"]


def try_later(database: Database, received: Received, error: Exception) -> Outcome:
    """Sends the message down the ladder, or parks it when it has been all the way.

    "settled": it was done before, and only the acknowledgement was lost; its copy is on its way.
    """
    with database.begin_unscoped() as session:
        _clear_suspicion(session, received)
        mark = parking.failure_mark(received.queue, received.attempt)
        if not remember(session.connection(), [(mark, str(received.envelope.id))]):
            return "settled"
        if received.attempt > len(DELAYS):
            _park(session, received, parking.told(error))
            return "parked"
        _send_later(session, received, DELAYS[received.attempt - 1])
        return "retried"


def park(database: Database, received: Received, error: str) -> None:
    """Puts the message aside with the reason."""
    with database.begin_unscoped() as session:
        _clear_suspicion(session, received)
        _park(session, received, error)


def park_malformed(database: Database, delivery: Delivery, error: Exception) -> None:
    """The same for bytes that say nothing."""
    with database.begin_unscoped() as session:
        parking.park(
            session,
            origin="event",
            queue=delivery.handler.queue,
            body=delivery.body,
            headers=delivery.headers,
            error=parking.told(error),
        )


def suspect(database: Database, received: Received) -> int:
    """Counts, before it is tried, a message that came back: the try may end the process. Returns the count."""
    with database.begin_unscoped() as session:
        first = {"consumer": received.queue, "event_id": received.envelope.id, "tries": 1}
        counted = upsert(
            session,
            suspects,
            first,
            key=["consumer", "event_id"],
            change={"tries": suspects.c.tries + 1},
            returning=[suspects.c.tries],
        )
        return counted.scalar_one()


def clear_suspicion(database: Database, received: Received) -> None:
    """It was tried, and the process lives."""
    with database.begin_unscoped() as session:
        _clear_suspicion(session, received)


def _send_later(session: Session, received: Received, pause: int) -> None:
    row = {
        "id": new_id(),
        "exchange": retry_exchange(pause),
        "routing_key": received.queue,
        "headers": {ATTEMPT: received.attempt + 1},
        "body": received.delivery.body,
    }
    session.connection().execute(insert(outbox), [row])
    after_commit(session, waking.wake_relay)


def _park(session: Session, received: Received, error: str) -> None:
    parking.park(
        session,
        origin="event",
        queue=received.queue,
        body=received.delivery.body,
        headers=received.delivery.headers,
        error=error,
        attempts=received.attempt,
        message_id=str(received.envelope.id),
        company_id=received.envelope.company_id,
    )


def _clear_suspicion(session: Session, received: Received) -> None:
    if received.delivery.redelivered:
        mine = (suspects.c.consumer == received.queue) & (suspects.c.event_id == received.envelope.id)
        session.connection().execute(delete(suspects).where(mine))
