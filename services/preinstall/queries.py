"""Reads for screens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.storage import find
from chassis.storage.tallies import tallied
from services.preinstall import recognising
from services.preinstall.form import asked_for
from services.preinstall.model import OPEN, STATES, Document, KnownInstallation, Request, RequestTally
from services.preinstall.projections import company_of


def form_settings(session: Session, *, max_file_bytes: int) -> dict[str, Any]:
    company = company_of(session)
    return {
        "company_id": company.id,
        "name": company.name,
        "locale": company.locale,
        "documents": asked_for(session),
        "max_file_bytes": max_file_bytes,
    }


def get_request(session: Session, *, request_id: UUID) -> Request:
    """With its `duplicates`."""
    request = find(session, Request, request_id)
    request.duplicates = recognising.duplicates_of(session, request)
    return request


def track(session: Session, *, tracking_number: str) -> dict[str, Any]:
    """What the person may know of their request. Raises `NotFound`."""
    request = session.scalar(select(Request).where(Request.tracking_number == tracking_number.strip().upper()))
    if request is None:
        raise NotFound("request-not-found")
    installation = session.get(KnownInstallation, request.installation_id) if request.installation_id else None
    return {
        "state": request.state,
        "submitted_at": request.submitted_at,
        "reject_reason": request.reject_reason,
        "installation_state": installation.state if installation else None,
        "scheduled_at": installation.scheduled_at if installation else None,
    }


def open_document(session: Session, *, document_id: UUID) -> Document:
    return find(session, Document, document_id)


def summary(session: Session) -> dict[str, Any]:
    by_state = dict.fromkeys(STATES, 0) | tallied(session, RequestTally)
    return {"open_requests": by_state[OPEN], "by_state": by_state}
