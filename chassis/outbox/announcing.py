"""`announce`: a fact is told where it became true, in the same transaction."""

from __future__ import annotations

from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.correlation import present
from chassis.identifiers import new_id
from chassis.messages import Envelope, Event
from chassis.outbox import waking
from chassis.storage.hooks import after_commit, before_commit
from chassis.storage.scope import current_company
from chassis.storage.tables import event_log, outbox

_ANNOUNCED = "announced"

# Two statements in one message: PostgreSQL is asked once, and has little to plan.
_TOLD = """
INSERT INTO event_log (id, type, company_id, subject, entity_version, occurred_at, body) VALUES {rows};
INSERT INTO outbox (id) VALUES {ids}
"""
_ROW = "(%s, %s, %s, %s, %s, %s, %s)"


def announce(session: Session, event: Event, *, entity_version: int) -> UUID:
    """Tells `event` if and when the session's transaction commits; returns its id.

    `entity_version` is the subject's version after the change: consumers use it to ignore what is
    older than what they have. Raises `ValueError` when the data does not fit the declaration.
    """
    correlation_id, causation_id = present()
    envelope = Envelope(
        id=new_id(),
        source=event.source,
        type=event.type,
        subject=str(event.data[event.subject]),
        time=clock.now(),
        dataschema=event.dataschema,
        company_id=current_company(session),
        correlation_id=correlation_id,
        causation_id=causation_id,
        entity_version=entity_version,
        data=event.dump(),
    )
    after_commit(session, waking.waker(event.source))
    if session.in_nested_transaction():
        _write(session, [envelope])  # so that it goes with its savepoint when that is rolled back
    else:
        session.info.setdefault(_ANNOUNCED, []).append(envelope)
        before_commit(session, _write_announced)
    return envelope.id


def announced(session: Session) -> list[Envelope]:
    """What the session's transaction has told so far and not yet written, in order."""
    return list(session.info.get(_ANNOUNCED, ()))


def _write_announced(session: Session) -> None:
    if envelopes := session.info.pop(_ANNOUNCED, None):
        _write(session, envelopes)


def _write(session: Session, envelopes: list[Envelope]) -> None:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        _write_postgresql(connection, envelopes)
    else:
        connection.execute(insert(event_log), [_row(envelope) for envelope in envelopes])
        connection.execute(insert(outbox), [{"id": envelope.id} for envelope in envelopes])


def _write_postgresql(connection: Connection, envelopes: list[Envelope]) -> None:
    count = len(envelopes)
    statement = _TOLD.format(rows=", ".join([_ROW] * count), ids=", ".join(["(%s)"] * count))
    ids = [str(envelope.id) for envelope in envelopes]
    rows = [
        (id, e.type, str(e.company_id), e.subject, e.entity_version, e.time, e.encode().decode())
        for id, e in zip(ids, envelopes, strict=True)
    ]
    connection.exec_driver_sql(statement, (*chain.from_iterable(rows), *ids))


def _row(envelope: Envelope) -> dict[str, Any]:
    return {
        "id": envelope.id,
        "type": envelope.type,
        "company_id": envelope.company_id,
        "subject": envelope.subject,
        "entity_version": envelope.entity_version,
        "occurred_at": envelope.time,
        "body": envelope.encode().decode(),
    }
