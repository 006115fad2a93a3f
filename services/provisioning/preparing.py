"""What an attempt at a router needs to know, taken out of the database."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import Permanent
from chassis.secrets import Keyring
from events.installations import InstallationActivationRequested, ServiceChanged, ServiceEndWithdrawn
from services.provisioning.ending_sessions import Session as LiveSession
from services.provisioning.model import Account, Adoption, Router
from services.provisioning.modes import NEED_MAC, SUPPORTED, Cut, Rates, Service
from services.provisioning.routers import Endpoint


@dataclass(frozen=True)
class Work:
    """A service to bring about, where, and the sessions that must end for it to be felt."""

    account_id: UUID
    router_id: UUID
    endpoint: Endpoint
    service: Service
    sessions: tuple[LiveSession, ...]


def account_of(session: Session, installation_id: UUID) -> Account | None:
    """Locked until the transaction ends: what is wanted and what was done are not told at once."""
    statement = select(Account).where(Account.installation_id == installation_id).with_for_update()
    return session.scalar(statement)


def wanted_by(event: InstallationActivationRequested | ServiceChanged | ServiceEndWithdrawn) -> dict[str, Any]:
    """What an installation says of its service, as accounts keep it."""
    return {
        "router_id": event.router_id,
        "service_name": event.service_name,
        "ip_address": event.ip_address,
        "mac_address": event.mac_address,
        "download_kbps": event.plan["download_kbps"],
        "upload_kbps": event.plan["upload_kbps"],
        "shaping": event.plan["shaping"],
    }


def usable_router(session: Session, account: Account) -> Router:
    """The account's router. Raises `Permanent` when nothing can be done on it, or not with this account."""
    router = session.get(Router, account.router_id)
    if router is None:
        raise Permanent("router-unknown")
    if not router.active:
        raise Permanent("router-inactive", router=router.name)
    if router.mode not in SUPPORTED:
        raise Permanent("mode-not-supported", mode=router.mode)
    if router.mode in NEED_MAC and not account.mac_address:
        raise Permanent("mac-address-missing", mode=router.mode)
    return router


def router_name(session: Session, account: Account) -> str:
    """Empty when there is no such router."""
    router = session.get(Router, account.router_id)
    return router.name if router is not None else ""


def where(session: Session, account: Account) -> dict[str, Any]:
    """Whose service on which router, as events tell it."""
    return {
        "installation_id": account.installation_id,
        "account_id": account.id,
        "router_id": account.router_id,
        "router_name": router_name(session, account),
    }


def prepared(account: Account, router: Router, keyring: Keyring, adoption: Adoption | None = None) -> Work:
    sessions = tuple((mode, key) for mode, key in account.sessions())
    service = service_of(account, router, keyring)
    if adoption is not None:
        service = dataclasses.replace(service, adopted=adopted_by_menu(adoption.rows))
    return Work(account.id, router.id, endpoint_of(router, keyring), service, sessions)


def adopted_by_menu(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Rows of before Alta as a service has them."""
    return {row["menu"]: {name: value for name, value in known_by(row).items() if name != "menu"} for row in rows}


def known_by(row: Mapping[str, Any]) -> dict[str, str]:
    """The menu, key and comment of a row of before Alta, without what else it was."""
    return {name: value for name, value in row.items() if name != "was"}


def endpoint_of(router: Router, keyring: Keyring) -> Endpoint:
    """Where a router is and how to get in, its password opened."""
    return Endpoint(
        address=router.address,
        port=router.port,
        username=router.username,
        password=keyring.open(router.sealed_password, context=router.password_context),
        tls=router.tls,
        certificate_sha256=router.certificate_sha256,
        command_seconds=router.command_seconds,
        in_flight=router.commands_in_flight,
    )


def service_of(account: Account, router: Router, keyring: Keyring) -> Service:
    """As it should be on that router."""
    return Service(
        account_id=account.id,
        mode=router.mode,
        name=account.service_name,
        ip_address=account.ip_address,
        plan_rates=Rates(account.download_kbps, account.upload_kbps, **(account.shaping or {})),
        mac_address=account.mac_address,
        password=keyring.open(account.sealed_password or "", context=account.password_context),
        server=router.server,
        interface=router.interface,
        cut=_cut(account, router),
    )


def _cut(account: Account, router: Router) -> Cut | None:
    if account.suspended is None:
        return None
    return Cut(
        way=router.suspend_by,
        address_list=router.suspended_list,
        profile=router.suspended_profile,
        kbps=router.suspended_kbps,
        active=account.suspended,
    )
