"""Routers that stop answering, and begin to again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.jobs import enqueue, hurry
from chassis.outbox import announce
from chassis.secrets import Keyring
from chassis.storage import find
from events.provisioning import RouterUnreachable
from services.provisioning.model import Router
from services.provisioning.preparing import endpoint_of
from services.provisioning.routers import SILENT, Endpoint

KNOCK = "provisioning.knock"
"""Asks a silent router for nothing but an answer, so that what waits for it does not wait longer than it must."""
LONGEST_PAUSE = 20.0


def note_silence(session: Session, router: Router, *, reason_code: str, at: datetime) -> None:
    """A router did not do what it was asked; when it did not even answer, that is told, once per outage."""
    if reason_code in SILENT and router.lost(at):
        told = RouterUnreachable(router_id=router.id, router_name=router.name, reason_code=reason_code)
        announce(session, told, entity_version=router.version)
        enqueue(session, KNOCK, key=str(router.id), payload={"router_id": str(router.id)}, lane=str(router.id))


def note_answer(session: Session, router: Router) -> None:
    """It answered; when that is news, what waits for it is done now."""
    if router.answered():
        hurry(session, lane=str(router.id))


def note_checks(session: Session, *, router_id: UUID, checks: list[dict[str, Any]], at: datetime) -> dict[str, Any]:
    """Remembers whether a tested router answered, and gives the verdict on all checks."""
    router = find(session, Router, router_id)
    if checks[0]["ok"]:
        note_answer(session, router)
    else:
        note_silence(session, router, reason_code=checks[0]["code"], at=at)
    return {"ok": all(check["ok"] for check in checks), "checks": checks}


def begin_knocking(session: Session, *, router_id: UUID, keyring: Keyring) -> Endpoint | None:
    """None when nobody waits for the router any more."""
    router = session.get(Router, router_id)
    if router is None or not router.active or router.lost_at is None:
        return None
    return endpoint_of(router, keyring)


def end_knocking(session: Session, *, router_id: UUID) -> None:
    note_answer(session, find(session, Router, router_id, lock=True))
