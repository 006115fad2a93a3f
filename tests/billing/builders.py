"""Valid things by default: the events of a company in Tepoztlán and its client María."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.messages import Envelope, Event
from events.document import sample
from events.gateway import CompanyChanged
from events.installations import InstallationActivated, InstallationCancelled, InstallationScheduled
from services.billing.projections import learn_client, learn_company

COMPANY = UUID("01981f00-0000-7000-8000-000000000001")
STRANGER = UUID("01981f00-0000-7000-8000-0000000000ff")
MARIA = UUID("01981f00-0000-7000-8000-000000000005")

Told = TypeVar("Told", bound=Event)


def told(kind: type[Told], *, version: int = 1, company_id: UUID = COMPANY, **changed: Any) -> Told:
    """The event's golden sample with other values, as a consumer gets it."""
    envelope = Envelope.decode(orjson.dumps(sample(kind)))
    if "company_id" in envelope.data:
        changed["company_id"] = company_id
    data = envelope.data | {name: str(value) if isinstance(value, UUID) else value for name, value in changed.items()}
    return kind.read(
        dataclasses.replace(envelope, id=new_id(), company_id=company_id, entity_version=version, data=data)
    )


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
