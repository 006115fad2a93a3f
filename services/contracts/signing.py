"""Signing: by link or in person, once; what was signed is frozen with its evidence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.storage import current_company, find
from events.contracts import ContractSigned
from services.contracts.activation import activate_if_due
from services.contracts.attaching import StoredFile, attach
from services.contracts.errors import ContractChanged
from services.contracts.links import link_by_token
from services.contracts.model import (
    ACTIVE,
    BY_LINK,
    IN_PERSON,
    PENDING,
    Contract,
    Installation,
    Link,
    Signature,
)
from services.contracts.printing import begin_pdf
from services.contracts.projections import company_of
from services.contracts.wording import wording


@dataclass(frozen=True)
class Signed:
    """What the signer gave. `image_key` names the signature's PNG in the file store."""

    signer_name: str
    image_key: str
    image_sha256: str
    ip: str | None
    user_agent: str | None
    attachments: list[StoredFile] = field(default_factory=list)


def sign_by_link(session: Session, *, token: str, signed: Signed, at: datetime) -> Contract:
    """Raises `LinkUnknown`, `LinkRevoked`, `LinkExpired`, `ContractAlreadySigned`, `ContractNotPending`."""
    link = link_by_token(session, token)
    contract, installation = _locked(session, link.contract_id)
    contract.must_wait_for_signature()
    session.refresh(link, with_for_update=True)
    link.must_be_live(at)
    link.used_at = at
    _sign(session, contract, installation, signed, at, method=BY_LINK, link=link)
    return contract


def sign_in_person(
    session: Session,
    *,
    contract_id: UUID,
    signed: Signed,
    at: datetime,
    witness: str | None,
    text_sha256: str | None = None,
) -> Contract:
    """Raises `ContractAlreadySigned`, `ContractNotPending`, and `ContractChanged` when its text is not the one that
    was shown."""
    contract, installation = _locked(session, contract_id)
    if text_sha256 is not None and text_sha256 != _sha256(contract.content):
        raise ContractChanged
    _sign(session, contract, installation, signed, at, method=IN_PERSON, witness=witness)
    return contract


def must_be_signable(session: Session, contract_id: UUID) -> None:
    """Raises `ContractAlreadySigned`, `ContractNotPending`; for before anything is received."""
    find(session, Contract, contract_id).must_wait_for_signature()


def must_be_signable_by(session: Session, token: str, at: datetime) -> UUID:
    """The company whose contract the token signs. Raises what `sign_by_link` does."""
    link = link_by_token(session, token)
    must_be_signable(session, link.contract_id)
    link.must_be_live(at)
    return link.company_id


def _sign(
    session: Session,
    contract: Contract,
    installation: Installation,
    signed: Signed,
    at: datetime,
    *,
    method: str,
    link: Link | None = None,
    witness: str | None = None,
) -> None:
    contract.sign(at)
    signature = _evidence(session, contract, signed, method, link, witness)
    session.add(signature)
    attach(session, contract, signed.attachments, at)
    told = ContractSigned(
        contract_id=contract.id,
        installation_id=installation.id,
        signer_name=signed.signer_name,
        email=installation.email,
        signed_at=at,
        text_sha256=signature.text_sha256,
    )
    announce(session, told, entity_version=contract.version)
    _replace_others(session, contract)
    activate_if_due(session, contract, installation, at)
    begin_pdf(session, contract)
    session.flush()
    session.expire(contract, ["signature"])


def _locked(session: Session, contract_id: UUID) -> tuple[Contract, Installation]:
    """The installation first, as whoever activates it does: so one of the two sees what the other did."""
    installation_id = find(session, Contract, contract_id).installation_id
    installation = find(session, Installation, installation_id, lock=True)
    return find(session, Contract, contract_id, lock=True), installation


def _evidence(
    session: Session, contract: Contract, signed: Signed, method: str, link: Link | None, witness: str | None
) -> Signature:
    consent = wording(company_of(session, current_company(session)).locale)["consent"]
    return Signature(
        id=new_id(),
        contract_id=contract.id,
        signer_name=signed.signer_name,
        signed_at=contract.signed_at,
        method=method,
        link_id=link.id if link else None,
        opened_at=link.opened_at if link else None,
        witness=witness,
        ip=signed.ip,
        user_agent=signed.user_agent,
        text_sha256=_sha256(contract.content),
        consent=consent,
        consent_sha256=_sha256(consent),
        image_key=signed.image_key,
        image_sha256=signed.image_sha256,
    )


def _replace_others(session: Session, contract: Contract) -> None:
    """What was in force for this installation until now, signed as it was."""
    others = select(Contract).where(
        Contract.installation_id == contract.installation_id,
        Contract.id != contract.id,
        Contract.state.in_([PENDING, ACTIVE]),
        Contract.signed_at.is_not(None),
    )
    for other in session.scalars(others.with_for_update()):
        other.replace()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
