"""What became of a change of a client's service, at its router."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.storage import find
from events.provisioning import AdjustmentFailed, ServiceAdjusted
from services.installations.model import Installation


def adjusted(session: Session, event: ServiceAdjusted) -> None:
    find(session, Installation, event.installation_id, lock=True).service_adjusted(event.meta.entity_version)


def refused(session: Session, event: AdjustmentFailed) -> None:
    """Staff see why, and change it again."""
    installation = find(session, Installation, event.installation_id, lock=True)
    installation.service_refused(event.meta.entity_version, event.reason_code, event.reason_params)
