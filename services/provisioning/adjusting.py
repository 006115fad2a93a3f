"""Changing a service that is on its router: another plan, address, name or router; suspending, reconnecting.

Functions of a session each; the work between them, at the router, is in `working.py`. A change is tried
until the router answers: nobody waits for it at a screen. What the router refuses for good is told, and
the service goes back to what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import NotFound, Permanent
from chassis.identifiers import new_id
from chassis.jobs import enqueue_all
from chassis.messages import Event
from chassis.outbox import announce
from chassis.secrets import Keyring
from chassis.storage import find, write_changed
from events.billing import ReconnectionDue, SuspensionDue
from events.installations import ServiceChanged, ServiceEndWithdrawn
from events.provisioning import AdjustmentFailed, ServiceAdjusted, ServiceReconnected, ServiceSuspended
from services.provisioning import outages, removing
from services.provisioning.model import CHANGE, RECONNECT, SUSPEND, Account, Router
from services.provisioning.preparing import Work, account_of, prepared, usable_router, wanted_by, where

ADJUST = "provisioning.adjust"


def change(session: Session, *, event: ServiceChanged) -> None:
    """Takes over what the installation now says of its service; what is older, or says nothing new, has no effect."""
    account = account_of(session, event.installation_id)
    if account is None or event.meta.entity_version <= account.asked_version:
        return
    account.asked_version = event.meta.entity_version
    wanted = wanted_by(event)
    if account.stands and not account.wants(wanted):
        adjust_account(session, account, CHANGE, **wanted)


def keep(session: Session, *, event: ServiceEndWithdrawn) -> None:
    """A client who was to leave stays: what was taken off the router, or is about to be, is put back."""
    account = account_of(session, event.installation_id)
    if account is None or event.meta.entity_version <= account.asked_version:
        return
    account.asked_version = event.meta.entity_version
    wanted = wanted_by(event)
    if account.keep(new_id(), **wanted):
        _enqueue(session, [account])
    elif account.stands and not account.wants(wanted):
        # A change of before, that is heard of later, would be older than this.
        adjust_account(session, account, CHANGE, **wanted)


def suspend_due(session: Session, *, event: SuspensionDue) -> None:
    _on_due(session, event, SUSPEND)


def reconnect_due(session: Session, *, event: ReconnectionDue) -> None:
    _on_due(session, event, RECONNECT)


def adjust(session: Session, *, installation_id: UUID, operation: str | None) -> Account:
    """Staff suspend, reconnect, or (without an operation) try once more. Raises `NotFound`, `AccountNotPlaced`."""
    account = account_of(session, installation_id)
    if account is None:
        raise NotFound("account-not-found")
    adjust_account(session, account, operation)
    return account


def adjust_account(session: Session, account: Account, operation: str | None, **wanted: Any) -> None:
    """The same for an account that the caller has locked. Raises `AccountNotPlaced`."""
    account.adjust(new_id(), operation, **wanted)
    _enqueue(session, [account])


def adjust_accounts(session: Session, accounts: Sequence[Account], operation: str | None) -> None:
    """The same for several accounts. Raises `AccountNotPlaced`."""
    for account in accounts:
        account.adjust(new_id(), operation)
    _enqueue(session, accounts)


def begin(session: Session, wishes: Mapping[UUID, UUID], *, keyring: Keyring) -> dict[UUID, Work | Permanent | None]:
    """What to do for each account, given the adjustment of each: None when a newer wish took over, or why it cannot
    be done."""
    begun: dict[UUID, Work | Permanent | None] = dict.fromkeys(wishes)
    accounts = _changing(session, wishes)
    _routers = _loaded_routers(session, accounts)
    for account in accounts:
        begun[account.id] = _begin(session, account, keyring)
    return begun


def _begin(session: Session, account: Account, keyring: Keyring) -> Work | Permanent:
    try:
        router = usable_router(session, account)
    except Permanent as refusal:
        return refusal
    account.mode = router.mode
    return prepared(account, router, keyring)


def note_waiting(session: Session, *, account_id: UUID, adjustment_id: UUID, reason_code: str, at: datetime) -> None:
    """The attempt failed, another follows."""
    for account in _changing(session, {account_id: adjustment_id}):
        router = find(session, Router, account.router_id)
        outages.note_silence(session, router, reason_code=reason_code, at=at)


def confirm(
    session: Session, wishes: Mapping[UUID, UUID], observed: Mapping[UUID, dict[str, Any]], *, at: datetime
) -> None:
    """The router is as wanted: tells what was done, and leaves the routers that the accounts were on before."""
    accounts = _changing(session, wishes)
    routers = _loaded_routers(session, accounts)
    for router in routers.values():
        outages.note_answer(session, router)
    for account in accounts:
        for operation in account.adjusted(observed[account.id], at):
            _tell(session, account, _done(session, account, operation, routers[account.router_id], at))
        removing.leave_other_routers(session, account)
        account.left_behind = None
    write_changed(session, accounts)


def refuse(
    session: Session,
    *,
    account_id: UUID,
    adjustment_id: UUID,
    reason_code: str,
    reason_params: Mapping[str, Any],
) -> None:
    """The router refuses for good: one wish is given up and told, and the rest is tried, or what was there before."""
    for account in _changing(session, {account_id: adjustment_id}):
        meant_for = where(session, account)
        given_up = account.refuse(new_id(), reason_code, dict(reason_params))
        if given_up is None:
            return
        failed = AdjustmentFailed(
            **meant_for,
            operation=given_up,
            asked_version=account.asked_version,
            reason_code=reason_code,
            reason_params=dict(reason_params),
        )
        _tell(session, account, failed)
        _enqueue(session, [account])


# Parts of the above.


def _on_due(session: Session, event: SuspensionDue | ReconnectionDue, operation: str) -> None:
    account = account_of(session, event.installation_id)
    if account is None or event.meta.entity_version <= (account.suspension_version or 0):
        return
    account.suspension_version = event.meta.entity_version
    if account.stands:
        adjust_account(session, account, operation)
    else:
        account.remember_due(suspended=operation == SUSPEND)


def _enqueue(session: Session, accounts: Iterable[Account]) -> None:
    enqueue_all(
        session,
        ADJUST,
        [
            (
                # A job that runs keeps its lane: one for another router must be another job.
                f"{account.id}/{account.router_id}",
                str(account.router_id),
                {"account_id": str(account.id), "adjustment_id": str(account.adjustment_id)},
            )
            for account in accounts
        ],
    )


def _changing(session: Session, wishes: Mapping[UUID, UUID]) -> list[Account]:
    """The accounts whose adjustment, given for each, is the newest and has not ended; locked."""
    session.flush()
    statement = select(Account).where(Account.id.in_(wishes)).order_by(Account.id).with_for_update()
    accounts = session.scalars(statement.execution_options(populate_existing=True))
    return [account for account in accounts if account.awaits(wishes[account.id])]


def _loaded_routers(session: Session, accounts: Iterable[Account]) -> dict[UUID, Router]:
    """By id; as long as somebody holds them, the session looks none of them up again."""
    ids = {account.router_id for account in accounts}
    return {router.id: router for router in session.scalars(select(Router).where(Router.id.in_(ids)))}


def _done(session: Session, account: Account, operation: str, router: Router, at: datetime) -> Event:
    about = where(session, account)
    if operation == SUSPEND:
        return ServiceSuspended(**about, suspended_by=router.suspend_by, verified_at=at)
    if operation == RECONNECT:
        return ServiceReconnected(**about, verified_at=at)
    return ServiceAdjusted(**about, asked_version=account.asked_version, verified_at=at)


def _tell(session: Session, account: Account, outcome: Event) -> None:
    account.version += 1
    announce(session, outcome, entity_version=account.version)
