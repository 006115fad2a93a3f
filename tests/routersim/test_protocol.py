"""What a client sees on the wire, byte for byte."""

from __future__ import annotations

import time
from collections.abc import Callable

import librouteros
import pytest
from librouteros.exceptions import TrapError
from librouteros.login import token

from tests.routersim.wire import Wire
from tests.simulator import PASSWORD, USER, SimulatedRouter, simulated_router


def test_a_tag_is_the_second_word_of_every_sentence(router: SimulatedRouter) -> None:
    with Wire(router) as wire:
        assert wire.log_in(".tag=1") == [["!done", ".tag=1"]]
        rows = wire.ask("/ppp/profile/print", "=.proplist=name", ".tag=p")
        assert rows == [
            ["!re", ".tag=p", "=name=default"],
            ["!re", ".tag=p", "=name=default-encryption"],
            ["!done", ".tag=p"],
        ]
        assert wire.ask("/ppp/profile/nothing", ".tag=x")[0][:2] == ["!trap", ".tag=x"]


def test_commands_sent_together_are_answered_in_order(router: SimulatedRouter) -> None:
    with Wire(router) as wire:
        wire.log_in()
        wire.send(*(["/queue/simple/add", f"=name=q{n}", "=target=10.0.0.1", f".tag={n}"] for n in range(20)))
        assert [wire.receive() for _ in range(20)] == [["!done", f".tag={n}", f"=ret=*{n + 1:X}"] for n in range(20)]


def test_words_of_every_length_come_back_whole(router: SimulatedRouter) -> None:
    with Wire(router) as wire:
        wire.log_in()
        for length in (1, 127, 128, 247, 248, 256, 16_383, 16_384, 100_000):
            comment = "=comment=" + "x" * (length - 9 if length > 9 else 1)
            (done,) = wire.ask("/ip/pool/add", "=ranges=10.0.0.1", comment)
            identifier = done[1].removeprefix("=ret=")
            assert comment in wire.ask("/ip/pool/print", f"?.id={identifier}")[0]


def test_a_print_of_nothing_says_so_since_7_18(router: SimulatedRouter) -> None:
    with Wire(router) as wire:
        wire.log_in()
        assert wire.ask("/queue/simple/print") == [["!empty"], ["!done"]]
    with simulated_router("--version", "7.16.2") as older, Wire(older) as wire:
        wire.log_in()
        assert wire.ask("/queue/simple/print") == [["!done"]]


def test_counting_gives_a_number_and_no_rows(router: SimulatedRouter) -> None:
    with Wire(router) as wire:
        wire.log_in()
        assert wire.ask("/interface/print", "=count-only=") == [["!done", "=ret=5"]]
        assert wire.ask("/interface/print", "=count-only=", "?name=ether1") == [["!done", "=ret=1"]]


def test_proplist_of_unknown_names_leaves_bare_rows(router: SimulatedRouter) -> None:
    with Wire(router) as wire:
        wire.log_in()
        assert wire.ask("/ppp/profile/print", "=.proplist=nope")[0] == ["!re"]


def test_a_command_before_login_is_fatal(router: SimulatedRouter) -> None:
    with Wire(router) as wire:
        assert wire.ask("/system/identity/print") == [["!fatal", "not logged in"]]
        assert wire.receive() is None


def test_quit_is_fatal_with_a_bare_word(router: SimulatedRouter) -> None:
    with Wire(router) as wire:
        wire.log_in()
        assert wire.ask("/quit") == [["!fatal", "session terminated on request"]]


def test_five_wrong_passwords_end_the_connection(router: SimulatedRouter) -> None:
    with Wire(router) as wire:
        for _ in range(4):
            assert wire.ask("/login", f"=name={USER}", "=password=wrong") == [
                ["!trap", "=message=invalid user name or password (6)"],
                ["!done"],
            ]
        assert wire.ask("/login", f"=name={USER}", "=password=wrong") == [["!fatal", "too many commands before login"]]


def test_login_works_after_a_wrong_password(router: SimulatedRouter) -> None:
    with Wire(router) as wire:
        wire.ask("/login", f"=name={USER}", "=password=wrong")
        assert wire.log_in() == [["!done"]]


def test_an_old_router_answers_a_plain_login_with_a_challenge() -> None:
    with simulated_router("--version", "6.40.9", "--password", "ascii") as router, Wire(router) as wire:
        (done,) = wire.ask("/login", f"=name={USER}", "=password=anything")
        assert done[0] == "!done" and len(done[1]) == len("=ret=") + 32
        assert wire.ask("/system/identity/print") == [["!fatal", "not logged in"]]


def test_the_old_login_answers_a_challenge(login: Callable[..., librouteros.api.Api]) -> None:
    with simulated_router("--version", "6.40.9", "--password", "ascii") as router:
        api = login(router, password="ascii", login_method=token)
        assert tuple(api("/system/identity/print")) == ({"name": "MikroTik"},)
        with pytest.raises(TrapError, match="cannot log in"):
            login(router, password="wrong", login_method=token)


def test_a_new_router_refuses_the_old_login(router: SimulatedRouter, login: Callable[..., librouteros.api.Api]) -> None:
    with pytest.raises(TrapError, match="invalid user name or password"):
        login(router, password="ascii", login_method=token)


def test_garbage_ends_the_connection_and_nothing_else(router: SimulatedRouter) -> None:
    with Wire(router) as wire:
        wire.socket.sendall(b"\xff\xff\xff\xff")
        assert wire.receive() is None
    with Wire(router) as wire:
        assert wire.ask("/login", f"=name={USER}", f"=password={PASSWORD}") == [["!done"]]


def test_ten_thousand_rows_are_added_on_one_connection_in_seconds(wire: Wire) -> None:
    """Half a second where nothing else runs; a look at every row for every new one would take a minute."""
    started = time.monotonic()
    for first in range(0, 10_000, 200):
        numbers = range(first, first + 200)
        wire.send(*(["/ppp/secret/add", f"=name=c{n}", f"=remote-address=10.{n >> 8}.{n & 255}.1"] for n in numbers))
        assert all(wire.receive()[0] == "!done" for _ in numbers)
    assert time.monotonic() - started < 10
    assert wire.refusal("/ppp/secret/add", "=name=c0") == "failure: secret with the same name already exists"
    assert wire.ask("/ppp/secret/print", "=count-only=") == [["!done", "=ret=10000"]]


def is_let_in(router: SimulatedRouter) -> bool:
    with Wire(router) as wire:
        try:
            return wire.log_in() == [["!done"]]
        except ConnectionError:
            return False


@pytest.mark.parametrize(
    ("changed", "let_in"),
    [
        ("=address=10.0.0.0/8", False),
        ("=address=10.0.0.0/8,127.0.0.0/8", True),
        ("=address=127.0.0.1", True),
        ("=disabled=yes", False),
    ],
)
def test_the_service_says_who_may_come(router: SimulatedRouter, wire: Wire, changed: str, let_in: bool) -> None:
    wire.change("/ip/service/set", "=numbers=api", changed)
    assert is_let_in(router) is let_in
    wire.change("/ip/service/set", "=numbers=api", "=address=", "=disabled=no")
    assert is_let_in(router)
