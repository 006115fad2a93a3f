"""Testing a router's connection, step by step, so that staff learns which step is wrong and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chassis.errors import Permanent, Transient
from services.provisioning.model import Router
from services.provisioning.modes.suspending import PROFILE
from services.provisioning.routers import Connection, Endpoint, open_connection
from services.provisioning.routers.endpoint import Patience

Check = dict[str, Any]

PATIENCE = Patience(connect=3, login=3, command=3)
"""A person waits for this."""

NEEDED_POLICIES = frozenset({"read", "write", "api", "sensitive"})

_ORDER = ("connect", "certificate", "login")
_STEP_OF = {
    "router-certificate-unknown": "certificate",
    "router-tls-failed": "certificate",
    "router-login-refused": "login",
}
_MODE_MENU = {
    "simple_queue": "/queue/simple",
    "pppoe": "/interface/pppoe-server/server",
    "hotspot": "/ip/hotspot",
    "dhcp": "/ip/dhcp-server",
    "arp": "/interface",
}
_WITHOUT_SERVER = {
    "pppoe": "pppoe-server-missing",
    "hotspot": "hotspot-server-missing",
    "dhcp": "dhcp-server-missing",
    "arp": "interface-missing",
}
_PROFILES = {"pppoe": "/ppp/profile", "hotspot": "/ip/hotspot/user/profile"}


@dataclass(frozen=True)
class Needs:
    """What must be on a router: the named server or interface (None: any), and the profile of suspended clients."""

    mode: str
    named: str | None = None
    profile: str | None = None


def needs_of(router: Router) -> Needs:
    named = router.interface if router.mode == "arp" else router.server
    return Needs(router.mode, named, router.suspended_profile if router.suspend_by == PROFILE else None)


def check(endpoint: Endpoint, needs: Needs) -> list[Check]:
    """The steps that were taken, in order; the last one is the one that failed, if any did."""
    try:
        connection = open_connection(endpoint, PATIENCE)
    except (Transient, Permanent) as failure:
        step = _STEP_OF.get(failure.code, "connect")
        return [*_steps_before(step, endpoint), _failed(step, failure)]
    try:
        return _steps_before("login", endpoint) + _look_around(connection, needs)
    finally:
        connection.close()


def _steps_before(step: str, endpoint: Endpoint) -> list[Check]:
    steps = [_passed("connect", "router-reached", address=endpoint.address, port=endpoint.port)]
    if endpoint.tls:
        steps.append(_passed("certificate", "certificate-accepted"))
    return [taken for taken in steps if _ORDER.index(taken["check"]) < _ORDER.index(step)]


def _look_around(connection: Connection, needs: Needs) -> list[Check]:
    checks: list[Check] = []
    for step, look in (("login", _identity), ("permissions", _permissions), ("mode", _mode)):
        try:
            checks.append(look(connection, needs))
        except (Transient, Permanent) as failure:
            return [*checks, _failed(step, failure)]
    return checks


def _identity(connection: Connection, needs: Needs) -> Check:
    (identity,) = connection.rows("/system/identity", ("name",))
    (resource,) = connection.rows("/system/resource", ("version", "board-name"))
    return _passed(
        "login",
        "router-identified",
        name=identity["name"],
        version=resource.get("version", ""),
        board=resource.get("board-name", ""),
    )


def _permissions(connection: Connection, needs: Needs) -> Check:
    users = connection.rows("/user", ("group",), any_of={"name": connection.endpoint.username})
    groups = connection.rows("/user/group", ("policy",), any_of={"name": users[0]["group"]}) if users else []
    if not groups:
        # A user of a RADIUS server is not in the router's own list.
        return _passed("permissions", "router-policies-unknown")
    missing = NEEDED_POLICIES - set(groups[0].get("policy", "").split(","))
    if missing:
        return _check("permissions", False, "router-policies-missing", missing=sorted(missing))
    return _passed("permissions", "router-policies-sufficient")


def _mode(connection: Connection, needs: Needs) -> Check:
    rows = connection.rows(_MODE_MENU[needs.mode], (".id", "name", "disabled"))
    serving = [row for row in rows if row.get("disabled") != "true" and needs.named in (None, row.get("name"))]
    if needs.mode in _WITHOUT_SERVER and not serving:
        return _check("mode", False, _WITHOUT_SERVER[needs.mode])
    if needs.profile and not connection.rows(_PROFILES[needs.mode], ("name",), any_of={"name": needs.profile}):
        return _check("mode", False, "profile-missing", name=needs.profile)
    return _passed("mode", "mode-ready", mode=needs.mode, rows=len(serving))


def _check(step: str, ok: bool, code: str, **params: Any) -> Check:
    return {"check": step, "ok": ok, "code": code, "params": params}


def _passed(step: str, code: str, **params: Any) -> Check:
    return _check(step, True, code, **params)


def _failed(step: str, failure: Transient | Permanent) -> Check:
    return _check(step, False, failure.code, **failure.params)
