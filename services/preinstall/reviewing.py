"""What staff do with requests, besides approving and rejecting: put aside, merge, tell apart, hand over."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import images
from chassis.identifiers import new_id
from chassis.images import Documents
from chassis.outbox import announce
from chassis.storage import find
from events.preinstall import PreinstallApproved, PreinstallMerged
from services.preinstall import telling
from services.preinstall.errors import InstallationUnknown, RequestNotOpen, SameRequest, TurnedMeanwhile
from services.preinstall.model import CANCELLED, OPEN, Document, KnownInstallation, Request, ToldApart


def flag(session: Session, *, request_id: UUID, note: str | None) -> Request:
    """Puts the request aside with a note; without one it is like the others again. Raises `RequestNotOpen`."""
    request = find(session, Request, request_id, lock=True)
    if request.state != OPEN:
        raise RequestNotOpen(state=request.state)
    request.flag_note = note
    request.version += 1
    return request


def turn(documents: Documents, document: Document, *, company_id: UUID, quarters: int) -> images.Document:
    """The photo as it should be seen, outside any transaction. Raises `ValidationFailed` for what is no photo."""
    return documents.turn(company_id, file_key=document.file_key, filename=document.filename, quarters=quarters)


def keep_turned(session: Session, *, document_id: UUID, turned: images.Document, turned_from: str) -> Document:
    """`turned_from` is the hash of what was turned. Raises `TurnedMeanwhile` when that is no longer the document."""
    document = find(session, Document, document_id, lock=True)
    if document.sha256 != turned_from:
        raise TurnedMeanwhile
    document.file_key, document.sha256, document.size = turned.file_key, turned.sha256, turned.size
    return document


def keep_preview(session: Session, *, document_id: UUID, preview_key: str) -> Document:
    document = find(session, Document, document_id, lock=True)
    document.preview_key = preview_key
    return document


def merge(session: Session, *, request_id: UUID, into_id: UUID) -> Request:
    """The same person asked twice: one request stays, with what both said and sent.

    Papers that it has already stay its own. Raises `RequestNotOpen`, `SameRequest`.
    """
    if request_id == into_id:
        raise SameRequest
    locked = {id: find(session, Request, id, lock=True) for id in sorted((request_id, into_id), key=str)}
    merged, kept = locked[request_id], locked[into_id]
    merged.leave_to(kept)
    session.flush()  # its e-mail address is free before the other one takes it
    kept.complete_with(merged)
    _take_papers(merged, kept)
    session.flush()
    told = PreinstallMerged(request_id=merged.id, tracking_number=merged.tracking_number, into_request_id=kept.id)
    announce(session, told, entity_version=merged.version)
    return kept


def tell_apart(session: Session, *, request_id: UUID, other_id: UUID) -> Request:
    """They are not the same person, whatever they have in common; doing it again changes nothing."""
    request = find(session, Request, request_id)
    one_id, other_id = sorted((request_id, other_id), key=str)
    told = select(ToldApart).where(ToldApart.one_id == one_id, ToldApart.other_id == other_id)
    if session.scalar(told) is None:
        session.add(ToldApart(id=new_id(), one_id=one_id, other_id=other_id))
        session.flush()
    return request


def hand_over(session: Session, *, request_id: UUID, installation_id: UUID, at: datetime) -> Request:
    """The person is a client or is being installed already: the papers go there, and the request is done.

    Raises `RequestNotOpen`, `InstallationUnknown`.
    """
    request = find(session, Request, request_id, lock=True)
    installation = session.get(KnownInstallation, installation_id)
    if installation is None or installation.state == CANCELLED:
        raise InstallationUnknown
    if request.state != OPEN:
        raise RequestNotOpen(state=request.state)
    request.approve(installation_id, at)
    approved = PreinstallApproved(
        request_id=request.id, installation_id=installation_id, documents=telling.told_documents(request)
    )
    announce(session, approved, entity_version=request.version)
    return request


def _take_papers(merged: Request, kept: Request) -> None:
    known = {document.kind for document in kept.documents}
    coming: list[Any] = [document for document in merged.documents if document.kind not in known]
    for document in coming:
        merged.documents.remove(document)
        document.position = len(kept.documents)
        kept.documents.append(document)
