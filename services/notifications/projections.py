"""What other services' events taught us: the company, whose name and language the messages have."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.storage import current_company
from events.gateway import CompanyChanged
from services.notifications.errors import NotKnownYet
from services.notifications.model import Company

_TAKEN = ("name", "email", "phone", "address", "locale", "currency", "time_zone", "base_url")


def learn_company(session: Session, event: CompanyChanged) -> None:
    """An older event than the newest known changes nothing."""
    company = session.get(Company, event.company_id, with_for_update=True)
    if company is None:
        company = Company(id=event.company_id, version=0)
        session.add(company)
    if event.meta.entity_version > company.version:
        for name in _TAKEN:
            setattr(company, name, getattr(event, name))
        company.version = event.meta.entity_version


def company_of(session: Session) -> Company:
    """The company that the session serves. Raises `NotKnownYet` before the gateway's first event arrived."""
    company_id = current_company(session)
    company = session.get(Company, company_id)
    if company is None:
        raise NotKnownYet("company-not-known-yet", company_id=str(company_id))
    return company
