"""A contract becomes active once it is signed and its installation is active, whichever comes last; it ends with the
service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.outbox import announce
from events.contracts import ContractActivated, ContractEnded
from events.installations import InstallationActivated, InstallationCancelled, ServiceEnded
from services.contracts.links import revoke_links
from services.contracts.model import ACTIVE, PENDING, Contract, Installation
from services.contracts.projections import learn_cancelled, learn_installation


def follow_activation(session: Session, event: InstallationActivated) -> None:
    """The installation is active: so is its contract, if it was signed."""
    installation = learn_installation(session, event)
    for contract in session.scalars(_pending(installation)):
        activate_if_due(session, contract, installation, event.activated_at)


def follow_cancellation(session: Session, event: InstallationCancelled) -> None:
    """The installation will not be done: its contract is over, and its link opens nothing any more."""
    installation = learn_cancelled(session, event)
    for contract in session.scalars(_pending(installation)):
        contract.end()
        revoke_links(session, contract, event.meta.time)


def follow_end(session: Session, event: ServiceEnded) -> None:
    """The service is over: so is its contract, signed or not, and its link opens nothing any more."""
    installation = learn_installation(session, event)
    for contract in session.scalars(_open(installation)):
        contract.end()
        revoke_links(session, contract, event.ended_at)
        ended = ContractEnded(contract_id=contract.id, installation_id=installation.id, ended_at=event.ended_at)
        announce(session, ended, entity_version=contract.version)


def activate_if_due(session: Session, contract: Contract, installation: Installation, at: datetime) -> None:
    """The installation's row must be locked, so that signing and activating do not miss each other."""
    if contract.state != PENDING or contract.signed_at is None or not installation.is_active:
        return
    contract.activate(at)
    activated = ContractActivated(contract_id=contract.id, installation_id=installation.id, activated_at=at)
    announce(session, activated, entity_version=contract.version)


def _pending(installation: Installation):
    return _open(installation).where(Contract.state == PENDING)


def _open(installation: Installation):
    of_it = select(Contract).where(Contract.installation_id == installation.id, Contract.state.in_((PENDING, ACTIVE)))
    return of_it.order_by(Contract.id).with_for_update().execution_options(populate_existing=True)
