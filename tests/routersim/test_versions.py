"""What is different from one RouterOS version to the next."""

from __future__ import annotations

import re

import pytest

from routersim.session import challenge_response
from tests.routersim.wire import Wire
from tests.simulator import PASSWORD, USER, SimulatedRouter, simulated_router

VERSIONS = ("6.33.6", "6.49.10", "7.10.2", "7.18.2", "7.21.4")


def answer_challenge(wire: Wire, password: str) -> list[list[str]]:
    (done,) = wire.ask("/login")
    response = challenge_response(password, done[1].removeprefix("=ret="))
    return wire.ask("/login", f"=name={USER}", f"=response={response}", ".tag=r")


@pytest.mark.parametrize(
    ("version", "by_password", "by_response"),
    [
        ("6.33.6", False, True), ("6.43", True, True), ("6.44.6", True, True), ("6.45", True, False),
        ("6.49.10", True, False), ("7.10.2", True, False), ("7.18.2", True, False), ("7.21rc3", True, False),
    ],
)  # fmt: skip
def test_which_logins_a_version_takes(version: str, by_password: bool, by_response: bool) -> None:
    with simulated_router("--version", version) as router:
        with Wire(router) as wire:
            assert (len(wire.log_in()[0]) == 1) is by_password
        with Wire(router) as wire:
            reply = answer_challenge(wire, PASSWORD)
            assert (reply == [["!done", ".tag=r"]]) is by_response
            if not by_response:
                assert reply[0] == ["!trap", ".tag=r", "=message=invalid user name or password (6)"]


def test_five_wrong_responses_end_the_connection() -> None:
    with simulated_router("--version", "6.33.6") as router, Wire(router) as wire:
        for _ in range(4):
            assert answer_challenge(wire, "wrong")[0] == ["!trap", ".tag=r", "=message=cannot log in"]
        assert answer_challenge(wire, "wrong") == [["!fatal", "too many commands before login"]]
        assert wire.receive() is None


def test_the_published_example_of_a_response() -> None:
    assert challenge_response("passTest", "abc123") == "0021277bff9ac7caf06aa608e46616d47f"


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_an_empty_print_a_refusal_and_the_version_itself(version: str) -> None:
    with simulated_router("--version", version) as router, Wire(router) as wire:
        wire.log_in()
        release = tuple(map(int, version.split(".")))
        empty = [["!empty"]] if release >= (7, 18) else []
        assert wire.ask("/queue/simple/print") == [*empty, ["!done"]]
        named = " colour" if release >= (7,) else ""
        assert wire.refusal("/queue/simple/add", "=colour=red") == f"unknown parameter{named}"
        (resource,) = wire.rows("/system/resource")
        assert resource["version"].startswith(version)


def begin_sessions(router: SimulatedRouter, wanted: int) -> int:
    """How many of so many connections the router lets in."""
    opened = [Wire(router) for _ in range(wanted)]
    try:
        return sum(in_time(wire) for wire in opened)
    finally:
        for wire in opened:
            wire.socket.close()


def in_time(wire: Wire) -> bool:
    try:
        return wire.log_in() == [["!done"]]
    except ConnectionError:
        return False


@pytest.mark.parametrize(("version", "most"), [("7.10.2", 24), ("7.18.2", 20)])
def test_sessions_are_limited_since_7_16(version: str, most: int) -> None:
    with simulated_router("--version", version) as router:
        assert begin_sessions(router, 24) == most


def test_the_limit_of_sessions_can_be_set(router: SimulatedRouter, wire: Wire) -> None:
    wire.change("/ip/service/set", "=numbers=api", max_sessions="3")
    assert begin_sessions(router, 5) == 2


@pytest.mark.parametrize(
    ("version", "written"),
    [("6.49.10", r"# [a-z]{3}/\d\d/\d{4} \d\d:\d\d:\d\d by RouterOS 6.49.10"), ("7.9", r"# [a-z]{3}/\d\d/\d{4} .*"),
     ("7.10.2", r"# \d{4}-\d\d-\d\d \d\d:\d\d:\d\d by RouterOS 7.10.2")],
)  # fmt: skip
def test_dates_are_written_otherwise_since_7_10(version: str, written: str) -> None:
    with simulated_router("--version", version) as router:
        assert re.fullmatch(written, router.do("export")["script"].splitlines()[0])


def test_what_is_no_version_is_refused_before_anything_starts() -> None:
    with pytest.raises(ValueError, match="Expecting value"), simulated_router("--version", "seven"):
        pass
