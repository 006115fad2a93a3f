"""A contract becomes active once it is signed and its installation is active, whichever comes last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.outbox import announce
from events.contracts import ContractActivated
from events.installations import InstallationActivated, InstallationCancelled
from services.contracts.links import revoke_links
from services.contracts.model import PENDING, Contract, Installation
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


def activate_if_due(session: Session, contract: Contract, installation: Installation, at: datetime) -> None:
    """The installation's row must be locked, so that signing and activating do not miss each other."""
    if contract.state != PENDING or contract.signed_at is None or not installation.is_active:
        return
    contract.activate(at)
    activated = ContractActivated(contract_id=contract.id, installation_id=installation.id, activated_at=at)
    announce(session, activated, entity_version=contract.version)


def _pending(installation: Installation):
    of_it = select(Contract).where(Contract.installation_id == installation.id, Contract.state == PENDING)
    return of_it.order_by(Contract.id).with_for_update().execution_options(populate_existing=True)
