"""The installations service over the broker: asked, told, told twice and late, killed and started again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from chassis.errors import Conflict, NotFound, ValidationFailed
from chassis.identifiers import new_id
from events.contracts import ContractPdfReady
from events.gateway import CompanyChanged, StaffChanged
from events.preinstall import PreinstallApproved
from events.provisioning import ProvisioningFailed, RouterChanged, ServiceProvisioned
from tests.chassis.running import eventually
from tests.hosting import on_sqlite, prepared, started
from tests.installations.builders import NOON, a_plan
from tests.samples import STRANGER, told


@pytest.fixture
def service(database_url, amqp_uri, tmp_path):
    with started(prepared("installations", database_url=database_url, amqp_uri=amqp_uri, room=tmp_path)) as ready:
        yield ready


def form(service):
    """What staff fill in, once a company with a router and a technician is there."""
    router_id, technician_id = new_id(), new_id()
    service.tell(
        told(CompanyChanged),
        told(RouterChanged, router_id=router_id, name="Norte"),
        told(StaffChanged, staff_id=technician_id),
    )
    eventually(lambda: service.ask("list_routers")["rows"] and service.ask("list_technicians")["rows"])
    router = str(router_id)
    zone = service.ask("save_zone", name="Centro", router_id=router)
    plan = service.ask("save_plan", router_id=router, **a_plan())
    return {
        "zone_id": zone["zone_id"], "first_name": "María", "last_name": "López", "email": "maria@example.net",
        "address": "Av. Hidalgo 12", "phone": "+52 55 1234 5678", "scheduled_at": NOON.isoformat(),
        "installation_cost_minor": 50_000, "service_name": "maria.lopez", "ip_address": "10.20.0.15",
        "router_id": router, "plan_id": plan["plan_id"], "technician_id": str(technician_id), "wifi_ssid": "casa",
        "wifi_password": "s3creto",
    }  # fmt: skip


def outcome(kind, made, activation, **changed):
    named = {"installation_id": made["installation_id"], "activation_id": activation["activation_id"]}
    return told(kind, **(named | changed))


def state_of(service, made):
    return service.ask("get_installation", installation_id=made["installation_id"])["state"]


def test_from_the_agenda_to_the_client_list(service):
    filled = form(service)
    request_id = str(new_id())
    made = service.ask("schedule", key="once", preinstall_request_id=request_id, **filled)
    assert service.ask("schedule", key="once", preinstall_request_id=request_id, **filled) == made
    assert (made["number"], made["version"]) == (1, 1)
    with pytest.raises(Conflict) as refused:
        service.ask("schedule", preinstall_request_id=request_id, **filled)
    assert refused.value.code == "request-already-approved"
    with pytest.raises(ValidationFailed) as refused:
        service.ask("schedule", **filled)
    assert {name: complaints[0]["code"] for name, complaints in refused.value.fields.items()} == {
        "ip_address": "ip-taken", "service_name": "service-name-taken",
    }  # fmt: skip
    assert service.ask("propose", zone_id=filled["zone_id"])["ip_address"] == "10.20.0.16"
    one = {"installation_id": made["installation_id"]}
    assert service.ask("start", **one)["state"] == "in_progress"

    first = service.ask("activate", key="click", **one)
    assert service.ask("activate", key="click", **one) == first, "a repeated click is one attempt"
    request = service.outcome("InstallationActivationRequested")
    assert request.data["activation_id"] == first["activation_id"]
    service.tell(outcome(ProvisioningFailed, made, first, reason_code="router-unreachable"))
    service.outcome("InstallationActivationFailed")
    shown = service.ask("get_installation", **one)
    assert (shown["state"], shown["failure_code"], shown["zone_name"]) == (
        "in_progress", "router-unreachable", "Centro",
    )  # fmt: skip
    assert "s3creto" not in str(shown) and shown["has_wifi_password"]
    assert service.ask("get_wifi", **one) == {"wifi_ssid": "casa", "wifi_password": "s3creto"}

    second = service.ask("activate", **one)
    stale, done = outcome(ServiceProvisioned, made, first), outcome(ServiceProvisioned, made, second)
    service.tell(stale, done, done, outcome(ServiceProvisioned, made, second))
    activated = service.outcome("InstallationActivated")
    assert (activated.data["client_number"], activated.data["activation_id"]) == (1, second["activation_id"])
    service.tell(
        told(PreinstallApproved, installation_id=made["installation_id"], request_id=request_id),
        told(ContractPdfReady, installation_id=made["installation_id"]),
    )
    files = eventually(lambda: two_files(service, one))
    assert {file["kind"]: file["visible_to_client"] for file in files} == {"id_front": False, "contract": True}
    (client,) = service.ask("list_clients", search="lopez", month=f"{activated_on(service)}")["rows"]
    assert (client["client_number"], client["technician_name"]) == (1, "Raúl Díaz")
    assert service.ask("list_installations")["rows"] == []
    assert service.ask("get_client", **one)["plan_name"] == "Residencial 20M"
    assert len(service.told("InstallationActivated")) == 1
    assert service.parked() == []


def two_files(service, one):
    rows = service.ask("list_files", **one)["rows"]
    return rows if len(rows) == 2 else None


def activated_on(service):
    (client,) = service.ask("list_clients")["rows"]
    return client["activated_at"][:7]


@on_sqlite
def test_what_is_refused_says_where_and_strangers_see_nothing(service):
    filled = form(service)
    with pytest.raises(ValidationFailed) as refused:
        service.ask("schedule", **(filled | {"ip_address": "nonsense", "first_name": " ", "plan_id": None}))
    assert {name: complaints[0]["code"] for name, complaints in refused.value.fields.items()} == {
        "ip_address": "invalid-ip-address", "first_name": "required", "plan_id": "required",
    }  # fmt: skip
    made = service.ask("schedule", **filled)
    one = {"installation_id": made["installation_id"]}
    changed = service.ask("change", version=1, **one, **(filled | {"first_name": "Mariana"}))
    assert changed["version"] == 2
    with pytest.raises(Conflict) as conflict:
        service.ask("change", version=1, **one, **filled)
    assert (conflict.value.code, conflict.value.params) == ("changed-meanwhile", {"version": 2})
    for method in ("get_installation", "activate", "start", "list_files", "get_wifi"):
        with pytest.raises(NotFound):
            service.ask(method, company=STRANGER, **one)
    assert service.ask("cancel", reason="moved", **one)["state"] == "cancelled"
    with pytest.raises(Conflict) as conflict:
        service.ask("activate", **one)
    assert conflict.value.code == "illegal-installation-move"


CRASHES = [
    "command.installations.activate.received",
    "command.installations.activate.before_commit",
    "command.installations.activate.committed",
    "inbox.installations.on_service_provisioned.handled",
    "inbox.installations.on_service_provisioned.committed",
]


@pytest.mark.parametrize("place", CRASHES)
def test_killed_anywhere_there_is_one_client_and_one_request(sqlite_url, tmp_path, amqp_uri, place):
    service = prepared("installations", database_url=sqlite_url, amqp_uri=amqp_uri, room=tmp_path)
    with started(service):
        made = service.ask("schedule", **form(service))
        one = {"installation_id": made["installation_id"]}
        service.arm(place)
        activation = again_after_the_crash(service, lambda: service.ask("activate", key="click", **one), place)
        service.tell(outcome(ServiceProvisioned, made, activation))
        if place.startswith("inbox"):
            assert service.process.wait(timeout=30) == 137
            service.start()
        activated = service.outcome("InstallationActivated")
        assert UUID(activated.data["activation_id"]) == UUID(activation["activation_id"])
        assert len(service.told("InstallationActivationRequested")) == 1
        assert len(service.told("InstallationActivated")) == 1
        (client,) = service.ask("list_clients")["rows"]
        assert client["client_number"] == 1 and state_of(service, made) == "active"
        assert service.parked() == []


def again_after_the_crash(service, ask, place):
    """The command waits in its queue until the process is back; the one who asks does not notice."""
    if place.startswith("inbox"):
        return ask()
    with ThreadPoolExecutor(1) as somebody:
        answer = somebody.submit(ask)
        assert service.process.wait(timeout=30) == 137
        service.start()
        return answer.result()
