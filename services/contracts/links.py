"""Links by which a client reads and signs without a login: 256 random bits, expiring, revocable."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.secrets import Keyring
from chassis.storage import enter_company, find
from events.contracts import ContractLinkIssued
from services.contracts.errors import ClientWithoutEmail, LinkUnknown
from services.contracts.model import Contract, Installation, Link

TOKEN_BYTES = 32


@dataclass(frozen=True)
class Sealing:
    """`own` keeps the token for "copy again"; `shared` seals the path for the notifications service."""

    own: Keyring
    shared: Keyring


@dataclass(frozen=True)
class IssuedLink:
    path: str
    expires_at: datetime


def issue_link(
    session: Session, *, contract_id: UUID, send_email: bool, days: int, sealing: Sealing, at: datetime
) -> IssuedLink:
    """A new link, or the one that is still live, so that copying twice gives the same. Mailed when asked for.

    Raises `ContractAlreadySigned`, `ContractNotPending`, and `ClientWithoutEmail` when nobody can be mailed.
    """
    contract = find(session, Contract, contract_id, lock=True)
    contract.must_wait_for_signature()
    installation = find(session, Installation, contract.installation_id)
    if send_email and not installation.email:
        raise ClientWithoutEmail
    link = live_link(session, contract_id, at)
    is_new = link is None
    if link is None:
        link = _new_link(contract, days, sealing.own, at)
        session.add(link)
    path = _path(sealing.own.open(link.sealed_token, context=link.token_context))
    if is_new or send_email:
        contract.version += 1
        issued = _issued(contract, installation, link, path, sealing.shared, mailed=send_email)
        announce(session, issued, entity_version=contract.version)
    return IssuedLink(path, link.expires_at)


def revoke_link(session: Session, *, contract_id: UUID, at: datetime) -> None:
    """Nobody can open the contract by its link any more; without one, nothing happens."""
    revoke_links(session, find(session, Contract, contract_id, lock=True), at)


def revoke_links(session: Session, contract: Contract, at: datetime) -> None:
    for link in session.scalars(_unrevoked(contract.id)):
        link.revoked_at = at


def live_link(session: Session, contract_id: UUID, at: datetime) -> Link | None:
    return next((link for link in session.scalars(_unrevoked(contract_id)) if link.is_live(at)), None)


def link_by_token(session: Session, token: str) -> Link:
    """The link of a token, in a session that now serves its company; raises `LinkUnknown`.

    The only look-up over all companies: whoever has the token may know whose it is.
    """
    link = session.scalar(select(Link).where(Link.token_sha256 == _hash(token)))
    if link is None:
        raise LinkUnknown
    enter_company(session, link.company_id)
    return link


def open_link(session: Session, *, token: str, at: datetime) -> Contract:
    """The contract behind a link; the first opening is noted. Raises `LinkUnknown`, `LinkRevoked`, `LinkExpired`.

    After the signature it goes on showing what was signed, until it expires.
    """
    link = link_by_token(session, token)
    link.must_be_live(at)
    if link.opened_at is None:
        link.opened_at = at
    return find(session, Contract, link.contract_id)


def _unrevoked(contract_id: UUID):
    return select(Link).where(Link.contract_id == contract_id, Link.revoked_at.is_(None))


def _new_link(contract: Contract, days: int, keyring: Keyring, at: datetime) -> Link:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = Link(
        id=new_id(),
        company_id=contract.company_id,
        contract_id=contract.id,
        token_sha256=_hash(token),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    link.sealed_token = keyring.seal(token, context=link.token_context)
    return link


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _path(token: str) -> str:
    return f"/contrato/{token}"


def _issued(
    contract: Contract, installation: Installation, link: Link, path: str, keyring: Keyring, *, mailed: bool
) -> ContractLinkIssued:
    """Without an address when nobody is to be mailed."""
    return ContractLinkIssued(
        contract_id=contract.id,
        installation_id=installation.id,
        first_name=installation.details["first_name"],
        last_name=installation.details["last_name"],
        email=installation.email if mailed else None,
        sealed_path=keyring.seal(path, context=f"contract-link/{contract.company_id}/{contract.id}"),
        expires_at=link.expires_at,
    )
