"""INS-9: a client's zone, plan or address changes at the router; what it refuses is undone in the record, too."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from events.provisioning import AdjustmentFailed, RouterChanged, ServiceAdjusted
from services.installations import catalogue, changing
from services.installations.model import Installation
from services.installations.projections import learn_router
from tests.installations.builders import Scene, a_plan, told_last, types
from tests.samples import told


@pytest.fixture
def elsewhere(session: Session, scene: Scene) -> dict[str, Any]:
    """Another zone with a router and a plan of its own."""
    router_id = new_id()
    learn_router(session, told(RouterChanged, company_id=scene.company, router_id=router_id, name="Sur"))
    session.flush()
    zone = catalogue.save_zone(session, zone_id=None, name="El Valle", router_id=router_id)
    plan = catalogue.save_plan(session, plan_id=None, router_id=router_id, **a_plan())
    session.flush()
    return {"zone_id": zone.id, "router_id": router_id, "plan_id": plan.id, "ip_address": "10.30.0.7"}


def _refused(installation: Installation, **told_of_it: Any) -> AdjustmentFailed:
    usual = {"operation": "change", "asked_version": installation.version, "reason_code": "profile-missing"}
    return told(AdjustmentFailed, installation_id=installation.id, **{**usual, **told_of_it})


def test_ins_9_what_the_new_router_refuses_goes_back_to_the_old_one(session: Session, scene: Scene, elsewhere):
    client = scene.activated(session)
    before = changing.service_of(client)
    scene.change(session, client, **elsewhere)
    assert (client.router_id, client.reserved_ip) == (elsewhere["router_id"], "10.30.0.7")
    changing.refused(session, _refused(client))
    assert changing.service_of(client) == before
    assert (client.reserved_ip, client.failure_code) == (before["ip_address"], "profile-missing")
    assert types(session)[-1] == "ServiceChanged" and told_last(session)["router_id"] == before["router_id"]
    scene.change(session, client, **elsewhere)
    changing.adjusted(session, _adjusted(client))
    changing.refused(session, _refused(client))
    assert client.router_id == elsewhere["router_id"], "what was confirmed is not undone by what comes later"


def test_ins_9_an_older_word_and_a_refused_suspension_undo_nothing(session: Session, scene: Scene, elsewhere):
    client = scene.activated(session)
    old = client.version
    scene.change(session, client, **elsewhere)
    for word in ({"asked_version": old}, {"asked_version": None}, {"operation": "suspend"}):
        changing.refused(session, _refused(client, **word))
        assert client.router_id == elsewhere["router_id"]


def test_ins_9_the_first_of_two_changes_is_the_way_back(session: Session, scene: Scene, elsewhere):
    client = scene.activated(session)
    before = changing.service_of(client)
    scene.change(session, client, **elsewhere)
    scene.change(session, client, **{**elsewhere, "ip_address": "10.30.0.8"})
    changing.refused(session, _refused(client))
    assert changing.service_of(client) == before


def test_ins_9_an_address_that_somebody_has_by_now_is_not_taken_back(session: Session, scene: Scene, elsewhere):
    client = scene.activated(session)
    address = client.ip_address
    scene.change(session, client, **elsewhere)
    scene.schedule(session, ip_address=address)
    changing.refused(session, _refused(client))
    assert (client.router_id, client.failure_code) == (elsewhere["router_id"], "profile-missing")


def _adjusted(installation: Installation) -> ServiceAdjusted:
    return told(ServiceAdjusted, installation_id=installation.id, asked_version=installation.version)
