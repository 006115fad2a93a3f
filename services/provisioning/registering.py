"""Adding routers and changing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from chassis.errors import ValidationFailed
from chassis.identifiers import new_id
from chassis.jobs import hurry
from chassis.outbox import announce
from chassis.schemas import coded
from chassis.secrets import Keyring
from chassis.storage import current_company, find
from events.provisioning import RouterChanged
from services.provisioning.model import STANDING, Account, Router
from services.provisioning.modes.suspending import ADDRESS_LIST

_PLAIN = ("name", "address", "port", "tls", "certificate_sha256", "username", "active")
_KEPT = ("suspend_by", "suspended_list", "suspended_profile", "suspended_kbps", "server", "interface")
"""What stays as it is when it is left out."""
_WATCHED = ("compare_hours", "repairs_itself", "command_seconds", "commands_in_flight")

_AT_FIRST = {
    "suspend_by": ADDRESS_LIST, "suspended_list": "alta-suspended", "suspended_kbps": 64, "compare_hours": 6,
    "repairs_itself": False, "command_seconds": 30, "commands_in_flight": 4,
}  # fmt: skip


def save(
    session: Session,
    *,
    keyring: Keyring,
    at: datetime,
    router_id: UUID | None,
    password: str | None,
    mode: str,
    **values: object,
) -> Router:
    """Adds a router, or changes the given one; a password that is left out stays as it is.

    Raises `ValidationFailed` with fields (`SuspensionNotPossible` and `InterfaceMissing` are such), `NotFound`, or
    `RouterInUse` when clients' services are on it in its present mode.
    """
    router = find(session, Router, router_id) if router_id else _new_router(session, mode)
    _name_must_be_free(session, router, str(values["name"]))
    # A new router may well have no password; a form leaves the field empty to keep the present one.
    if password or (password is not None and router_id is None):
        router.sealed_password = keyring.seal(password, context=router.password_context)
    elif router_id is None:
        raise ValidationFailed(fields={"password": coded("required")})
    comes_back = bool(values["active"]) and not router.active
    _take_over(router, values)
    router.change_mode(mode, in_use=_is_in_use(session, router))
    router.must_be_able_to_serve()
    router.compare_again(at)
    router.version += 1
    session.add(router)
    changed = RouterChanged(router_id=router.id, name=router.name, mode=router.mode, active=router.active)
    announce(session, changed, entity_version=router.version)
    if comes_back:
        # What waited for it to be in use again.
        hurry(session, lane=str(router.id))
    return router


def _take_over(router: Router, values: Mapping[str, Any]) -> None:
    for name in _PLAIN:
        setattr(router, name, values[name])
    for name in _KEPT:
        if values[name] is not None:
            setattr(router, name, values[name] or None)
    for name in _WATCHED:
        if values[name] is not None:
            setattr(router, name, values[name])


def _new_router(session: Session, mode: str) -> Router:
    return Router(id=new_id(), company_id=current_company(session), mode=mode, version=0, **_AT_FIRST)


def _name_must_be_free(session: Session, router: Router, name: str) -> None:
    same = select(Router.id).where(Router.name == name, Router.id != router.id)
    if session.scalar(same) is not None:
        raise ValidationFailed(fields={"name": coded("router-name-taken", name=name)})


def _is_in_use(session: Session, router: Router) -> bool:
    standing = select(Account.id).where(Account.router_id == router.id, Account.state.in_(STANDING))
    return session.scalar(select(exists(standing))) or False
