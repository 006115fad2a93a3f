"""INS-1, INS-3, PRE-7: putting installations on the agenda, changing them, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from marshmallow import ValidationError

from chassis.errors import NotFound, Refusal, ValidationFailed
from chassis.identifiers import new_id
from chassis.rpc.answering import Answering
from events.gateway import StaffChanged
from events.provisioning import AdjustmentFailed, RouterChanged, ServiceAdjusted
from services.installations import activation, addresses, catalogue, changing, overview, queries, scheduling, wifi
from services.installations.errors import ChangedMeanwhile, FormRefused, IllegalInstallationMove, RequestAlreadyApproved
from services.installations.projections import learn_router, learn_staff
from services.installations.service import Installations
from services.installations.settings import InstallationsSettings
from tests.hosting import on_sqlite
from tests.installations.builders import NOON, a_plan, list_installations, set_the_scene, told_last, types
from tests.samples import COMPANY, STRANGER, told


def listed(session, *states, **asked):
    return [row.number for row in list_installations(session, states=states, **asked).rows]


def codes(refused):
    return {name: [one["code"] for one in complaints] for name, complaints in refused.value.fields.items()}


def test_installations_are_numbered_per_company_and_told(scene, session):
    first, second = scene.schedule(session), scene.schedule(session)
    assert (first.number, second.number, first.state, first.version) == (1, 2, "new", 1)
    data = told_last(session)
    assert (data["number"], data["zone_name"], data["technician_name"]) == (2, "Centro", "Raúl Díaz")
    assert (data["plan"]["download_kbps"], data["currency"], data["state"]) == (20_480, "MXN", "new")


def test_ins_1_the_form_says_whether_it_is_in_progress_already(scene, session):
    begun, later = scene.schedule(session, begun=True), scene.schedule(session)
    assert begun.state == "in_progress"
    assert (scene.change(session, later, begun=True).state, told_last(session)["state"]) == ("in_progress",) * 2
    assert scene.change(session, begun, begun=True).state == "in_progress"
    assert scene.change(session, scene.activated(session), begun=True).state == "active"


def test_the_same_client_made_id_is_one_installation(scene, session):
    identity = new_id()
    first, again = (scene.schedule(session, installation_id=identity) for _ in range(2))
    assert first is again and first.id == identity
    assert types(session) == ["InstallationScheduled"]


def test_a_request_becomes_an_installation_once(scene, session):
    request_id = new_id()
    first = scene.schedule(session, preinstall_request_id=request_id)
    with pytest.raises(RequestAlreadyApproved) as refused:
        scene.schedule(session, preinstall_request_id=request_id)
    assert refused.value.params == {"number": 1, "installation_id": str(first.id)}


def test_of_two_staff_who_approve_at_once_one_is_told_so(database, scene, keyring):
    service = Installations(InstallationsSettings(database_url="", amqp_uri="amqp:"), database=database)
    service.keyring = keyring
    request_id = new_id()
    forms = [scene.wire(preinstall_request_id=request_id) for _ in range(2)]

    def approve(form):
        try:
            return Answering(service).answer("schedule", {"company_id": str(COMPANY)}, form)["number"]
        except Refusal as refused:
            return refused.code

    with ThreadPoolExecutor(2) as staff:
        assert set(staff.map(approve, forms)) == {1, "request-already-approved"}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"ip_address": "10.20.0.2"}, {"ip_address": ["ip-taken"]}),
        ({"service_name": "maria.1"}, {"service_name": ["service-name-taken"]}),
        ({"router_id": new_id()}, {"router_id": ["router-not-of-zone"], "plan_id": ["plan-not-of-router"]}),
        ({"zone_id": new_id()}, {"zone_id": ["zone-not-found"]}),
        ({"plan_id": new_id()}, {"plan_id": ["plan-not-found"]}),
        ({"sector_id": new_id()}, {"sector_id": ["sector-not-found"]}),
        ({"technician_id": new_id()}, {"technician_id": ["technician-not-found"]}),
        (
            {"plan_id": new_id(), "technician_id": new_id(), "ip_address": "10.20.0.2"},
            {"plan_id": ["plan-not-found"], "technician_id": ["technician-not-found"], "ip_address": ["ip-taken"]},
        ),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field_all_at_once(scene, session, changed, expected):
    scene.schedule(session)
    with pytest.raises(ValidationFailed) as refused:
        scene.schedule(session, **changed)
    assert codes(refused) == expected
    assert scene.schedule(session).number == 2, "what was refused left a gap in the numbers"


def test_a_taken_address_says_who_has_it(scene, session):
    holder = scene.schedule(session, ip_address="10.20.0.77")
    with pytest.raises(ValidationFailed) as refused:
        scene.schedule(session, ip_address="10.20.0.77")
    (complaint,) = refused.value.fields["ip_address"]
    assert complaint["params"] == {
        "installation_id": str(holder.id), "number": 1, "name": "María López", "state": "new",
    }  # fmt: skip


def test_what_is_closed_cannot_be_chosen_but_may_be_kept(scene, session):
    installation = scene.schedule(session)
    catalogue.save_plan(session, plan_id=scene.plan_id, router_id=scene.router_id, **a_plan(active=False))
    closed = {"staff_id": scene.technician_id, "active": False, "name": "Raúl Díaz"}
    learn_staff(session, told(StaffChanged, version=2, **closed))
    learn_router(session, told(RouterChanged, version=2, router_id=scene.router_id, name="Norte", active=False))
    with pytest.raises(ValidationFailed) as refused:
        scene.schedule(session)
    assert codes(refused) == {
        "plan_id": ["plan-not-active"],
        "technician_id": ["technician-not-active"],
        "router_id": ["router-not-active"],
    }
    assert scene.change(session, installation, first_name="Mariana").first_name == "Mariana"


def test_plans_and_sectors_of_elsewhere_are_refused(scene, session):
    other_router = new_id()
    learn_router(session, told(RouterChanged, router_id=other_router, name="Sur"))
    session.flush()
    plan = catalogue.save_plan(session, plan_id=None, router_id=other_router, **a_plan())
    zone = catalogue.save_zone(session, zone_id=None, name="Sur", router_id=other_router)
    session.flush()
    sector = catalogue.save_sector(session, sector_id=None, zone_id=zone.id, name="Antena 3")
    session.flush()
    with pytest.raises(ValidationFailed) as refused:
        scene.schedule(session, plan_id=plan.id, sector_id=sector.id)
    assert codes(refused) == {"plan_id": ["plan-not-of-router"], "sector_id": ["sector-not-of-zone"]}
    there = {"zone_id": zone.id, "router_id": other_router, "plan_id": plan.id, "sector_id": sector.id}
    first = scene.schedule(session, **there)
    second = scene.schedule(session, ip_address=first.ip_address, service_name=first.service_name)
    assert (first.number, second.number) == (1, 2), "what is taken on one router is free on another"


def test_a_name_on_the_router_may_have_accents_in_either_spelling(scene, session):
    written = scene.schedule(session, service_name="nun\u0303ez josé")
    assert written.service_name == "nuñez josé"
    with pytest.raises(FormRefused):
        scene.schedule(session, service_name="nuñez josé")


@on_sqlite
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("ip_address", "10.20.0.300", "invalid-ip-address"),
        ("ip_address", "127.0.0.1", "ip-not-usable"),
        ("ip_address", "224.0.0.9", "ip-not-usable"),
        ("mac_address", "64:D1:54:0A:1B", "invalid-mac-address"),
        ("service_name", "maría;", "invalid-service-name"),
        ("service_name", "a/b", "invalid-service-name"),
        ("service_name", "*A1", "invalid-service-name"),
        ("phone", "call me", "invalid-phone"),
        ("second_phone", "12", "invalid-phone"),
        ("email", "maria", "invalid-email"),
        ("latitude", "91", "out-of-range"),
        ("longitude", "19.4326", "required"),
        ("latitude", "NaN", "invalid-number"),
        ("scheduled_at", "2026-11-24T10:00:00", "time-zone-missing"),
        ("scheduled_at", "0226-11-24T10:00:00+00:00", "invalid-date"),
        ("scheduled_at", "tomorrow", "invalid-time"),
        ("first_name", "  ", "required"),
        ("installation_cost_minor", -1, "out-of-range"),
        ("installation_cost_minor", 12.5, "invalid-number"),
        ("nonsense", 1, "unknown-field"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_read(scene, session, field, value, code):
    with pytest.raises(ValidationError) as refused:
        scene.schedule(session, **{field: value})
    complaints = refused.value.normalized_messages()
    beside = "latitude" if field == "longitude" else field
    assert [code] == [each["code"] if isinstance(each, dict) else each for each in complaints[beside]]


def test_a_mac_address_is_kept_as_routers_write_it(scene, session):
    assert scene.schedule(session, mac_address="64-d1-54-0a-1b-2c").mac_address == "64:D1:54:0A:1B:2C"


def test_of_two_people_editing_the_second_is_told(scene, session):
    installation = scene.schedule(session)
    scene.change(session, installation, version=1, first_name="Mariana")
    with pytest.raises(ChangedMeanwhile) as refused:
        scene.change(session, installation, version=1, first_name="Marina")
    assert (installation.first_name, refused.value.params) == ("Mariana", {"version": 2})
    assert told_last(session)["first_name"] == "Mariana"


def test_what_is_on_the_router_is_told_as_a_change_of_the_service_and_the_rest_is_not(scene, session):
    client = scene.activated(session)
    assert not scene.change(session, client, phone="+52 55 0000 0000").service_changed
    assert types(session)[-1] == "InstallationChanged"
    assert listed(session, "active", search="0000 55") == listed(session, "active", search="5500000000") == [1]
    assert scene.change(session, client, ip_address="10.20.9.9").service_changed
    data = told_last(session)
    assert (types(session)[-1], data["ip_address"], data["client_number"]) == ("ServiceChanged", "10.20.9.9", 1)
    other = scene.schedule(session)
    with pytest.raises(ValidationFailed) as refused:
        scene.change(session, other, ip_address="10.20.9.9")
    assert codes(refused) == {"ip_address": ["ip-taken"]}


def test_what_the_router_made_of_it_is_seen_and_an_older_word_changes_nothing(scene, session):
    client = scene.activated(session)
    refused = {"installation_id": client.id, "operation": "change", "reason_code": "router-refused"}
    changing.refused(session, told(AdjustmentFailed, version=5, **refused))
    assert client.failure_code == "router-refused"
    changing.adjusted(session, told(ServiceAdjusted, version=4, installation_id=client.id))
    assert client.failure_code == "router-refused"
    changing.adjusted(session, told(ServiceAdjusted, version=6, installation_id=client.id))
    assert client.failure_code is None


def test_while_it_is_being_activated_nothing_is_changed(scene, session):
    installation = scene.schedule(session)
    activation.activate(session, installation_id=installation.id, at=NOON)
    for attempt in (
        lambda: scene.change(session, installation, first_name="Mariana"),
        lambda: scheduling.cancel(session, installation_id=installation.id, reason=None),
        lambda: scheduling.start(session, installation_id=installation.id),
    ):
        with pytest.raises(IllegalInstallationMove) as refused:
            attempt()
        assert refused.value.params["state"] == "activating"


def test_a_cancelled_one_leaves_the_list_and_frees_its_address_and_name(scene, session):
    installation = scene.schedule(session, ip_address="10.20.0.77", service_name="maria")
    scheduling.cancel(session, installation_id=installation.id, reason="moved away")
    session.flush()
    assert told_last(session)["reason"] == "moved away"
    assert (listed(session), listed(session, "cancelled")) == ([], [1])
    assert scene.schedule(session, ip_address="10.20.0.77", service_name="maria").number == 2


@pytest.mark.parametrize(
    "typed",
    [
        "lopez maria",
        "López",
        "HIDALGO 12",
        "1234 5678",
        "5512345678",
        "55-1234 5678",
        "+525512345678",
        "5678",
        "10.20.0.9",
        "10.20",
        "maria@",
        "example.net maria",
        "a4:BF:01",
        "A4-bf-01-22-33-44",
        "a4bf.0122.3344",
        "lohm-850312",
        "%",
    ],
)
def test_search_finds_people_as_staff_type_them(scene, session, typed):
    scene.schedule(session, ip_address="10.20.0.9", mac_address="A4BF01223344", official_id="LOHM-850312")
    scene.schedule(
        session,
        first_name="José",
        last_name="Ruiz",
        email="j@example.org",
        address="Calle 5",
        phone="7773339222",
        ip_address="10.3.0.4",
        official_id=None,
        service_name="jose.ruiz",
    )
    assert listed(session, search=typed) == ([] if typed == "%" else [1])


def test_the_list_is_filtered_and_paged(scene, session):
    for hour in range(5):
        scene.schedule(session, scheduled_at=NOON.replace(hour=20 - hour))
    scheduling.start(session, installation_id=scene.schedule(session).id)
    session.flush()
    assert listed(session) == [5, 4, 3, 6, 2, 1]
    assert listed(session, "in_progress") == [6]
    assert listed(session, zone_id=new_id()) == listed(session, technician_id=new_id()) == []
    assert len(listed(session, zone_id=scene.zone_id, technician_id=scene.technician_id)) == 6
    seen, after = [], None
    while True:
        found = list_installations(session, limit=2, after=after)
        seen += [row.number for row in found.rows]
        if (after := found.next) is None:
            break
    assert seen == [5, 4, 3, 6, 2, 1]


def test_days_are_the_companys(scene, session):
    scene.schedule(session, scheduled_at="2026-11-25T03:00:00+00:00")  # the evening of the 24th in Mexico
    day = NOON.date()
    assert listed(session, from_on=day, to_on=day) == [1]
    assert listed(session, from_on=day.replace(day=25)) == []
    agenda = overview.dashboard(session, at=NOON)
    assert [row.number for row in agenda["agenda"]] == [1]
    assert agenda["pending_by_state"] == {"new": 1, "in_progress": 0, "activating": 0}


def test_another_company_sees_nothing_of_it_and_may_use_the_same_address(database, scene, keyring):
    with database.begin(COMPANY) as ours:
        installation = scene.schedule(ours, ip_address="10.20.0.77")
    with database.begin(STRANGER) as theirs:
        stranger = set_the_scene(theirs, keyring, STRANGER)
        assert listed(theirs) == []
        for attempt in (
            lambda: queries.get_installation(theirs, installation_id=installation.id),
            lambda: scheduling.cancel(theirs, installation_id=installation.id, reason=None),
            lambda: addresses.propose(theirs, zone_id=scene.zone_id, after=None),
        ):
            with pytest.raises(NotFound):
                attempt()
        with pytest.raises(ValidationFailed) as refused:
            stranger.schedule(theirs, zone_id=scene.zone_id, technician_id=scene.technician_id)
        assert codes(refused) == {"zone_id": ["zone-not-found"], "technician_id": ["technician-not-found"]}
        assert stranger.schedule(theirs, ip_address="10.20.0.77").number == 1


def test_the_wifi_password_is_sealed_and_kept_until_another_is_typed(scene, session):
    installation = scene.schedule(session, wifi_ssid="casa", wifi_password=" s3creto ")
    assert "s3creto" not in installation.sealed_wifi_password
    scene.change(session, installation, wifi_ssid="casa", wifi_password="")
    assert wifi.wifi_of(installation, scene.keyring).wifi_password == " s3creto "
    scene.change(session, installation, wifi_ssid="casa", wifi_password="other")
    assert wifi.wifi_of(installation, scene.keyring).wifi_password == "other"
    scene.change(session, installation)
    assert wifi.wifi_of(installation, scene.keyring) == wifi.Wifi(None, None)
