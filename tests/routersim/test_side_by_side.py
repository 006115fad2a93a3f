"""Several commands at once on one connection: listening, interrupting, answers that mix."""

from __future__ import annotations

import pytest

from tests.routersim.wire import Wire
from tests.simulator import SimulatedRouter, simulated_router

POOLS, SECRETS = "/ip/pool", "/ppp/secret"


@pytest.fixture
def listener(router: SimulatedRouter):
    """Another connection to the same router, logged in."""
    with Wire(router) as opened:
        opened.log_in()
        yield opened


def listening(wire: Wire, menu: str, *words: str, tag: str = "l") -> None:
    """Begins to listen, and waits until the router does: what is sent behind it is answered after it began."""
    wire.send([f"{menu}/listen", *words, f".tag={tag}"])
    assert wire.ask("/system/identity/print", ".tag=i")[-1] == ["!done", ".tag=i"]


def test_changes_are_told_as_they_happen(wire: Wire, listener: Wire) -> None:
    listening(listener, POOLS)
    added = wire.change(f"{POOLS}/add", name="guests", ranges="10.0.0.1")
    told = listener.receive()
    assert told[:4] == ["!re", ".tag=l", f"=.id={added}", "=name=guests"]
    wire.change(f"{POOLS}/set", f"=.id={added}", comment="no vacancy")
    assert "=comment=no vacancy" in listener.receive()
    wire.change(f"{POOLS}/remove", f"=.id={added}")
    assert listener.receive() == ["!re", ".tag=l", f"=.id={added}", "=.dead=true"]


def test_what_the_old_generation_says_of_a_removed_row() -> None:
    with simulated_router("--version", "6.49.10") as router, Wire(router) as wire:
        wire.log_in()
        listening(wire, POOLS)
        (done,) = wire.ask(f"{POOLS}/add", "=ranges=10.0.0.1", ".tag=a")
        assert wire.receive()[0] == "!re"
        wire.ask(f"{POOLS}/remove", f"=.id={done[2].removeprefix('=ret=')}", ".tag=r")
        assert wire.receive()[-1] == "=.dead=yes"


def test_listening_looks_at_queries_and_properties(wire: Wire, listener: Wire) -> None:
    listening(listener, POOLS, "?name=b", "=.proplist=name")
    wire.change(f"{POOLS}/add", name="a", ranges="10.0.0.1")
    wire.change(f"{POOLS}/add", name="b", ranges="10.0.0.1")
    assert listener.receive() == ["!re", ".tag=l", "=name=b"]


def test_sessions_are_told_and_rows_whose_time_is_over(router: SimulatedRouter, wire: Wire, listener: Wire) -> None:
    wire.change(f"{SECRETS}/add", name="ana", remote_address="10.0.0.5")
    listening(listener, "/ppp/active")
    router.do("connect", name="ana")
    assert "=name=ana" in listener.receive()
    router.do("disconnect", name="ana")
    assert listener.receive()[-1] == "=.dead=true"

    listening(listener, "/ip/firewall/address-list", tag="m")
    wire.change("/ip/firewall/address-list/add", list="late", address="10.0.0.5", timeout="1s")
    assert "=list=late" in listener.receive()
    assert listener.receive()[-1] == "=.dead=true"


@pytest.mark.parametrize(
    ("command", "message"),
    [("/nothing/listen", "no such command prefix"), (f"{POOLS}/listen =colour=red", "unknown parameter colour")],
)
def test_what_cannot_be_listened_to(wire: Wire, command: str, message: str) -> None:
    assert wire.refusal(*command.split()) == message


def test_a_cancelled_command_is_interrupted_then_the_cancel_is_done_then_the_command(wire: Wire) -> None:
    listening(wire, POOLS, tag="l")
    listening(wire, SECRETS, tag="m")
    wire.send(["/cancel", "=tag=l", ".tag=c"])
    assert [wire.receive() for _ in range(3)] == [
        ["!trap", ".tag=l", "=category=2", "=message=interrupted"],
        ["!done", ".tag=c"],
        ["!done", ".tag=l"],
    ]
    wire.change(f"{POOLS}/add", ranges="10.0.0.1")
    wire.change(f"{SECRETS}/add", name="ana")
    assert wire.receive()[:2] == ["!re", ".tag=m"]


def test_a_cancel_without_a_tag_interrupts_everything(wire: Wire) -> None:
    listening(wire, POOLS, tag="l")
    listening(wire, SECRETS, tag="m")
    wire.send(["/cancel"])
    heard = [wire.receive() for _ in range(5)]
    assert [words[:2] for words in heard[:2]] == [["!trap", ".tag=l"], ["!trap", ".tag=m"]]
    assert heard[2:] == [["!done"], ["!done", ".tag=l"], ["!done", ".tag=m"]]
    assert wire.ask("/cancel", "=tag=gone", ".tag=c") == [["!done", ".tag=c"]]


def test_a_short_answer_goes_between_the_rows_of_a_long_one(wire: Wire) -> None:
    wire.send(*([f"{SECRETS}/add", f"=name=c{n}"] for n in range(500)))
    assert all(wire.receive()[0] == "!done" for _ in range(500))
    wire.send([f"{SECRETS}/print", ".tag=long"], ["/system/identity/print", ".tag=short"])
    heard = [wire.receive() for _ in range(503)]
    place = heard.index(["!done", ".tag=short"])
    assert heard[place - 1] == ["!re", ".tag=short", "=name=MikroTik"]
    assert 0 < place < 502
    assert heard[-1] == ["!done", ".tag=long"]
    assert sum(words[:2] == ["!re", ".tag=long"] for words in heard) == 500


def test_a_command_that_waits_for_its_turn_can_be_cancelled_and_is_not_applied(
    router: SimulatedRouter, wire: Wire
) -> None:
    router.do("slow", ms=60_000)
    wire.send([f"{SECRETS}/add", "=name=ana", ".tag=a"])
    wire.send(["/cancel", "=tag=a", ".tag=c"])
    assert wire.receive() == ["!trap", ".tag=a", "=category=2", "=message=interrupted"]
    router.do("slow", ms=0)
    assert wire.receive() == ["!done", ".tag=c"]
    assert router.rows(SECRETS) == []


def test_what_a_client_asked_for_is_done_although_the_client_has_gone(router: SimulatedRouter) -> None:
    router.do("slow", ms=30)
    with Wire(router) as wire:
        wire.log_in()
        wire.send(*([f"{SECRETS}/add", f"=name=c{n}"] for n in range(5)))
        assert wire.receive()[0] == "!done"
    with Wire(router) as wire:
        wire.log_in()
        # It comes behind the commands of the other connection.
        wire.ask("/system/identity/print")
    assert len(router.rows(SECRETS)) == 5
