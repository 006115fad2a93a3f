"""Suspending, reconnecting or repairing many services at once: begun, worked off, paused, stopped, reported.

What is asked of routers at any time is bounded, so that a pause is felt soon. What became of a service is read off
its account: a crash between two steps loses nothing, and nobody else who changes accounts needs to know of this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from chassis import auditing
from chassis.calls import Actor
from chassis.identifiers import new_id
from chassis.jobs import enqueue
from chassis.storage import Page, current_company, find, paginate, write_changed
from services.provisioning import adjusting, queries
from services.provisioning.errors import NothingChosen
from services.provisioning.model import (
    CHANGING,
    PLACED,
    RECONNECT,
    REFUSED,
    SUSPEND,
    Account,
    BulkItem,
    BulkOperation,
    Router,
)
from services.provisioning.model.bulk import ASKED, DONE, FAILED, LEFT_OUT, PAUSED, RUNNING, WAITING

WORK_OFF = "provisioning.work_off_bulk"
REPAIR = "repair"
OPERATIONS = (SUSPEND, RECONNECT, REPAIR)
CHANGEABLE = (PLACED, CHANGING, REFUSED)

PER_ROUTER = 100
"""So many services of a router are asked for at a time: what it does together, and the next ones meanwhile."""
AT_ONCE = 2000
"""So many are begun or ended in one transaction."""
STEP = timedelta(seconds=0.25)


def preview(session: Session, *, operation: str, chosen: dict[str, Any]) -> dict[str, Any]:
    """How many services it would be, by router, and how many of them are so already."""
    accounts = _chosen(chosen).subquery()
    joined = Router.id == accounts.c.router_id
    statement = select(Router.name, func.count()).select_from(Router).join(accounts, joined).group_by(Router.name)
    by_router = [{"router_name": name, "services": count} for name, count in session.execute(statement)]
    already = 0
    if operation != REPAIR:
        there = select(func.count()).where(accounts.c.state == PLACED)
        suspended = func.coalesce(accounts.c.suspended, False)
        already = session.scalar(there.where(suspended.is_(operation == SUSPEND))) or 0
    by_router.sort(key=lambda row: row["router_name"])
    return {"total": sum(row["services"] for row in by_router), "already": already, "by_router": by_router}


def begin(session: Session, *, operation: str, chosen: dict[str, Any], actor: Actor, at: datetime) -> BulkOperation:
    """Raises `NothingChosen`. `chosen` are the filters of the list of services, or the ids of installations."""
    begun = BulkOperation(id=new_id(), operation=operation, state=RUNNING, created_at=at, total=0, routers=0)
    begun.ask_for(actor)
    accounts = _chosen(chosen).with_only_columns(Account.installation_id, Account.router_id, Account.service_name)
    positions: Counter[UUID] = Counter()
    rows = []
    for installation_id, router_id, name in session.execute(accounts.order_by(Account.service_name)):
        positions[router_id] += 1
        rows.append(
            {
                "company_id": current_company(session),
                "operation_id": begun.id,
                "installation_id": installation_id,
                "router_id": router_id,
                "service_name": name,
                "position": positions[router_id],
                "state": WAITING,
            }
        )
    if not rows:
        raise NothingChosen
    session.execute(insert(BulkItem), rows)
    begun.total, begun.routers = len(rows), len(positions)
    session.add(begun)
    _enqueue(session, begun.id)
    return begun


def pause(session: Session, *, operation_id: UUID) -> BulkOperation:
    """What is not asked of a router yet waits. Raises `BulkEnded`."""
    operation = find(session, BulkOperation, operation_id, lock=True)
    operation.pause()
    return operation


def resume(session: Session, *, operation_id: UUID) -> BulkOperation:
    """Raises `BulkEnded`."""
    operation = find(session, BulkOperation, operation_id, lock=True)
    operation.resume()
    _enqueue(session, operation_id)
    return operation


def stop(session: Session, *, operation_id: UUID, at: datetime) -> BulkOperation:
    """What is not asked of a router yet never will be. Raises `BulkEnded`."""
    operation = find(session, BulkOperation, operation_id, lock=True)
    operation.stop(at)
    waiting = update(BulkItem).where(BulkItem.operation_id == operation_id, BulkItem.state == WAITING)
    session.execute(waiting.values(state=LEFT_OUT))
    _enqueue(session, operation_id)
    return operation


def work_off(session: Session, *, operation_id: UUID, at: datetime) -> None:
    """A step: notes what became of what was asked, asks for more, and comes again until all has an end."""
    operation = find(session, BulkOperation, operation_id, lock=True)
    _settle(session, operation)
    if operation.state == RUNNING:
        _ask_for_more(session, operation, at)
    counted = _counts(session, operation_id)
    if operation.state == RUNNING and not counted[WAITING] and not counted[ASKED]:
        operation.finish(at)
    elif counted[ASKED] or operation.state == RUNNING:
        _enqueue(session, operation_id, at + STEP)


# Reads for screens.


def list_operations(session: Session, *, after: str | None, limit: int) -> Page:
    order = [(BulkOperation.created_at, "desc"), (BulkOperation.id, "desc")]
    page = paginate(session, select(BulkOperation), order=order, after=after, limit=limit)
    return Page([_view(session, operation) for operation in page.rows], page.next)


def get(session: Session, *, operation_id: UUID) -> dict[str, Any]:
    """With how far it is on each router."""
    operation = find(session, BulkOperation, operation_id)
    statement = (
        select(Router.name, BulkItem.state, func.count())
        .join(Router, Router.id == BulkItem.router_id)
        .where(BulkItem.operation_id == operation_id)
        .group_by(Router.name, BulkItem.state)
    )
    routers: dict[str, Counter[str]] = {}
    for name, state, count in session.execute(statement):
        routers.setdefault(name, Counter())[state] = count
    by_router = [{"router_name": name, **_spelled_out(counted)} for name, counted in sorted(routers.items())]
    return _view(session, operation) | {"by_router": by_router}


def list_items(session: Session, *, operation_id: UUID, state: str | None, after: str | None, limit: int) -> Page:
    """By name; with what was said of each."""
    find(session, BulkOperation, operation_id)
    statement = select(BulkItem).where(BulkItem.operation_id == operation_id)
    if state:
        statement = statement.where(BulkItem.state == state)
    order = [(BulkItem.service_name, "asc"), (BulkItem.installation_id, "asc")]
    page = paginate(session, statement, order=order, after=after, limit=limit)
    names = dict(session.execute(select(Router.id, Router.name)).all())
    return Page([_item(item, names) for item in page.rows], page.next)


# Parts of the above.


def _chosen(chosen: dict[str, Any]) -> Select[Any]:
    ids: Collection[UUID] | None = chosen.get("installation_ids")
    if ids:
        return select(Account).where(Account.installation_id.in_(ids), Account.state.in_(CHANGEABLE))
    filters = {name: chosen.get(name) for name in ("router_id", "state", "search")}
    return queries.accounts_like(**filters).where(Account.state.in_(CHANGEABLE))


def _settle(session: Session, operation: BulkOperation) -> None:
    """Reads off the accounts what became of what was asked."""
    statement = (
        select(BulkItem, Account.state, Account.suspended, Account.reason_code, Account.reason_params)
        .join(Account, Account.installation_id == BulkItem.installation_id)
        .where(BulkItem.operation_id == operation.id, BulkItem.state == ASKED, Account.state != CHANGING)
    )
    settled = session.execute(statement.limit(AT_ONCE * 5)).all()
    for item, state, suspended, reason_code, reason_params in settled:
        if _is_so(operation.operation, state, suspended):
            item.done()
        else:
            item.fail(reason_code or "changed-by-another", reason_params)
    write_changed(session, [row[0] for row in settled])


def _is_so(operation: str, state: str, suspended: bool | None) -> bool:
    return state == PLACED and (operation == REPAIR or bool(suspended) == (operation == SUSPEND))


def _ask_for_more(session: Session, operation: BulkOperation, at: datetime) -> None:
    room = operation.routers * PER_ROUTER - _counts(session, operation.id)[ASKED]
    waiting = select(BulkItem).where(BulkItem.operation_id == operation.id, BulkItem.state == WAITING)
    items = session.scalars(waiting.order_by(BulkItem.position).limit(max(0, min(room, AT_ONCE)))).all()
    accounts = _locked(session, items)
    wish = None if operation.operation == REPAIR else operation.operation
    asked = []
    for item in items:
        account = accounts.get(item.installation_id)
        if account is None or account.state not in CHANGEABLE:
            item.fail("account-not-placed")
        elif wish is not None and _is_so(operation.operation, account.state, account.suspended):
            item.done()
        else:
            asked.append(account)
            item.ask(at)
    before = {str(account.installation_id): account.state for account in asked}
    adjusting.adjust_accounts(session, asked, wish)
    changed = {
        str(account.installation_id): {"state": [before[str(account.installation_id)], account.state]}
        for account in asked
    }
    method = f"provisioning.bulk_{operation.operation}"
    auditing.note_many(session, operation, method=method, at=at, table="accounts", changed=changed)
    write_changed(session, asked)
    write_changed(session, items)


def _locked(session: Session, items: Sequence[BulkItem]) -> dict[UUID, Account]:
    wanted = [item.installation_id for item in items]
    statement = select(Account).where(Account.installation_id.in_(wanted)).order_by(Account.id).with_for_update()
    return {account.installation_id: account for account in session.scalars(statement)}


def _counts(session: Session, operation_id: UUID) -> Counter[str]:
    session.flush()
    statement = select(BulkItem.state, func.count()).where(BulkItem.operation_id == operation_id)
    return Counter(dict(session.execute(statement.group_by(BulkItem.state)).all()))


def _enqueue(session: Session, operation_id: UUID, at: datetime | None = None) -> None:
    enqueue(session, WORK_OFF, key=str(operation_id), payload={"operation_id": str(operation_id)}, at=at)


def _view(session: Session, operation: BulkOperation) -> dict[str, Any]:
    names = ("operation", "state", "total", "routers", "asked_by", "created_at", "ended_at")
    view = {name: getattr(operation, name) for name in names} | {"operation_id": operation.id}
    counted = _counts(session, operation.id)
    still = operation.state in (RUNNING, PAUSED) or bool(counted[ASKED])
    return view | _spelled_out(counted) | {"still": still}


def _spelled_out(counted: Counter[str]) -> dict[str, int]:
    return {name: counted[name] for name in (WAITING, ASKED, DONE, FAILED, LEFT_OUT)}


def _item(item: BulkItem, names: dict[UUID, str]) -> dict[str, Any]:
    values = {
        name: getattr(item, name)
        for name in ("installation_id", "service_name", "state", "reason_code", "reason_params")
    }
    return values | {"router_name": names.get(item.router_id)}
