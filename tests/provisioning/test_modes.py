"""Every mode, every operation, at a router: what is wanted is there, and nothing else was touched.

Also when the connection is lost before or after any of the commands.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chassis.errors import Permanent, Transient
from services.provisioning import bringing_about
from services.provisioning.ending_sessions import end_sessions
from services.provisioning.modes import OWNED_MENUS, SESSIONS, SUPPORTED, WAYS_OF, Rates, Service, session_key
from services.provisioning.routers import Connection, open_connection
from tests.provisioning.builders import a_cut, a_service, the_endpoint
from tests.simulator import SimulatedRouter, simulated_router

QUEUE, LISTED = "/queue/simple", "/ip/firewall/address-list"
SECRET, USER, LEASE, ARP = "/ppp/secret", "/ip/hotspot/user", "/ip/dhcp-server/lease", "/ip/arp"
PROFILES = {"pppoe": "/ppp/profile", "hotspot": "/ip/hotspot/user/profile"}
OF_MODE = {
    "simple_queue": {QUEUE},
    "pppoe": {SECRET},
    "hotspot": {USER},
    "dhcp": {QUEUE, LEASE},
    "arp": {QUEUE, ARP},
}
SHAPED = Rates(20_000, 5_000, 30_000, 8_000, 15_000, 4_000, 16, 2_000, 500, 3)

FOREIGN = {
    QUEUE: {"name": "vip", "target": "10.9.0.1", "comment": "staff"},
    SECRET: {"name": "vip", "comment": "alta:"},
    USER: {"name": "vip"},
    LEASE: {"address": "10.9.0.1", "mac-address": "02:00:00:00:00:99"},
    ARP: {"address": "10.9.0.1", "mac-address": "02:00:00:00:00:99", "interface": "ether2"},
    LISTED: {"list": "alta-suspended", "address": "10.9.0.1"},
}


def bring_about(router: SimulatedRouter, service: Service, *former: Service) -> dict[str, str]:
    """As a job does it, with the sessions of what it was before."""
    with connected(router) as connection:
        observed = bringing_about.put(connection, service, lambda: None)
        end_sessions(connection, sessions_of(*former, service))
        return observed


def take_away(router: SimulatedRouter, *services: Service) -> None:
    with connected(router) as connection:
        bringing_about.take_away(connection, services[-1].marker)
        end_sessions(connection, sessions_of(*services))


def sessions_of(*services: Service) -> list[tuple[str, str]]:
    keys = [(service.mode, session_key(service.mode, service.name, service.mac_address)) for service in services]
    return [(mode, key) for mode, key in dict.fromkeys(keys) if key]


@contextlib.contextmanager
def connected(router: SimulatedRouter) -> Iterator[Connection]:
    connection = open_connection(the_endpoint(router))
    try:
        yield connection
    finally:
        connection.close()


@pytest.fixture
def lived_in(router: SimulatedRouter) -> SimulatedRouter:
    """A router on which staff have rows of their own in every menu, and a profile for suspended clients."""
    furnish(router)
    return router


def furnish(router: SimulatedRouter) -> None:
    with connected(router) as connection:
        for menu, values in FOREIGN.items():
            connection.add(menu, values)
        for menu in PROFILES.values():
            connection.add(menu, {"name": "cortados", "rate-limit": "64k/64k"})
        connection.add("/ip/hotspot", {"name": "plaza", "interface": "ether3", "disabled": "no"})


def statics(router: SimulatedRouter) -> list[tuple[str, dict[str, str]]]:
    """Everything on the router that stays, without ids and what the router itself notes."""
    found = []
    for menu in (*OWNED_MENUS, *PROFILES.values()):
        rows = [row for row in router.rows(menu) if row.get("dynamic") != "true"]
        found += [(menu, {name: row[name] for name in row if name != ".id" and "last-" not in name}) for row in rows]
    return sorted(found, key=str)


def ours(router: SimulatedRouter, service: Service) -> dict[str, dict[str, str]]:
    found = [(menu, row) for menu in OWNED_MENUS for row in router.rows(menu) if row.get("comment") == service.marker]
    assert len({menu for menu, _ in found}) == len(found), "at most one row in a menu"
    return dict(found)


def dial(router: SimulatedRouter, service: Service) -> str | None:
    """The client's device logs in, where a mode knows that; gives the session's id."""
    if service.mode not in ("pppoe", "hotspot"):
        return None
    return router.do("redial", service=service.mode, name=service.name, mac="02:00:00:00:00:07")["id"]


def live(router: SimulatedRouter, mode: str) -> set[str]:
    return {row[".id"] for row in router.rows(SESSIONS[mode].path)} if mode in ("pppoe", "hotspot") else set()


Operation = Callable[[Service], tuple[Service, Service | None]]
"""What there was before, and what there should be then; None: nothing."""


def suspended(service: Service, way: str, *, active: bool = True) -> Service:
    return replace(service, cut=a_cut(way=way, profile="cortados", active=active))


OPERATIONS: dict[str, Operation] = {
    "plan": lambda service: (service, replace(service, plan_rates=SHAPED)),
    "no-burst": lambda service: (replace(service, plan_rates=SHAPED), service),
    "address": lambda service: (service, replace(service, ip_address="10.0.0.6")),
    "device": lambda service: (service, replace(service, mac_address="64-d1-54-0a-1b-2d")),
    "name": lambda service: (service, replace(service, name="Núñez")),
    "remove": lambda service: (service, None),
    "remove-suspended": lambda service: (suspended(service, "address_list"), None),
    "address-while-suspended": lambda service: (
        suspended(service, "address_list"),
        suspended(replace(service, ip_address="10.0.0.6"), "address_list"),
    ),
    **{
        f"suspend-{way}": lambda service, way=way: (service, suspended(service, way))
        for way in ("address_list", "profile", "disable", "low_rate")
    },
    **{
        f"reconnect-{way}": lambda service, way=way: (
            suspended(service, way),
            suspended(service, way, active=False),
        )
        for way in ("address_list", "profile", "disable", "low_rate")
    },
}
CASES = [
    (mode, name)
    for mode in SUPPORTED
    for name in OPERATIONS
    if name.partition("-")[0] not in ("suspend", "reconnect") or name.partition("-")[2] in WAYS_OF[mode]
]


def operate(router: SimulatedRouter, before: Service, after: Service | None) -> None:
    if after is None:
        take_away(router, before)
    else:
        bring_about(router, after, before)


@pytest.mark.parametrize(("mode", "name"), CASES)
def test_an_operation_ends_the_same_wherever_the_connection_is_lost(
    lived_in: SimulatedRouter, mode: str, name: str
) -> None:
    before, after = OPERATIONS[name](a_service(mode=mode))
    untouched = statics(lived_in)
    bring_about(lived_in, before)
    operate(lived_in, before, after)
    wanted = statics(lived_in)
    assert all(row in wanted for row in untouched), "what staff have is as it was"
    for when in ("before", "after"):
        for nth in range(1, 40):
            bring_about(lived_in, before)
            session = dial(lived_in, before) if may_dial(before) else None
            commands = lived_in.commands
            lived_in.do("drop", at=f"{when}:{nth}")
            lost = False
            try:
                operate(lived_in, before, after)
            except Transient:
                lost = True
            lived_in.do("drop", at="before:100000")
            operate(lived_in, before, after)
            assert statics(lived_in) == wanted, (when, nth)
            assert session not in live(lived_in, mode), (when, nth)
            if not lost:
                assert lived_in.commands > commands
                break
        else:
            raise AssertionError("it never ends")


def may_dial(service: Service) -> bool:
    return not (service.cut and service.is_cut_by("disable"))


@pytest.mark.parametrize("mode", SUPPORTED)
def test_a_service_has_the_rows_of_its_mode_and_a_second_time_changes_nothing(
    lived_in: SimulatedRouter, mode: str
) -> None:
    service = a_service(mode=mode, plan_rates=SHAPED)
    observed = bring_about(lived_in, service)
    assert ours(lived_in, service).keys() == OF_MODE[mode]
    wanted = statics(lived_in)
    assert bring_about(lived_in, service) == observed
    assert statics(lived_in) == wanted


def test_a_queue_has_all_the_rates_of_a_plan(router: SimulatedRouter) -> None:
    service = a_service(plan_rates=SHAPED)
    bring_about(router, service)
    queue = ours(router, service)[QUEUE]
    assert {name: queue[name] for name in ("max-limit", "limit-at", "burst-limit", "burst-threshold")} == {
        "max-limit": "5000000/20000000",
        "limit-at": "500000/2000000",
        "burst-limit": "8000000/30000000",
        "burst-threshold": "4000000/15000000",
    }
    assert (queue["burst-time"], queue["priority"]) == ("16s/16s", "3/3")


@pytest.mark.parametrize("mode", ["pppoe", "hotspot"])
def test_a_profile_has_all_the_rates_of_a_plan(router: SimulatedRouter, mode: str) -> None:
    service = a_service(mode=mode, plan_rates=SHAPED)
    bring_about(router, service)
    profile = ours(router, service)[SECRET if mode == "pppoe" else USER]["profile"]
    (row,) = [row for row in router.rows(PROFILES[mode]) if row["name"] == profile]
    assert row["rate-limit"] == "5M/20M 8M/30M 4M/15M 16/16 3 500k/2M"
    if mode == "pppoe":
        assert row["comment"] == f"alta:profile:{profile}"


def test_a_lease_and_its_queue_are_of_the_device_and_the_address(router: SimulatedRouter) -> None:
    service = a_service(mode="dhcp", mac_address="64-d1-54-0a-1b-2c")
    bring_about(router, service)
    rows = ours(router, service)
    assert (rows[LEASE]["address"], rows[LEASE]["mac-address"]) == ("10.0.0.5", "64:D1:54:0A:1B:2C")
    assert "server" not in rows[LEASE] and rows[QUEUE]["target"] == "10.0.0.5/32"


CUT: dict[tuple[str, str], tuple[str, str, str]] = {
    ("pppoe", "profile"): (SECRET, "profile", "cortados"),
    ("hotspot", "profile"): (USER, "profile", "cortados"),
    ("pppoe", "disable"): (SECRET, "disabled", "true"),
    ("hotspot", "disable"): (USER, "disabled", "true"),
    ("arp", "disable"): (ARP, "disabled", "true"),
    ("simple_queue", "low_rate"): (QUEUE, "max-limit", "64000/64000"),
    ("dhcp", "low_rate"): (QUEUE, "max-limit", "64000/64000"),
    ("arp", "low_rate"): (QUEUE, "max-limit", "64000/64000"),
    ("pppoe", "low_rate"): (SECRET, "profile", "alta-64k-64k"),
    ("hotspot", "low_rate"): (USER, "profile", "alta-64k-64k"),
    **{(mode, "address_list"): (LISTED, "address", "10.0.0.5") for mode in SUPPORTED},
}


def test_every_way_of_every_mode_is_tested() -> None:
    assert CUT.keys() == {(mode, way) for mode, ways in WAYS_OF.items() for way in ways}


@pytest.mark.parametrize(("mode", "way"), CUT)
def test_each_way_cuts_at_its_place(lived_in: SimulatedRouter, mode: str, way: str) -> None:
    service = suspended(a_service(mode=mode), way)
    bring_about(lived_in, service)
    menu, name, value = CUT[mode, way]
    rows = ours(lived_in, service)
    assert rows[menu][name] == value
    assert (LISTED in rows) == (way == "address_list")


def test_a_cut_is_still_there_when_the_router_was_off(tmp_path: Path) -> None:
    service = suspended(a_service(mode="simple_queue"), "address_list")
    state = ("--state", str(tmp_path / "routers.json"))
    with simulated_router(*state) as router:
        bring_about(router, service)
    with simulated_router(*state) as router:
        assert ours(router, service).keys() == {QUEUE, LISTED}


@pytest.mark.parametrize(
    ("mode", "menu", "values", "held"),
    [
        ("hotspot", USER, {"name": "ana.lopez"}, "ana.lopez"),
        ("dhcp", QUEUE, {"name": "ana.lopez", "target": "10.9.0.2"}, "ana.lopez"),
        ("dhcp", LEASE, {"address": "10.0.0.5", "mac-address": "02:00:00:00:00:55"}, "10.0.0.5"),
        ("dhcp", LEASE, {"address": "10.9.0.2", "mac-address": "64:D1:54:0A:1B:2C"}, "64:D1:54:0A:1B:2C"),
        ("arp", ARP, {"address": "10.0.0.5", "interface": "ether2"}, "10.0.0.5"),
    ],
)
def test_what_staff_have_is_refused_before_anything_is_written(
    router: SimulatedRouter, mode: str, menu: str, values: dict[str, str], held: str
) -> None:
    with connected(router) as connection:
        connection.add(menu, values)
    before = statics(router)
    with pytest.raises(Permanent) as refused:
        bring_about(router, a_service(mode=mode))
    assert (refused.value.code, refused.value.params) == ("name-taken-on-router", {"name": held, "menu": menu})
    assert statics(router) == before


def test_an_entry_of_staff_that_still_cuts_is_no_reconnection(router: SimulatedRouter) -> None:
    with connected(router) as connection:
        connection.add(LISTED, {"list": "alta-suspended", "address": "10.0.0.5"})
    with pytest.raises(Permanent) as refused:
        bring_about(router, suspended(a_service(), "address_list", active=False))
    assert refused.value.params == {"name": "10.0.0.5", "menu": LISTED}
    bring_about(router, suspended(a_service(), "low_rate"))
    assert [row.get("comment") for row in router.rows(LISTED)] == [None]


def test_a_profile_for_suspended_clients_that_is_missing_is_named(router: SimulatedRouter) -> None:
    service = a_service(mode="pppoe")
    bring_about(router, service)
    before = statics(router)
    with pytest.raises(Permanent) as refused:
        bring_about(router, suspended(service, "profile"))
    assert refused.value.code == "profile-missing" and statics(router) == before


def test_an_address_that_was_given_for_the_time_being_makes_way(router: SimulatedRouter) -> None:
    service = a_service(mode="dhcp")
    with connected(router) as connection:
        connection.add("/ip/pool", {"name": "clients", "ranges": "10.0.0.100-10.0.0.200"})
        connection.add("/ip/dhcp-server", {"name": "lan", "interface": "ether2", "address-pool": "clients"})
    router.do("connect", service="dhcp", mac=service.mac_address)
    bring_about(router, service)
    (lease,) = router.rows(LEASE)
    assert (lease["address"], lease["dynamic"]) == ("10.0.0.5", "false")
    assert router.do("connect", service="dhcp", mac=service.mac_address)["active-address"] == "10.0.0.5"


class Clinging:
    """A router that says it ended a session, and did not."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    def remove(self, menu: str, row_id: str) -> None:
        """Nothing happens."""


def test_a_session_that_does_not_end_is_not_believed(router: SimulatedRouter, connection: Connection) -> None:
    service = a_service(mode="pppoe")
    bring_about(router, service)
    dial(router, service)
    with pytest.raises(Transient) as failed:
        end_sessions(Clinging(connection), sessions_of(service))
    assert failed.value.code == "session-does-not-end"


def test_a_session_that_began_with_the_new_settings_is_left_alone(
    router: SimulatedRouter, connection: Connection
) -> None:
    service = a_service(mode="pppoe")
    bring_about(router, service)
    dial(router, service)

    class Redialling(Clinging):
        def remove(self, menu: str, row_id: str) -> None:
            self.connection.remove(menu, row_id)
            dial(router, service)

    end_sessions(Redialling(connection), sessions_of(service))
    assert len(live(router, "pppoe")) == 1
