"""Routers that stop answering, and begin to again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.outbox import announce
from chassis.storage import find
from events.provisioning import RouterUnreachable
from services.provisioning.model import Router

SILENT = frozenset({"router-unreachable", "router-timeout"})
"""The failures that say the router is off, and not that something on it is wrong."""


def note_silence(session: Session, router: Router, *, reason_code: str, at: datetime) -> None:
    """A router did not do what it was asked; when it did not even answer, that is told, once per outage."""
    if reason_code in SILENT and router.lost(at):
        told = RouterUnreachable(router_id=router.id, router_name=router.name, reason_code=reason_code)
        announce(session, told, entity_version=router.version)


def note_checks(session: Session, *, router_id: UUID, checks: list[dict[str, Any]], at: datetime) -> dict[str, Any]:
    """Remembers whether a tested router answered, and gives the verdict on all checks."""
    router = find(session, Router, router_id)
    if checks[0]["ok"]:
        router.answered()
    else:
        note_silence(session, router, reason_code=checks[0]["code"], at=at)
    return {"ok": all(check["ok"] for check in checks), "checks": checks}
