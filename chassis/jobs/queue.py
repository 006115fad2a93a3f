"""The jobs table: asking for work, claiming it, and ending it. Every function is one small transaction's part."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, delete, exists, or_, select, tuple_, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.correlation import present
from chassis.identifiers import new_id
from chassis.jobs import waking
from chassis.storage.dialect import upsert_all
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
    enqueue_all(session, kind, [(key, lane, payload)], at=at)


def enqueue_all(
    session: Session, kind: str, wanted: Iterable[tuple[str, str | None, dict[str, Any]]], *, at: datetime | None = None
) -> None:
    """The same for each key, lane and payload; no key twice."""
    moment = clock.now()
    correlation_id, causation_id = present()
    rows = [
        {
            "id": new_id(),
            "company_id": current_company(session),
            "kind": kind,
            "key": key,
            "lane": lane,
            "payload": payload,
            "generation": 1,
            "state": "waiting",
            "attempt": 0,
            "next_attempt_at": at or moment,
            "correlation_id": correlation_id,
            "causation_id": causation_id,
            "created_at": moment,
        }
        for key, lane, payload in wanted
    ]
    if rows:
        upsert_all(session, jobs, rows, key=["company_id", "kind", "key"], change=_replacing)
        after_commit(session, waking.wake_runners)


def _replacing(new: Any) -> dict[str, Any]:
    running = jobs.c.state == "running"
    return {
        "payload": new.payload,
        "generation": jobs.c.generation + 1,
        # A running job keeps its lane and its claim; its end sees the new generation.
        "state": case((running, "running"), else_="waiting"),
        "lane": case((running, jobs.c.lane), else_=new.lane),
        "attempt": case((running, jobs.c.attempt), else_=0),
        "next_attempt_at": new.next_attempt_at,
        "correlation_id": new.correlation_id,
        "causation_id": new.causation_id,
        "last_error": None,
    }


@dataclasses.dataclass(frozen=True, slots=True)
class Glance:
    """What the runner sees of the table: jobs that may be claimed, and when the next one will be due."""

    due: list[tuple[UUID, str | None]]
    next_at: datetime | None


def look(session: Session, kinds: Collection[str], *, at: datetime, limit: int) -> Glance:
    """The oldest jobs of free lanes; those of a claim that ran out are among them."""
    busy = jobs.alias()
    same_lane = and_(busy.c.lane == jobs.c.lane, busy.c.state == "running", busy.c.id != jobs.c.id)
    free = ~select(busy.c.id).where(same_lane).exists()
    statement = (
        select(jobs.c.id, jobs.c.lane, jobs.c.next_attempt_at)
        .where(_open(at), jobs.c.kind.in_(kinds), free)
        .order_by(jobs.c.next_attempt_at, jobs.c.id)
        .limit(limit)
    )
    rows = session.connection().execute(statement).all()
    later = [row.next_attempt_at for row in rows if row.next_attempt_at > at]
    return Glance([(row.id, row.lane) for row in rows if row.next_attempt_at <= at], later[0] if later else None)


def claim(session: Session, id: UUID, *, by: str, at: datetime, until: datetime) -> Job | None:
    """Takes the job, or None when another runner did. Raises `IntegrityError` when its lane was taken meanwhile."""
    statement = (
        update(jobs)
        .where(jobs.c.id == id, _open(at))
        .values(state="running", attempt=jobs.c.attempt + 1, claimed_by=by, claimed_until=until)
        .returning(*(jobs.c[field.name] for field in dataclasses.fields(Job)))
    )
    row = session.connection().execute(statement).one_or_none()
    return None if row is None else Job(**row._mapping)


def companions(session: Session, job: Job, *, at: datetime, limit: int) -> list[Job]:
    """What else of its kind is due in the lane of a claimed job.

    They stay as they are, and nobody else takes them: the lane is held by the job that was claimed.
    """
    statement = (
        select(*(jobs.c[field.name] for field in dataclasses.fields(Job)))
        .where(jobs.c.lane == job.lane, jobs.c.kind == job.kind, jobs.c.company_id == job.company_id)
        .where(jobs.c.state == "waiting", jobs.c.next_attempt_at <= at, jobs.c.id != job.id)
        .order_by(jobs.c.next_attempt_at, jobs.c.id)
        .limit(limit)
    )
    found = [Job(**row._mapping) for row in session.connection().execute(statement)]
    return [dataclasses.replace(each, attempt=each.attempt + 1) for each in found]


def renew(session: Session, ids: Collection[UUID], *, by: str, until: datetime) -> bool:
    """Holds on to what was claimed; false when a claim was lost."""
    statement = update(jobs).where(jobs.c.id.in_(ids), jobs.c.claimed_by == by).values(claimed_until=until)
    return session.connection().execute(statement).rowcount == len(ids)


def end(session: Session, done: Sequence[Job], *, claimed: Job, by: str) -> set[UUID]:
    """Takes finished jobs away, the claimed one and its companions; gives the ids of those that count.

    It does not count what was asked for anew meanwhile, or whose claim was lost.
    """
    is_claimed = jobs.c.id == claimed.id
    held = or_(and_(is_claimed, jobs.c.claimed_by == by), and_(~is_claimed, jobs.c.state == "waiting"))
    known = tuple_(jobs.c.id, jobs.c.generation).in_([(job.id, job.generation) for job in done])
    return set(session.connection().execute(delete(jobs).where(known, held).returning(jobs.c.id)).scalars())


def postpone(session: Session, job: Job, *, by: str | None, at: datetime, error: str) -> bool:
    """Lets it wait for its next attempt. False when that may not count, as in `end`.

    `by` None, here and below: it was done as a companion of another, and never claimed.
    """
    waiting = update(jobs).values(
        state="waiting", attempt=job.attempt, next_attempt_at=at, last_error=error, **_UNCLAIMED
    )
    return _changed(session, waiting.where(*_as_claimed(job, by)))


def give_up(session: Session, job: Job, *, by: str | None, error: str) -> bool:
    """Leaves it as failed, for people to see; false as in `postpone`."""
    failed = update(jobs).values(state="failed", attempt=job.attempt, last_error=error, **_UNCLAIMED)
    return _changed(session, failed.where(*_as_claimed(job, by)))


def begin_anew(session: Session, job: Job, *, by: str | None) -> None:
    """It was asked for again while it ran: the newer payload is to be worked on."""
    if by is None:
        return  # it waits already
    again = update(jobs).values(state="waiting", attempt=0, **_UNCLAIMED)
    session.connection().execute(again.where(jobs.c.id == job.id, jobs.c.claimed_by == by))


def hurry(session: Session, *, lane: str) -> None:
    """Lets what waits in a lane for its next attempt be tried now: what made it fail is over."""
    now = clock.now()
    waiting = (jobs.c.company_id == current_company(session), jobs.c.lane == lane, jobs.c.state == "waiting")
    session.connection().execute(update(jobs).where(*waiting, jobs.c.attempt > 0).values(next_attempt_at=now))
    after_commit(session, waking.wake_runners)


def is_pending(session: Session, kind: str, *, key: str) -> bool:
    """Whether the company's work of that kind and key was asked for and has not ended."""
    unended = jobs.c.state.in_(("waiting", "running"))
    asked = (jobs.c.company_id == current_company(session), jobs.c.kind == kind, jobs.c.key == key, unended)
    return session.connection().execute(select(exists().where(*asked))).scalar_one()


def release(session: Session, *, by: Collection[str]) -> None:
    """Ends the claims of runners that are known to be dead, without waiting for their time to run out."""
    freed = update(jobs).values(state="waiting", **_UNCLAIMED)
    session.connection().execute(freed.where(jobs.c.state == "running", jobs.c.claimed_by.in_(by)))


def claimants(session: Session) -> list[str]:
    statement = select(jobs.c.claimed_by).where(jobs.c.state == "running").distinct()
    return list(session.connection().execute(statement).scalars())


def _open(at: datetime) -> Any:
    return or_(jobs.c.state == "waiting", and_(jobs.c.state == "running", jobs.c.claimed_until < at))


_UNCLAIMED = {"claimed_by": None, "claimed_until": None}


def _as_claimed(job: Job, by: str | None) -> tuple[Any, ...]:
    held = jobs.c.state == "waiting" if by is None else jobs.c.claimed_by == by
    return jobs.c.id == job.id, held, jobs.c.generation == job.generation


def _changed(session: Session, statement: Any) -> bool:
    return session.connection().execute(statement).rowcount == 1
