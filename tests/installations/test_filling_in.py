"""INS-1: what the form proposes and warns of while it is filled in, and who changed what."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from chassis.auditing import Recording
from chassis.calls import Actor
from chassis.errors import NotFound
from chassis.identifiers import new_id
from services.installations import history, places
from services.installations.checking import check_service
from services.installations.schemas import CheckService, Places
from tests.installations.builders import NOON, Scene

MARKED = {"latitude": "19.432608", "longitude": "-99.133209"}


def _checked(session: Session, scene: Scene, **typed: str):
    return check_service(session, **CheckService().load({"zone_id": str(scene.zone_id), **typed}))


def test_ins_1_a_name_that_is_free_on_the_router_is_proposed(session: Session, scene: Scene):
    assert _checked(session, scene, wanted_name="ana.ruiz")["free_name"] == "ana.ruiz"
    first = scene.schedule(session, service_name="ana.ruiz")
    scene.schedule(session, service_name="ana.ruiz.2")
    assert _checked(session, scene, wanted_name="ana.ruiz")["free_name"] == "ana.ruiz.3"
    own = _checked(session, scene, wanted_name="ana.ruiz", installation_id=str(first.id))
    assert own["free_name"] == "ana.ruiz"


def test_ins_1_who_has_an_address_or_a_name_is_said_before_it_is_sent(session: Session, scene: Scene):
    there = scene.schedule(session, service_name="ana.ruiz", ip_address="10.20.0.77")
    wrong = _checked(session, scene, service_name="ana.ruiz", ip_address="10.20.0.77")["wrong"]
    assert {field: found[0]["code"] for field, found in wrong.items()} == {
        "ip_address": "ip-taken", "service_name": "service-name-taken",
    }  # fmt: skip
    assert wrong["ip_address"][0]["params"]["installation_id"] == str(there.id)
    its_own = _checked(session, scene, service_name="ana.ruiz", ip_address="10.20.0.77", installation_id=str(there.id))
    assert its_own["wrong"] == {}
    assert _checked(session, scene)["wrong"] == {}


def test_ins_1_a_map_is_given_the_places_of_a_zone_or_of_an_area(session: Session, scene: Scene):
    marked = scene.schedule(session, **MARKED)
    scene.schedule(session)
    far = scene.schedule(session, latitude="20.5", longitude="-99.2")
    cancelled = scene.schedule(session, **MARKED)
    cancelled.cancel(None)
    session.flush()

    def found(**asked: str) -> set:
        return {row.id for row in places.list_places(session, **Places().load(asked))}

    assert found(zone_id=str(scene.zone_id)) == {marked.id, far.id}
    assert found(south="19", west="-100", north="20", east="-99") == {marked.id}
    assert found(zone_id=str(new_id())) == set()
    assert Places().validate({"south": "1"}).keys() == {"west", "north", "east"}


def test_ins_1_who_changed_which_field_last_is_known(session: Session, scene: Scene):
    installation = scene.schedule(session, **MARKED)
    for person, changed in (
        ("Eva Ruiz", {"phone": "55 1111 2222", "city": "Yautepec"}),
        ("Raúl Díaz", {"city": "Oax"}),
    ):
        recording = Recording(session)
        scene.change(session, installation, **changed)
        actor = Actor(kind="staff", id=str(new_id()), name=person, role="office")
        recording.write(actor=actor, method="installations.change", at=NOON, correlation_id=None)
    by = {row["field"]: row["by"] for row in history.last_changes(session, installation_id=installation.id)}
    assert (by["phone"], by["city"]) == ("Eva Ruiz", "Raúl Díaz")
    with pytest.raises(NotFound):
        history.last_changes(session, installation_id=new_id())
