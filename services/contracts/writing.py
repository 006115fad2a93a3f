"""Writing a contract: drafted from a template, saved, edited for as long as nobody has signed it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.storage import current_company, find
from events.contracts import ContractCreated
from services.contracts.errors import ContractExists, InstallationCancelled, NotKnownYet
from services.contracts.links import revoke_links
from services.contracts.model import PENDING, Contract, Installation, Template, check_period
from services.contracts.projections import company_of
from services.contracts.sanitising import sanitise
from services.contracts.tags import replace_tags
from services.contracts.values import tag_values


def draft(session: Session, *, installation_id: UUID, template_id: UUID | None, at: datetime) -> str:
    """A template's text with the installation's data in it; the default template when none is named."""
    installation = find(session, Installation, installation_id)
    return _filled_in(session, installation, _template(session, template_id).content, at)


def save(
    session: Session,
    *,
    installation_id: UUID,
    content: str,
    starts_on: date | None,
    ends_on: date | None,
    at: datetime,
    contract_id: UUID | None = None,
    version: int | None = None,
) -> Contract:
    """Writes a new contract, or edits one that waits for its signature; an edit revokes its links.

    `version` is the edition that the editor began with. Beside a signed contract a new one may be
    written: signing it replaces the old one. Raises `InstallationCancelled`, `ContractExists`, and what
    `Contract.edit` raises.
    """
    installation = find(session, Installation, installation_id, lock=True)
    if installation.is_over:
        raise InstallationCancelled
    text = _filled_in(session, installation, content, at)
    if contract_id is None:
        return _create(session, installation, text, starts_on, ends_on, at)
    contract = find(session, Contract, contract_id, lock=True)
    if contract.installation_id != installation_id:
        raise NotFound("contract-not-found")
    if contract.edit(content=text, starts_on=starts_on, ends_on=ends_on, edition=version):
        revoke_links(session, contract, at)
    return contract


def _create(
    session: Session, installation: Installation, text: str, starts_on: date | None, ends_on: date | None, at: datetime
) -> Contract:
    waiting = select(Contract.id).where(
        Contract.installation_id == installation.id, Contract.state == PENDING, Contract.signed_at.is_(None)
    )
    if session.scalar(waiting):
        raise ContractExists
    check_period(starts_on, ends_on)
    contract = Contract(
        id=new_id(),
        installation_id=installation.id,
        content=text,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at,
    )
    session.add(contract)
    session.flush()
    created = ContractCreated(contract_id=contract.id, installation_id=installation.id)
    announce(session, created, entity_version=contract.version)
    return contract


def _filled_in(session: Session, installation: Installation, text: str, at: datetime) -> str:
    """Sanitised after the tags were replaced, so that no value can bring markup of its own."""
    company = company_of(session, current_company(session))
    return sanitise(replace_tags(text, tag_values(company, installation, at)))


def _template(session: Session, template_id: UUID | None) -> Template:
    if template_id is not None:
        return find(session, Template, template_id)
    default = session.scalars(select(Template).where(Template.is_default)).one_or_none()
    if default is None:  # it comes with the company
        raise NotKnownYet("company-not-known-yet", company_id=str(current_company(session)))
    return default
