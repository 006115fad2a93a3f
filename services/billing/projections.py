"""What other services' events taught us: companies, and the installations that become clients."""

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
    ServiceEndWithdrawn,
)
from services.billing.errors import NotKnownYet
from services.billing.model import Client, Company

Told = (
    InstallationScheduled
    | InstallationChanged
    | InstallationActivated
    | ServiceChanged
    | ServiceEndWithdrawn
    | ServiceEnded
)


def learn_company(session: Session, event: CompanyChanged) -> None:
    """An older event than the newest known is ignored."""
    company = session.get(Company, event.company_id, with_for_update=True)
    if company is None:
        company = Company(id=event.company_id, version=0)
        session.add(company)
    if event.meta.entity_version > company.version:
        for name in ("name", "locale", "currency", "time_zone"):
            setattr(company, name, getattr(event, name))
        company.version = event.meta.entity_version


def learn_client(session: Session, event: Told) -> Client:
    """An older event than the newest known changes nothing."""
    client = session.get(Client, event.installation_id, with_for_update=True)
    if client is None:
        client = Client(id=event.installation_id, version=0)
        session.add(client)
    if event.meta.entity_version > client.version:
        for name in ("number", "state", "first_name", "last_name", "email"):
            setattr(client, name, getattr(event, name))
        client.client_number = event.data.get("client_number", client.client_number)
        client.version = event.meta.entity_version
    return client


def forget_cancelled(session: Session, event: InstallationCancelled) -> None:
    """Raises `NotKnownYet` when it is told before the installation itself."""
    client = session.get(Client, event.installation_id, with_for_update=True)
    if client is None:
        raise NotKnownYet("installation-not-known-yet", installation_id=str(event.installation_id))
    if event.meta.entity_version > client.version:
        client.state, client.version = "cancelled", event.meta.entity_version


def company_of(session: Session, company_id: UUID) -> Company:
    """Raises `NotKnownYet` before the gateway's first event arrived."""
    company = session.get(Company, company_id)
    if company is None:
        raise NotKnownYet("company-not-known-yet", company_id=str(company_id))
    return company
