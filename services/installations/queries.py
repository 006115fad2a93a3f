"""Reads for screens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.storage import find
from services.installations.listing import rows
from services.installations.model import (
    OVER,
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


def find_matching(
    session: Session, *, router_id: UUID, names: list[str], addresses: list[str], macs: list[str]
) -> list[Installation]:
    """What is planned or active on a router under one of those names, addresses or MACs."""
    wanted = or_(
        Installation.reserved_name.in_(names),
        Installation.reserved_ip.in_(addresses),
        Installation.mac_address.in_(macs),
    )
    statement = rows().where(Installation.router_id == router_id, Installation.state.not_in(OVER), wanted)
    return list(session.execute(statement.order_by(Installation.number)))


def list_files(session: Session, *, installation_id: UUID) -> list[File]:
    find(session, Installation, installation_id)
    statement = select(File).where(File.installation_id == installation_id).order_by(File.id)
    return list(session.scalars(statement))


def open_file(session: Session, *, file_id: UUID) -> File:
    return find(session, File, file_id)
