"""Activating a client's service: asked by the installation, worked on at the router, told how it ended.

Functions of a session each; the work between them, at the router, is in `working.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.jobs import enqueue
from chassis.outbox import announce
from chassis.secrets import Keyring
from chassis.storage import find
from events.installations import InstallationActivationRequested
from events.provisioning import ProvisioningFailed, ProvisioningProgressed, ServiceProvisioned
from services.provisioning import adopting, outages, removing
from services.provisioning.model import ASKED, Account, Router
from services.provisioning.preparing import Work, account_of, prepared, router_name, usable_router, wanted_by

APPLY = "provisioning.apply"

# What a person may have to read aloud: nothing that looks like something else.
_LEGIBLE = "abcdefghijkmnpqrstuvwxyz23456789"
_PASSWORD_LENGTH = 12  # of 32 letters: 60 bits


def request(session: Session, *, event: InstallationActivationRequested, keyring: Keyring) -> None:
    """Records what is wanted and queues the work. An older request than the newest known is ignored."""
    account = account_of(session, event.installation_id)
    if account is None:
        if event.meta.entity_version <= removing.cancelled_version(session, event.installation_id):
            return
        account = account_of(session, event.installation_id)
    if account is None:
        account = _new_account(event, keyring)
        session.add(account)
    elif event.meta.entity_version <= account.asked_version:
        return
    account.ask(
        activation_id=event.activation_id,
        asked_version=event.meta.entity_version,
        **wanted_by(event),
    )
    removing.leave_other_routers(session, account)
    payload = {"account_id": str(account.id), "activation_id": str(event.activation_id)}
    # A job that runs keeps its lane: one for another router must be another job.
    enqueue(session, APPLY, key=f"{account.id}/{event.router_id}", payload=payload, lane=str(event.router_id))


def begin(
    session: Session, *, account_id: UUID, activation_id: UUID, attempt: int, keyring: Keyring, at: datetime
) -> Work | None:
    """What to do, or None when a newer activation took over. Raises `Permanent` for what cannot be done."""
    account = _asked(session, account_id, activation_id)
    if account is None:
        return None
    router = usable_router(session, account)
    if account.begin(router.mode, at):
        _progressed(session, account, router.name, "started", attempt)
    adoption = adopting.adopted_by(session, account)
    if adoption is not None:
        adopting.take_password(adoption, account, keyring)
    return prepared(account, router, keyring, adoption)


def note_written(session: Session, *, account_id: UUID, activation_id: UUID, attempt: int) -> None:
    """The router took everything; it is about to be read back."""
    account = _asked(session, account_id, activation_id)
    if account is not None:
        _progressed(session, account, router_name(session, account), "written", attempt)


def note_waiting(
    session: Session, *, account_id: UUID, activation_id: UUID, attempt: int, reason_code: str, at: datetime
) -> bool:
    """The attempt failed; true when another may follow. The first of an outage is told of the router too."""
    account = _asked(session, account_id, activation_id)
    if account is None:
        return True
    router = find(session, Router, account.router_id)
    _progressed(session, account, router.name, "waiting", attempt, reason_code)
    outages.note_silence(session, router, reason_code=reason_code, at=at)
    return not account.is_overdue(at)


def confirm(
    session: Session,
    *,
    account_id: UUID,
    activation_id: UUID,
    observed: dict[str, Any],
    checks: list[dict[str, Any]],
    at: datetime,
) -> None:
    """The service is on the router, read back as it should be; `checks` is what the router said of it then."""
    account = _asked(session, account_id, activation_id)
    if account is None:
        return
    router = find(session, Router, account.router_id)
    outages.note_answer(session, router)
    account.prove(checks, at)
    account.placed(observed, at)
    provisioned = ServiceProvisioned(
        installation_id=account.installation_id,
        activation_id=activation_id,
        account_id=account.id,
        router_id=router.id,
        router_name=router.name,
        mode=account.mode,
        verified_at=at,
        checks=checks,
    )
    announce(session, provisioned, entity_version=account.version)
    account.left_behind = None
    adopting.forget(session, account)


def give_up(
    session: Session,
    *,
    account_id: UUID,
    activation_id: UUID,
    attempts: int,
    reason_code: str,
    reason_params: Mapping[str, Any],
) -> None:
    """The service could not be put on the router; whatever of it may be there is taken away as soon as it answers."""
    account = _asked(session, account_id, activation_id)
    if account is None:
        return
    account.failed(reason_code, dict(reason_params))
    failed = ProvisioningFailed(
        installation_id=account.installation_id,
        activation_id=activation_id,
        router_id=account.router_id,
        router_name=router_name(session, account),
        reason_code=reason_code,
        reason_params=dict(reason_params),
        attempts=attempts,
    )
    announce(session, failed, entity_version=account.version)
    # What the client had before Alta is not taken away because Alta could not finish.
    if account.mode is not None and adopting.adopted_by(session, account) is None:
        removing.withdraw(session, account, account.router_id)


# Parts of the above.


def _new_account(event: InstallationActivationRequested, keyring: Keyring) -> Account:
    account = Account(id=new_id(), company_id=event.meta.company_id, installation_id=event.installation_id, version=0)
    password = "".join(secrets.choice(_LEGIBLE) for _ in range(_PASSWORD_LENGTH))
    account.sealed_password = keyring.seal(password, context=account.password_context)
    return account


def _asked(session: Session, account_id: UUID, activation_id: UUID) -> Account | None:
    """The account, as long as this activation is the newest and has not ended."""
    account = find(session, Account, account_id, lock=True)
    return account if account.activation_id == activation_id and account.state == ASKED else None


def _progressed(
    session: Session, account: Account, router_name: str, step: str, attempt: int, reason_code: str | None = None
) -> None:
    account.progress()
    progressed = ProvisioningProgressed(
        installation_id=account.installation_id,
        activation_id=account.activation_id,
        router_id=account.router_id,
        router_name=router_name,
        step=step,
        reason_code=reason_code,
        attempt=attempt,
    )
    announce(session, progressed, entity_version=account.version)
