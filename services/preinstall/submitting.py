"""Taking in what the public form sends, and approving it when an installation came of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import ValidationFailed
from chassis.identifiers import new_id
from chassis.images import Documents
from chassis.outbox import announce
from chassis.schemas import coded
from chassis.storage import find
from events.preinstall import PreinstallApproved, PreinstallRejected, PreinstallSubmitted
from services.preinstall import telling
from services.preinstall.errors import FormRefused, NotKnownYet
from services.preinstall.form import notice, settings_of
from services.preinstall.model import OPEN, Document, KnownInstallation, Request, comparable
from services.preinstall.tracking import new_tracking_number

Complaints = dict[str, list[dict[str, Any]]]
UPLOAD = ("staged_key", "filename", "sha256", "size")


def submit(
    session: Session, *, request_id: UUID, documents: list[dict[str, Any]], at: datetime, **person: Any
) -> Request:
    """Keeps the request; `documents` as `take_documents` left them. The same `request_id` again changes nothing.

    Raises `FormRefused`.
    """
    if (sent_before := session.scalar(_this(request_id))) is not None:
        return sent_before
    if wrong := check(session, documents=documents, **person):
        raise FormRefused(fields=wrong)
    request = Request(
        id=request_id, tracking_number=new_tracking_number(), state=OPEN, version=1, submitted_at=at, **person
    )
    request.documents = [
        Document(id=new_id(), position=position, **document) for position, document in enumerate(documents)
    ]
    request.index()
    session.add(request)
    session.flush()
    announce(session, PreinstallSubmitted(**telling.told(request)), entity_version=request.version)
    return request


def reject(session: Session, *, request_id: UUID, reason: str, at: datetime) -> Request:
    """The person is told why, if they left an address. Raises `RequestNotOpen`."""
    request = find(session, Request, request_id, lock=True)
    request.reject(reason, at)
    announce(session, PreinstallRejected(**telling.told_rejected(request)), entity_version=request.version)
    return request


def is_there(session: Session, request_id: UUID) -> bool:
    return session.scalar(_this(request_id)) is not None


def check(
    session: Session,
    *,
    documents: list[dict[str, Any]],
    email: str | None = None,
    privacy_version: int | None = None,
    **told: Any,
) -> Complaints:
    """What can be refused without looking into a file, by field."""
    settings = settings_of(session)
    told = told | {"email": email}
    wrong: Complaints = {
        name: coded("required") for name in settings.required_fields or () if not told.get(name)
    }  # fmt: skip
    given = [document["kind"] for document in documents]
    if missing := [kind for kind in settings.required if kind not in given]:
        wrong["documents"] = [{"code": "document-required", "params": {"kind": kind}} for kind in missing]
    # A page may have been open since before the notice changed: what it showed is what was agreed to.
    if settings.privacy_version and notice(session, privacy_version) is None:
        wrong["privacy_version"] = coded("consent-required")
    for position, kind in enumerate(given):
        if kind in given[:position]:
            wrong[f"documents.{position}"] = coded("document-given-twice", kind=kind)
    if email and _is_taken(session, comparable(email)):
        wrong["email"] = coded("email-taken")
    return wrong


def take_documents(
    inspector: Documents, company_id: UUID, uploads: list[dict[str, Any]], *, max_bytes: int
) -> tuple[list[dict[str, Any]], Complaints]:
    """The kept documents, and what is wrong with the others, by field with the file's name. Takes its time."""
    kept, wrong = [], {}
    for position, upload in enumerate(uploads):
        try:
            if upload["size"] > max_bytes:
                raise ValidationFailed("file-too-large", filename=upload["filename"], max_bytes=max_bytes)
            taken = inspector.take(company_id, **{name: upload[name] for name in UPLOAD})
            kept.append({"kind": upload["kind"], **asdict(taken)})
        except ValidationFailed as refused:
            params = refused.params | {"kind": upload["kind"]}
            wrong[f"documents.{position}"] = [{"code": refused.code, "params": params}]
    return kept, wrong


def approve(session: Session, *, request_id: UUID, installation_id: UUID, at: datetime) -> None:
    """It became an installation, and its documents go there. Raises `NotKnownYet` for a request that is not ours."""
    request = session.scalar(_this(request_id).with_for_update())
    if request is None:
        raise NotKnownYet("request-not-found", request_id=str(request_id))
    if request.approve(installation_id, at):
        approved = PreinstallApproved(
            request_id=request.id, installation_id=installation_id, documents=telling.told_documents(request)
        )
        announce(session, approved, entity_version=request.version)


def _this(request_id: UUID) -> Any:
    return select(Request).where(Request.id == request_id)


def _is_taken(session: Session, email: str) -> bool:
    """By a client, an installation or an open request."""
    holders = (
        select(KnownInstallation.id).where(KnownInstallation.email == email),
        select(Request.id).where(Request.open_email == email),
    )
    return any(session.scalar(holder.limit(1)) is not None for holder in holders)
