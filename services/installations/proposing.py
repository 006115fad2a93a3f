"""What a new installation most probably has, for a form that is opened."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.installations import addresses
from services.installations.model import Installation


def propose(session: Session, *, zone_id: UUID, after: IPv4Address | None) -> dict[str, Any]:
    """The zone's router, a free address there (see `addresses.propose`), and what the newest installation cost."""
    return addresses.propose(session, zone_id=zone_id, after=after) | _last_cost(session)


def _last_cost(session: Session) -> dict[str, Any]:
    newest = select(Installation.installation_cost_minor, Installation.currency)
    found = session.execute(newest.order_by(Installation.created_at.desc(), Installation.id.desc()).limit(1)).first()
    if found is None or not found.installation_cost_minor:
        return {}
    return {"installation_cost_minor": found.installation_cost_minor, "currency": found.currency}
