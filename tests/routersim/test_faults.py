from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import librouteros
import pytest
from librouteros.exceptions import ConnectionClosed

from routersim.durations import seconds_of
from tests.routersim.wire import Wire
from tests.simulator import PASSWORD, USER, SimulatedRouter, simulated_router

ADD = "/queue/simple/add"


def add_queue(api: librouteros.api.Api, name: str = "ana") -> None:
    tuple(api(ADD, name=name, target="10.0.0.5"))


def test_a_router_that_is_off_refuses_and_ends_what_is_open(router: SimulatedRouter, api: librouteros.api.Api) -> None:
    router.do("offline")
    with pytest.raises((ConnectionClosed, ConnectionError)):
        add_queue(api)
    with pytest.raises(ConnectionRefusedError):
        Wire(router)


def test_a_router_keeps_its_rows_and_its_port_over_being_off(
    router: SimulatedRouter, api: librouteros.api.Api, login: Callable[..., librouteros.api.Api]
) -> None:
    add_queue(api)
    router.do("offline")
    router.do("online")
    assert [row["name"] for row in login(router).path("queue", "simple")] == ["ana"]


@pytest.mark.parametrize(("when", "left"), [("before", 0), ("after", 1)])
def test_a_connection_drops_before_or_after_the_nth_command(
    router: SimulatedRouter, api: librouteros.api.Api, when: str, left: int
) -> None:
    router.do("drop", at=f"{when}:2")
    tuple(api("/system/identity/print"))
    with pytest.raises((ConnectionClosed, ConnectionError)):
        add_queue(api)
    assert len(router.rows("/queue/simple")) == left


def test_a_drop_may_wait_for_a_certain_command_and_happens_once(
    router: SimulatedRouter, api: librouteros.api.Api, login: Callable[..., librouteros.api.Api]
) -> None:
    router.do("drop", at=f"after:1:{ADD}")
    tuple(api("/system/identity/print"))
    with pytest.raises((ConnectionClosed, ConnectionError)):
        add_queue(api)
    add_queue(login(router), "eva")
    assert len(router.rows("/queue/simple")) == 2


def test_a_hanging_router_takes_commands_and_says_nothing(router: SimulatedRouter) -> None:
    router.do("hang")
    with Wire(router) as wire:
        wire.log_in()
        wire.socket.settimeout(0.2)
        wire.send(["/system/identity/print"])
        with pytest.raises(TimeoutError):
            wire.receive()
        router.do("unhang")
        wire.socket.settimeout(5)
        assert wire.receive() is None


def test_a_slow_router_takes_its_time(router: SimulatedRouter, api: librouteros.api.Api) -> None:
    router.do("slow", ms=20)
    started = time.monotonic()
    for _ in range(5):
        tuple(api("/system/identity/print"))
    assert time.monotonic() - started >= 5 * 0.02


def test_faults_can_be_there_from_the_start() -> None:
    with simulated_router("--slow", "15", "--drop", "before:1") as router, Wire(router) as wire:
        assert router.do("status")["slow_ms"] == 15
        wire.log_in()
        wire.send(["/system/identity/print"])
        assert wire.receive() is None


def test_an_unknown_order_is_refused(router: SimulatedRouter) -> None:
    with pytest.raises(RuntimeError, match="cannot do explode"):
        router.do("explode")
    with pytest.raises(RuntimeError, match="no router sur"):
        router.do("status", router="sur")
    assert router.do("status")["online"]


def test_the_configuration_survives_a_restart(tmp_path: Path, login: Callable[..., librouteros.api.Api]) -> None:
    state = tmp_path / "routers.json"
    with simulated_router("--state", str(state)) as router:
        api = login(router)
        tuple(api("/ppp/secret/add", name="Peña", comment="alta:1"))
        tuple(api("/system/identity/set", name="norte"))
    with simulated_router("--state", str(state)) as router:
        api = login(router)
        (secret,) = api("/ppp/secret/print")
        assert (secret[".id"], secret["name"], secret["comment"]) == ("*1", "Peña", "alta:1")
        assert tuple(api("/system/identity/print")) == ({"name": "norte"},)
        assert tuple(api("/ppp/secret/add", name="b")) == ({"ret": "*2"},)


def test_one_process_serves_several_routers_each_with_its_own_faults_and_state(
    tmp_path: Path, login: Callable[..., librouteros.api.Api]
) -> None:
    more = ("--router", "norte=127.0.0.1:0", "--router", "sur=127.0.0.1:0", "--state", str(tmp_path / "state.json"))
    with simulated_router(*more) as router:
        places = {name: router.do("status", router=name)["address"].partition(":") for name in ("norte", "sur")}
        norte, sur = (replace(router, host=host, port=int(port)) for host, _, port in places.values())
        add_queue(login(norte))
        router.do("offline", router="sur")
        with pytest.raises(ConnectionRefusedError):
            Wire(sur)
        assert tuple(login(norte)("/system/identity/print")) == ({"name": "norte"},)
        assert router.do("rows", router="sur", menu="/queue/simple")["rows"] == []
    with simulated_router(*more) as router:
        (row,) = router.do("rows", router="norte", menu="/queue/simple")["rows"]
        assert row["name"] == "ana"


