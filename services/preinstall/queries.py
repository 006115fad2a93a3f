"""Reads for screens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, func, select, tuple_
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.storage import find
from chassis.storage.days import between, days_of
from chassis.storage.tallies import tallied
from services.preinstall import recognising
from services.preinstall.form import asked_for, fields_of, notice, settings_of
from services.preinstall.model import APPROVED, OPEN, STATES, Document, KnownInstallation, Request, RequestTally
from services.preinstall.projections import company_of


def form_settings(session: Session, *, max_file_bytes: int) -> dict[str, Any]:
    company, settings = company_of(session), settings_of(session)
    privacy = notice(session, settings.privacy_version)
    return {
        "company_id": company.id,
        "name": company.name,
        "locale": company.locale,
        "documents": asked_for(settings),
        "person_fields": fields_of(settings),
        "max_file_bytes": max_file_bytes,
        "welcome": settings.welcome,
        "thanks": settings.thanks,
        "privacy": {"version": privacy.version, "text": privacy.text} if privacy else None,
        "reject_reasons": settings.reject_reasons or [],
    }


def get_request(session: Session, *, request_id: UUID) -> Request:
    """With its `duplicates`, what the person agreed to, and what is `ahead`."""
    request = find(session, Request, request_id)
    request.duplicates = recognising.duplicates_of(session, request)
    agreed = notice(session, request.privacy_version)
    request.privacy_text = agreed.text if agreed else None
    request.ahead = _ahead(session, request)
    return request


def next_open(session: Session, *, request_id: UUID | None) -> dict[str, Any]:
    """The open request to look at after this one, in the order of the list; from its end to its beginning."""
    request = session.get(Request, request_id) if request_id else None
    if request is None:
        found = session.scalar(_open().order_by(*_NEWEST_FIRST).limit(1))
        return {"request_id": found, "waiting": _waiting(session)}
    return {"request_id": _ahead(session, request)["next_id"], "waiting": _waiting(session)}


_NEWEST_FIRST = (Request.submitted_at.desc(), Request.id.desc())


def _ahead(session: Session, request: Request) -> dict[str, Any]:
    """Neighbours in the list of open requests, and how many are open."""
    here = (Request.submitted_at, Request.id)
    at = (request.submitted_at, request.id)
    older = _open().where(tuple_(*here) < tuple_(*at)).order_by(*_NEWEST_FIRST)
    newer = _open().where(tuple_(*here) > tuple_(*at)).order_by(Request.submitted_at, Request.id)
    newest = _open().where(Request.id != request.id).order_by(*_NEWEST_FIRST)
    next_id = session.scalar(older.limit(1)) or session.scalar(newest.limit(1))
    return {"next_id": next_id, "previous_id": session.scalar(newer.limit(1)), "open_requests": _waiting(session)}


def _waiting(session: Session) -> int:
    return summary(session)["open_requests"]


def _open() -> Select[Any]:
    return select(Request.id).where(Request.state == OPEN)


def track(session: Session, *, tracking_number: str) -> dict[str, Any]:
    """What the person may know of their request. Raises `NotFound`."""
    request = session.scalar(select(Request).where(Request.tracking_number == tracking_number.strip().upper()))
    if request is None:
        raise NotFound("request-not-found")
    if request.merged_into:
        request = find(session, Request, request.merged_into)
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


def funnel(session: Session, *, at: datetime, month: str | None) -> list[dict[str, Any]]:
    """Of the requests that came in a month like 2026-11, by source: how many were approved, and became clients."""
    zone = ZoneInfo(company_of(session).time_zone)
    first, last = days_of(month or f"{at.astimezone(zone):%Y-%m}")
    active = func.sum(case((KnownInstallation.state.in_(recognising.BECAME_CLIENTS), 1), else_=0))
    approved = func.sum(case((Request.state == APPROVED, 1), else_=0))
    counted = (
        select(Request.source_key, func.count(), approved, active)
        .outerjoin(KnownInstallation, KnownInstallation.id == Request.installation_id)
        .group_by(Request.source_key)
    )
    rows = session.execute(between(counted, Request.submitted_at, first, last, zone)).all()
    names = ("source", "requests", "approved", "clients")
    return sorted(
        (dict(zip(names, row, strict=True)) for row in rows), key=lambda row: (-row["requests"], row["source"])
    )
