"""Where installations and clients are, for maps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from services.installations.model import OVER, Installation, Zone

MOST = 300
"""How many places a map is given at once: with more it shows nothing anyway."""


def list_places(
    session: Session,
    *,
    zone_id: UUID | None,
    south: Decimal | None,
    west: Decimal | None,
    north: Decimal | None,
    east: Decimal | None,
) -> list[Installation]:
    """The newest of the zone that have coordinates; without a zone what is within the corners, in degrees."""
    if zone_id is not None:
        return _read(session, Installation.zone_id == zone_id)
    return _read(
        session,
        # Named, so that the index leads to the latitudes of each.
        Installation.zone_id.in_(session.scalars(select(Zone.id)).all()),
        Installation.latitude.between(south, north),
        Installation.longitude.between(west, east),
    )


def _read(session: Session, *wanted: Any) -> list[Installation]:
    statement = select(Installation).where(*wanted, Installation.latitude.is_not(None), Installation.state.not_in(OVER))
    statement = statement.options(joinedload(Installation.zone))
    return list(session.scalars(statement.order_by(Installation.id.desc()).limit(MOST)))