def test_an_unreadable_state_is_not_started_from_nor_overwritten(tmp_path: Path) -> None:
    state = tmp_path / "routers.json"
    state.write_text("{half")
    with pytest.raises(ValueError, match="Expecting value"), simulated_router("--state", str(state)):
        pass
    assert state.read_text() == "{half"


# Logging in.


def log_in(router: SimulatedRouter, user: str = USER) -> bool:
    with Wire(router) as wire:
        return wire.ask("/login", f"=name={user}", f"=password={PASSWORD}") == [["!done"]]


def test_logins_are_refused_for_a_while_or_for_one_user(router: SimulatedRouter, wire: Wire) -> None:
    router.do("reject", times=2)
    assert [log_in(router) for _ in range(3)] == [False, False, True]
    wire.change("/user/add", name="noc", group="full", password=PASSWORD)
    router.do("reject", user="noc")
    assert (log_in(router), log_in(router, "noc")) == (True, False)
    router.do("accept")
    assert log_in(router, "noc")


def test_what_was_open_goes_on_while_logins_are_refused(router: SimulatedRouter, wire: Wire) -> None:
    router.do("reject")
    assert wire.change("/ip/pool/add", ranges="10.0.0.1") == "*1"


def test_more_sessions_than_the_limit_end_as_they_begin(router: SimulatedRouter, wire: Wire) -> None:
    router.do("limit", sessions=2)
    with Wire(router) as second, Wire(router) as third:
        assert second.log_in() == [["!done"]]
        with contextlib.suppress(ConnectionResetError):
            assert third.receive() is None
    assert len(router.do("status")["sessions"]) >= 1
    router.do("limit")
    assert log_in(router)


# By command and by connection.


def test_one_command_hangs_and_the_others_do_not(router: SimulatedRouter) -> None:
    router.do("hang", command="/queue/simple/add")
    with Wire(router) as wire:
        wire.log_in()
        wire.send(["/queue/simple/add", "=target=10.0.0.5", ".tag=a"])
        assert wire.ask("/system/identity/print", ".tag=b")[-1] == ["!done", ".tag=b"]
    router.do("unhang")
    assert router.rows("/queue/simple") == []


def test_a_login_hangs_only_when_it_is_named(router: SimulatedRouter) -> None:
    router.do("hang", command="/login")
    with Wire(router) as wire:
        wire.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            wire.log_in()


def test_faults_of_one_connection_spare_the_others(router: SimulatedRouter, wire: Wire) -> None:
    with Wire(router) as other:
        other.log_in()
        first, second = (session["number"] for session in router.do("status")["sessions"])
        router.do("drop", at="before:1", connection=second)
        assert wire.ask("/system/identity/print")[-1] == ["!done"]
        assert other.ask("/system/identity/print") == []
        router.do("cut", connection=first)
        assert wire.receive() is None
    with pytest.raises(RuntimeError, match=f"no connection {first}"):
        router.do("cut", connection=first)


def test_one_connection_hangs_while_another_works(router: SimulatedRouter, wire: Wire) -> None:
    (session,) = router.do("status")["sessions"]
    router.do("hang", connection=session["number"])
    wire.send(["/ip/pool/add", "=ranges=10.0.0.1"])
    with Wire(router) as other:
        other.log_in()
        assert other.ask("/system/identity/print")[-1] == ["!done"]
    wire.socket.settimeout(0.1)
    with pytest.raises(TimeoutError):
        wire.receive()


def test_nothing_behind_a_dropped_command_is_applied(router: SimulatedRouter, wire: Wire) -> None:
    router.do("drop", at="after:3")
    wire.send(*(["/ip/pool/add", f"=name=p{n}", "=ranges=10.0.0.1"] for n in range(10)))
    with contextlib.suppress(ConnectionResetError):
        while wire.receive() is not None:
            pass
    assert [row["name"] for row in router.rows("/ip/pool")] == ["p0", "p1", "p2"]


# Time.


def seconds(wire: Wire, *words: str) -> float:
    started = time.monotonic()
    wire.ask(*words)
    return time.monotonic() - started


def test_a_router_is_slow_for_a_random_time_within_limits(router: SimulatedRouter, wire: Wire) -> None:
    router.do("slow", ms="10-60")
    taken = [seconds(wire, "/system/identity/print") for _ in range(12)]
    assert min(taken) >= 0.01
    # Twelve times the same within 5 ms: once in a hundred million times.
    assert max(taken) - min(taken) > 0.005


