"""Reads for screens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.storage import Page, current_company, find, paginate
from services.contracts.links import link_by_token, live_link
from services.contracts.model import PENDING, Attachment, Contract, Installation, Template
from services.contracts.printing import pdf_filename
from services.contracts.projections import company_of
from services.contracts.wording import wording

PDF = "application/pdf"


def list_templates(session: Session, *, after: str | None, limit: int) -> Page:
    order = [(Template.name, "asc"), (Template.id, "asc")]
    return paginate(session, select(Template), order=order, after=after, limit=limit)


def summary(session: Session) -> dict[str, int]:
    """How many contracts wait for their signature."""
    return {"unsigned": session.scalar(select(func.count()).where(*_unsigned())) or 0}


def list_unsigned(session: Session, *, after: str | None, limit: int) -> Page:
    """The oldest first, each with whose it is."""
    waiting = select(Contract, Installation).join(Installation, Installation.id == Contract.installation_id)
    order = [(Contract.created_at, "asc"), (Contract.id, "asc")]
    page = paginate(session, waiting.where(*_unsigned()), order=order, after=after, limit=limit)
    return Page([_waiting(row[0], row[1].details) for row in page.rows], page.next)


def _unsigned() -> tuple[Any, ...]:
    return Contract.state == PENDING, Contract.signed_at.is_(None)


def _waiting(contract: Contract, details: dict[str, Any]) -> dict[str, Any]:
    told = {name: details[name] for name in ("number", "first_name", "last_name", "phone")}
    return told | {"installation_id": contract.installation_id, "created_at": contract.created_at}


def get_for_installation(session: Session, *, installation_id: UUID, at: datetime) -> dict[str, Any] | None:
    """The newest contract of an installation, None when there is none yet."""
    newest = select(Contract).where(Contract.installation_id == installation_id).order_by(Contract.id.desc()).limit(1)
    contract = session.scalar(newest)
    return None if contract is None else describe(session, contract, at)


def get_contract(session: Session, *, contract_id: UUID, at: datetime) -> dict[str, Any]:
    return describe(session, find(session, Contract, contract_id), at)


def describe(session: Session, contract: Contract, at: datetime) -> dict[str, Any]:
    """All about a contract. Its link is told without its token."""
    link = live_link(session, contract.id, at)
    return {
        "contract_id": contract.id,
        "installation_id": contract.installation_id,
        "state": contract.state,
        "content": contract.content,
        "starts_on": contract.starts_on,
        "ends_on": contract.ends_on,
        "signed_at": contract.signed_at,
        "activated_at": contract.activated_at,
        "signer_name": contract.signature.signer_name if contract.signature else None,
        "pdf": {"state": contract.pdf_state, "readable": contract.pdf_key is not None},
        "link": {"expires_at": link.expires_at, "opened_at": link.opened_at} if link else None,
        "attachments": contract.attachments,
        "version": contract.edition,
    }


def shown_by_link(session: Session, contract: Contract) -> dict[str, Any]:
    """What whoever has the link may see."""
    company = company_of(session, current_company(session))
    return {
        "company_id": company.id,
        "contract_id": contract.id,
        "company_name": company.name,
        "locale": company.locale,
        "content": contract.content,
        "consent": wording(company.locale)["consent"],
        "person": find(session, Installation, contract.installation_id).person,
        "state": contract.state,
        "signed_at": contract.signed_at,
        "pdf_ready": contract.pdf_key is not None,
    }


def open_pdf(session: Session, *, contract_id: UUID) -> dict[str, Any]:
    """Raises `PdfNotReady`."""
    return _pdf(session, find(session, Contract, contract_id))


def open_pdf_by_link(session: Session, *, token: str, at: datetime) -> dict[str, Any]:
    """Raises `LinkUnknown`, `LinkRevoked`, `LinkExpired`, `PdfNotReady`."""
    link = link_by_token(session, token)
    link.must_be_live(at)
    return _pdf(session, find(session, Contract, link.contract_id))


def open_attachment(session: Session, *, attachment_id: UUID) -> Attachment:
    return find(session, Attachment, attachment_id)


def _pdf(session: Session, contract: Contract) -> dict[str, Any]:
    key = contract.readable_pdf()
    return {"file_key": key, "filename": pdf_filename(session, contract), "content_type": PDF}
