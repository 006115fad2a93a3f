"""Testing a router's connection tells which step is wrong."""

from __future__ import annotations

import pytest

from services.provisioning import checking
from services.provisioning.checking import Needs
from services.provisioning.routers import Connection
from tests.provisioning.builders import the_endpoint
from tests.simulator import SimulatedRouter

PPPOE = Needs("pppoe")


def results(checks: list[checking.Check]) -> list[tuple[str, bool, str]]:
    return [(check["check"], check["ok"], check["code"]) for check in checks]


def test_a_router_in_order_passes_every_step(router: SimulatedRouter) -> None:
    checks = checking.check(the_endpoint(router), PPPOE)
    assert results(checks) == [
        ("connect", True, "router-reached"),
        ("login", True, "router-identified"),
        ("permissions", True, "router-policies-sufficient"),
        ("mode", True, "mode-ready"),
    ]
    assert checks[1]["params"]["version"] == "7.18.2 (stable)"


def test_one_that_is_off_fails_at_the_first(router: SimulatedRouter) -> None:
    router.do("offline")
    assert results(checking.check(the_endpoint(router), PPPOE)) == [("connect", False, "router-unreachable")]


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
    assert results(checking.check(the_endpoint(router), PPPOE))[-1] == ("mode", False, "pppoe-server-missing")


SERVERS = {
    "hotspot": ("/ip/hotspot", "hotspot-server-missing"),
    "dhcp": ("/ip/dhcp-server", "dhcp-server-missing"),
}


@pytest.mark.parametrize("mode", SERVERS)
def test_a_mode_needs_its_server_by_name(router: SimulatedRouter, connection: Connection, mode: str) -> None:
    menu, missing = SERVERS[mode]
    connection.add(menu, {"name": "plaza", "interface": "ether3", "disabled": "no"})
    named, another = Needs(mode, "plaza"), Needs(mode, "mercado")
    assert results(checking.check(the_endpoint(router), named))[-1] == ("mode", True, "mode-ready")
    assert results(checking.check(the_endpoint(router), another))[-1] == ("mode", False, missing)


def test_static_arp_needs_its_interface(router: SimulatedRouter) -> None:
    assert results(checking.check(the_endpoint(router), Needs("arp", "ether2")))[-1] == ("mode", True, "mode-ready")
    last = results(checking.check(the_endpoint(router), Needs("arp", "ether99")))[-1]
    assert last == ("mode", False, "interface-missing")


def test_suspending_by_a_profile_needs_the_profile(router: SimulatedRouter) -> None:
    last = checking.check(the_endpoint(router), Needs("pppoe", profile="cortados"))[-1]
    assert (last["ok"], last["code"], last["params"]) == (False, "profile-missing", {"name": "cortados"})
