"""What other services' events taught us: companies and installations."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from events.gateway import CompanyChanged
from events.installations import (
    InstallationActivated,
    InstallationCancelled,
    InstallationChanged,
    InstallationScheduled,
    ServiceChanged,
    ServiceEnded,
)
from services.contracts.errors import NotKnownYet
from services.contracts.model import Company, Installation
from services.contracts.templates import seed_templates

Told = InstallationScheduled | InstallationChanged | InstallationActivated | ServiceChanged | ServiceEnded
_TAKEN = ("name", "email", "phone", "address", "tax_id", "locale", "currency", "time_zone")


def learn_company(session: Session, event: CompanyChanged) -> None:
    """A new company gets templates to begin with. An older event than the newest known is ignored."""
    company = session.get(Company, event.company_id, with_for_update=True)
    if company is None:
        company = Company(id=event.company_id, version=0)
        session.add(company)
        seed_templates(session, locale=event.locale)
    if event.meta.entity_version > company.version:
        for name in _TAKEN:
            setattr(company, name, getattr(event, name))
        company.version = event.meta.entity_version


def learn_installation(session: Session, event: Told) -> Installation:
    """An older event than the newest known changes nothing. The row stays locked, for what follows from it."""
    installation = session.get(Installation, event.installation_id, with_for_update=True, populate_existing=True)
    if installation is None:
        installation = Installation(id=event.installation_id, version=0)
        session.add(installation)
    if event.meta.entity_version > installation.version:
        installation.state, installation.details = event.state, event.dump()
        installation.version = event.meta.entity_version
    return installation


def learn_cancelled(session: Session, event: InstallationCancelled) -> Installation:
    """Raises `NotKnownYet` when it is told before the installation itself."""
    installation = session.get(Installation, event.installation_id, with_for_update=True, populate_existing=True)
    if installation is None:
        raise NotKnownYet("installation-not-known-yet", installation_id=str(event.installation_id))
    if event.meta.entity_version > installation.version:
        installation.state, installation.version = "cancelled", event.meta.entity_version
    return installation


def company_of(session: Session, company_id: UUID) -> Company:
    """Raises `NotKnownYet` before the gateway's first event arrived."""
    company = session.get(Company, company_id)
    if company is None:
        raise NotKnownYet("company-not-known-yet", company_id=str(company_id))
    return company
