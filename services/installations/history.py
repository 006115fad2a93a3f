"""Who changed which field of an installation last, as the audit remembers it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import auditing
from chassis.storage import find
from services.installations.model import Installation

LOOKED_BACK = 30
"""How many commands about it are read: a form is not open for longer."""


def last_changes(session: Session, *, installation_id: UUID) -> list[dict[str, Any]]:
    """For each field that was changed lately by whom and when, the newest change first."""
    find(session, Installation, installation_id)
    found: dict[str, dict[str, Any]] = {}
    for row in auditing.find(session, subject=str(installation_id), limit=LOOKED_BACK).rows:
        for name in _changed(row.changes, str(installation_id)):
            found.setdefault(name, {"field": name, "by": row.actor_name, "at": row.at})
    return list(found.values())


def _changed(changes: list[dict[str, Any]], identity: str) -> list[str]:
    own = (change for change in changes if change["table"] == "installations" and change["id"] == identity)
    return [name for change in own for name in change["fields"]]
