"""The work at a router: whatever goes wrong and when, exactly one entry or none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import Permanent, Transient
from chassis.identifiers import new_id
from services.provisioning import bringing_about
from services.provisioning.modes import Rates, Service, profile_name
from services.provisioning.plan import Add
from services.provisioning.routers import Applied, Connection, KeptConnections, open_connection
from tests.provisioning.builders import STRANGER, a_service, the_endpoint
from tests.simulator import SimulatedRouter, simulated_router

QUEUE, SECRET, PROFILE = "/queue/simple", "/ppp/secret", "/ppp/profile"


def nothing() -> None:
    """Nobody asks to be told."""


def put(router: SimulatedRouter, service: Service) -> dict[str, str]:
    connections = KeptConnections()
    try:
        with connections.use("norte", the_endpoint(router)) as connection:
            return bringing_about.put(connection, service, nothing)
    finally:
        connections.close()


def ours(router: SimulatedRouter, menu: str, service: Service) -> list[dict[str, str]]:
    return [row for row in router.rows(menu) if row.get("comment") == service.marker]


def test_a_queue_is_written_and_read_back(router: SimulatedRouter) -> None:
    service = a_service(name="Núñez")
    assert put(router, service) == {
        "menu": QUEUE,
        "name": "Núñez",
        "target": "10.0.0.5/32",
        "max-limit": "2000000/10000000",
        "limit-at": "0/0",
        "burst-limit": "0/0",
        "burst-threshold": "0/0",
        "burst-time": "0s/0s",
        "priority": "8/8",
        "comment": service.marker,
        "disabled": "false",
    }
    (row,) = router.rows(QUEUE)
    assert (row["name"], row["max-limit"]) == ("Núñez", "2000000/10000000")


def test_a_secret_gets_its_profile_and_what_is_kept_of_it_has_no_password(router: SimulatedRouter) -> None:
    service = a_service(mode="pppoe")
    observed = put(router, service)
    assert "password" not in observed and observed["profile"] == "alta-10M-2M"
    (row,) = router.rows(SECRET)
    assert (row["password"], row["remote-address"], row["service"]) == ("s3creta", "10.0.0.5", "pppoe")
    assert next(r for r in router.rows(PROFILE) if r["name"] == "alta-10M-2M")["rate-limit"] == "2M/10M"


def test_the_profile_is_shared_by_accounts_of_the_same_speeds(router: SimulatedRouter) -> None:
    put(router, a_service(mode="pppoe"))
    put(router, a_service(mode="pppoe", account_id=STRANGER, name="eva"))
    assert len(router.rows(PROFILE)) == 3 and len(router.rows(SECRET)) == 2


@pytest.mark.parametrize("mode", ["simple_queue", "pppoe"])
def test_a_second_time_changes_nothing(router: SimulatedRouter, mode: str) -> None:
    service = a_service(mode=mode)
    first = put(router, service)
    before = router.rows(QUEUE) + router.rows(SECRET) + router.rows(PROFILE)
    assert put(router, service) == first
    assert router.rows(QUEUE) + router.rows(SECRET) + router.rows(PROFILE) == before


def test_a_queue_takes_three_commands(router: SimulatedRouter) -> None:
    before = router.commands
    put(router, a_service())
    assert router.commands - before == 3


@pytest.mark.parametrize("mode", ["simple_queue", "pppoe"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("nth", range(1, 8))
def test_a_connection_lost_at_any_command_ends_in_one_entry(
    router: SimulatedRouter, mode: str, when: str, nth: int
) -> None:
    service = a_service(mode=mode)
    router.do("drop", at=f"{when}:{nth}")
    with contextlib.suppress(Transient):
        put(router, service)
    router.do("drop", at="before:1000")
    put(router, service)
    menu = QUEUE if mode == "simple_queue" else SECRET
    assert len(router.rows(menu)) == 1 and len(ours(router, menu, service)) == 1
    assert len(router.rows(PROFILE)) == (2 if mode == "simple_queue" else 3)


@pytest.fixture(scope="module")
def shared_router() -> Iterator[SimulatedRouter]:
    with simulated_router() as started:
        yield started


lost = st.lists(st.tuples(st.sampled_from(["before", "after"]), st.integers(1, 7)), max_size=6)


@settings(max_examples=60, deadline=None)
@given(faults=lost, mode=st.sampled_from(["simple_queue", "pppoe"]))
def test_connections_lost_again_and_again_end_in_one_entry(
    shared_router: SimulatedRouter, faults: list[tuple[str, int]], mode: str
) -> None:
    router, account = shared_router, new_id()
    rates = Rates(account.int % 10**6 + 1, 2_000)
    service = a_service(mode=mode, account_id=account, name=f"client-{account}", plan_rates=rates)
    for when, nth in faults:
        router.do("drop", at=f"{when}:{nth}")
        with contextlib.suppress(Transient):
            put(router, service)
    router.do("drop", at="before:1000")
    put(router, service)
    assert len(ours(router, QUEUE, service)) + len(ours(router, SECRET, service)) == 1
    profiles = [row["name"] for row in router.rows(PROFILE) if row["name"] == profile_name(service.rates)]
    assert len(profiles) == (1 if mode == "pppoe" else 0)


@pytest.mark.parametrize("mode", ["simple_queue", "pppoe"])
def test_a_name_of_somebody_else_is_refused_before_anything_is_written(
    router: SimulatedRouter, connection: Connection, mode: str
) -> None:
    menu, more = (QUEUE, {"target": "10.0.0.9"}) if mode == "simple_queue" else (SECRET, {})
    connection.add(menu, {"name": "ana.lopez", **more})
    before = router.rows(menu) + router.rows(PROFILE)
    with pytest.raises(Permanent) as refused:
        put(router, a_service(mode=mode))
    assert (refused.value.code, refused.value.params) == (
        "name-taken-on-router", {"name": "ana.lopez", "menu": menu}
    )  # fmt: skip
    assert router.rows(menu) + router.rows(PROFILE) == before


def test_a_refusal_half_way_takes_back_what_was_written(router: SimulatedRouter) -> None:
    # The profile is accepted, the secret's address is not.
    with pytest.raises(Permanent):
        put(router, a_service(mode="pppoe", ip_address="10.0.0.555"))
    assert router.rows(SECRET) == []
    assert {row["name"] for row in router.rows(PROFILE)} == {"default", "default-encryption"}


def test_what_staff_changed_by_hand_is_set_right_again(router: SimulatedRouter, connection: Connection) -> None:
    service = a_service()
    put(router, service)
    connection.set(QUEUE, router.rows(QUEUE)[0][".id"], {"max-limit": "0/0", "disabled": "yes", "name": "other"})
    put(router, service)
    (row,) = router.rows(QUEUE)
    assert (row["name"], row["disabled"], row["max-limit"]) == ("ana.lopez", "false", "2000000/10000000")


class Interfering:
    """Somebody else adds the same name between our reading and our writing."""

    def __init__(self, connection: Connection, comment: str) -> None:
        self.connection = connection
        self.comment = comment
        self.interfered = False

    def __getattr__(self, name: str) -> object:
        return getattr(self.connection, name)

    def add(self, menu: str, values: dict[str, str]) -> str | None:
        self._interfere(menu, values)
        return self.connection.add(menu, values)

    def apply_all(self, changes: list[Add]) -> list[Applied]:
        self._interfere(changes[0].menu, changes[0].values)
        return self.connection.apply_all(changes)

    def _interfere(self, menu: str, values: Mapping[str, str]) -> None:
        if not self.interfered:
            self.interfered = True
            self.connection.add(menu, {**values, "comment": self.comment})


def test_a_race_with_ourselves_is_settled_by_reading(router: SimulatedRouter, connection: Connection) -> None:
    service = a_service()
    bringing_about.put(Interfering(connection, service.marker), service, nothing)
    assert len(router.rows(QUEUE)) == 1


def test_a_race_with_somebody_else_is_lost_politely(router: SimulatedRouter, connection: Connection) -> None:
    with pytest.raises(Permanent) as refused:
        bringing_about.put(Interfering(connection, "mine"), a_service(), nothing)
    assert refused.value.code == "name-taken-on-router"
    assert [row["comment"] for row in router.rows(QUEUE)] == ["mine"]


@pytest.mark.parametrize("mode", ["simple_queue", "pppoe"])
def test_taking_away_removes_ours_and_leaves_the_rest(router: SimulatedRouter, mode: str) -> None:
    service, other = a_service(mode=mode), a_service(mode=mode, account_id=STRANGER, name="eva")
    put(router, service)
    put(router, other)
    connection = open_connection(the_endpoint(router))
    for _ in range(2):
        bringing_about.take_away(connection, service.marker)
        menu = QUEUE if mode == "simple_queue" else SECRET
        assert [row["name"] for row in router.rows(menu)] == ["eva"]
    connection.close()


def three(mode: str) -> list[Service]:
    names = (("ana", "10.0.0.5"), ("eva", "10.0.0.6"), ("luis", "10.0.0.7"))
    return [a_service(mode=mode, account_id=new_id(), name=name, ip_address=address) for name, address in names]


@pytest.mark.parametrize("in_flight", [1, 2, 50])
@pytest.mark.parametrize("mode", ["simple_queue", "pppoe", "hotspot"])
def test_several_are_written_with_few_readings(router: SimulatedRouter, mode: str, in_flight: int) -> None:
    with contextlib.closing(open_connection(the_endpoint(router, in_flight=in_flight))) as connection:
        _written_with_few_readings(router, connection, mode)


def _written_with_few_readings(router: SimulatedRouter, connection: Connection, mode: str) -> None:
    services, before = three(mode), router.commands
    outcomes = bringing_about.put_together(connection, services)
    taken = router.commands - before
    assert [outcome["name"] for outcome in outcomes if isinstance(outcome, dict)] == ["ana", "eva", "luis"]
    assert taken <= 2 * 2 + 4, "two readings of each menu, one row for each and their profile"
    before = router.commands
    assert bringing_about.put_together(connection, services) == outcomes
    assert router.commands - before <= 4


def test_one_that_is_refused_keeps_no_other_from_its_end(router: SimulatedRouter, connection: Connection) -> None:
    connection.add(QUEUE, {"name": "eva", "target": "10.9.9.9/32", "comment": "de la torre"})
    services = three("simple_queue")
    ana, eva, luis = bringing_about.put_together(connection, services)
    assert isinstance(eva, Permanent) and eva.code == "name-taken-on-router"
    assert isinstance(ana, dict) and isinstance(luis, dict)
    assert len(router.rows(QUEUE)) == 3


def test_one_that_a_router_changes_meanwhile_is_tried_again_alone(
    router: SimulatedRouter, connection: Connection
) -> None:
    services = three("simple_queue")
    rival = Interfering(connection, services[0].marker)
    outcomes = bringing_about.put_together(rival, services)
    assert all(isinstance(outcome, dict) for outcome in outcomes)
    assert [len(ours(router, QUEUE, service)) for service in services] == [1, 1, 1]


def test_a_connection_lost_in_the_middle_is_settled_by_reading(router: SimulatedRouter) -> None:
    services = three("simple_queue")
    router.do("drop", at="after:3")
    with pytest.raises(Transient), contextlib.closing(open_connection(the_endpoint(router))) as lost:
        bringing_about.put_together(lost, services)
    with contextlib.closing(open_connection(the_endpoint(router))) as again:
        assert all(isinstance(outcome, dict) for outcome in bringing_about.put_together(again, services))
    assert [len(ours(router, QUEUE, service)) for service in services] == [1, 1, 1]
