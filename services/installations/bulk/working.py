"""Bulk changes begun, worked off in small transactions, stopped, and told of.

Each item is done in a savepoint of its own: what is refused changes nothing and stays with its reason, and a service
that is killed in the middle goes on with the items that still wait.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, joinedload

from chassis import auditing
from chassis.calls import Actor
from chassis.errors import Refusal
from chassis.identifiers import new_id
from chassis.jobs import enqueue
from chassis.storage import Page, current_company, find, paginate
from services.installations.bulk.actions import ACTIONS, ASSIGN, CHANGE_PLAN
from services.installations.bulk.choosing import chosen_ids
from services.installations.model import DONE, RUNNING, BulkChange, BulkChangeItem, Installation, Plan, Staff
from services.installations.model.bulk import LEFT_OUT, WAITING

WORK_OFF = "installations.work_off_bulk_change"
CHANGED = "installations.bulk_"
"""What the audit calls a change of one of many, before its action."""
AT_ONCE = 50


def preview(session: Session, *, chosen: dict[str, Any]) -> dict[str, Any]:
    """How many it would be, and in which states. Raises `NothingChosen`, `TooManyChosen`."""
    ids = chosen_ids(session, **chosen)
    counted: dict[str, int] = {}
    for start in range(0, len(ids), 1000):
        states = session.scalars(select(Installation.state).where(Installation.id.in_(ids[start : start + 1000])))
        for state in states:
            counted[state] = counted.get(state, 0) + 1
    return {"total": len(ids), "by_state": counted}


def begin(
    session: Session, *, action: str, chosen: dict[str, Any], actor: Actor, at: datetime, **wanted: Any
) -> BulkChange:
    """Raises `NothingChosen`, `TooManyChosen`, and `NotFound` for a plan or a technician that there is not."""
    if action == CHANGE_PLAN:
        find(session, Plan, wanted["plan_id"])
    if action == ASSIGN:
        find(session, Staff, wanted["technician_id"])
    ids = chosen_ids(session, **chosen)
    change = BulkChange(
        id=new_id(), action=action, wanted=orjson.loads(orjson.dumps(wanted)), state=RUNNING, total=len(ids),
        done=0, refused=0, created_at=at,
    )  # fmt: skip
    change.ask_for(actor)
    session.add(change)
    session.flush()
    items = [
        {
            "company_id": current_company(session),
            "change_id": change.id,
            "installation_id": id,
            "position": position,
            "state": WAITING,
        }
        for position, id in enumerate(ids)
    ]
    session.execute(insert(BulkChangeItem), items)
    _enqueue(session, change.id)
    return change


def work_off(session: Session, *, change_id: UUID, at: datetime) -> None:
    """The next of its items; comes again until none waits."""
    change = find(session, BulkChange, change_id, lock=True)
    if change.state != RUNNING:
        return
    waiting = select(BulkChangeItem).where(BulkChangeItem.change_id == change_id, BulkChangeItem.state == WAITING)
    items = session.scalars(waiting.order_by(BulkChangeItem.position).limit(AT_ONCE)).all()
    for item in items:
        if _do(session, change, item, at):
            change.done += 1
        else:
            change.refused += 1
    if len(items) < AT_ONCE:
        change.finish(at)
    else:
        _enqueue(session, change_id)


def stop(session: Session, *, change_id: UUID, at: datetime) -> BulkChange:
    """What waits is left out. Raises `BulkChangeEnded`."""
    change = find(session, BulkChange, change_id, lock=True)
    change.stop(at)
    waiting = update(BulkChangeItem).where(BulkChangeItem.change_id == change_id, BulkChangeItem.state == WAITING)
    session.execute(waiting.values(state=LEFT_OUT))
    return change


def list_changes(session: Session, *, after: str | None, limit: int) -> Page:
    order = [(BulkChange.created_at, "desc"), (BulkChange.id, "desc")]
    return paginate(session, select(BulkChange), order=order, after=after, limit=limit)


def list_items(session: Session, *, change_id: UUID, state: str | None, after: str | None, limit: int) -> Page:
    find(session, BulkChange, change_id)
    statement = select(BulkChangeItem).where(BulkChangeItem.change_id == change_id)
    if state:
        statement = statement.where(BulkChangeItem.state == state)
    statement = statement.options(joinedload(BulkChangeItem.installation))
    return paginate(session, statement, order=[(BulkChangeItem.position, "asc")], after=after, limit=limit)


def _do(session: Session, change: BulkChange, item: BulkChangeItem, at: datetime) -> bool:
    """Whether it was done; else the item says why not."""
    try:
        with session.begin_nested(), auditing.one_of_many(session, change, method=f"{CHANGED}{change.action}", at=at):
            ACTIONS[change.action](session, item.installation_id, change.wanted, at)
            session.flush()
    except Refusal as refusal:
        first = next(iter(refusal.fields.values()), [{"code": refusal.code, "params": refusal.params}])[0]
        item.refuse(first["code"], first.get("params") or {})
        return False
    item.state = DONE
    return True


def _enqueue(session: Session, change_id: UUID) -> None:
    enqueue(session, WORK_OFF, key=str(change_id), payload={"change_id": str(change_id)})
