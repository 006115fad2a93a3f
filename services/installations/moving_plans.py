"""All clients of a plan are given another one of its router: in pieces, with a pause, and with what routers refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from chassis import auditing
from chassis.calls import Actor
from chassis.identifiers import new_id
from chassis.jobs import enqueue
from chassis.storage import Page, find, paginate
from services.installations.changing import tell_service
from services.installations.errors import FieldRefused, NobodyToMove
from services.installations.model import ACTIVE, DONE, PAUSED, RUNNING, STOPPED, Installation, Plan, PlanMove

MOVE = "installations.move_plan"
AT_ONCE = 100
# Slower than routers are changed, so that a pause is felt and nothing else waits behind it.
STEP = timedelta(seconds=0.5)
STEERED = {"pause": PAUSED, "resume": RUNNING, "stop": STOPPED}


def begin(session: Session, *, from_plan_id: UUID, to_plan_id: UUID, actor: Actor, at: datetime) -> PlanMove:
    """Raises `FieldRefused` for a plan that it cannot be, and `NobodyToMove`."""
    there = find(session, Plan, to_plan_id)
    if there.id == from_plan_id or there.router_id != find(session, Plan, from_plan_id).router_id:
        raise FieldRefused("to_plan_id", "plan-not-of-router", plan=there.name)
    if not there.active:
        raise FieldRefused("to_plan_id", "plan-not-active", plan=there.name)
    total = session.scalar(_clients(from_plan_id).with_only_columns(func.count())) or 0
    if not total:
        raise NobodyToMove
    move = PlanMove(
        id=new_id(), from_plan_id=from_plan_id, to_plan_id=to_plan_id, state=RUNNING, total=total, moved=0,
        created_at=at,
    )  # fmt: skip
    move.ask_for(actor)
    session.add(move)
    _enqueue(session, move.id)
    return move


def steer(session: Session, *, move_id: UUID, how: str, at: datetime) -> PlanMove:
    """`how`: pause, resume or stop; who was moved already stays so. Raises `PlanMoveEnded`."""
    move = find(session, PlanMove, move_id, lock=True)
    move.go_on_as(STEERED[how], at)
    if move.state == RUNNING:
        _enqueue(session, move.id)
    return move


def go_on(session: Session, *, move_id: UUID, at: datetime) -> None:
    """The next of the clients; comes again until there are no more."""
    move = find(session, PlanMove, move_id, lock=True)
    if move.state != RUNNING:
        return
    theirs = _clients(move.from_plan_id)
    if move.last_id is not None:
        theirs = theirs.where(Installation.id > move.last_id)
    found = session.scalars(theirs.order_by(Installation.id).limit(AT_ONCE).with_for_update()).all()
    for installation in found:
        installation.plan_id = move.to_plan_id
        installation.changed()
        tell_service(session, installation)
    plans = {"plan_id": [str(move.from_plan_id), str(move.to_plan_id)]}
    changed = {str(installation.id): plans for installation in found}
    auditing.note_many(
        session, move, method="installations.move_to_plan", at=at, table="installations", changed=changed
    )
    move.moved += len(found)
    if len(found) < AT_ONCE:
        move.go_on_as(DONE, at)
        return
    move.last_id = found[-1].id
    _enqueue(session, move.id, at + STEP)


def list_moves(session: Session, *, after: str | None, limit: int) -> Page:
    order = [(PlanMove.created_at, "desc"), (PlanMove.id, "desc")]
    both = (joinedload(PlanMove.from_plan), joinedload(PlanMove.to_plan))
    return paginate(session, select(PlanMove).options(*both), order=order, after=after, limit=limit)


def get(session: Session, *, move_id: UUID) -> dict[str, Any]:
    """With the clients whose router did not take the change, at most a hundred of them."""
    move = find(session, PlanMove, move_id)
    refused = _clients(move.to_plan_id).where(Installation.failure_code.is_not(None))
    rows = session.scalars(refused.order_by(Installation.number).limit(100)).all()
    return {"move": move, "refused": list(rows)}


def _clients(plan_id: UUID) -> Select[tuple[Installation]]:
    return select(Installation).where(Installation.plan_id == plan_id, Installation.state == ACTIVE)


def _enqueue(session: Session, move_id: UUID, at: datetime | None = None) -> None:
    enqueue(session, MOVE, key=str(move_id), payload={"move_id": str(move_id)}, at=at)
