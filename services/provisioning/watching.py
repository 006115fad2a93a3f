"""Routers are compared by schedule; what was found is kept for staff, and repaired where a router's settings say so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.jobs import enqueue
from chassis.storage import Page, find, paginate
from services.provisioning import outages, pools, reconciling
from services.provisioning.comparing import Difference
from services.provisioning.model import FoundDifference, Router
from services.provisioning.reconciling import Expected

COMPARE = "provisioning.compare"
AT_ONCE = 50
# What was repaired is looked at again as soon as the router has had the time.
AFTER_REPAIR = timedelta(minutes=1)
AFTER_FAILURE = timedelta(minutes=15)


def due(session: Session, *, at: datetime) -> list[Router]:
    """Of every company, those whose time has come, the longest overdue first."""
    statement = select(Router).where(
        Router.active,
        Router.compare_hours > 0,
        or_(Router.next_compare_at.is_(None), Router.next_compare_at <= at),
    )
    return list(session.scalars(statement.order_by(Router.next_compare_at).limit(AT_ONCE)))


def begin(session: Session, *, router_id: UUID, at: datetime) -> None:
    """One after the other with whatever else is done on that router."""
    find(session, Router, router_id, lock=True).compare_again(at)
    _enqueue(session, router_id)


def begin_all(session: Session) -> int:
    """Every router in use, now; how many those are."""
    routers = session.scalars(select(Router.id).where(Router.active)).all()
    for router_id in routers:
        _enqueue(session, router_id)
    return len(routers)


def note(session: Session, *, router_id: UUID, expected: Expected, found: Sequence[Difference], at: datetime) -> None:
    """Keeps what was found in place of what was found before."""
    router = find(session, Router, router_id, lock=True)
    outages.note_answer(session, router)
    router.compared_at, router.compare_failure = at, None
    session.execute(delete(FoundDifference).where(FoundDifference.router_id == router_id))
    clients = {}
    for each in found:
        installation_id = expected.installations.get(each.account_id) if each.account_id else None
        clients[installation_id] = None
        session.add(
            FoundDifference(
                id=new_id(),
                router_id=router_id,
                installation_id=installation_id,
                kind=each.kind,
                menu=each.menu,
                name=each.name,
                properties=list(each.properties),
                found_at=at,
            )
        )
    if router.repairs_itself and (ours := [id for id in clients if id is not None]):
        session.flush()
        repair(session, router_id=router_id, installation_ids=ours, at=at)


def note_failure(session: Session, *, router_id: UUID, reason_code: str, at: datetime) -> None:
    """It could not be read: what was found before stays, with why there is nothing newer."""
    router = find(session, Router, router_id, lock=True)
    outages.note_silence(session, router, reason_code=reason_code, at=at)
    router.compare_failure, router.next_compare_at = reason_code, at + AFTER_FAILURE


def repair(session: Session, *, router_id: UUID, installation_ids: Collection[UUID], at: datetime) -> int:
    """Brings those clients' services about again, and looks once more afterwards; how many that are."""
    asked = reconciling.repair(session, router_id, installation_ids)
    session.execute(
        delete(FoundDifference).where(
            FoundDifference.router_id == router_id, FoundDifference.installation_id.in_(installation_ids)
        )
    )
    router = find(session, Router, router_id)
    if router.compare_hours:
        router.next_compare_at = at + AFTER_REPAIR
    return asked


def list_found(session: Session, *, router_id: UUID | None, kind: str | None, after: str | None, limit: int) -> Page:
    statement = select(FoundDifference)
    if router_id:
        statement = statement.where(FoundDifference.router_id == router_id)
    if kind:
        statement = statement.where(FoundDifference.kind == kind)
    order = [(FoundDifference.name, "asc"), (FoundDifference.id, "asc")]
    return paginate(session, statement, order=order, after=after, limit=limit)


def counts(session: Session) -> dict[UUID, int]:
    """How many differences each router has."""
    statement = select(FoundDifference.router_id, func.count(FoundDifference.id)).group_by(FoundDifference.router_id)
    return {row[0]: row[1] for row in session.execute(statement)}


def _enqueue(session: Session, router_id: UUID) -> None:
    pools.enqueue_reading(session, router_id)
    enqueue(session, COMPARE, key=str(router_id), payload={"router_id": str(router_id)}, lane=str(router_id))


def router_of(payload: dict[str, Any]) -> UUID:
    return UUID(payload["router_id"])
