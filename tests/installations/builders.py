"""Valid things by default: a company in Tepoztlán with a zone, a plan and a technician, and a form filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.outbox.announcing import announced
from chassis.secrets import Keyring
from chassis.storage import Page
from events.gateway import CompanyChanged, StaffChanged
from events.provisioning import RouterChanged
from services.installations import activation, catalogue, listing, scheduling, schemas
from services.installations.model import ON_THE_ROUTER, SEARCHED, Installation
from services.installations.projections import learn_company, learn_router, learn_staff
from tests.samples import COMPANY, told

NOON = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
"""At noon in Mexico City."""


@dataclass
class Scene:
    """What a form chooses from. Every form has an address and a name of its own."""

    keyring: Keyring
    company: UUID
    router_id: UUID
    zone_id: UUID
    plan_id: UUID
    technician_id: UUID
    forms: int = 0

    def wire(self, **changed: Any) -> dict[str, Any]:
        """A form as the gateway sends it."""
        self.forms += 1
        form = {
            "zone_id": self.zone_id, "first_name": "María", "last_name": "López", "official_id": "LOHM850312",
            "email": "maria@example.net", "address": "Av. Hidalgo 12", "neighbourhood": "Centro", "city": "Tepoztlán",
            "postal_code": "62520", "phone": "+52 55 1234 5678", "scheduled_at": NOON,
            "installation_cost_minor": 50_000, "service_name": f"maria.{self.forms}",
            "ip_address": f"10.20.{self.forms // 250}.{self.forms % 250 + 1}",
            "router_id": self.router_id, "plan_id": self.plan_id, "technician_id": self.technician_id,
        }  # fmt: skip
        return orjson.loads(orjson.dumps(form | changed))

    def schedule(self, session: Session, **changed: Any) -> Installation:
        form = schemas.Schedule().load(self.wire(**changed))
        return scheduling.schedule(session, keyring=self.keyring, at=NOON, **form)

    def change(self, session: Session, installation: Installation, **changed: Any) -> Installation:
        """Its own form again, but for what is changed. `version` may be among that."""
        kept = (*SEARCHED, *ON_THE_ROUTER, "phone", "second_phone")
        form = self.wire(**{name: getattr(installation, name) for name in kept} | changed)
        loaded = schemas.Change().load({"installation_id": str(installation.id)} | form)
        return scheduling.change(session, keyring=self.keyring, at=NOON, **loaded)

    def activated(self, session: Session, at: datetime = NOON, **changed: Any) -> Installation:
        installation = self.schedule(session, **changed)
        activation.activate(session, installation_id=installation.id, at=at)
        confirm(session, installation, at=at)
        session.flush()
        return installation


def list_installations(session: Session, **asked: Any) -> Page:
    """As the gateway asks for them."""
    return listing.list_installations(session, **schemas.InstallationSearch().load(orjson.loads(orjson.dumps(asked))))


def list_clients(session: Session, **asked: Any) -> Page:
    return listing.list_clients(session, **schemas.ClientSearch().load(orjson.loads(orjson.dumps(asked))))


def set_the_scene(session: Session, keyring: Keyring, company: UUID = COMPANY, **of_company: Any) -> Scene:
    router_id, staff_id = new_id(), new_id()
    learn_company(session, told(CompanyChanged, company_id=company, **of_company))
    learn_router(session, told(RouterChanged, company_id=company, router_id=router_id, name="Norte"))
    learn_staff(session, told(StaffChanged, company_id=company, staff_id=staff_id, name="Raúl Díaz"))
    session.flush()
    zone = catalogue.save_zone(session, zone_id=None, name="Centro", router_id=router_id)
    plan = catalogue.save_plan(session, plan_id=None, router_id=router_id, **a_plan())
    session.flush()
    return Scene(keyring, company, router_id, zone.id, plan.id, staff_id)


def a_plan(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Residencial 20M", "download_kbps": 20_480, "upload_kbps": 5_120, "price_minor": 35_000, "active": True,
    } | changed  # fmt: skip


def confirm(
    session: Session, installation: Installation, activation_id: UUID | None = None, at: datetime = NOON
) -> None:
    activation_id = activation_id or installation.activation_id or new_id()
    activation.confirm(session, installation_id=installation.id, activation_id=activation_id, at=at)


def fail(session: Session, installation: Installation, activation_id: UUID | None = None) -> None:
    activation.fail(
        session,
        installation_id=installation.id,
        activation_id=activation_id or installation.activation_id or new_id(),
        reason_code="router-unreachable",
        reason_params={"router": "Norte"},
    )


def types(session: Session) -> list[str]:
    """What the transaction tells of installations, in order."""
    return [event.type for event in announced(session) if event.type.startswith(("Installation", "Service"))]


def told_last(session: Session) -> dict[str, Any]:
    return announced(session)[-1].data
