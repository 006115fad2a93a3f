"""What clients see of their own contract: read, signed through its link while it waits for that, kept as PDF."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from services.contracts import links, queries
from services.contracts.model import Contract


def contract_of(session: Session, *, installation_id: UUID) -> Contract | None:
    """The newest, None when there is none yet."""
    newest = select(Contract).where(Contract.installation_id == installation_id).order_by(Contract.id.desc()).limit(1)
    return session.scalar(newest)


def link_for(session: Session, *, installation_id: UUID, days: int, sealing: links.Sealing, at: datetime) -> Any:
    """Raises `NotFound`, `ContractAlreadySigned`, `ContractNotPending`."""
    contract = _contract(session, installation_id)
    return links.issue_link(session, contract_id=contract.id, send_email=False, days=days, sealing=sealing, at=at)


def open_pdf_for(session: Session, *, installation_id: UUID) -> dict[str, Any]:
    """Raises `NotFound`, `PdfNotReady`."""
    return queries.open_pdf(session, contract_id=_contract(session, installation_id).id)


def _contract(session: Session, installation_id: UUID) -> Contract:
    contract = contract_of(session, installation_id=installation_id)
    if contract is None:
        raise NotFound
    return contract
