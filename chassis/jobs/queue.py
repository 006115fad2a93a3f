"""The jobs table: asking for work, claiming it, and ending it. Every function is one small transaction's part."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from chassis import clock
from chassis.correlation import causation_id, correlation_id
from chassis.identifiers import new_id
from chassis.jobs import waking
from chassis.storage.hooks import after_commit
from chassis.storage.scope import current_company
from chassis.storage.tables import jobs


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A claimed job. `attempt` counts from 1; `generation` grows with every new payload of the same key."""

    id: UUID
    kind: str
    key: str
    lane: str | None
    payload: dict[str, Any]
    company_id: UUID
    attempt: int
    generation: int
    correlation_id: str | None
    last_error: str | None


def enqueue(
    session: Session,
    kind: str,
    *,
    key: str,
    payload: dict[str, Any],
    lane: str | None = None,
    at: datetime | None = None,
) -> None:
    """Asks for work of `kind`, to be done once the transaction is committed, not before `at`.

    A company has one unfinished job per kind and key: asking again replaces its payload, and makes
    it run again when it is running just then. Jobs of one lane, a name that is unique over all
    companies, run one at a time over all replicas.
    """
    connection = session.connection()
    moment = clock.now()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(jobs).values(
        id=new_id(),
        company_id=current_company(session),
        kind=kind,
        key=key,
        lane=lane,
        payload=payload,
        generation=1,
        state="waiting",
        attempt=0,
        next_attempt_at=at or moment,
        correlation_id=correlation_id(),
        causation_id=causation_id(),
        created_at=moment,
    )
    connection.execute(_replacing(statement))
    after_commit(session, waking.wake_runners)


def _replacing(statement: Any) -> Any:
    new, running = statement.excluded, jobs.c.state == "running"
    return statement.on_conflict_do_update(
        index_elements=[jobs.c.company_id, jobs.c.kind, jobs.c.key],
        set_={
            "payload": new.payload,
            "generation": jobs.c.generation + 1,
            # A running job keeps its lane and its claim; its end sees the new generation.
            "state": case((running, "running"), else_="waiting"),
            "lane": case((running, jobs.c.lane), else_=new.lane),
            "attempt": case((running, jobs.c.attempt), else_=0),
            "next_attempt_at": new.next_attempt_at,
            "correlation_id": new.correlation_id,
            "causation_id": new.causation_id,
            "last_error": func.nullif(case((running, jobs.c.last_error), else_=""), ""),
        },
    )
