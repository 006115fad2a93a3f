"""Zones, sectors and plans, and what others' events teach of routers and people."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from chassis.errors import NotFound, ValidationFailed
from chassis.identifiers import new_id
from chassis.outbox.announcing import announced
from events.gateway import CompanyChanged, StaffChanged
from events.provisioning import RouterChanged
from services.installations import catalogue, queries, scheduling, schemas
from services.installations.errors import NotKnownYet, ZoneInUse
from services.installations.projections import company_of, learn_company, learn_router, learn_staff
from tests.installations.builders import a_plan, told_last
from tests.samples import STRANGER, told


def codes(refused):
    return {name: [one["code"] for one in complaints] for name, complaints in refused.value.fields.items()}


def a_router(session, name="Sur"):
    router_id = new_id()
    learn_router(session, told(RouterChanged, router_id=router_id, name=name))
    session.flush()
    return router_id


def test_plans_are_told_with_each_change(scene, session):
    for price in (100, 200):
        plan = catalogue.save_plan(
            session, plan_id=scene.plan_id, router_id=scene.router_id, **a_plan(price_minor=price)
        )
    assert (told_last(session)["price_minor"], told_last(session)["currency"]) == (200, "MXN")
    assert [event.entity_version for event in announced(session)] == [2, 3]
    assert queries.list_plans(session, router_id=scene.router_id) == [plan]
    assert queries.list_plans(session, router_id=new_id()) == []


def test_the_clients_of_a_plan_are_told_at_its_new_speeds_each_once(scene, session, monkeypatch):
    clients = [scene.activated(session) for _ in range(3)]
    scene.schedule(session)
    monkeypatch.setattr(catalogue, "AT_ONCE", 2)
    shaping = schemas.Shaping().load(
        {"burst_download_kbps": 30_000, "threshold_download_kbps": 15_000, "burst_seconds": 8}
    )
    plan = a_plan(download_kbps=20_000, shaping=shaping)
    catalogue.save_plan(session, plan_id=scene.plan_id, router_id=scene.router_id, **plan)
    before, last, rounds = len(announced(session)), None, 0
    while (last := catalogue.retell(session, plan_id=scene.plan_id, after=last)) is not None:
        rounds += 1
    told_now = announced(session)[before:]
    assert rounds == 2
    assert [event.type for event in told_now] == ["ServiceChanged"] * 3
    assert {event.data["installation_id"] for event in told_now} == {str(client.id) for client in clients}
    assert told_now[0].data["plan"]["shaping"]["burst_download_kbps"] == 30_000


@pytest.mark.parametrize(
    ("shaping", "field", "code"),
    [
        ({"guaranteed_upload_kbps": 50_000}, "guaranteed_upload_kbps", "guaranteed-above-highest"),
        ({"burst_download_kbps": 30_000}, "burst_download_kbps", "burst-incomplete"),
        (
            {"burst_download_kbps": 5_000, "threshold_download_kbps": 4_000, "burst_seconds": 8},
            "burst_download_kbps",
            "burst-incomplete",
        ),
    ],
)
def test_speeds_that_a_router_would_not_take_are_refused(scene, shaping, field, code):
    with pytest.raises(ValidationError) as refused:
        schemas.SavePlan().load({"router_id": str(scene.router_id), **a_plan(), "shaping": shaping})
    assert refused.value.messages["shaping"][field] == [code]


def test_names_are_taken_once_and_routers_are_known(scene, session):
    with pytest.raises(ValidationFailed) as refused:
        catalogue.save_zone(session, zone_id=None, name="Centro", router_id=scene.router_id)
    assert codes(refused) == {"name": ["name-taken"]}
    with pytest.raises(ValidationFailed) as refused:
        catalogue.save_plan(session, plan_id=None, router_id=new_id(), **a_plan())
    assert codes(refused) == {"router_id": ["router-not-found"]}
    with pytest.raises(ValidationFailed) as refused:
        catalogue.save_plan(session, plan_id=scene.plan_id, router_id=a_router(session), **a_plan())
    assert codes(refused) == {"router_id": ["plan-stays-on-its-router"]}
    for zone_id in (None, scene.zone_id):
        with pytest.raises(NotFound):
            catalogue.save_sector(session, sector_id=zone_id and new_id(), zone_id=zone_id or new_id(), name="Antena")


def test_a_zone_changes_its_router_only_while_nobody_is_there(scene, session):
    installation = scene.schedule(session)
    other = a_router(session)
    with pytest.raises(ZoneInUse) as refused:
        catalogue.save_zone(session, zone_id=scene.zone_id, name="Centro", router_id=other)
    assert refused.value.params == {"installations": 1}
    scheduling.cancel(session, installation_id=installation.id, reason=None)
    catalogue.save_zone(session, zone_id=scene.zone_id, name="Centro", router_id=other)
    session.flush()
    (zone,) = queries.list_zones(session)
    assert (zone.router_id, zone.router_name) == (other, "Sur")


def test_sectors_are_listed_by_zone(scene, session):
    sector = catalogue.save_sector(session, sector_id=None, zone_id=scene.zone_id, name="Antena 1")
    session.flush()
    assert queries.list_sectors(session, zone_id=scene.zone_id) == [sector]
    assert queries.list_sectors(session, zone_id=new_id()) == []


def test_whoever_may_be_sent_is_listed_technicians_first(scene, session):
    for name, role, active in (("Ana", "owner", True), ("Eva", "read_only", True), ("Gil", "technician", False)):
        learn_staff(session, told(StaffChanged, staff_id=new_id(), name=name, role=role, active=active))
    session.flush()
    assert [person.name for person in queries.list_technicians(session)] == ["Raúl Díaz", "Ana"]


def test_of_what_is_told_late_the_newest_counts(scene, session):
    learn_company(session, told(CompanyChanged, version=7, name="New"))
    learn_company(session, told(CompanyChanged, version=6, name="Old"))
    assert company_of(session).name == "New"


def test_a_company_that_is_not_known_yet_has_no_installations(database):
    with database.begin(STRANGER) as session, pytest.raises(NotKnownYet):
        company_of(session)
