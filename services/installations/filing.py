"""The files of an installation: the prospect's papers, what staff add, the contract's PDF."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.calls import Actor
from chassis.errors import ValidationFailed
from chassis.identifiers import new_id
from chassis.images import EXTENSIONS, Document, Documents
from chassis.storage import find
from events.contracts import ContractPdfReady
from events.preinstall import PreinstallApproved
from services.installations.errors import ContractStays, FieldRefused, TurnedMeanwhile
from services.installations.model import File, Installation

FROM_DOCUMENT = ("file_key", "sha256", "size", "content_type")


def attach_documents(session: Session, event: PreinstallApproved) -> None:
    """The prospect's papers come along, each once. Not visible to the client: they are for the office."""
    find(session, Installation, event.installation_id, lock=True)
    for document in event.documents:
        source = f"preinstall:{document['document_id']}"
        if _known(session, event.installation_id, source) is None:
            file = _from_prospect(document)
            file.installation_id, file.source, file.added_at = event.installation_id, source, event.meta.time
            session.add(file)


def attach_contract(session: Session, event: ContractPdfReady) -> None:
    """The newest PDF of a contract stands in for the one before. The client sees it once the service is active."""
    find(session, Installation, event.installation_id, lock=True)
    source = f"contract:{event.contract_id}"
    file = _known(session, event.installation_id, source)
    if file is None:
        file = File(id=new_id(), installation_id=event.installation_id, source=source, origin="contract")
        session.add(file)
    elif file.added_at > event.meta.time:
        return
    file.kind, file.title, file.visible_to_client, file.preview_key = "contract", "contract", True, None
    file.filename, file.content_type = "contract.pdf", "application/pdf"
    file.file_key, file.sha256, file.size = event.file_key, event.sha256, event.size
    file.added_at = event.meta.time


def add_file(
    session: Session, *, at: datetime, actor: Actor, installation_id: UUID, file: Document, **told: Any
) -> File:
    """What staff uploaded, after its inspection. `told`: title, kind, description, visible_to_client."""
    find(session, Installation, installation_id)
    row = File(
        id=new_id(),
        installation_id=installation_id,
        source=f"staff:{new_id()}",
        origin="technician" if actor.role == "technician" else "staff",
        added_by=actor.name,
        added_at=at,
        **asdict(file),
        **told,
    )
    session.add(row)
    session.flush()
    return row


def change_file(session: Session, *, file_id: UUID, **told: Any) -> File:
    """`told`: title, description, visible_to_client. Where the file came from stays."""
    file = find(session, File, file_id, lock=True)
    for name, value in told.items():
        setattr(file, name, value)
    return file


def change_files(session: Session, *, files: list[dict[str, Any]]) -> list[File]:
    """Several at once, of each what is given: title, visible_to_client."""
    return [change_file(session, **each) for each in sorted(files, key=lambda each: each["file_id"])]


def turn(documents: Documents, file: File, *, company_id: UUID, quarters: int) -> Document:
    """The photo as it should be seen, outside any transaction. Raises `ValidationFailed` for what is no photo."""
    return documents.turn(company_id, file_key=file.file_key, filename=file.filename, quarters=quarters)


def keep_turned(session: Session, *, file_id: UUID, turned: Document, turned_from: str) -> File:
    """`turned_from` is the hash of what was turned. Raises `TurnedMeanwhile` when that is no longer the file."""
    file = find(session, File, file_id, lock=True)
    if file.sha256 != turned_from:
        raise TurnedMeanwhile
    for name in FROM_DOCUMENT:
        setattr(file, name, getattr(turned, name))
    file.preview_key = None
    return file


def keep_preview(session: Session, *, file_id: UUID, preview_key: str) -> File:
    file = find(session, File, file_id, lock=True)
    file.preview_key = preview_key
    return file


def delete_file(session: Session, *, file_id: UUID) -> None:
    """Raises `ContractStays`: what was signed is kept where it belongs, and shown here."""
    file = find(session, File, file_id, lock=True)
    if file.origin == "contract":
        raise ContractStays
    session.delete(file)


def take(documents: Documents, company_id: UUID, staged: dict[str, Any]) -> Document:
    """Inspects an upload and keeps the clean copy, outside any transaction. Raises `FieldRefused` for "file"."""
    try:
        return documents.take(company_id, **staged)
    except ValidationFailed as refused:
        raise FieldRefused("file", refused.code, **refused.params) from refused


def _from_prospect(document: dict[str, Any]) -> File:
    return File(
        id=new_id(),
        origin="prospect",
        kind=document["kind"],
        title=document["title"],
        visible_to_client=False,
        filename=f"{document['kind']}.{EXTENSIONS.get(document['content_type'], 'bin')}",
        **{name: document[name] for name in FROM_DOCUMENT},
    )


def _known(session: Session, installation_id: UUID, source: str) -> File | None:
    return session.scalar(select(File).where(File.installation_id == installation_id, File.source == source))
