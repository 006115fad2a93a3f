"""An installation as events tell it."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from sqlalchemy.orm import Session

from chassis.storage import find
from services.installations.model import Installation, Plan, Staff, Zone

_PLAIN = (
    "number", "state", "preinstall_request_id", "first_name", "last_name", "official_id", "email", "phone",
    "second_phone", "address", "neighbourhood", "city", "postal_code", "zone_id", "technician_id", "scheduled_at",
    "duration_minutes", "installation_cost_minor", "currency", "router_id", "service_name", "ip_address", "mac_address",
)  # fmt: skip


def told(session: Session, installation: Installation) -> dict[str, Any]:
    """The fields that every event with a whole installation carries."""
    return {name: getattr(installation, name) for name in _PLAIN} | {
        "installation_id": installation.id,
        "scheduled_at": installation.scheduled_at.astimezone(UTC),
        "zone_name": find(session, Zone, installation.zone_id).name,
        "technician_name": find(session, Staff, installation.technician_id).name,
        "plan": told_plan(find(session, Plan, installation.plan_id)),
        "quiet": installation.installed_at is not None,
    }


def told_plan(plan: Plan) -> dict[str, Any]:
    names = ("name", "download_kbps", "upload_kbps", "price_minor", "currency", "shaping")
    return {"plan_id": plan.id} | {name: getattr(plan, name) for name in names}
