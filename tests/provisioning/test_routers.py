"""The adapter against a router that refuses, hangs and drops."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable

import pytest

from chassis.errors import Permanent, Transient
from services.provisioning.plan import Add, Remove
from services.provisioning.routers import ChangedMeanwhile, Connection, KeptConnections, open_connection
from services.provisioning.routers.endpoint import Patience
from tests.provisioning.builders import the_endpoint
from tests.routersim.wire import Wire
from tests.simulator import SimulatedRouter, simulated_router

QUEUE = "/queue/simple"
FIELDS = (".id", "name", "comment")


def test_rows_are_found_by_either_of_two_values(connection: Connection) -> None:
    first = connection.add(QUEUE, {"name": "ana", "target": "10.0.0.5", "comment": "alta:1"})
    second = connection.add(QUEUE, {"name": "eva", "target": "10.0.0.6"})
    connection.add(QUEUE, {"name": "leo", "target": "10.0.0.7"})
    rows = connection.rows(QUEUE, FIELDS, any_of={"comment": "alta:1", "name": "eva"})
    assert rows == [{".id": first, "name": "ana", "comment": "alta:1"}, {".id": second, "name": "eva"}]
    assert len(connection.rows(QUEUE, FIELDS)) == 3
    assert connection.rows(QUEUE, FIELDS, any_of={"name": "nobody"}) == []


@pytest.mark.parametrize(
    "text", ["no", "yes", "12345", "007", "true", "a=b", "Núñez", "電気", "línea\notra", "x" * 300]
)
def test_text_survives_as_it_is(connection: Connection, text: str) -> None:
    connection.add("/ppp/secret", {"name": text, "password": text, "comment": text})
    (row,) = connection.rows("/ppp/secret", ("name", "password", "comment"), any_of={"name": text})
    assert row == {"name": text, "password": text, "comment": text}


def test_what_another_tool_wrote_in_latin1_is_readable(router: SimulatedRouter, connection: Connection) -> None:
    with Wire(router) as wire:
        wire.log_in()
        odd = "Pe\xf1a".encode("latin-1").decode("utf-8", "surrogateescape")
        wire.ask("/ppp/secret/add", f"=name={odd}")
    assert connection.rows("/ppp/secret", ("name",)) == [{"name": "Peña"}]


def test_rows_are_changed_and_removed(connection: Connection) -> None:
    row_id = connection.add(QUEUE, {"name": "ana", "target": "10.0.0.5"})
    connection.set(QUEUE, row_id, {"name": "eva"})
    assert connection.rows(QUEUE, FIELDS) == [{".id": row_id, "name": "eva"}]
    connection.remove(QUEUE, row_id)
    assert connection.rows(QUEUE, FIELDS) == []


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda c: c.add("/ppp/secret", {"name": "a", "profile": "nope"}), "profile-missing"),
        (lambda c: c.add(QUEUE, {"target": "10.0.0.5", "parent": "nope"}), "router-refused"),
        (lambda c: c.add(QUEUE, {"target": "10.0.0.5", "speed": "1"}), "router-refused"),
        (lambda c: c.rows("/no/menu", FIELDS), "router-menu-missing"),
    ],
)
def test_what_no_retry_can_help_is_permanent(connection: Connection, ask: Callable, code: str) -> None:
    with pytest.raises(Permanent) as refused:
        ask(connection)
    assert refused.value.code == code
    assert connection.rows("/system/identity", ("name",)) == [{"name": "MikroTik"}]


def test_a_user_without_the_right_is_told_apart(router: SimulatedRouter, connection: Connection) -> None:
    connection.add("/user", {"name": "eva", "group": "read", "password": "x"})
    reader = open_connection(the_endpoint(router, username="eva", password="x"))
    with pytest.raises(Permanent) as refused:
        reader.add(QUEUE, {"target": "10.0.0.5"})
    assert refused.value.code == "router-no-permission"
    reader.close()


def test_rows_that_changed_in_between_ask_for_another_reading(connection: Connection) -> None:
    connection.add(QUEUE, {"name": "ana", "target": "10.0.0.5"})
    with pytest.raises(ChangedMeanwhile):
        connection.add(QUEUE, {"name": "ana", "target": "10.0.0.5"})
    with pytest.raises(ChangedMeanwhile):
        connection.remove(QUEUE, "*99")


@pytest.mark.parametrize("version", ["6.40.9", "6.44", "7.16.2", "7.18.2"])
def test_every_generation_of_login_works(version: str) -> None:
    with simulated_router("--version", version) as router:
        opened = open_connection(the_endpoint(router))
        assert opened.rows("/system/identity", ("name",)) == [{"name": "MikroTik"}]
        opened.close()
        with pytest.raises(Permanent) as refused:
            open_connection(the_endpoint(router, password="wrong"))
        assert refused.value.code == "router-login-refused"


def test_a_router_that_is_off_is_unreachable(router: SimulatedRouter) -> None:
    router.do("offline")
    with pytest.raises(Transient) as failed:
        open_connection(the_endpoint(router))
    assert failed.value.code == "router-unreachable"


def test_an_address_that_does_not_exist_is_unreachable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        router = SimulatedRouter("no-such-host.invalid", 1, ("", 0), None)
        with pytest.raises(Transient) as failed:
            open_connection(the_endpoint(router))
    assert failed.value.code == "router-unreachable"


def test_a_hanging_router_is_given_up_after_the_time_for_a_command(router: SimulatedRouter) -> None:
    opened = open_connection(the_endpoint(router), Patience(command=0.2))
    router.do("hang")
    opened = open_connection(the_endpoint(router), Patience(command=0.2))
    with pytest.raises(Transient) as failed:
        opened.rows(QUEUE, FIELDS)
    assert failed.value.code == "router-timeout"
    opened.close()


def test_the_time_is_for_the_whole_answer_not_for_each_piece() -> None:
    """A router that dribbles a byte now and then does not keep us for ever."""
    listener = socket.create_server(("127.0.0.1", 0))

    def dribble() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(1000)
            peer.sendall(b"\x05!done\x00")
            peer.recv(1000)
            while True:
                try:
                    peer.sendall(b"\x03!re\x00")
                    time.sleep(0.02)
                except OSError:
                    return

    threading.Thread(target=dribble, daemon=True).start()
    router = SimulatedRouter("127.0.0.1", listener.getsockname()[1], ("", 0), None)
    opened = open_connection(the_endpoint(router), Patience(command=0.3))
    started = time.monotonic()
    with pytest.raises(Transient) as failed:
        opened.rows(QUEUE, FIELDS)
    assert failed.value.code == "router-timeout" and time.monotonic() - started < 3
    opened.close()
    listener.close()


@pytest.mark.parametrize("garbage", [b"\xff\xff", b"\x04!wat\x00\x00", b"\x05!trap\x00\x05!done\x00"])
def test_an_answer_that_makes_no_sense_is_transient(garbage: bytes) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        peer, _ = listener.accept()
        peer.recv(1000)
        peer.sendall(garbage)
        peer.close()

    threading.Thread(target=answer, daemon=True).start()
    router = SimulatedRouter("127.0.0.1", listener.getsockname()[1], ("", 0), None)
    with pytest.raises(Transient):
        open_connection(the_endpoint(router))
    listener.close()


class TestKeptConnections:
    @pytest.fixture
    def kept(self) -> KeptConnections:
        kept = KeptConnections()
        yield kept
        kept.close()

    def identity(self, kept: KeptConnections, router: SimulatedRouter, **endpoint: str) -> str:
        with kept.use("norte", the_endpoint(router, **endpoint)) as connection:
            return connection.rows("/system/identity", ("name",))[0]["name"]

    def test_one_login_serves_many_commands(self, kept: KeptConnections, router: SimulatedRouter) -> None:
        for _ in range(5):
            self.identity(kept, router)
        assert router.do("status")["logins"] == 1

    def test_a_refusal_leaves_the_connection_in_use(self, kept: KeptConnections, router: SimulatedRouter) -> None:
        for _ in range(2):
            with pytest.raises(Permanent), kept.use("norte", the_endpoint(router)) as connection:
                connection.add(QUEUE, {})
        assert router.do("status")["logins"] == 1

    def test_a_doubt_ends_it(self, kept: KeptConnections, router: SimulatedRouter) -> None:
        router.do("drop", at="before:1")
        with pytest.raises(Transient):
            self.identity(kept, router)
        assert self.identity(kept, router) == "MikroTik"
        assert router.do("status")["logins"] == 2

    def test_an_answer_that_comes_too_late_is_not_taken_for_the_next(self, router: SimulatedRouter) -> None:
        kept = KeptConnections(lambda endpoint: open_connection(endpoint, Patience(command=0.2)))
        router.do("slow", ms=400)
        with pytest.raises(Transient), kept.use("norte", the_endpoint(router)) as connection:
            connection.rows("/ppp/profile", ("name",))
        router.do("slow", ms=0)
        assert self.identity(kept, router) == "MikroTik"
        assert router.do("status")["logins"] == 2
        kept.close()

    def test_one_that_the_router_ended_is_not_used_again(self, kept: KeptConnections, router: SimulatedRouter) -> None:
        self.identity(kept, router)
        router.do("cut")
        assert self.identity(kept, router) == "MikroTik"

    def test_other_credentials_need_another_one(
        self, kept: KeptConnections, router: SimulatedRouter, connection: Connection
    ) -> None:
        self.identity(kept, router)
        connection.add("/user", {"name": "eva", "group": "read", "password": "x"})
        self.identity(kept, router, username="eva", password="x")
        assert router.do("status")["logins"] == 3


def test_commands_under_way_together_have_each_its_own_answer(router: SimulatedRouter) -> None:
    """Whatever the order of the answers: of forty the third is refused and the last takes away the first."""
    with contextlib.closing(open_connection(the_endpoint(router, in_flight=8))) as connection:
        first = connection.add(QUEUE, {"name": "q0", "target": "10.0.0.1"})
        changes = [Add(QUEUE, {"name": f"q{number}", "target": "10.0.0.1"}) for number in range(1, 40)]
        changes[2] = Add(QUEUE, {"name": "sin destino"})
        outcomes = connection.apply_all([*changes, Remove(QUEUE, first or "")])
        assert isinstance(outcomes[2], Permanent) and outcomes[2].code == "router-refused"
        ids = {row["name"]: row[".id"] for row in connection.rows(QUEUE, (".id", "name"))}
        assert outcomes[:2] == [ids["q1"], ids["q2"]] and outcomes[3:-1] == [ids[f"q{n}"] for n in range(4, 40)]
        assert outcomes[-1] is None and "q0" not in ids
        assert connection.apply_all([]) == []


def test_a_connection_lost_with_commands_under_way_is_a_doubt_about_all(router: SimulatedRouter) -> None:
    with contextlib.closing(open_connection(the_endpoint(router, in_flight=8))) as connection:
        router.do("drop", at="after:3")
        with pytest.raises(Transient):
            connection.apply_all([Add(QUEUE, {"name": f"q{n}", "target": "10.0.0.1"}) for n in range(9)])
