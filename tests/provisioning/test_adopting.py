"""PRO-6: what is on a router already is found, matched to clients, and taken over when they are activated."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from chassis import clock
from chassis.errors import NotFound, Transient
from chassis.identifiers import new_id
from services.provisioning import activation, adopting, finding, removing
from services.provisioning.finding import Found
from services.provisioning.routers import Connection
from tests.provisioning.builders import a_router, an_activation_request
from tests.provisioning.story import Story
from tests.simulator import SimulatedRouter

QUEUE, SECRET, USER, LEASE, ARP = (
    "/queue/simple", "/ppp/secret", "/ip/hotspot/user", "/ip/dhcp-server/lease", "/ip/arp",
)  # fmt: skip
MAC = "02:00:00:00:00:01"


def furnish(connection: Connection) -> None:
    """A client of every mode, as an ISP has them before Alta."""
    connection.add("/ppp/profile", {"name": "20 megas", "rate-limit": "5M/20M"})
    connection.add(QUEUE, {"name": "Juan Pérez", "target": "10.0.0.9/32", "max-limit": "2M/10M", "comment": "casa"})
    connection.add(QUEUE, {"name": "todos", "target": "10.0.0.0/24", "max-limit": "50M/50M"})
    secret = {"name": "luis", "password": "de-luis", "profile": "20 megas", "remote-address": "10.0.1.9"}
    connection.add(SECRET, secret | {"comment": "Luis, torre norte"})
    connection.add(USER, {"name": "eva", "password": "de-eva"})
    connection.add(LEASE, {"address": "10.0.0.9", "mac-address": MAC, "comment": "antena"})
    connection.add(ARP, {"address": "10.0.0.9", "mac-address": MAC, "interface": "ether2"})


def adopt(story: Story, router_id: UUID, connection: Connection, mode: str, **pair: Any) -> str:
    """The outcome for the first service found of the mode."""
    found = {each.row_id: each for each in finding.found_on(connection, mode)}
    row = next(iter(found.values()))
    chosen = {"row_id": row.row_id, "name": row.name, "installation_id": new_id(), **pair}
    return take(story, router_id, found, chosen)


def take(story: Story, router_id: UUID, found: dict[str, Found], chosen: dict[str, Any]) -> str:
    with story.workshop.database.begin(story.company) as session:
        (outcome,) = adopting.adopt(
            session,
            keyring=story.workshop.keyring,
            router_id=router_id,
            pairs=[chosen],
            found=found,
            at=clock.now(),
        )
    return outcome["outcome"]


@pytest.mark.parametrize(
    ("mode", "name", "address", "speeds", "menus"),
    [
        ("simple_queue", "Juan Pérez", "10.0.0.9", (10_000, 2_000), {QUEUE}),
        ("pppoe", "luis", "10.0.1.9", (20_000, 5_000), {SECRET}),
        ("hotspot", "eva", None, (None, None), {USER}),
        ("dhcp", "Juan Pérez", "10.0.0.9", (10_000, 2_000), {LEASE, QUEUE}),
        ("arp", "Juan Pérez", "10.0.0.9", (10_000, 2_000), {ARP, QUEUE}),
    ],
)
def test_what_is_there_is_found_with_what_it_says_of_its_client(
    connection: Connection, mode: str, name: str, address: str | None, speeds: tuple[Any, Any], menus: set[str]
) -> None:
    furnish(connection)
    found = next(each for each in finding.found_on(connection, mode) if each.name == name)
    assert (found.ip_address, (found.download_kbps, found.upload_kbps)) == (address, speeds)
    assert {row["menu"] for row in found.rows} == menus
    assert "de-luis" not in repr(found)


def test_what_is_ours_or_comes_with_a_device_is_not_offered(
    story: Story, router: SimulatedRouter, connection: Connection
) -> None:
    furnish(connection)
    router_id = story.save_router(a_router(router, mode="pppoe"))
    story.activated(router_id)
    assert [each.name for each in finding.found_on(connection, "pppoe")] == ["luis"]


@pytest.mark.parametrize("service_name", ["luis", "luis.perez"])
def test_an_adopted_secret_becomes_the_clients_and_keeps_its_password(
    story: Story, router: SimulatedRouter, connection: Connection, service_name: str
) -> None:
    furnish(connection)
    router_id = story.save_router(a_router(router, mode="pppoe"))
    (before,) = router.rows(SECRET)
    client = new_id()
    assert adopt(story, router_id, connection, "pppoe", installation_id=client) == adopting.ADOPTED
    assert router.rows(SECRET) == [before], "nothing is written before the activation"
    story.activated(router_id, installation_id=client, service_name=service_name, ip_address="10.0.1.9")
    (after,) = router.rows(SECRET)
    assert (after[".id"], after["password"]) == (before[".id"], "de-luis")
    assert (after["name"], after["comment"]) == (service_name, f"alta:{story.account().id}")
    assert adopt(story, router_id, connection, "simple_queue", installation_id=client) == adopting.ON_ROUTER


def test_of_a_lease_the_queue_comes_along(story: Story, router: SimulatedRouter, connection: Connection) -> None:
    furnish(connection)
    router_id = story.save_router(a_router(router, mode="dhcp"))
    client = new_id()
    adopt(story, router_id, connection, "dhcp", installation_id=client)
    story.activated(router_id, installation_id=client, service_name="juan", ip_address="10.0.0.9", mac_address=MAC)
    assert sorted((row["name"], row.get("comment", "")[:5]) for row in router.rows(QUEUE)) == [
        ("juan", "alta:"), ("todos", ""),
    ]  # fmt: skip
    assert [row["comment"][:5] for row in router.rows(LEASE)] == ["alta:"]


def test_without_adoption_a_name_of_somebody_else_is_refused_as_ever(
    story: Story, router: SimulatedRouter, connection: Connection
) -> None:
    furnish(connection)
    router_id = story.save_router(a_router(router, mode="pppoe"))
    story.hear(an_activation_request(router_id, company_id=story.company, service_name="luis"))
    story.attempt()
    assert story.account().reason_code == "name-taken-on-router"


def test_a_row_that_was_changed_since_is_somebody_elses(
    story: Story, router: SimulatedRouter, connection: Connection
) -> None:
    furnish(connection)
    router_id = story.save_router(a_router(router, mode="pppoe"))
    client = new_id()
    adopt(story, router_id, connection, "pppoe", installation_id=client)
    connection.set(SECRET, router.rows(SECRET)[0][".id"], {"comment": "vendida a otro"})
    story.hear(an_activation_request(router_id, company_id=story.company, installation_id=client, service_name="luis"))
    story.attempt()
    assert story.account().reason_code == "name-taken-on-router"
    assert router.rows(SECRET)[0]["comment"] == "vendida a otro"


def test_what_could_not_be_finished_leaves_the_client_its_service(
    story: Story, router: SimulatedRouter, connection: Connection
) -> None:
    furnish(connection)
    router_id = story.save_router(a_router(router, mode="pppoe"))
    client = new_id()
    adopt(story, router_id, connection, "pppoe", installation_id=client)
    story.hear(an_activation_request(router_id, company_id=story.company, installation_id=client, service_name="luis"))
    router.do("drop", at="after:1:/ppp/secret/set")
    with pytest.raises(Transient):
        story.attempt()
    router.do("offline")
    story.attempt(5, last=True)
    assert story.account().state == "failed" and story.jobs(removing.WITHDRAW) == []
    router.do("online")
    story.hear(
        an_activation_request(
            router_id, company_id=story.company, installation_id=client, service_name="luis", version=2
        )
    )
    story.run(story.job(activation.APPLY))
    assert story.account().state == "placed"
    assert router.rows(SECRET)[0]["password"] == "de-luis"


def test_a_row_is_adopted_once_and_only_as_it_was_seen(
    story: Story, router: SimulatedRouter, connection: Connection, stranger: UUID
) -> None:
    furnish(connection)
    router_id = story.save_router(a_router(router, mode="pppoe"))
    assert adopt(story, router_id, connection, "pppoe", name="otro nombre") == adopting.GONE
    assert adopt(story, router_id, connection, "pppoe", row_id="*FFFF") == adopting.GONE
    client = new_id()
    assert adopt(story, router_id, connection, "pppoe", installation_id=client) == adopting.ADOPTED
    assert adopt(story, router_id, connection, "pppoe", installation_id=client) == adopting.ADOPTED
    assert adopt(story, router_id, connection, "pppoe") == adopting.TAKEN
    with story.workshop.database.begin(stranger) as session, pytest.raises(NotFound):
        adopting.adopt(session, keyring=story.workshop.keyring, router_id=router_id, pairs=[], found={}, at=clock.now())
