"""PRO-6: the next free address, who has a given one, and how full pools are, as installations know it."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import pytest
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.storage import Database
from events.provisioning import PoolChanged, PoolRead
from services.installations import addresses, scheduling
from services.installations.errors import FormRefused
from tests.installations.builders import Scene
from tests.samples import STRANGER, told

POOL = new_id()


def learn(session: Session, scene: Scene, *, version: int = 1, **changed: Any) -> None:
    usual = {"first_address": "10.20.0.1", "last_address": "10.20.0.8", "reserved": [], "name": "Clientes"}
    event = told(PoolChanged, version=version, **{"pool_id": POOL, "router_id": scene.router_id, **usual, **changed})
    addresses.learn_pool(session, event)
    session.flush()


def learn_taken(session: Session, scene: Scene, *rows: tuple[str, str, bool], version: int = 2) -> None:
    taken = [{"address": ip, "menu": "/queue/simple", "name": name, "fixed": fixed} for ip, name, fixed in rows]
    read = told(PoolRead, version=version, pool_id=POOL, router_id=scene.router_id, taken=taken)
    addresses.learn_reading(session, read)
    session.flush()


def proposed(session: Session, scene: Scene, after: str | None = None) -> str | None:
    moment = IPv4Address(after) if after else None
    return addresses.propose(session, zone_id=scene.zone_id, after=moment)["ip_address"]


def complaint(session: Session, scene: Scene, **changed: Any) -> dict[str, Any]:
    with pytest.raises(FormRefused) as refused:
        scene.schedule(session, **changed)
    (only,) = refused.value.fields["ip_address"]
    return only


def test_the_first_free_one_is_proposed(session: Session, scene: Scene) -> None:
    learn(session, scene, reserved=[{"first_address": "10.20.0.1", "last_address": "10.20.0.2"}])
    learn_taken(session, scene, ("10.20.0.4", "oficina", True), ("10.20.0.5", "64:D1", False))
    scene.schedule(session, ip_address="10.20.0.3")
    assert proposed(session, scene) == "10.20.0.6"
    assert proposed(session, scene, after="10.20.0.6") == "10.20.0.7"
    assert proposed(session, scene, after="10.20.0.8") == "10.20.0.6"


def test_a_cancelled_installation_gives_its_address_back(session: Session, scene: Scene) -> None:
    learn(session, scene)
    installation = scene.schedule(session, ip_address="10.20.0.1")
    assert proposed(session, scene) == "10.20.0.2"
    scheduling.cancel(session, installation_id=installation.id, reason=None)
    session.flush()
    assert proposed(session, scene) == "10.20.0.1"


def test_full_pools_are_said_to_be_full_and_a_second_one_goes_on(session: Session, scene: Scene) -> None:
    learn(session, scene, last_address="10.20.0.1")
    scene.schedule(session, ip_address="10.20.0.1")
    full = addresses.propose(session, zone_id=scene.zone_id, after=None)
    assert (full["ip_address"], full["exhausted"]) == (None, True)
    learn(session, scene, pool_id=new_id(), name="Otra", first_address="10.30.0.1", last_address="10.30.0.9")
    assert proposed(session, scene) == "10.30.0.1"


@pytest.mark.parametrize(("used", "following"), [(["10.20.0.9", "10.20.0.80"], "10.20.0.81"), (["10.20.0.254"], None)])
def test_without_a_pool_it_is_the_one_after_the_highest(
    session: Session, scene: Scene, used: list[str], following: str | None
) -> None:
    assert proposed(session, scene) is None
    for address in used:
        scene.schedule(session, ip_address=address)
    assert proposed(session, scene) == following


def test_reserved_and_used_addresses_are_refused_with_who_has_them(session: Session, scene: Scene) -> None:
    learn(session, scene, reserved=[{"first_address": "10.20.0.1", "last_address": "10.20.0.1"}])
    learn_taken(session, scene, ("10.20.0.4", "oficina", True), ("10.20.0.5", "64:D1", False))
    assert complaint(session, scene, ip_address="10.20.0.1") == {"code": "ip-reserved", "params": {"pool": "Clientes"}}
    assert complaint(session, scene, ip_address="10.20.0.4") == {
        "code": "ip-used-on-router", "params": {"name": "oficina", "menu": "/queue/simple"},
    }  # fmt: skip
    # A device that happened to be there is no reason, and what has the client's own name is the client's.
    scene.schedule(session, ip_address="10.20.0.5")
    scene.schedule(session, ip_address="10.20.0.4", service_name="oficina")


def test_whoever_has_an_address_keeps_it(session: Session, scene: Scene) -> None:
    installation = scene.schedule(session, ip_address="10.20.0.4")
    learn(session, scene)
    learn_taken(session, scene, ("10.20.0.4", "oficina", True))
    scene.change(session, installation, phone="55 8765 4321")
    other = scene.schedule(session, ip_address="10.20.0.6")
    with pytest.raises(FormRefused):
        scene.change(session, other, ip_address="10.20.0.4")


def test_older_words_change_nothing_and_a_reading_may_come_first(session: Session, scene: Scene) -> None:
    learn_taken(session, scene, ("10.20.0.1", "oficina", True), version=5)
    assert proposed(session, scene) is None
    learn(session, scene, version=4)
    learn(session, scene, version=3, name="Vieja", active=False)
    learn_taken(session, scene, version=2)
    assert proposed(session, scene) == "10.20.0.2"
    learn_taken(session, scene, version=6)
    assert proposed(session, scene) == "10.20.0.1"


def test_usage_adds_up(session: Session, scene: Scene) -> None:
    learn(session, scene, reserved=[{"first_address": "10.20.0.1", "last_address": "10.20.0.2"}])
    learn_taken(session, scene, ("10.20.0.2", "torre", True), ("10.20.0.4", "oficina", True))
    scene.schedule(session, ip_address="10.20.0.4", service_name="oficina")
    scene.activated(session, ip_address="10.20.0.5")
    (usage,) = addresses.list_usage(session)
    counted = {name: usage[name] for name in ("size", "given", "foreign", "reserved", "free")}
    assert counted == {"size": 8, "given": 2, "foreign": 1, "reserved": 1, "free": 4}


def test_a_page_of_a_pool_says_who_has_what(session: Session, scene: Scene) -> None:
    learn(session, scene, first_address="10.20.0.250", last_address="10.20.2.10")
    learn_taken(session, scene, ("10.20.1.7", "oficina", True))
    client = scene.activated(session, ip_address="10.20.1.9")
    page = addresses.block(session, pool_id=POOL, first=IPv4Address("10.20.1.0"))
    assert page["blocks"] == ["10.20.0.250", "10.20.1.0", "10.20.2.0"]
    assert (page["first"], len(page["cells"])) == ("10.20.1.0", 256)
    held = {cell["address"]: (cell["holder"], cell["name"]) for cell in page["cells"] if "holder" in cell}
    assert held == {"10.20.1.7": ("router", "oficina"), "10.20.1.9": ("client", client.person)}
    first = addresses.block(session, pool_id=POOL, first=IPv4Address("192.0.2.1"))
    assert (first["first"], len(first["cells"])) == ("10.20.0.250", 6)


def test_another_company_sees_no_pool(session: Session, scene: Scene, database: Database) -> None:
    learn(session, scene)
    session.commit()
    with database.read(STRANGER) as theirs:
        assert addresses.list_usage(theirs) == []
        with pytest.raises(NotFound):
            addresses.block(theirs, pool_id=POOL, first=None)
