"""INS-1, INS-3, PRE-7: putting installations on the agenda, and what is refused."""

import pytest
from marshmallow import ValidationError

from chassis.errors import NotFound, ValidationFailed
from chassis.identifiers import new_id
from chassis.outbox.announcing import announced
from chassis.storage.migrations import differences
from services.installations import queries, scheduling
from services.installations.errors import ChangedMeanwhile, IllegalInstallationMove, RequestAlreadyApproved
from services.installations.model import Base
from tests.installations.builders import Company
from tests.samples import COMPANY, STRANGER

EVERYTHING = dict.fromkeys(("state", "zone_id", "technician_id", "from_on", "to_on", "search", "after")) | {"limit": 25}


def listed(session, **filters):
    return [row.number for row in queries.list_installations(session, **(EVERYTHING | filters)).rows]


def codes(error):
    return {name: [one["code"] for one in complaints] for name, complaints in error.value.fields.items()}


def test_the_migrated_schema_is_what_the_models_say(database):
    with database.engine.connect() as connection:
        assert differences(connection, Base.metadata) == []


def test_installations_are_numbered_per_company_and_told(company, session):
    first = company.schedule()
    second = company.schedule(ip_address="10.20.0.16", service_name="otra")
    assert (first.number, second.number) == (1, 2)
    told = [event for event in announced(session) if event.type == "InstallationScheduled"]
    assert [event.data["number"] for event in told] == [1, 2]
    assert told[0].data["plan"]["download_kbps"] == 20480


def test_a_request_becomes_an_installation_once(company):
    request_id = str(new_id())
    company.schedule(preinstall_request_id=request_id)
    with pytest.raises(RequestAlreadyApproved) as error:
        company.schedule(preinstall_request_id=request_id, ip_address="10.20.0.99", service_name="otra")
    assert error.value.params == {"number": 1}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"service_name": "otra"}, {"ip_address": ["ip-taken"]}),
        ({"ip_address": "10.20.0.16"}, {"service_name": ["service-name-taken"]}),
        ({"router_id": str(new_id())}, {"router_id": ["router-not-of-zone"]}),
        ({"plan_id": str(new_id())}, {"plan_id": ["not-found"]}),
        ({"technician_id": str(new_id())}, {"technician_id": ["not-found"]}),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field(company, changed, expected):
    company.schedule()
    with pytest.raises(ValidationFailed) as error:
        company.schedule(**changed)
    assert codes(error) == expected


def test_a_plan_of_another_router_is_refused(company):
    from events.provisioning import RouterChanged
    from services.installations import projections
    from tests.samples import told

    other_router = new_id()
    projections.learn_router(company.session, told(RouterChanged, router_id=other_router))
    company.session.flush()
    other = company.a_plan("Residencial 20M", other_router)
    company.session.flush()
    with pytest.raises(ValidationFailed) as error:
        company.schedule(plan_id=str(other.id))
    assert codes(error) == {"plan_id": ["plan-not-of-router"]}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("ip_address", "10.20.0.300", "invalid-ip-address"),
        ("ip_address", "127.0.0.1", "ip-not-usable"),
        ("mac_address", "64:D1:54:0A:1B", "invalid-mac-address"),
        ("service_name", "maría", "invalid-service-name"),
        ("service_name", "a/b", "invalid-service-name"),
        ("phone", "call me", "invalid-phone"),
        ("email", "maria", "invalid-email"),
        ("latitude", "91", "out-of-range"),
        ("first_name", "  ", "required"),
        ("installation_cost_minor", -1, "out-of-range"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_read(company, field, value, code):
    with pytest.raises(ValidationError) as error:
        company.form(**{field: value})
    assert error.value.messages[field][0]["code"] == code


def test_a_mac_address_is_kept_as_routers_write_it(company):
    assert company.schedule(mac_address="64-d1-54-0a-1b-2c").mac_address == "64:D1:54:0A:1B:2C"


def test_of_two_people_editing_the_second_is_told(company, session):
    installation = company.schedule()
    form = company.form(first_name="Mariana")
    for own in ("installation_id", "preinstall_request_id"):
        form.pop(own)
    arguments = {"keyring": company.keyring, "installation_id": installation.id, "version": 1}
    scheduling.change(session, **arguments, **dict(form))
    with pytest.raises(ChangedMeanwhile):
        scheduling.change(session, **arguments, **dict(form))


def test_a_cancelled_one_leaves_the_list_and_frees_its_address(company, session):
    installation = company.schedule()
    scheduling.cancel(session, installation_id=installation.id, reason=None)
    assert listed(session) == []
    assert listed(session, state="cancelled") == [1]
    assert company.schedule().number == 2
    with pytest.raises(IllegalInstallationMove):
        scheduling.cancel(session, installation_id=installation.id, reason=None)


@pytest.mark.parametrize("typed", ["maria lopez", "López", "HIDALGO 12", "5512345678", "10.20.0.15", "maria@"])
def test_search_finds_people_as_staff_type_them(company, session, typed):
    company.schedule()
    assert listed(session, search=typed) == [1]
    assert listed(session, search="nobody") == []


def test_days_are_the_companys(company, session):
    from datetime import date

    company.schedule(scheduled_at="2026-11-25T03:00:00+00:00")  # the evening of the 24th in Mexico
    assert listed(session, from_on=date(2026, 11, 24), to_on=date(2026, 11, 24)) == [1]
    assert listed(session, from_on=date(2026, 11, 25)) == []


def test_another_company_sees_nothing_of_it_and_may_use_the_same_address(database, tmp_path):
    with database.begin(COMPANY) as ours:
        installation = Company(ours, tmp_path).schedule()
    with database.begin(STRANGER) as theirs:
        stranger = Company(theirs, tmp_path, STRANGER)
        assert listed(theirs) == []
        with pytest.raises(NotFound):
            queries.get_installation(theirs, installation_id=installation.id)
        assert stranger.schedule().number == 1


def test_the_next_address_is_proposed(company, session):
    assert queries.propose(session, zone_id=company.zone.id)["ip_address"] is None
    company.schedule()
    assert queries.propose(session, zone_id=company.zone.id)["ip_address"] == "10.20.0.16"


def test_the_wifi_password_is_sealed(company):
    installation = company.schedule(wifi_ssid="casa", wifi_password=" s3creto ")
    assert "s3creto" not in installation.sealed_wifi_password
    assert scheduling.wifi_password(company.keyring, installation) == " s3creto "
