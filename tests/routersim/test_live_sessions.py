"""The devices of clients: what a live session brings, when it ends, and why a device is turned away."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.routersim.wire import Wire
from tests.simulator import SimulatedRouter, simulated_router

MAC, OTHER_MAC = "02:00:00:00:00:07", "02:00:00:00:00:08"
LEASES = "/ip/dhcp-server/lease"


def a_secret(wire: Wire, name: str = "ana", address: str = "10.0.0.5", **values: str) -> None:
    wire.change("/ppp/secret/add", name=name, password="x", **{"remote_address": address} | values)


def a_hotspot(wire: Wire) -> None:
    wire.change("/ip/pool/add", name="guests", ranges="10.5.0.2-10.5.0.3")
    wire.change("/ip/hotspot/add", name="plaza", interface="ether3", address_pool="guests")


def a_dhcp_server(wire: Wire, **values: str) -> None:
    wire.change("/ip/dhcp-server/add", name="home", interface="ether2", **values)


def turned_away(router: SimulatedRouter, order: str = "connect", **ask: Any) -> str:
    with pytest.raises(RuntimeError) as refused:
        router.do(order, **ask)
    return str(refused.value)


def eventually(happened: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


# PPPoE.


def test_a_client_dials_and_her_session_is_everywhere_it_should_be(router: SimulatedRouter, wire: Wire) -> None:
    wire.change("/ppp/profile/add", name="fast", rate_limit="2M/10M", local_address="10.0.0.1", address_list="up")
    a_secret(wire, profile="fast")
    session = router.do("connect", name="ana", mac=MAC)
    assert (session["address"], session["caller-id"], session["service"]) == ("10.0.0.5", MAC, "pppoe")

    (active,) = wire.rows("/ppp/active")
    assert active.items() >= {"name": "ana", "address": "10.0.0.5", "radius": "false", "encoding": ""}.items()
    (queue,) = wire.rows("/queue/simple", "?name=<pppoe-ana>")
    assert queue.items() >= {"target": "<pppoe-ana>", "max-limit": "2000000/10000000", "dynamic": "true"}.items()
    (interface,) = wire.rows("/interface", "?dynamic=true")
    assert (interface["name"], interface["type"]) == ("<pppoe-ana>", "pppoe-in")
    (address,) = wire.rows("/ip/address", "?dynamic=true")
    assert (address["address"], address["network"]) == ("10.0.0.1/32", "10.0.0.5")
    (binding,) = wire.rows("/interface/pppoe-server")
    assert (binding["user"], binding["interface"], binding["remote-address"]) == ("ana", "ether2", MAC)
    assert [row["address"] for row in wire.rows("/ip/firewall/address-list", "?list=up")] == ["10.0.0.5"]


@pytest.mark.parametrize("menu", ["/ppp/active", "/interface/pppoe-server"])
def test_a_session_ends_with_all_that_it_brought(router: SimulatedRouter, wire: Wire, menu: str) -> None:
    wire.change("/ppp/profile/add", name="fast", rate_limit="2M/10M", address_list="up")
    a_secret(wire, profile="fast")
    router.do("connect", name="ana", mac=MAC)
    (session,) = wire.rows(menu)
    wire.change(f"{menu}/remove", f"=.id={session['.id']}")
    for left in (
        "/ppp/active", "/interface/pppoe-server", "/queue/simple", "/ip/address", "/ip/firewall/address-list",
        "/ip/firewall/connection",
    ):  # fmt: skip
        assert wire.rows(left) == [], left
    assert len(wire.rows("/interface")) == 5
    (secret,) = wire.rows("/ppp/secret")
    assert secret["last-caller-id"] == MAC and not secret["last-logged-out"].startswith("1970")
    router.do("connect", name="ana")


def test_a_disabled_secret_leaves_the_session_and_turns_the_next_away(router: SimulatedRouter, wire: Wire) -> None:
    a_secret(wire)
    router.do("connect", name="ana")
    wire.change("/ppp/secret/disable", "=.id=ana")
    assert len(wire.rows("/ppp/active")) == 1
    assert turned_away(router, "redial", name="ana") == "secret ana is disabled"
    assert wire.rows("/ppp/active") == []
    wire.change("/ppp/secret/enable", "=.id=ana")
    assert router.do("redial", name="ana")["address"] == "10.0.0.5"


def test_another_rate_counts_from_the_next_dial(router: SimulatedRouter, wire: Wire) -> None:
    wire.change("/ppp/profile/add", name="fast", rate_limit="2M/10M")
    a_secret(wire, profile="fast")
    router.do("connect", name="ana")
    wire.change("/ppp/profile/set", "=.id=fast", "=rate-limit=4M/20M 8M/40M 3M/15M 10s/10s 5 1M/5M")
    assert wire.rows("/queue/simple")[0]["max-limit"] == "2000000/10000000"
    router.do("redial", name="ana")
    shown = {
        "max-limit": "4000000/20000000", "burst-limit": "8000000/40000000", "burst-threshold": "3000000/15000000",
        "burst-time": "10s/10s", "priority": "5/5", "limit-at": "1000000/5000000",
    }  # fmt: skip
    assert wire.rows("/queue/simple")[0].items() >= shown.items()


def test_a_device_that_redials_says_what_it_said_before(router: SimulatedRouter, wire: Wire) -> None:
    a_secret(wire)
    router.do("connect", name="ana", password="x", mac=MAC)
    assert router.do("redial", name="ana")["caller-id"] == MAC
    wire.change("/ppp/secret/set", "=.id=ana", password="new")
    assert len(wire.rows("/ppp/active")) == 1
    assert turned_away(router, "redial", name="ana") == "wrong password for ana"
    assert router.do("redial", name="ana", password="new")["address"] == "10.0.0.5"


def test_why_a_dial_is_refused(router: SimulatedRouter, wire: Wire) -> None:
    a_secret(wire)
    assert turned_away(router, name="nobody") == "there is no secret nobody"
    assert turned_away(router) == "say which: name is missing"
    assert turned_away(router, name="ana", password="y") == "wrong password for ana"
    a_secret(wire, "eva")
    router.do("connect", name="eva")
    assert turned_away(router, name="ana") == "address 10.0.0.5 is in use by eva"
    assert wire.rows("/ppp/active", "?name=ana") == []
    a_secret(wire, "vpn", "10.0.0.6", service="l2tp")
    assert turned_away(router, name="vpn") == "secret vpn is for l2tp, not for pppoe"
    a_secret(wire, "leo", "10.0.0.7", caller_id=MAC)
    assert turned_away(router, name="leo", mac=OTHER_MAC) == f"secret leo is for {MAC} only"
    wire.change("/ppp/secret/add", name="bare")
    assert turned_away(router, name="bare") == "could not determine a remote address for bare"
    wire.change("/interface/pppoe-server/server/disable", "=.id=*1")
    assert turned_away(router, name="ana") == "no PPPoE server is enabled"
    assert turned_away(router, service="fax", name="ana") == "no service fax; there are: pppoe, hotspot, dhcp"
    assert turned_away(router, "disconnect", name="ana") == "there is no such session"


def test_a_session_of_a_removed_profile_is_refused_and_only_one_means_one(router: SimulatedRouter, wire: Wire) -> None:
    wire.change("/ip/pool/add", name="clients", ranges="10.0.1.1-10.0.1.9")
    wire.change("/ppp/profile/add", name="one", only_one="yes", remote_address="clients")
    wire.change("/ppp/secret/add", name="ana", profile="one")
    router.do("connect", name="ana")
    assert turned_away(router, name="ana").startswith("ana is connected already")
    wire.change("/ppp/profile/remove", "=.id=one")
    assert turned_away(router, "redial", name="ana") == "the profile of ana was removed"


def test_addresses_of_a_pool_are_given_out_and_come_back(router: SimulatedRouter, wire: Wire) -> None:
    wire.change("/ip/pool/add", name="more", ranges="10.0.2.1")
    wire.change("/ip/pool/add", name="clients", ranges="10.0.1.1-10.0.1.2", next_pool="more")
    wire.change("/ppp/profile/set", "=.id=default", remote_address="clients")
    for name in ("ana", "eva", "leo", "zoe"):
        wire.change("/ppp/secret/add", name=name)
    given = [router.do("connect", name=name)["address"] for name in ("ana", "eva", "leo")]
    assert given == ["10.0.1.1", "10.0.1.2", "10.0.2.1"]
    assert turned_away(router, name="zoe") == "no free address in the pool"
    (pool,) = wire.rows("/ip/pool", "?name=clients")
    assert (pool["used"], pool["available"]) == ("2", "0")
    assert [row["owner"] for row in wire.rows("/ip/pool/used")] == ["ana", "eva", "leo"]
    router.do("disconnect", name="ana")
    assert router.do("connect", name="zoe")["address"] == "10.0.1.1"


def test_a_session_s_queue_goes_before_the_others_unless_the_profile_says_otherwise(
    router: SimulatedRouter, wire: Wire
) -> None:
    wire.change("/queue/simple/add", name="whole", target="10.0.0.0/16")
    wire.change("/ppp/profile/add", name="fast", rate_limit="2M/10M")
    wire.change("/ppp/profile/add", name="last", rate_limit="2M", insert_queue_before="bottom", parent_queue="whole")
    a_secret(wire, profile="fast")
    a_secret(wire, "eva", "10.0.0.6", profile="last")
    for name in ("ana", "eva"):
        router.do("connect", name=name)
    rows = [(row["name"], row["max-limit"], row["parent"]) for row in wire.rows("/queue/simple")]
    assert rows == [
        ("<pppoe-ana>", "2000000/10000000", "none"),
        ("whole", "0/0", "none"),
        ("<pppoe-eva>", "2000000/2000000", "whole"),
    ]


def test_nothing_of_a_refused_dial_is_left(router: SimulatedRouter, wire: Wire) -> None:
    wire.change("/ppp/profile/add", name="odd", rate_limit="fast/faster", address_list="up")
    a_secret(wire, profile="odd")
    assert turned_away(router, name="ana").startswith("rate-limit fast/faster cannot be read")
    assert wire.rows("/ppp/active") == [] and len(wire.rows("/interface")) == 5
    wire.change("/ppp/profile/set", "=.id=odd", rate_limit="1M/1M")
    router.do("connect", name="ana")


def test_open_connections_can_be_cut_without_the_session(router: SimulatedRouter, wire: Wire) -> None:
    a_secret(wire)
    router.do("connect", name="ana")
    (connection,) = wire.rows("/ip/firewall/connection")
    assert connection["src-address"].startswith("10.0.0.5:")
    wire.change("/ip/firewall/connection/remove", f"=.id={connection['.id']}")
    assert len(wire.rows("/ppp/active")) == 1


def test_the_router_s_own_rows_are_not_for_clients_to_change(router: SimulatedRouter, wire: Wire) -> None:
    wire.change("/ppp/profile/set", "=.id=default", rate_limit="1M/1M")
    a_secret(wire)
    router.do("connect", name="ana")
    assert wire.refusal("/queue/simple/remove", "=.id=<pppoe-ana>") == "failure: can not remove dynamic item"
    refused = wire.refusal("/queue/simple/set", "=.id=<pppoe-ana>", "=max-limit=1/1")
    assert refused == "failure: can not change dynamic item"


# Hotspot.


def test_a_user_logs_in_on_the_page_and_out_again(router: SimulatedRouter, wire: Wire) -> None:
    a_hotspot(wire)
    wire.change("/ip/hotspot/user/profile/add", name="fast", rate_limit="1M/5M")
    wire.change("/ip/hotspot/user/add", name="ana", password="x", profile="fast")
    router.do("connect", service="hotspot", name="ana", password="x", mac=MAC)
    (active,) = wire.rows("/ip/hotspot/active", "?user=ana")
    shown = {"server": "plaza", "address": "10.5.0.2", "mac-address": MAC, "keepalive-timeout": "2m"}
    assert active.items() >= shown.items() and "name" not in active
    (queue,) = wire.rows("/queue/simple")
    assert (queue["name"], queue["target"], queue["max-limit"]) == ("<hotspot-ana>", "10.5.0.2/32", "1000000/5000000")
    assert [row["authorized"] for row in wire.rows("/ip/hotspot/host")] == ["true"]
    wire.change("/ip/hotspot/user/disable", "=.id=ana")
    assert len(wire.rows("/ip/hotspot/active")) == 1
    wire.change("/ip/hotspot/active/remove", f"=.id={active['.id']}")
    for menu in ("/ip/hotspot/active", "/ip/hotspot/host", "/queue/simple", "/ip/pool/used"):
        assert wire.rows(menu) == [], menu
    assert turned_away(router, service="hotspot", name="ana") == "user ana is disabled"


def test_why_a_hotspot_login_is_refused(router: SimulatedRouter, wire: Wire) -> None:
    def refused(**ask: str) -> str:
        return turned_away(router, service="hotspot", **{"name": "ana", "mac": MAC} | ask)

    assert refused() == "there is no such hotspot server"
    a_hotspot(wire)
    wire.change("/ip/hotspot/add", name="park", interface="ether4")
    assert refused() == "there is no user ana"
    wire.change("/ip/hotspot/user/add", name="ana", password="x", server="plaza", mac_address=MAC.lower())
    assert refused(server="park") == "there is no user ana for this server"
    assert refused(password="y") == "invalid username or password"
    assert refused(mac=OTHER_MAC) == "invalid username (ana): this MAC address is not yours"
    assert refused(mac="nonsense") == "invalid value of mac-address, mac address required"
    wire.change("/ip/hotspot/ip-binding/add", mac_address=MAC, type="blocked")
    assert refused() == f"an ip-binding has {MAC} blocked"
    wire.change("/ip/hotspot/ip-binding/set", "=.id=*1", type="regular")
    router.do("connect", service="hotspot", name="ana", mac=MAC)
    assert refused() == "no more sessions are allowed for user ana"
    wire.change("/ip/hotspot/disable", "=.id=plaza")
    assert refused(server="plaza") == "the hotspot server is disabled"


def test_a_profile_says_how_many_may_share_a_user(router: SimulatedRouter, wire: Wire) -> None:
    a_hotspot(wire)
    wire.change("/ip/hotspot/user/profile/set", "=.id=default", shared_users="unlimited", rate_limit="1M/1M")
    wire.change("/ip/hotspot/user/add", name="ana")
    for mac in (MAC, OTHER_MAC):
        router.do("connect", service="hotspot", name="ana", mac=mac)
    assert [row["name"] for row in wire.rows("/queue/simple")] == ["<hotspot-ana-1>", "<hotspot-ana>"]
    assert router.do("disconnect", service="hotspot", name="ana", mac=MAC) == {"ended": 1}
    router.do("connect", service="hotspot", name="ana", mac=MAC)
    assert router.do("disconnect", service="hotspot", name="ana") == {"ended": 2}


# DHCP.


def test_a_device_gets_its_lease_with_its_speed_and_lists(router: SimulatedRouter, wire: Wire) -> None:
    a_dhcp_server(wire, add_arp="yes")
    wire.change(f"{LEASES}/add", address="10.2.0.5", mac_address=MAC, rate_limit="2M/8M", address_lists="up,fast")
    (waiting,) = wire.rows(LEASES)
    assert (waiting["status"], waiting["last-seen"]) == ("waiting", "never") and "active-address" not in waiting
    router.do("connect", service="dhcp", mac=MAC, host="ana-pc")
    (lease,) = wire.rows(LEASES)
    shown = {
        "status": "bound", "active-address": "10.2.0.5", "active-mac-address": MAC, "active-server": "home",
        "host-name": "ana-pc", "dynamic": "false",
    }  # fmt: skip
    assert lease.items() >= shown.items() and lease["expires-after"].startswith(("30m", "29m"))
    (queue,) = wire.rows("/queue/simple")
    assert (queue["name"], queue["max-limit"]) == (f"dhcp-ds<{MAC}>", "2000000/8000000")
    assert {row["list"] for row in wire.rows("/ip/firewall/address-list")} == {"up", "fast"}
    (arp,) = wire.rows("/ip/arp")
    assert (arp["mac-address"], arp["dhcp"], arp["dynamic"]) == (MAC, "true", "true")

    router.do("disconnect", service="dhcp", mac=MAC)
    (lease,) = wire.rows(LEASES)
    assert lease["status"] == "waiting" and "active-address" not in lease and "host-name" not in lease
    assert wire.rows("/queue/simple") == wire.rows("/ip/arp") == wire.rows("/ip/firewall/address-list") == []


def test_a_blocked_lease_counts_from_the_next_time(router: SimulatedRouter, wire: Wire) -> None:
    a_dhcp_server(wire)
    lease = wire.change(f"{LEASES}/add", address="10.2.0.5", mac_address=MAC)
    router.do("connect", service="dhcp", mac=MAC)
    wire.change(f"{LEASES}/set", f"=.id={lease}", block_access="yes")
    assert [(row["status"], row["blocked"]) for row in wire.rows(LEASES)] == [("bound", "true")]
    assert turned_away(router, "redial", service="dhcp", mac=MAC) == f"access is blocked for {MAC}"
    assert [row["status"] for row in wire.rows(LEASES)] == ["waiting"]


def test_a_dynamic_lease_is_made_static(router: SimulatedRouter, wire: Wire) -> None:
    wire.change("/ip/pool/add", name="homes", ranges="10.2.0.5-10.2.0.9")
    a_dhcp_server(wire, address_pool="homes")
    lease = router.do("connect", service="dhcp", mac=MAC)["id"]
    assert wire.rows(LEASES)[0]["dynamic"] == "true"
    assert wire.refusal(f"{LEASES}/set", f"=.id={lease}", "=comment=x") == "failure: can not change dynamic item"
    wire.change(f"{LEASES}/make-static", f"=.id={lease}")
    wire.change(f"{LEASES}/set", f"=.id={lease}", comment="ana")
    router.do("disconnect", service="dhcp", mac=MAC)
    (left,) = wire.rows(LEASES)
    assert (left["address"], left["comment"], left["dynamic"]) == ("10.2.0.5", "ana", "false")
    router.do("connect", service="dhcp", mac=OTHER_MAC)
    router.do("disconnect", service="dhcp", mac=OTHER_MAC)
    assert len(wire.rows(LEASES)) == 1


def test_why_a_device_gets_no_lease(router: SimulatedRouter, wire: Wire) -> None:
    assert turned_away(router, service="dhcp", mac=MAC) == "there is no such DHCP server"
    a_dhcp_server(wire)
    alone = f"there is no enabled lease for {MAC}, and the server has static ones only"
    assert turned_away(router, service="dhcp", mac=MAC) == alone
    lease = wire.change(f"{LEASES}/add", address="10.2.0.5", mac_address=MAC, disabled="yes")
    assert turned_away(router, service="dhcp", mac=MAC) == alone
    wire.change(f"{LEASES}/enable", f"=.id={lease}")
    router.do("connect", service="dhcp", mac=MAC)
    assert turned_away(router, service="dhcp", mac=MAC) == f"{MAC} has its lease already"
    wire.change(f"{LEASES}/remove", f"=.id={lease}")
    assert wire.rows("/ip/firewall/connection") == []
    wire.change("/ip/dhcp-server/disable", "=.id=home")
    assert turned_away(router, service="dhcp", mac=MAC) == "the DHCP server is disabled"


# Time and restarts.


def test_an_entry_vanishes_when_its_time_is_over(wire: Wire) -> None:
    entries = "/ip/firewall/address-list"
    wire.change(f"{entries}/add", list="cut", address="10.0.0.5", timeout="1s")
    wire.change(f"{entries}/add", list="cut", address="10.0.0.6")
    assert len(wire.rows(entries)) == 2
    eventually(lambda: [row["address"] for row in wire.rows(entries)] == ["10.0.0.6"])


def test_what_is_dynamic_is_lost_when_the_router_restarts(tmp_path: Path) -> None:
    kept = ("--state", str(tmp_path / "routers.json"))
    with simulated_router(*kept) as router, Wire(router) as wire:
        wire.log_in()
        a_dhcp_server(wire)
        wire.change(f"{LEASES}/add", address="10.2.0.5", mac_address=MAC)
        router.do("connect", service="dhcp", mac=MAC)
        a_secret(wire)
        router.do("connect", name="ana")
        wire.change("/ip/firewall/address-list/add", list="cut", address="10.0.0.5", timeout="1d")
        wire.change("/ip/firewall/address-list/add", list="cut", address="10.0.0.6")
    with simulated_router(*kept) as router:
        assert router.rows("/ppp/active") == [] and len(router.rows("/interface")) == 5
        assert [row["status"] for row in router.rows(LEASES)] == ["waiting"]
        assert [row["address"] for row in router.rows("/ip/firewall/address-list")] == ["10.0.0.6"]
        assert router.do("connect", name="ana")["address"] == "10.0.0.5"
