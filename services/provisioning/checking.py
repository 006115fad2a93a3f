"""Testing a router's connection, step by step, so that staff learns which step is wrong and why."""

from __future__ import annotations

from typing import Any

from chassis.errors import Permanent, Transient
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
_MODE_MENU = {"simple_queue": "/queue/simple", "pppoe": "/interface/pppoe-server/server"}


def check(endpoint: Endpoint, mode: str) -> list[Check]:
    """The steps that were taken, in order; the last one is the one that failed, if any did."""
    try:
        connection = open_connection(endpoint, PATIENCE)
    except (Transient, Permanent) as failure:
        step = _STEP_OF.get(failure.code, "connect")
        return [*_steps_before(step, endpoint), _failed(step, failure)]
    try:
        return _steps_before("login", endpoint) + _look_around(connection, mode)
    finally:
        connection.close()


def _steps_before(step: str, endpoint: Endpoint) -> list[Check]:
    steps = [_passed("connect", "router-reached", address=endpoint.address, port=endpoint.port)]
    if endpoint.tls:
        steps.append(_passed("certificate", "certificate-accepted"))
    return [taken for taken in steps if _ORDER.index(taken["check"]) < _ORDER.index(step)]


def _look_around(connection: Connection, mode: str) -> list[Check]:
    checks: list[Check] = []
    for step, look in (("login", _identity), ("permissions", _permissions), ("mode", _mode)):
        try:
            checks.append(look(connection, mode))
        except (Transient, Permanent) as failure:
            return [*checks, _failed(step, failure)]
    return checks


def _identity(connection: Connection, mode: str) -> Check:
    (identity,) = connection.rows("/system/identity", ("name",))
    (resource,) = connection.rows("/system/resource", ("version", "board-name"))
    return _passed(
        "login",
        "router-identified",
        name=identity["name"],
        version=resource.get("version", ""),
        board=resource.get("board-name", ""),
    )


def _permissions(connection: Connection, mode: str) -> Check:
    users = connection.rows("/user", ("group",), any_of={"name": connection.endpoint.username})
    groups = connection.rows("/user/group", ("policy",), any_of={"name": users[0]["group"]}) if users else []
    if not groups:
        # A user of a RADIUS server is not in the router's own list.
        return _passed("permissions", "router-policies-unknown")
    missing = NEEDED_POLICIES - set(groups[0].get("policy", "").split(","))
    if missing:
        return _check("permissions", False, "router-policies-missing", missing=sorted(missing))
    return _passed("permissions", "router-policies-sufficient")


def _mode(connection: Connection, mode: str) -> Check:
    rows = connection.rows(_MODE_MENU[mode], (".id", "disabled"))
    serving = [row for row in rows if row.get("disabled") != "true"]
    if mode == "pppoe" and not serving:
        return _check("mode", False, "pppoe-server-missing")
    return _passed("mode", "mode-ready", mode=mode, rows=len(serving))


def _check(step: str, ok: bool, code: str, **params: Any) -> Check:
    return {"check": step, "ok": ok, "code": code, "params": params}


def _passed(step: str, code: str, **params: Any) -> Check:
    return _check(step, True, code, **params)


def _failed(step: str, failure: Transient | Permanent) -> Check:
    return _check(step, False, failure.code, **failure.params)
