"""Many requests rejected for one reason; each that can't be is told of and stays as it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import Refusal
from services.preinstall import submitting
from services.preinstall.model import Request


def reject_many(session: Session, *, request_ids: list[UUID], reason: str, at: datetime) -> dict[str, Any]:
    """How many were rejected, and which were refused, with why."""
    refused = []
    for request_id in sorted(set(request_ids)):
        try:
            submitting.reject(session, request_id=request_id, reason=reason, at=at)
        except Refusal as refusal:
            request = session.scalar(select(Request).where(Request.id == request_id))
            known = {name: getattr(request, name, None) for name in ("person", "tracking_number")}
            refused.append({"request_id": request_id, **known, "code": refusal.code, "params": refusal.params})
    return {"rejected": len(set(request_ids)) - len(refused), "refused": refused}
