"""What an installation is made of: zones, sectors and plans."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.jobs import enqueue
from chassis.outbox import announce
from chassis.storage import current_company, find
from events.installations import PlanChanged
from services.installations.changing import tell_service
from services.installations.errors import FieldRefused, ZoneInUse
from services.installations.model import ACTIVE, Installation, Plan, Router, Sector, Zone
from services.installations.projections import company_of

RETELL = "installations.retell_plan"
SPEEDS = ("download_kbps", "upload_kbps", "shaping")
AT_ONCE = 200


def save_zone(session: Session, *, zone_id: UUID | None, name: str, router_id: UUID) -> Zone:
    """Raises `FieldRefused`, and `ZoneInUse` when the router would change under its clients."""
    _known_router(session, router_id)
    zone = find(session, Zone, zone_id, lock=True) if zone_id else Zone(id=new_id())
    _free_name(session, Zone, zone.id, Zone.name == name)
    if zone_id and zone.router_id != router_id:
        _nobody_there(session, zone_id)
    zone.name, zone.router_id = name, router_id
    session.add(zone)
    return zone


def save_sector(session: Session, *, sector_id: UUID | None, zone_id: UUID, name: str) -> Sector:
    find(session, Zone, zone_id)
    sector = find(session, Sector, sector_id) if sector_id else Sector(id=new_id())
    _free_name(session, Sector, sector.id, Sector.zone_id == zone_id, Sector.name == name)
    sector.zone_id, sector.name = zone_id, name
    session.add(sector)
    return sector


def save_plan(session: Session, *, plan_id: UUID | None, router_id: UUID, name: str, **values: Any) -> Plan:
    """`values`: download_kbps, upload_kbps, price_minor, active. Raises `FieldRefused`; a plan stays on its router."""
    _known_router(session, router_id)
    plan = find(session, Plan, plan_id, lock=True) if plan_id else Plan(id=new_id(), version=0)
    if plan_id and plan.router_id != router_id:
        raise FieldRefused("router_id", "plan-stays-on-its-router")
    _free_name(session, Plan, plan.id, Plan.router_id == router_id, Plan.name == name)
    speeds = [getattr(plan, field) for field in SPEEDS]
    plan.router_id, plan.name = router_id, name
    plan.currency = company_of(session).currency
    for field, value in values.items():
        setattr(plan, field, value)
    plan.version += 1
    session.add(plan)
    announce(session, PlanChanged(plan_id=plan.id, **_told(plan)), entity_version=plan.version)
    if plan_id and speeds != [getattr(plan, field) for field in SPEEDS]:
        enqueue(session, RETELL, key=str(plan.id), payload={"plan_id": str(plan.id)})
    return plan


def retell(session: Session, *, plan_id: UUID, after: UUID | None) -> UUID | None:
    """Tells the next of the plan's clients at their new speeds; returns the last of them, None when there are no more.

    Telling somebody twice does no harm: what the router has already is not written again.
    """
    theirs = select(Installation).where(Installation.plan_id == plan_id, Installation.state == ACTIVE)
    if after is not None:
        theirs = theirs.where(Installation.id > after)
    found = session.scalars(theirs.order_by(Installation.id).limit(AT_ONCE).with_for_update()).all()
    for installation in found:
        installation.version += 1
        tell_service(session, installation)
    return found[-1].id if found else None


def _told(plan: Plan) -> dict[str, Any]:
    names = ("router_id", "name", "download_kbps", "upload_kbps", "price_minor", "currency", "active", "shaping")
    return {name: getattr(plan, name) for name in names}


def _known_router(session: Session, router_id: UUID) -> None:
    router = session.get(Router, router_id)
    if router is None or router.company_id != current_company(session):
        raise FieldRefused("router_id", "router-not-found")


def _nobody_there(session: Session, zone_id: UUID) -> None:
    there = select(func.count(Installation.id)).where(
        Installation.zone_id == zone_id, Installation.reserved_ip.is_not(None)
    )
    if count := session.scalar(there):
        raise ZoneInUse(installations=count)


def _free_name(session: Session, model: type[Any], own_id: UUID, *where: Any) -> None:
    if session.scalar(select(model.id).where(*where, model.id != own_id)) is not None:
        raise FieldRefused("name", "name-taken")
