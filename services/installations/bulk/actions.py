"""What is done with each of many: the same use cases as for one, so that the same is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from chassis.schemas import coded
from chassis.storage import find
from services.installations import changing, ending, scheduling
from services.installations.agenda import moving
from services.installations.errors import FormRefused, IllegalInstallationMove, VisitConflicts
from services.installations.model import ACTIVE, Installation, Plan
from services.installations.projections import company_of

ASSIGN, RESCHEDULE, START, CANCEL, CHANGE_PLAN = "assign", "reschedule", "start", "cancel", "change_plan"
END = "end"

Wanted = Mapping[str, Any]


def assign(session: Session, installation_id: UUID, wanted: Wanted, at: datetime) -> None:
    """Another technician, at the same time."""
    installation = find(session, Installation, installation_id, lock=True)
    _move(session, installation, wanted, at, technician_id=UUID(wanted["technician_id"]))


def reschedule(session: Session, installation_id: UUID, wanted: Wanted, at: datetime) -> None:
    """To a day, or by a number of days; at the same time of the day, as the company's clock shows it."""
    installation = find(session, Installation, installation_id, lock=True)
    zone = ZoneInfo(company_of(session).time_zone)
    there = installation.scheduled_at.astimezone(zone)
    day = date.fromisoformat(wanted["day"]) if wanted["day"] else there.date() + timedelta(days=wanted["days"])
    _move(session, installation, wanted, at, scheduled_at=datetime.combine(day, there.time(), zone))


def start(session: Session, installation_id: UUID, _wanted: Wanted, _at: datetime) -> None:
    scheduling.start(session, installation_id=installation_id)


def cancel(session: Session, installation_id: UUID, wanted: Wanted, _at: datetime) -> None:
    scheduling.cancel(session, installation_id=installation_id, reason=wanted["reason"])


def change_plan(session: Session, installation_id: UUID, wanted: Wanted, _at: datetime) -> None:
    """Of a client: its router is told. Raises `FormRefused` for a plan of another router, or that is not offered."""
    installation = find(session, Installation, installation_id, lock=True)
    plan = find(session, Plan, UUID(wanted["plan_id"]))
    if installation.state != ACTIVE:
        raise IllegalInstallationMove(state=installation.state, move="change")
    if plan.router_id != installation.router_id:
        raise FormRefused(fields={"plan_id": coded("plan-not-of-router", plan=plan.name)})
    if not plan.active:
        raise FormRefused(fields={"plan_id": coded("plan-not-active", plan=plan.name)})
    if plan.id == installation.plan_id:
        return
    installation.plan_id = plan.id
    installation.changed()
    session.flush()
    changing.tell_service(session, installation)


def end(session: Session, installation_id: UUID, wanted: Wanted, at: datetime) -> None:
    """A client leaves, on the day or now."""
    last = date.fromisoformat(wanted["ends_on"]) if wanted["ends_on"] else None
    wish = {"ends_on": last, "reason": wanted["end_reason"], "note": wanted["note"]}
    # A change that an older service took down does not say it.
    without = wanted.get("without_router", False)
    ending.end(session, installation_id=installation_id, **wish, without_router=without, at=at)


def _move(session: Session, installation: Installation, wanted: Wanted, at: datetime, **changed: Any) -> None:
    """Raises `VisitConflicts`, unless those are `accepted` beforehand."""
    move = {
        "installation_id": installation.id,
        "version": installation.version,
        "scheduled_at": installation.scheduled_at,
        "technician_id": installation.technician_id,
        "duration_minutes": installation.duration_minutes,
        **changed,
    }
    try:
        with session.begin_nested():
            moving.reschedule(session, moves=[dict(move)], despite=(), at=at)
    except VisitConflicts as conflicts:
        if not wanted["accepted"]:
            raise
        known = {each["params"]["conflict"] for each in conflicts.fields["scheduled_at"]}
        session.refresh(installation)
        moving.reschedule(session, moves=[{**move, "version": installation.version}], despite=known, at=at)


ACTIONS: dict[str, Callable[[Session, UUID, Wanted, datetime], None]] = {
    ASSIGN: assign,
    RESCHEDULE: reschedule,
    START: start,
    CANCEL: cancel,
    CHANGE_PLAN: change_plan,
    END: end,
}
