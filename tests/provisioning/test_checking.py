"""Testing a router's connection tells which step is wrong."""

from __future__ import annotations

import pytest

from services.provisioning import checking
from services.provisioning.checking import Needs
from services.provisioning.routers import Connection
from tests.provisioning.builders import the_endpoint
from tests.simulator import SimulatedRouter, simulated_router

PPPOE = Needs("pppoe")
FILTER = "/ip/firewall/filter"


def results(checks: list[checking.Check]) -> list[tuple[str, bool, str]]:
    return [(check["check"], check["ok"], check["code"]) for check in checks]


def mode_of(router: SimulatedRouter, needs: Needs) -> tuple[str, bool, str]:
    return results(checking.check(the_endpoint(router), needs))[3]


def test_a_router_in_order_passes_every_step(router: SimulatedRouter) -> None:
    checks = checking.check(the_endpoint(router), PPPOE)
    assert results(checks) == [
        ("connect", True, "router-reached"),
        ("login", True, "router-identified"),
        ("permissions", True, "router-policies-sufficient"),
        ("mode", True, "mode-ready"),
        ("speeds", True, "queues-in-effect"),
    ]
    assert checks[1]["params"]["version"] == "7.18.2 (stable)"


def test_one_that_is_off_fails_at_the_first(router: SimulatedRouter) -> None:
    nowhere = the_endpoint(router, address="router.invalid")
    assert results(checking.check(nowhere, PPPOE)) == [("connect", False, "router-unreachable")]


def test_a_wrong_password_fails_at_the_login(router: SimulatedRouter) -> None:
    assert results(checking.check(the_endpoint(router, password="wrong"), PPPOE)) == [
        ("connect", True, "router-reached"),
        ("login", False, "router-login-refused"),
    ]


def test_missing_rights_are_named(router: SimulatedRouter, connection: Connection) -> None:
    connection.add("/user/group", {"name": "monitor", "policy": "read,api,!write"})
    connection.add("/user", {"name": "eva", "group": "monitor", "password": "x"})
    last = checking.check(the_endpoint(router, username="eva", password="x"), Needs("simple_queue"))[2]
    assert (last["ok"], last["code"], last["params"]["missing"]) == (
        False, "router-policies-missing", ["sensitive", "write"]
    )  # fmt: skip


def test_pppoe_needs_a_server_that_is_enabled(router: SimulatedRouter, connection: Connection) -> None:
    (server,) = router.rows("/interface/pppoe-server/server")
    connection.set("/interface/pppoe-server/server", server[".id"], {"disabled": "yes"})
    assert mode_of(router, PPPOE) == ("mode", False, "pppoe-server-missing")


SERVERS = {
    "hotspot": ("/ip/hotspot", "hotspot-server-missing"),
    "dhcp": ("/ip/dhcp-server", "dhcp-server-missing"),
}


@pytest.mark.parametrize("mode", SERVERS)
def test_a_mode_needs_its_server_by_name(router: SimulatedRouter, connection: Connection, mode: str) -> None:
    menu, missing = SERVERS[mode]
    connection.add(menu, {"name": "plaza", "interface": "ether3", "disabled": "no"})
    named, another = Needs(mode, "plaza"), Needs(mode, "mercado")
    assert mode_of(router, named) == ("mode", True, "mode-ready")
    assert mode_of(router, another) == ("mode", False, missing)


def test_static_arp_needs_its_interface(router: SimulatedRouter) -> None:
    assert mode_of(router, Needs("arp", "ether2")) == ("mode", True, "mode-ready")
    assert mode_of(router, Needs("arp", "ether99")) == ("mode", False, "interface-missing")


def test_suspending_by_a_profile_needs_the_profile(router: SimulatedRouter) -> None:
    last = checking.check(the_endpoint(router), Needs("pppoe", profile="cortados"))[3]
    assert (last["ok"], last["code"], last["params"]) == (False, "profile-missing", {"name": "cortados"})


FORWARD = {"chain": "forward"}
CUT = Needs("simple_queue", cut_list="morosos")


def last_of(router: SimulatedRouter, needs: Needs) -> tuple[str, bool, str]:
    return results(checking.check(the_endpoint(router), needs))[-1]


def test_a_closed_port_is_not_a_router_that_is_off(router: SimulatedRouter) -> None:
    router.do("offline")
    assert results(checking.check(the_endpoint(router), PPPOE)) == [("connect", False, "router-port-closed")]


def test_a_version_that_was_never_tried_is_refused() -> None:
    with simulated_router("--version", "6.20") as old:
        found = results(checking.check(the_endpoint(old), PPPOE))
    assert ("login", False, "router-version-too-old") in found


def test_a_list_that_no_rule_uses_cuts_nobody(router: SimulatedRouter, connection: Connection) -> None:
    assert last_of(router, CUT) == ("cut", False, "cut-list-unused")
    connection.add(FILTER, FORWARD | {"action": "drop", "src-address-list": "morosos", "disabled": "yes"})
    connection.add(FILTER, FORWARD | {"action": "accept", "src-address-list": "morosos"})
    assert last_of(router, CUT) == ("cut", False, "cut-list-unused")
    connection.add("/ip/firewall/nat", {"chain": "dstnat", "action": "redirect", "src-address-list": "morosos"})
    assert last_of(router, CUT) == ("cut", True, "cut-list-ready")


def test_a_cut_comes_before_what_is_open_is_let_through(router: SimulatedRouter, connection: Connection) -> None:
    connection.add(FILTER, FORWARD | {"connection-state": "established,related"})
    connection.add(FILTER, FORWARD | {"action": "drop", "src-address-list": "morosos"})
    assert last_of(router, CUT) == ("cut", False, "cut-list-too-late")
    accept, _drop = router.rows(FILTER)
    connection.remove(FILTER, accept[".id"])
    assert last_of(router, CUT) == ("cut", True, "cut-list-ready")


def test_fasttrack_takes_the_limits_away(router: SimulatedRouter, connection: Connection) -> None:
    rule = connection.add(FILTER, FORWARD | {"action": "fasttrack-connection", "connection-state": "established"})
    assert last_of(router, PPPOE) == ("speeds", False, "fasttrack-bypasses-queues")
    connection.set(FILTER, rule or "", {"src-address-list": "oficinas"})
    assert last_of(router, PPPOE) == ("speeds", True, "queues-in-effect")
