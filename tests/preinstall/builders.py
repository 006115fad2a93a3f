"""Valid things by default: María, who asks for an installation with photos of her papers."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.outbox.announcing import announced
from chassis.storage import Page
from events.installations import InstallationScheduled
from services.preinstall import listing, schemas, submitting
from services.preinstall.model import Request
from tests.samples import COMPANY, told

NOON = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
"""At noon in Mexico City."""
PAPERS = ("id_front", "id_back", "proof_of_address")


def an_upload(kind: str, **changed: Any) -> dict[str, Any]:
    upload = {
        "kind": kind, "staged_key": f"staged/{new_id().hex}", "filename": f"{kind}.jpg", "size": 48_213,
        "sha256": hashlib.sha256(kind.encode()).hexdigest(),
    }  # fmt: skip
    return upload | changed


def a_form(**changed: Any) -> dict[str, Any]:
    """As the gateway sends it."""
    form = {
        "request_id": str(new_id()), "first_name": "María", "last_name": "López", "email": "maria@example.net",
        "address": "Av. Hidalgo 12", "city": "Tepoztlán", "postal_code": "62520", "phone": "+52 55 1234 5678",
        "comments": "Portón verde", "documents": [an_upload(kind) for kind in PAPERS],
    }  # fmt: skip
    return form | changed


def list_requests(session: Session, **asked: Any) -> Page:
    """As the gateway asks for them."""
    return listing.list_requests(session, **schemas.RequestSearch().load(orjson.loads(orjson.dumps(asked))))


def kept(upload: dict[str, Any], company_id: UUID = COMPANY) -> dict[str, Any]:
    """What an inspection leaves of an upload."""
    sha256 = upload["sha256"]
    return {
        "kind": upload["kind"], "filename": upload["filename"], "size": upload["size"], "sha256": sha256,
        "file_key": f"objects/{company_id}/{sha256[:2]}/{sha256}", "content_type": "image/jpeg",
    }  # fmt: skip


def submit(session: Session, *, at: datetime = NOON, **changed: Any) -> Request:
    form = schemas.Submit().load(a_form(**changed))
    form["documents"] = [kept(upload) for upload in form["documents"]]
    return submitting.submit(session, at=at, **form)


def scheduled(request: Request, **changed: Any) -> InstallationScheduled:
    named = {"preinstall_request_id": request.id, "installation_id": new_id(), "email": request.email}
    return told(InstallationScheduled, **(named | changed))


def types(session: Session) -> list[str]:
    return [event.type for event in announced(session)]


def told_last(session: Session) -> dict[str, Any]:
    return announced(session)[-1].data
