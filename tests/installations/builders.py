"""Valid things by default: a company with one zone, router, plan and technician, and María's installation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.secrets import Keyring
from events.gateway import CompanyChanged, StaffChanged
from events.provisioning import RouterChanged
from services.installations import catalogue, projections, scheduling, schemas
from services.installations.model import Installation
from tests.samples import COMPANY, told

AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
ROUTER = UUID("01981f00-0000-7000-8000-000000000008")


class Company:
    """What is there before the first installation."""

    def __init__(self, session: Session, directory: Path, company_id: UUID = COMPANY) -> None:
        self.session, self.company_id = session, company_id
        self.router_id, self.technician_id = new_id(), new_id()
        path = directory / f"keys-{company_id}.json"
        self.keyring = Keyring.load(path) if path.exists() else Keyring.create(path)
        projections.learn_company(session, told(CompanyChanged, company_id=company_id))
        projections.learn_router(session, told(RouterChanged, router_id=self.router_id, company_id=company_id))
        projections.learn_staff(session, told(StaffChanged, staff_id=self.technician_id, company_id=company_id))
        session.flush()
        self.zone = catalogue.save_zone(session, zone_id=None, name="Centro", router_id=self.router_id)
        self.plan = self.a_plan("Residencial 20M", self.router_id)
        session.flush()

    def a_plan(self, name: str, router_id: UUID) -> Any:
        return catalogue.save_plan(
            self.session,
            plan_id=None,
            router_id=router_id,
            name=name,
            download_kbps=20480,
            upload_kbps=5120,
            price_minor=35000,
            active=True,
        )

    def form(self, **changed: Any) -> dict[str, Any]:
        """What the schema makes of a whole form."""
        typed = {
            "zone_id": str(self.zone.id),
            "first_name": "María",
            "last_name": "López Hernández",
            "email": "maria@example.net",
            "address": "Av. Hidalgo 12",
            "phone": "+525512345678",
            "scheduled_at": "2026-11-24T16:00:00+00:00",
            "installation_cost_minor": 50000,
            "service_name": "maria.lopez",
            "ip_address": "10.20.0.15",
            "router_id": str(self.router_id),
            "plan_id": str(self.plan.id),
            "technician_id": str(self.technician_id),
        }
        return schemas.Schedule().load(typed | changed)

    def schedule(self, **changed: Any) -> Installation:
        return scheduling.schedule(self.session, keyring=self.keyring, at=AT, **self.form(**changed))
