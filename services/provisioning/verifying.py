"""Whether a client's service works, by its router's own word: there, enabled, with the right speeds, and in use.

Only looks. What is missing is an answer like any other; only a router that gives none raises.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.outbox import announce
from chassis.secrets import Keyring
from chassis.storage import find
from events.provisioning import ServiceVerified
from services.provisioning import plan
from services.provisioning.bringing_about import RouterConnection
from services.provisioning.errors import AccountNotPlaced
from services.provisioning.model import PLACED, Account
from services.provisioning.modes import PROPERTIES, SESSIONS, Service, session_key, wanted_rows
from services.provisioning.plan import Row, Wanted
from services.provisioning.preparing import Work, prepared, usable_router, where
from services.provisioning.routers import MenuMissing

Check = dict[str, Any]
"""`{check, ok, code, params}`; `ok` is None for what is not wrong yet, as a session that has not come up."""

_QUEUE, _LEASE = "/queue/simple", "/ip/dhcp-server/lease"
_SPEEDS = ("max-limit", "rate-limit")
# By mode: what a session says of itself.
_SAID = {
    "pppoe": ("name", "address", "uptime", "caller-id"),
    "hotspot": ("user", "address", "uptime", "mac-address"),
}


def verify(router: RouterConnection, service: Service) -> list[Check]:
    """What can be said of the service, the most important first. Raises as a connection does."""
    wanted = [row for row in wanted_rows(service) if row.present]
    found = {row.menu: _found(router, row) for row in wanted}
    missing = [menu for menu, row in found.items() if row is None]
    if missing:
        return [_check("present", False, "service-not-there", menus=", ".join(missing))]
    present = _check("present", True, "service-there", menu=wanted[-1].menu, name=service.name, ip=service.ip_address)
    return [present, _enabled(service, found), _speed(service, wanted, found), *_use(router, service)]


def begin(session: Session, *, installation_id: UUID, keyring: Keyring) -> Work:
    """What to look at, and where. Raises `NotFound`, `AccountNotPlaced`, and `Permanent` for a router out of use."""
    account = session.scalar(select(Account).where(Account.installation_id == installation_id))
    if account is None:
        raise NotFound("account-not-found")
    if account.state != PLACED:
        raise AccountNotPlaced(state=account.state)
    router = usable_router(session, account)
    return prepared(account, router, keyring)


def note(session: Session, *, account_id: UUID, checks: list[Check], at: datetime) -> Account:
    """Keeps what was seen; tells of it when it is something else than before."""
    account = find(session, Account, account_id, lock=True)
    if account.state == PLACED and account.prove(checks, at):
        seen = ServiceVerified(**where(session, account), checks=checks, verified_at=at)
        announce(session, seen, entity_version=account.version)
    return account


def _found(router: RouterConnection, wanted: Wanted) -> Row | None:
    return plan.kept_row(wanted, router.rows(wanted.menu, PROPERTIES[wanted.menu], any_of=wanted.looked_up_by))


def _enabled(service: Service, found: Mapping[str, Row | None]) -> Check:
    if service.cut is not None and service.cut.active:
        return _check("enabled", False, "service-suspended")
    disabled = [menu for menu, row in found.items() if row and row.get("disabled") in ("true", "yes")]
    if disabled:
        return _check("enabled", False, "service-disabled", menus=", ".join(disabled))
    return _check("enabled", True, "service-enabled")


def _speed(service: Service, wanted: list[Wanted], found: Mapping[str, Row | None]) -> Check:
    """Both where the speeds are written and, in modes with profiles, whether the service has that profile."""
    told = {"download_kbps": service.rates.download_kbps, "upload_kbps": service.rates.upload_kbps}
    for row in wanted:
        actual = found[row.menu] or {}
        for name in (*_SPEEDS, "profile"):
            if name in row.values and plan.differences({name: row.values[name]}, actual):
                return _check("speed", False, "speed-differs", **told, found=actual.get(name, ""))
    written = next((row.values[name] for row in wanted for name in _SPEEDS if name in row.values), "")
    return _check("speed", True, "speed-right", **told, written=written)


def _use(router: RouterConnection, service: Service) -> list[Check]:
    """Whether the client's device has come up; in modes without sessions, whether anything went through the queue."""
    if service.mode in _SAID:
        return [_session(router, service, _SAID[service.mode])]
    if service.mode == "dhcp":
        return [_lease(router, service)]
    rows = router.rows(_QUEUE, ("name", "bytes", "comment"), any_of={"comment": service.marker})
    counted = [part for row in rows for part in row.get("bytes", "").split("/") if part.isdigit()]
    if not counted:
        return []
    seen = any(map(int, counted))
    return [_check("traffic", True if seen else None, "traffic-seen" if seen else "traffic-none")]


def _session(router: RouterConnection, service: Service, said: tuple[str, ...]) -> Check:
    menu = SESSIONS[service.mode]
    key = session_key(service.mode, service.name, service.mac_address)
    rows: list[Row] = []
    # A router without the package has no session either.
    with contextlib.suppress(MenuMissing):
        rows = router.rows(menu.path, said, any_of={menu.key: key or ""})
    if not rows:
        return _check("session", None, "session-none")
    row = rows[0]
    device = row.get("caller-id") or row.get("mac-address") or ""
    told = {"address": row.get("address", ""), "uptime": row.get("uptime", ""), "device": device}
    if told["address"] != service.ip_address:
        return _check("session", False, "session-other-address", **told, ip=service.ip_address)
    return _check("session", True, "session-up", **told)


def _lease(router: RouterConnection, service: Service) -> Check:
    rows = router.rows(_LEASE, ("status", "active-address", "comment"), any_of={"comment": service.marker})
    if any(row.get("status") == "bound" for row in rows):
        return _check("session", True, "lease-bound", address=service.ip_address, device=service.mac_address or "")
    return _check("session", None, "lease-waiting", device=service.mac_address or "")


def _check(check: str, ok: bool | None, code: str, **params: Any) -> Check:
    return {"check": check, "ok": ok, "code": code, "params": params}
