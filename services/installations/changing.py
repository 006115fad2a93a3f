"""What became of a change of a client's service, at its router; and the way back when it is refused.

While a change is under way the installation remembers what its service was. What the router refuses for good is undone
here, too, so that zone, router and plan are those that the client really has.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.outbox import announce
from chassis.storage import find
from events.installations import ServiceChanged
from events.provisioning import AdjustmentFailed, ServiceAdjusted
from services.installations.model import ON_THE_ROUTER, Client, Installation
from services.installations.telling import told

REMEMBERED = (*ON_THE_ROUTER, "sector_id")
_IDENTIFIERS = ("zone_id", "router_id", "plan_id", "sector_id")
CHANGE = "change"


def service_of(installation: Installation) -> dict[str, Any]:
    """What the router has of it, or is to have."""
    values = {name: getattr(installation, name) for name in REMEMBERED}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}


def remember(installation: Installation, before: dict[str, Any]) -> None:
    """`before` is the way back, until the router has answered; of several changes under way the first counts."""
    known = installation.service_before or {}
    installation.service_before = {**before, **known, "asked": installation.version}


def tell_service(session: Session, installation: Installation) -> None:
    """What a client's service should be from now on; provisioning brings it about."""
    client_number = find(session, Client, installation.id).number
    changed = ServiceChanged(**told(session, installation), client_number=client_number)
    announce(session, changed, entity_version=installation.version)


def adjusted(session: Session, event: ServiceAdjusted) -> None:
    installation = find(session, Installation, event.installation_id, lock=True)
    installation.service_adjusted(event.meta.entity_version)
    if _answers(installation, event.asked_version):
        installation.service_before = None


def refused(session: Session, event: AdjustmentFailed) -> None:
    """Staff see why. The record goes back to what the client has, unless somebody else has that address by now."""
    installation = find(session, Installation, event.installation_id, lock=True)
    installation.service_refused(event.meta.entity_version, event.reason_code, event.reason_params)
    if event.operation == CHANGE and _answers(installation, event.asked_version):
        _go_back(session, installation)


def _answers(installation: Installation, asked_version: int | None) -> bool:
    """Whether that is the word on the newest change. An older provisioning does not say of which it speaks."""
    before = installation.service_before
    return before is not None and asked_version is not None and asked_version >= before["asked"]


def _go_back(session: Session, installation: Installation) -> None:
    before = installation.service_before or {}
    values = {name: UUID(value) if name in _IDENTIFIERS and value else value for name, value in before.items()}
    if _is_taken(session, installation, values):
        return
    for name in REMEMBERED:
        setattr(installation, name, values[name])
    installation.reserved_ip, installation.reserved_name = installation.ip_address, installation.service_name
    installation.service_before = None
    installation.index()
    installation.changed()
    session.flush()
    tell_service(session, installation)


def _is_taken(session: Session, installation: Installation, values: dict[str, Any]) -> bool:
    statement = select(Installation.id).where(
        Installation.router_id == values["router_id"],
        Installation.id != installation.id,
        or_(
            Installation.reserved_ip == values["ip_address"],
            Installation.reserved_name == values["service_name"],
        ),
    )
    return session.scalars(statement.limit(1)).first() is not None
