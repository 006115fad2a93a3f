"""Files that belong to a contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.storage import find
from services.contracts.model import Attachment, Contract


@dataclass(frozen=True)
class StoredFile:
    """A file that was inspected and is in the file store."""

    title: str
    filename: str
    content_type: str
    size: int
    sha256: str
    file_key: str


def add_attachments(session: Session, *, contract_id: UUID, files: Sequence[StoredFile], at: datetime) -> Contract:
    """Staff adds files until it is signed. Raises `ContractAlreadySigned`, `ContractNotPending`."""
    contract = find(session, Contract, contract_id, lock=True)
    contract.must_wait_for_signature()
    attach(session, contract, files, at)
    return contract


def attach(session: Session, contract: Contract, files: Sequence[StoredFile], at: datetime) -> None:
    for file in files:
        session.add(Attachment(id=new_id(), contract_id=contract.id, added_at=at, **asdict(file)))
    session.flush()
    session.expire(contract, ["attachments"])
