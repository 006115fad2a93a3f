"""What other services' events taught us: the company, and how installations and clients can be recognised."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.storage import current_company
from events.gateway import CompanyChanged
from events.installations import (
    InstallationActivated,
    InstallationCancelled,
    InstallationChanged,
    InstallationScheduled,
    ServiceChanged,
    ServiceEnded,
)
from services.preinstall.errors import NotKnownYet
from services.preinstall.model import Company, KnownInstallation, comparable

Told = InstallationScheduled | InstallationChanged | InstallationActivated | ServiceChanged | ServiceEnded
# Whoever cancelled or left may ask again.
OVER = ("cancelled", "ended")


def learn_company(session: Session, event: CompanyChanged) -> None:
    """An older event than the newest known changes nothing."""
    company = session.get(Company, event.company_id, with_for_update=True)
    if company is None:
        company = Company(id=event.company_id, version=0)
        session.add(company)
    if event.meta.entity_version > company.version:
        company.name, company.locale, company.time_zone = event.name, event.locale, event.time_zone
        company.version = event.meta.entity_version


def learn_installation(session: Session, event: Told) -> None:
    known = _known(session, event.installation_id)
    if event.meta.entity_version > known.version:
        known.email = None if event.state in OVER else comparable(event.email)
        known.number, known.person, known.state = event.number, f"{event.first_name} {event.last_name}", event.state
        known.scheduled_at, known.version = event.scheduled_at, event.meta.entity_version
        known.recognise_by(phone=event.phone, official_id=event.official_id, address=event.address, city=event.city)


def learn_cancelled(session: Session, event: InstallationCancelled) -> None:
    """Whoever cancelled may ask again."""
    known = _known(session, event.installation_id)
    if event.meta.entity_version > known.version:
        known.email, known.state, known.version = None, "cancelled", event.meta.entity_version


def company_of(session: Session) -> Company:
    """The company that the session serves. Raises `NotKnownYet` before the gateway's first event arrived."""
    company_id = current_company(session)
    company = session.get(Company, company_id)
    if company is None:
        raise NotKnownYet("company-not-known-yet", company_id=str(company_id))
    return company


def _known(session: Session, installation_id: UUID) -> KnownInstallation:
    known = session.get(KnownInstallation, installation_id, with_for_update=True)
    if known is None:
        known = KnownInstallation(id=installation_id, version=0)
        session.add(known)
    return known
