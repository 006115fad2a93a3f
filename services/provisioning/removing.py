"""Taking services away from routers: when a client leaves, after a cancellation, a move, a failure, or on request."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case
from sqlalchemy.orm import Session

from chassis.errors import NotFound, Transient
from chassis.jobs import enqueue
from chassis.outbox import announce
from chassis.secrets import Keyring
from chassis.storage import current_company, find
from chassis.storage.dialect import upsert
from events.installations import InstallationCancelled, ServiceEndRequested
from events.provisioning import AdjustmentFailed, RemovalDelayed, ServiceAbandoned, ServiceRemoved
from services.provisioning import outages
from services.provisioning.model import REMOVE, REMOVING, Account, Cancellation, Router
from services.provisioning.modes import Service
from services.provisioning.preparing import account_of, adopted_by_menu, endpoint_of, service_of, where
from services.provisioning.routers import Endpoint

WITHDRAW = "provisioning.withdraw"


def remove(session: Session, *, installation_id: UUID) -> Account:
    """Wants nothing of a service anywhere, for as long as that takes. Raises `NotFound`."""
    account = account_of(session, installation_id)
    if account is None:
        raise NotFound("account-not-found")
    _remove(session, account)
    return account


def cancel(session: Session, *, event: InstallationCancelled) -> None:
    """The installation will not be done: what may be on a router already is taken away.

    Where nothing is known of it yet, an activation that was asked for earlier may still come: it has no effect.
    """
    account = account_of(session, event.installation_id)
    if account is None:
        cancelled_version(session, event.installation_id, at_least=event.meta.entity_version)
        account = account_of(session, event.installation_id)
    if account is not None and event.meta.entity_version > account.asked_version:
        account.asked_version = event.meta.entity_version
        _remove(session, account)


def end(session: Session, *, event: ServiceEndRequested) -> None:
    """The client leaves. An older request than the newest wish known has no effect; a newer one asks once more.

    A router out of use is asked when it is in use again, whether anybody waits for that or not. Raises `NotFound`:
    whoever is a client was put on a router.
    """
    account = account_of(session, event.installation_id)
    if account is None:
        raise NotFound("account-not-found")
    if event.meta.entity_version > account.asked_version:
        account.asked_version = event.meta.entity_version
        _remove(session, account, release=event.release)
        router = session.get(Router, account.router_id)
        if event.without_router and router is not None and not router.active:
            abandoned = ServiceAbandoned(
                **where(session, account), asked_version=account.asked_version, abandoned_at=event.meta.time
            )
            announce(session, abandoned, entity_version=account.version)


def cancelled_version(session: Session, installation_id: UUID, *, at_least: int = 0) -> int:
    """The newest version of an unknown installation that was cancelled; 0 when none was.

    Two replicas may hear of the installation at once, one that it is to be activated and one that it is cancelled:
    the later one waits here, and must look for the account again.
    """
    row = {"installation_id": installation_id, "company_id": current_company(session), "version": at_least}
    known = Cancellation.__table__

    def newer(new: Any) -> dict[str, Any]:
        return {"version": case((new.version > known.c.version, new.version), else_=known.c.version)}

    written = upsert(session, known, row, key=["installation_id"], change=newer, returning=[known.c.version])
    return written.scalar_one()


def leave_other_routers(session: Session, account: Account) -> None:
    """Takes away what an account left on routers that are not its present one."""
    for left in map(UUID, account.left_behind or {}):
        if left != account.router_id:
            withdraw(session, account, left)


def withdraw(session: Session, account: Account, router_id: UUID) -> None:
    """Queues the taking away of an account's rows from a router, and the end of its sessions there."""
    here = router_id == account.router_id
    sessions = account.sessions() if here else (account.left_behind or {})[str(router_id)]
    payload = {"account_id": str(account.id), "router_id": str(router_id), "sessions": sessions}
    enqueue(session, WITHDRAW, key=f"{account.id}/{router_id}", payload=payload, lane=str(router_id))


@dataclass(frozen=True)
class Withdrawal:
    """Where to take an account's rows away, and what is left there as it was: `released`, not cut as `uncut`."""

    endpoint: Endpoint
    released: Sequence[Mapping[str, Any]] = ()
    uncut: Service | None = None


def begin(session: Session, *, account_id: UUID, router_id: UUID, keyring: Keyring) -> Withdrawal | None:
    """None when the account's rows belong there again, or the router is no more.

    Raises `Transient` while nobody may talk to the router.
    """
    account = session.get(Account, account_id)
    if account is None or (account.stands and account.router_id == router_id):
        return None
    router = session.get(Router, router_id)
    if router is None:
        return None
    if not router.active:
        raise Transient("router-inactive", router=router.name)
    endpoint = endpoint_of(router, keyring)
    if not account.released or account.router_id != router_id:
        return Withdrawal(endpoint)
    rows, service, uncut = account.adopted or [], service_of(account, router, keyring), None
    if service.cut is not None and service.cut.active:
        cut = dataclasses.replace(service.cut, active=False)
        uncut = dataclasses.replace(service, cut=cut, adopted=adopted_by_menu(rows))
    return Withdrawal(endpoint, rows, uncut)


def confirm(session: Session, *, account_id: UUID, router_id: UUID, answered: bool, at: datetime) -> None:
    """Nothing of the account is on that router; when it was the present one, that is the end of it."""
    if answered:
        outages.note_answer(session, find(session, Router, router_id))
    if not is_removal(session, account_id=account_id, router_id=router_id):
        return
    account = find(session, Account, account_id)
    account.removed()
    removed = ServiceRemoved(
        **where(session, account), asked_version=account.asked_version, released=account.released, removed_at=at
    )
    announce(session, removed, entity_version=account.version)


def note_waiting(
    session: Session,
    *,
    account_id: UUID,
    router_id: UUID,
    reason_code: str,
    reason_params: Mapping[str, Any],
    at: datetime,
) -> None:
    """The attempt failed, another follows; the first of a kind is told to whoever waits for the end."""
    if not is_removal(session, account_id=account_id, router_id=router_id):
        return
    account = find(session, Account, account_id)
    outages.note_silence(session, find(session, Router, router_id), reason_code=reason_code, at=at)
    if account.removal_waits(reason_code, dict(reason_params)):
        delayed = RemovalDelayed(
            **where(session, account),
            asked_version=account.asked_version,
            reason_code=reason_code,
            reason_params=dict(reason_params),
        )
        announce(session, delayed, entity_version=account.version)


def refuse(
    session: Session, *, account_id: UUID, router_id: UUID, reason_code: str, reason_params: Mapping[str, Any]
) -> None:
    """The router refuses for good; asked again, it is tried again."""
    if not is_removal(session, account_id=account_id, router_id=router_id):
        return
    account = find(session, Account, account_id)
    account.not_removed(reason_code, dict(reason_params))
    failed = AdjustmentFailed(
        **where(session, account),
        operation=REMOVE,
        asked_version=account.asked_version,
        reason_code=reason_code,
        reason_params=dict(reason_params),
    )
    announce(session, failed, entity_version=account.version)


def is_removal(session: Session, *, account_id: UUID, router_id: UUID) -> bool:
    """Whether the account is to be taken away altogether, and not only to leave a router; it is locked then."""
    account = find(session, Account, account_id, lock=True)
    return account.state == REMOVING and account.router_id == router_id


def _remove(session: Session, account: Account, *, release: bool = False) -> None:
    account.remove(release=release)
    withdraw(session, account, account.router_id)
    leave_other_routers(session, account)
