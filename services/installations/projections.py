"""What other services' events taught us: the company, its routers and its staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.messages import Event
from chassis.storage import current_company
from events.gateway import CompanyChanged, StaffChanged
from events.provisioning import RouterChanged
from services.installations.errors import NotKnownYet
from services.installations.model import Company, Router, Staff
from services.installations.sheets import logos, templates

_OF_COMPANIES = ("name", "locale", "currency", "time_zone", "tax_id", "address", "phone", "email", "logo_file_key")


def learn_company(session: Session, event: CompanyChanged) -> None:
    _learn(session, Company, event.company_id, event, _OF_COMPANIES)
    templates.seed(session, locale=event.locale)
    logos.follow(session)


def learn_router(session: Session, event: RouterChanged) -> None:
    _learn(session, Router, event.router_id, event, ("name", "mode", "active"))


def learn_staff(session: Session, event: StaffChanged) -> None:
    _learn(session, Staff, event.staff_id, event, ("name", "role", "active"))


def _learn(session: Session, model: type[Any], identity: UUID, event: Event, names: tuple[str, ...]) -> None:
    """An older event than the newest known changes nothing."""
    row = session.get(model, identity, with_for_update=True)
    if row is None:
        row = model(id=identity, version=0)
        session.add(row)
    if event.meta.entity_version > row.version:
        for name in names:
            setattr(row, name, getattr(event, name))
        row.version = event.meta.entity_version


def company_of(session: Session) -> Company:
    """The company that the session serves. Raises `NotKnownYet` before the gateway's first event arrived."""
    company_id = current_company(session)
    company = session.get(Company, company_id)
    if company is None:
        raise NotKnownYet("company-not-known-yet", company_id=str(company_id))
    return company
