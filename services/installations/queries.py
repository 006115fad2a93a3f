"""Reads for screens."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from chassis.storage import Page, find, paginate
from chassis.storage.searching import matches
from services.installations.model import (
    CANCELLED,
    PENDING,
    Client,
    File,
    Installation,
    Plan,
    Router,
    Sector,
    SheetTemplate,
    Staff,
    Zone,
)
from services.installations.projections import company_of


def list_routers(session: Session) -> list[Router]:
    return list(session.scalars(select(Router).order_by(Router.name)))


def list_zones(session: Session) -> list[Any]:
    statement = select(Zone.id, Zone.name, Zone.router_id, Router.name.label("router_name"))
    return list(session.execute(statement.outerjoin(Router, Router.id == Zone.router_id).order_by(Zone.name)))


def list_plans(session: Session, *, router_id: UUID | None) -> list[Plan]:
    statement = select(Plan).order_by(Plan.name)
    return list(session.scalars(statement.where(Plan.router_id == router_id) if router_id else statement))


def list_sectors(session: Session, *, zone_id: UUID | None) -> list[Sector]:
    statement = select(Sector).order_by(Sector.name)
    return list(session.scalars(statement.where(Sector.zone_id == zone_id) if zone_id else statement))


def list_technicians(session: Session) -> list[Staff]:
    """Whoever may be sent, technicians first."""
    who = select(Staff).where(Staff.active, Staff.role != "read_only")
    return list(session.scalars(who.order_by((Staff.role != "technician"), Staff.name)))


def list_sheet_templates(session: Session) -> list[SheetTemplate]:
    return list(session.scalars(select(SheetTemplate).order_by(SheetTemplate.name)))


def get_installation(session: Session, *, installation_id: UUID) -> Installation:
    return find(session, Installation, installation_id)


def get_client(session: Session, *, installation_id: UUID) -> Installation:
    """Raises `NotFound` for an installation that is not active."""
    find(session, Client, installation_id)
    return find(session, Installation, installation_id)


def list_installations(
    session: Session,
    *,
    state: str | None,
    zone_id: UUID | None,
    technician_id: UUID | None,
    from_on: date | None,
    to_on: date | None,
    search: str | None,
    after: str | None,
    limit: int,
) -> Page:
    """The agenda, earliest first; without a state, what is neither active nor cancelled. Days are the company's."""
    statement = _rows().where(Installation.state.in_([state] if state else PENDING))
    if zone_id:
        statement = statement.where(Installation.zone_id == zone_id)
    if technician_id:
        statement = statement.where(Installation.technician_id == technician_id)
    statement = _between(session, statement, Installation.scheduled_at, from_on, to_on)
    if search:
        statement = statement.where(matches(Installation.search_text, search))
    order = [(Installation.scheduled_at, "asc"), (Installation.id, "asc")]
    return paginate(session, statement, order=order, after=after, limit=limit)


def find_matching(
    session: Session, *, router_id: UUID, names: list[str], addresses: list[str], macs: list[str]
) -> list[Installation]:
    """What is planned or active on a router under one of those names, addresses or MACs."""
    wanted = or_(
        Installation.reserved_name.in_(names),
        Installation.reserved_ip.in_(addresses),
        Installation.mac_address.in_(macs),
    )
    statement = _rows().where(Installation.router_id == router_id, Installation.state != CANCELLED, wanted)
    return list(session.scalars(statement.order_by(Installation.number)))


def list_clients(
    session: Session, *, search: str | None, month: str | None, day: date | None, after: str | None, limit: int
) -> Page:
    """The newest first. `month` is 2026-11; both filter by the day of activation in the company's time zone."""
    statement = _rows().join(Client, Client.id == Installation.id)
    first, last = (day, day) if day else _month(month)
    statement = _between(session, statement, Client.activated_at, first, last)
    if search:
        statement = statement.where(matches(Installation.search_text, search))
    order = [(Client.activated_at, "desc"), (Client.id, "desc")]
    return paginate(session, statement, order=order, after=after, limit=limit)


def list_files(session: Session, *, installation_id: UUID) -> list[File]:
    find(session, Installation, installation_id)
    statement = select(File).where(File.installation_id == installation_id).order_by(File.id)
    return list(session.scalars(statement))


def open_file(session: Session, *, file_id: UUID) -> File:
    return find(session, File, file_id)


def dashboard(session: Session, *, at: datetime) -> dict[str, Any]:
    """This month's clients, what is pending by state, and today's agenda, in the company's time zone."""
    today = at.astimezone(_zone(session)).date()
    first, last = _month(f"{today:%Y-%m}")
    activated = _between(session, select(func.count(Client.id)), Client.activated_at, first, last)
    pending = select(Installation.state, func.count(Installation.id)).where(Installation.state.in_(PENDING))
    agenda = _between(session, _rows(), Installation.scheduled_at, today, today)
    agenda = agenda.where(Installation.state.in_(PENDING)).order_by(Installation.scheduled_at).limit(50)
    counted = dict(tuple(row) for row in session.execute(pending.group_by(Installation.state)))
    return {
        "month": f"{today:%Y-%m}",
        "installs_this_month": session.scalar(activated),
        "pending_by_state": {state: counted.get(state, 0) for state in PENDING},
        "today": list(session.scalars(agenda)),
    }


def _rows() -> Select[tuple[Installation]]:
    return select(Installation).options(
        joinedload(Installation.zone),
        joinedload(Installation.plan),
        joinedload(Installation.router),
        joinedload(Installation.technician),
        joinedload(Installation.client),
    )


def _between(
    session: Session, statement: Select[Any], column: Any, first: date | None, last: date | None
) -> Select[Any]:
    """[first, last] in days of the company."""
    zone = _zone(session)
    if first:
        statement = statement.where(column >= _midnight(first, zone))
    if last:
        statement = statement.where(column < _midnight(last + timedelta(days=1), zone))
    return statement


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _month(month: str | None) -> tuple[date | None, date | None]:
    if month is None:
        return None, None
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo(company_of(session).time_zone)
