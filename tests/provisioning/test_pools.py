"""PRO-6: pools of addresses, and what routers use of them besides the services of Alta."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from chassis import clock
from chassis.errors import Conflict, NotFound, ValidationFailed
from services.provisioning import pools, reading_addresses, spans, watching
from services.provisioning.routers import Connection
from tests.hosting import on_sqlite
from tests.provisioning.builders import a_router
from tests.provisioning.story import Story
from tests.simulator import SimulatedRouter


def a_pool(router_id: UUID, **changed: Any) -> dict[str, Any]:
    values = {"pool_id": None, "name": "Clientes", "addresses": "10.0.0.0/24", "reserved": "", "active": True}
    return {**values, "router_id": router_id, **changed}


def save(story: Story, values: dict[str, Any]) -> UUID:
    with story.workshop.database.begin(story.company) as session:
        return pools.save(session, **values).id


def told(story: Story, kind: str) -> list[dict[str, Any]]:
    return [event.data for event in story.told() if event.type == kind]


def read(story: Story) -> list[dict[str, Any]]:
    """What the router was last found to use, as told."""
    story.run(story.job(pools.READ))
    return told(story, "PoolRead")[-1]["taken"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("10.20.0.0/22", "10.20.0.1", "10.20.3.254"),
        ("10.20.0.7/24", "10.20.0.1", "10.20.0.254"),
        ("10.20.0.4/31", "10.20.0.4", "10.20.0.5"),
        (" 10.20.0.10 - 10.20.0.99 ", "10.20.0.10", "10.20.0.99"),
        ("10.20.0.10–10.20.0.99", "10.20.0.10", "10.20.0.99"),
        ("10.20.0.10", "10.20.0.10", "10.20.0.10"),
    ],
)
def test_ranges_are_read_as_people_write_them(text: str, first: str, last: str) -> None:
    assert tuple(map(str, spans.parse(text))) == (first, last)


@pytest.mark.parametrize("text", ["", "10.20.0", "10.20.0.9-10.20.0.1", "10.20.0.0/33", "diez", "10.20.0.1-"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        spans.parse(text)


def test_a_pool_is_told_and_its_router_read(story: Story) -> None:
    router_id = story.save_router(a_router())
    pool_id = save(story, a_pool(router_id, reserved="10.0.0.1, 10.0.0.250-10.0.0.254"))
    (changed,) = told(story, "PoolChanged")
    assert changed == {
        "pool_id": str(pool_id), "router_id": str(router_id), "name": "Clientes", "active": True,
        "first_address": "10.0.0.1", "last_address": "10.0.0.254",
        "reserved": [
            {"first_address": "10.0.0.1", "last_address": "10.0.0.1"},
            {"first_address": "10.0.0.250", "last_address": "10.0.0.254"},
        ],
    }  # fmt: skip
    assert [job.lane for job in story.jobs(pools.READ)] == [str(router_id)]
    with story.session() as session:
        (row,) = pools.list_pools(session, router_id=router_id)
    assert (row["addresses"], row["reserved"]) == ("10.0.0.1-10.0.0.254", "10.0.0.1, 10.0.0.250-10.0.0.254")


@on_sqlite
@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"addresses": "10.0.0"}, "addresses", "invalid-address-range"),
        ({"addresses": "224.0.0.0/24"}, "addresses", "ip-not-usable"),
        ({"addresses": "10.0.0.0/16"}, "addresses", "pool-too-large"),
        ({"addresses": "10.0.1.200-10.0.2.3"}, "addresses", "pool-overlaps"),
        ({"name": "Torre"}, "name", "name-taken"),
        ({"reserved": "10.0.0.1 nada"}, "reserved", "invalid-address-ranges"),
        ({"reserved": "10.0.1.1"}, "reserved", "outside-of-pool"),
    ],
)
def test_a_wrong_pool_is_refused_beside_the_field(story: Story, changed: dict[str, Any], field: str, code: str) -> None:
    router_id = story.save_router(a_router())
    save(story, a_pool(router_id, name="Torre", addresses="10.0.2.0/24"))
    with pytest.raises(ValidationFailed) as refused:
        save(story, a_pool(router_id, **changed))
    assert [complaint["code"] for complaint in refused.value.fields[field]] == [code]


def test_a_pool_stays_on_its_router_and_another_company_has_none(story: Story, stranger: UUID) -> None:
    router_id, other = story.save_router(a_router()), story.save_router(a_router(name="sur"))
    pool_id = save(story, a_pool(router_id))
    save(story, a_pool(other))
    with pytest.raises(ValidationFailed):
        save(story, a_pool(other, pool_id=pool_id, name="Otra", addresses="10.9.0.0/24"))
    with story.workshop.database.begin(stranger) as session, pytest.raises(NotFound):
        pools.save(session, **a_pool(router_id))
    with story.workshop.database.read(stranger) as session:
        assert pools.list_pools(session, router_id=None) == []


def test_what_the_router_uses_otherwise_is_told(story: Story, router: SimulatedRouter, connection: Connection) -> None:
    router_id = story.save_router(a_router(router))
    story.activated(router_id, ip_address="10.0.0.5")
    connection.add("/ip/address", {"address": "10.0.0.1/24", "interface": "ether1"})
    connection.add("/queue/simple", {"name": "oficina", "target": "10.0.0.8/32,10.0.0.9/32"})
    connection.add("/queue/simple", {"name": "todos", "target": "10.0.0.0/24"})
    connection.add("/queue/simple", {"name": "apagada", "target": "10.0.0.77/32", "disabled": "yes"})
    connection.add("/ppp/secret", {"name": "luis", "remote-address": "10.0.0.12"})
    connection.add("/ip/arp", {"address": "10.0.0.13", "mac-address": "02:00:00:00:00:01", "interface": "ether2"})
    connection.add("/ip/arp", {"address": "10.7.0.13", "mac-address": "02:00:00:00:00:02", "interface": "ether2"})
    save(story, a_pool(router_id))
    found = {row["address"]: (row["menu"], row["name"], row["fixed"]) for row in read(story)}
    assert found == {
        "10.0.0.1": ("/ip/address", "ether1", True),
        "10.0.0.8": ("/queue/simple", "oficina", True),
        "10.0.0.9": ("/queue/simple", "oficina", True),
        "10.0.0.12": ("/ppp/secret", "luis", True),
        "10.0.0.13": ("/ip/arp", "02:00:00:00:00:01", True),
    }
    with story.session() as session:
        assert pools.list_pools(session, router_id=None)[0]["read_at"] is not None


def test_a_router_that_is_off_is_noted_and_read_with_the_next_comparison(story: Story, router: SimulatedRouter) -> None:
    router_id = story.save_router(a_router(router))
    save(story, a_pool(router_id))
    router.do("offline")
    story.run(story.job(pools.READ))
    with story.session() as session:
        (row,) = pools.list_pools(session, router_id=None)
    assert (row["read_failure"], row["read_at"]) == ("router-unreachable", None)
    assert "RouterUnreachable" in story.told_types()
    with story.workshop.database.begin(story.company) as session:
        watching.begin(session, router_id=router_id, at=clock.now())
    assert story.jobs(pools.READ)


def test_pools_out_of_use_are_not_read(story: Story) -> None:
    router_id = story.save_router(a_router(active=False))
    save(story, a_pool(router_id))
    assert story.jobs(pools.READ) == []
    with story.workshop.database.begin(story.company) as session, pytest.raises(Conflict):
        pools.ask(session, router_id=router_id)


def test_the_routers_own_pools_and_networks_are_suggested(connection: Connection) -> None:
    connection.add("/ip/pool", {"name": "pppoe", "ranges": "10.1.0.10-10.1.0.20,10.1.0.40-10.1.0.50"})
    connection.add("/ip/address", {"address": "10.2.0.1/22", "interface": "ether3"})
    suggested = [(each.name, each.addresses) for each in reading_addresses.suggestions(connection)]
    assert suggested[-3:] == [
        ("pppoe", "10.1.0.10-10.1.0.20"), ("pppoe", "10.1.0.40-10.1.0.50"), ("ether3", "10.2.0.0/22"),
    ]  # fmt: skip
