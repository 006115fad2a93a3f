from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import librouteros
import pytest
from librouteros.exceptions import ConnectionClosed

from tests.routersim.wire import Wire
from tests.simulator import SimulatedRouter, simulated_router

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
