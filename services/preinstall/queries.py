"""Reads for screens."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.storage import Page, find, paginate
from chassis.storage.searching import matches
from services.preinstall import recognising
from services.preinstall.form import asked_for
from services.preinstall.model import OPEN, Document, KnownInstallation, Request
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


def list_requests(
    session: Session,
    *,
    state: str | None,
    search: str | None,
    from_on: date | None,
    to_on: date | None,
    after: str | None,
    limit: int,
) -> Page:
    """The newest first. Days are the company's."""
    statement = _between(session, select(Request), from_on, to_on)
    if state:
        statement = statement.where(Request.state == state)
    if search:
        statement = statement.where(matches(Request.search_text, search))
    order = [(Request.submitted_at, "desc"), (Request.id, "desc")]
    page = paginate(session, statement, order=order, after=after, limit=limit)
    recognising.mark_duplicated(session, page.rows)
    return page


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


def summary(session: Session) -> dict[str, int]:
    return {"open_requests": session.scalar(select(func.count(Request.id)).where(Request.state == OPEN)) or 0}


def _between(session: Session, statement: Select[Any], first: date | None, last: date | None) -> Select[Any]:
    """[first, last] in days of the company."""
    zone = ZoneInfo(company_of(session).time_zone)
    if first:
        statement = statement.where(Request.submitted_at >= _midnight(first, zone))
    if last:
        statement = statement.where(Request.submitted_at < _midnight(last + timedelta(days=1), zone))
    return statement


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
