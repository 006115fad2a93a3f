"""What installations and clients are told apart by, for those who look for some of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.storage.searching import searchable
from services.installations.model import Plan, Router, Sector, Staff, Zone

_KINDS: dict[str, Any] = {"zones": Zone, "technicians": Staff, "routers": Router, "plans": Plan, "sectors": Sector}


def list_choices(session: Session) -> dict[str, list[Any]]:
    """By name; those that are no more in use as well, because their installations still are."""
    return {kind: _named(session, model) for kind, model in _KINDS.items()}


def _named(session: Session, model: Any) -> list[Any]:
    found = session.execute(select(model.id, model.name)).all()
    return sorted(found, key=lambda each: (searchable(each.name), each.id))