def test_a_command_takes_longer_with_the_rows_of_its_menu(router: SimulatedRouter, wire: Wire) -> None:
    wire.send(*(["/ppp/secret/add", f"=name=c{n}"] for n in range(100)))
    assert all(wire.receive()[0] == "!done" for _ in range(100))
    router.do("slow", row_ms=2)
    assert seconds(wire, "/ppp/secret/print", "=count-only=") >= 0.2
    assert seconds(wire, "/ip/pool/print") < 0.2


def test_a_command_takes_longer_with_the_commands_in_work(router: SimulatedRouter, wire: Wire) -> None:
    router.do("slow", running_ms=10)
    started = time.monotonic()
    wire.send(*(["/system/identity/print", f".tag={n}"] for n in range(8)))
    for _ in range(16):
        wire.receive()
    # The first finds nobody; then 6 + 5 + ... + 1 others are in work.
    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize("ms", ["x", "20-10", "-5"])
def test_times_that_make_no_sense_are_refused(router: SimulatedRouter, ms: str) -> None:
    with pytest.raises(RuntimeError):
        router.do("slow", ms=ms)


def test_only_the_command_that_is_slow_is_slow(router: SimulatedRouter, wire: Wire) -> None:
    router.do("slow", ms=60_000, command="/queue/simple")
    wire.send(["/queue/simple/print", ".tag=slow"])
    assert wire.ask("/ip/pool/print", ".tag=quick")[-1] == ["!done", ".tag=quick"]
    router.do("calm")
    assert router.do("status")["slow_ms"] == 0


# Rebooting.


def eventually_back(router: SimulatedRouter) -> float:
    """Waits until the router has rebooted once and answers again; gives when it was last seen down."""
    deadline = time.monotonic() + 20
    seen = time.monotonic()
    while (status := router.do("status"))["reboots"] != 1 or not status["online"]:
        seen = time.monotonic()
        assert seen < deadline, "the router did not come back"
    return seen


def uptime(router: SimulatedRouter) -> int:
    (resource,) = router.rows("/system/resource")
    return seconds_of(resource["uptime"])


def test_a_reboot_ends_connections_refuses_for_a_while_and_loses_what_was_in_memory(
    router: SimulatedRouter, wire: Wire
) -> None:
    wire.change("/ppp/secret/add", name="ana", remote_address="10.0.0.5")
    wire.change("/ip/firewall/address-list/add", list="cut", address="10.0.0.6", timeout="1h")
    router.do("connect", name="ana")
    while uptime(router) < 1:
        wire.ask("/system/identity/print")
    router.do("reboot", seconds=1.2)
    with contextlib.suppress(ConnectionResetError):
        assert wire.receive() is None
    with pytest.raises(ConnectionRefusedError):
        Wire(router)
    down_at = eventually_back(router)
    assert uptime(router) <= time.monotonic() - down_at
    assert (router.rows("/ppp/active"), router.rows("/ip/firewall/address-list")) == ([], [])
    assert [row["name"] for row in router.rows("/ppp/secret")] == ["ana"]
    assert router.do("connect", name="ana")["address"] == "10.0.0.5"
    assert log_in(router)


def test_a_router_switched_off_while_it_reboots_stays_off(router: SimulatedRouter) -> None:
    router.do("reboot", seconds=0.1)
    router.do("offline")
    router.do("slow", ms=1)
    deadline = time.monotonic() + 0.3
    while time.monotonic() < deadline:
        assert not router.do("status")["online"]


def test_faults_of_every_kind_can_be_there_from_the_start() -> None:
    with simulated_router("--reject", "1", "--sessions", "1", "--slow-row", "0.5", "--reboot", "600:1") as router:
        assert [log_in(router), log_in(router)] == [False, True]
        status = router.do("status")
        assert (status["most_sessions"], status["logins_refused"]) == (1, True)
    with simulated_router("--hang", "/queue/simple/print") as router, Wire(router) as wire:
        wire.log_in()
        assert wire.ask("/system/identity/print")[-1] == ["!done"]


def test_a_router_reboots_by_itself() -> None:
    with simulated_router("--reboot", "0.3:0.2") as router:
        eventually_back(router)
        assert log_in(router)


def test_reset_is_as_it_was_at_first(router: SimulatedRouter, wire: Wire) -> None:
    wire.change("/ip/pool/add", name="guests", ranges="10.0.0.1")
    router.do("hang")
    router.do("limit", sessions=3)
    router.do("reboot", seconds=600)
    router.do("reset")
    assert wire.receive() is None
    told = router.do("status")
    assert (told["online"], told["hanging"], told["most_sessions"]) == (True, False, None)
    assert (told["reboots"], told["commands"], told["logins"], told["sessions"]) == (0, 0, 0, [])
    with Wire(router) as again:
        again.log_in()
        assert again.rows("/ip/pool") == []


def test_reset_brings_back_the_faults_of_the_beginning() -> None:
    with simulated_router("--offline") as router:
        router.do("online")
        router.do("reset")
        assert router.do("status")["online"] is False
