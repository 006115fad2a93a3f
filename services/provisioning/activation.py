"""Activating a client's service: asked by the installation, worked on at the router, told how it ended.

Functions of a session each; the work between them, at the router, is in `working.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import Permanent
from chassis.identifiers import new_id
from chassis.jobs import enqueue
from chassis.outbox import announce
from chassis.secrets import Keyring
from chassis.storage import find
from events.installations import InstallationActivationRequested
from events.provisioning import ProvisioningFailed, ProvisioningProgressed, ServiceProvisioned
from services.provisioning import outages
from services.provisioning.model import ASKED, Account, Router
from services.provisioning.modes import SUPPORTED, Service
from services.provisioning.routers import Endpoint

APPLY, WITHDRAW = "provisioning.apply", "provisioning.withdraw"

# What a person may have to read aloud: nothing that looks like something else.
_LEGIBLE = "abcdefghijkmnpqrstuvwxyz23456789"
_PASSWORD_LENGTH = 12  # of 32 letters: 60 bits


@dataclass(frozen=True)
class Work:
    """What one attempt needs to know, taken out of the database."""

    account_id: UUID
    activation_id: UUID
    router_id: UUID
    endpoint: Endpoint
    service: Service


def request(session: Session, *, event: InstallationActivationRequested, keyring: Keyring) -> None:
    """Records what is wanted and queues the work. An older request than the newest known is ignored."""
    account = session.scalar(select(Account).where(Account.installation_id == event.installation_id))
    if account is None:
        account = _new_account(event, keyring)
        session.add(account)
    elif event.meta.entity_version <= account.asked_version:
        return
    elif account.router_id != event.router_id:
        withdraw(session, account_id=account.id, router_id=account.router_id)
    account.ask(
        activation_id=event.activation_id,
        asked_version=event.meta.entity_version,
        router_id=event.router_id,
        service_name=event.service_name,
        ip_address=event.ip_address,
        mac_address=event.mac_address,
        download_kbps=event.plan["download_kbps"],
        upload_kbps=event.plan["upload_kbps"],
    )
    payload = {"account_id": str(account.id), "activation_id": str(event.activation_id)}
    enqueue(session, APPLY, key=str(account.id), payload=payload, lane=str(event.router_id))


def begin(
    session: Session, *, account_id: UUID, activation_id: UUID, attempt: int, keyring: Keyring, at: datetime
) -> Work | None:
    """What to do, or None when a newer activation took over. Raises `Permanent` for what cannot be done."""
    account = _asked(session, account_id, activation_id)
    if account is None:
        return None
    router = _usable_router(session, account)
    if account.begin(router.mode, at):
        _progressed(session, account, router.name, "started", attempt)
    return Work(account.id, activation_id, router.id, endpoint_of(router, keyring), _service(account, keyring))


def note_written(session: Session, *, account_id: UUID, activation_id: UUID, attempt: int) -> None:
    """The router took everything; it is about to be read back."""
    account = _asked(session, account_id, activation_id)
    if account is not None:
        _progressed(session, account, _router_name(session, account), "written", attempt)


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


def confirm(session: Session, *, account_id: UUID, activation_id: UUID, observed: dict[str, Any], at: datetime) -> None:
    """The service is on the router, read back as it should be."""
    account = _asked(session, account_id, activation_id)
    if account is None:
        return
    router = find(session, Router, account.router_id)
    router.answered()
    account.placed(observed, at)
    provisioned = ServiceProvisioned(
        installation_id=account.installation_id,
        activation_id=activation_id,
        account_id=account.id,
        router_id=router.id,
        router_name=router.name,
        mode=account.mode,
        verified_at=at,
    )
    announce(session, provisioned, entity_version=account.version)


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
        router_name=_router_name(session, account),
        reason_code=reason_code,
        reason_params=dict(reason_params),
        attempts=attempts,
    )
    announce(session, failed, entity_version=account.version)
    withdraw(session, account_id=account.id, router_id=account.router_id)


def withdraw(session: Session, *, account_id: UUID, router_id: UUID) -> None:
    """Queues the taking away of an account's rows from a router, for as long as that takes."""
    payload = {"account_id": str(account_id), "router_id": str(router_id)}
    enqueue(session, WITHDRAW, key=f"{account_id}/{router_id}", payload=payload, lane=str(router_id))


def begin_withdrawal(session: Session, *, account_id: UUID, router_id: UUID, keyring: Keyring) -> Endpoint | None:
    """Where to take an account's rows away, or None when they belong there again, or the router is no more."""
    account = session.get(Account, account_id)
    if account is None or (account.stands and account.router_id == router_id):
        return None
    router = session.get(Router, router_id)
    return endpoint_of(router, keyring) if router is not None and router.active else None


# Parts of the above.


def _new_account(event: InstallationActivationRequested, keyring: Keyring) -> Account:
    account = Account(id=new_id(), company_id=event.meta.company_id, installation_id=event.installation_id, version=0)
    password = "".join(secrets.choice(_LEGIBLE) for _ in range(_PASSWORD_LENGTH))
    account.sealed_password = keyring.seal(password, context=account.password_context)
    return account


def _asked(session: Session, account_id: UUID, activation_id: UUID) -> Account | None:
    """The account, as long as this activation is the newest and has not ended."""
    account = find(session, Account, account_id)
    return account if account.activation_id == activation_id and account.state == ASKED else None


def _usable_router(session: Session, account: Account) -> Router:
    router = session.get(Router, account.router_id)
    if router is None:
        raise Permanent("router-unknown")
    if not router.active:
        raise Permanent("router-inactive", router=router.name)
    if router.mode not in SUPPORTED:
        raise Permanent("mode-not-supported", mode=router.mode)
    return router


def _router_name(session: Session, account: Account) -> str:
    router = session.get(Router, account.router_id)
    return router.name if router is not None else ""


def endpoint_of(router: Router, keyring: Keyring) -> Endpoint:
    """Where a router is and how to get in, its password opened."""
    return Endpoint(
        address=router.address,
        port=router.port,
        username=router.username,
        password=keyring.open(router.sealed_password, context=router.password_context),
        tls=router.tls,
        certificate_sha256=router.certificate_sha256,
    )


def _service(account: Account, keyring: Keyring) -> Service:
    return Service(
        account_id=account.id,
        mode=account.mode or "",
        name=account.service_name,
        ip_address=account.ip_address,
        download_kbps=account.download_kbps,
        upload_kbps=account.upload_kbps,
        password=keyring.open(account.sealed_password or "", context=account.password_context),
    )


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
