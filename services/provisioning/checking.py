"""Testing a router's connection, step by step, so that staff learns which step is wrong and why."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chassis.errors import Permanent, Transient
from services.provisioning.model import Router
from services.provisioning.modes.suspending import ADDRESS_LIST, PROFILE
from services.provisioning.plan import Row
from services.provisioning.routers import Connection, Endpoint, MenuMissing, open_connection
from services.provisioning.routers.endpoint import Patience

Check = dict[str, Any]

PATIENCE = Patience(connect=3, login=3, command=3)
"""A person waits for this."""

NEEDED_POLICIES = frozenset({"read", "write", "api", "sensitive"})

OLDEST_VERSION = (6, 33)
"""The oldest RouterOS that this was tried with."""

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

_FILTER, _NAT, _RAW = "/ip/firewall/filter", "/ip/firewall/nat", "/ip/firewall/raw"
_CUTS = {_FILTER: {"drop", "reject", "tarpit"}, _RAW: {"drop"}, _NAT: {"dst-nat", "redirect"}}
_LISTS = ("src-address-list", "dst-address-list")
_NARROWED_BY = (
    *_LISTS, "src-address", "dst-address", "in-interface", "out-interface", "in-interface-list", "out-interface-list",
    "connection-mark", "packet-mark", "routing-mark", "protocol", "src-port", "dst-port", "port", "ipsec-policy",
)  # fmt: skip
"""What makes a firewall rule one for some traffic only."""


@dataclass(frozen=True)
class Needs:
    """What must be on a router: the named server or interface (None: any), the profile of suspended clients, and
    a firewall that cuts whoever is in `cut_list`."""

    mode: str
    named: str | None = None
    profile: str | None = None
    cut_list: str | None = None


def needs_of(router: Router) -> Needs:
    named = router.interface if router.mode == "arp" else router.server
    return Needs(
        mode=router.mode,
        named=named,
        profile=router.suspended_profile if router.suspend_by == PROFILE else None,
        cut_list=router.suspended_list if router.suspend_by == ADDRESS_LIST else None,
    )


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
    looks = [("login", _identity), ("permissions", _permissions), ("mode", _mode), ("speeds", _speeds)]
    if needs.cut_list:
        looks.append(("cut", _cut))
    for step, look in looks:
        try:
            checks.append(look(connection, needs))
        except (Transient, Permanent) as failure:
            return [*checks, _failed(step, failure)]
    return checks


def _identity(connection: Connection, needs: Needs) -> Check:
    (identity,) = connection.rows("/system/identity", ("name",))
    (resource,) = connection.rows("/system/resource", ("version", "board-name"))
    version = resource.get("version", "")
    found = {"name": identity["name"], "version": version, "board": resource.get("board-name", "")}
    number = re.match(r"(\d+)\.(\d+)", version)
    if number and (int(number[1]), int(number[2])) < OLDEST_VERSION:
        return _check("login", False, "router-version-too-old", oldest="6.33", **found)
    return _passed("login", "router-identified", **found)


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


def _speeds(connection: Connection, needs: Needs) -> Check:
    """FastTrack lets packets by every queue, those of PPP profiles too. Source: MikroTik manual, "FastTrack"."""
    for rule in _rules(connection, _FILTER):
        if rule["action"] == "fasttrack-connection" and not _is_narrowed(rule):
            return _check("speeds", False, "fasttrack-bypasses-queues")
    return _passed("speeds", "queues-in-effect")


def _cut(connection: Connection, needs: Needs) -> Check:
    """A list cuts nobody by itself: a rule has to, and before what is open already is let through."""
    cutting = {
        menu: [number for number, rule in enumerate(rules) if _cuts(rule, menu, needs.cut_list)]
        for menu, rules in ((menu, list(_rules(connection, menu))) for menu in _CUTS)
    }
    if not any(cutting.values()):
        return _check("cut", False, "cut-list-unused", list=needs.cut_list)
    rules = list(_rules(connection, _FILTER))
    let_through = next((number for number, rule in enumerate(rules) if _lets_open_ones_through(rule)), len(rules))
    if not cutting[_RAW] and min(cutting[_FILTER], default=len(rules)) > let_through:
        return _check("cut", False, "cut-list-too-late", list=needs.cut_list)
    return _passed("cut", "cut-list-ready", list=needs.cut_list)


def _rules(connection: Connection, menu: str) -> Iterator[Row]:
    """Those in effect, in their order."""
    with contextlib.suppress(MenuMissing):
        for rule in connection.rows(menu, (".id", "chain", "action", "connection-state", "disabled", *_NARROWED_BY)):
            if rule.get("disabled") != "true":
                yield {"action": "accept", **rule}


def _cuts(rule: Row, menu: str, name: str | None) -> bool:
    return rule["action"] in _CUTS[menu] and name in (rule.get(each) for each in _LISTS)


def _lets_open_ones_through(rule: Row) -> bool:
    passing = rule["action"] in ("accept", "fasttrack-connection") and not _is_narrowed(rule)
    return passing and rule.get("chain") == "forward" and "established" in rule.get("connection-state", "established")


def _is_narrowed(rule: Row) -> bool:
    return any(rule.get(name) for name in _NARROWED_BY)


def _check(step: str, ok: bool, code: str, **params: Any) -> Check:
    return {"check": step, "ok": ok, "code": code, "params": params}


def _passed(step: str, code: str, **params: Any) -> Check:
    return _check(step, True, code, **params)


def _failed(step: str, failure: Transient | Permanent) -> Check:
    if step == "connect" and isinstance(failure.__cause__, ConnectionRefusedError):
        # The machine is there, and nothing listens: another thing to look for than a router that is off.
        return _check(step, False, "router-port-closed")
    return _check(step, False, failure.code, **failure.params)
