"""Valid things by default: the events of a company in Tepoztlán and its client María."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from events.gateway import CompanyChanged
from events.installations import InstallationActivated, InstallationCancelled, InstallationScheduled
from services.billing.projections import learn_client, learn_company
from tests.samples import COMPANY, MARIA, told


def company_changed(company_id: UUID = COMPANY, **changed: Any) -> CompanyChanged:
    return told(CompanyChanged, company_id=company_id, **changed)


def scheduled(**changed: Any) -> InstallationScheduled:
    return told(InstallationScheduled, **({"installation_id": MARIA} | changed))


def activated(**changed: Any) -> InstallationActivated:
    return told(InstallationActivated, **({"installation_id": MARIA, "version": 5} | changed))


def cancelled(**changed: Any) -> InstallationCancelled:
    return told(InstallationCancelled, **({"installation_id": MARIA, "version": 7} | changed))


def a_line(**changed: Any) -> dict[str, Any]:
    return {"description": "Router", "quantity": 1, "unit_price_minor": 89_900} | changed


def acquaint(session: Session, company_id: UUID = COMPANY, installation_id: UUID = MARIA) -> None:
    """The company learns of itself and of one installation."""
    learn_company(session, company_changed(company_id))
    learn_client(session, scheduled(company_id=company_id, installation_id=installation_id))
    session.flush()
