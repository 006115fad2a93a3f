"""GAT-3, INS-11: the owner reads who changed what, from every service and the gateway, in one list."""

from __future__ import annotations

import csv

import pytest

from chassis.identifiers import new_id
from chassis.service import Service
from events.installations import InstallationScheduled
from events.provisioning import ServiceSuspended
from gateway import audit_words, timeline
from gateway.model import OFFICE, OWNER
from tests.gateway.pages import House, send, text_of
from tests.samples import envelope_of

SERVICES = ("billing", "contracts", "installations", "notifications", "preinstall", "provisioning")


def a_row(**changes):
    identity = str(new_id())
    return {
        "id": identity, "at": "2026-11-23T12:00:00+00:00", "actor_kind": "staff", "actor_id": "s1",
        "actor_name": "Eva Ruiz", "actor_role": "office", "ip": "10.0.0.7", "method": "installations.change",
        "subject": str(new_id()), "correlation_id": "c", "cursor": "x",
        "changes": [{"table": "x", "id": identity, "how": "changed", "fields": {"phone": ["55 1", "55 2"]}}],
        **changes,
    }  # fmt: skip


@pytest.fixture
def told(house: House):
    """What each service tells; nothing unless a test says so."""
    rows = {service: [] for service in SERVICES}
    for service in SERVICES:
        house.services.answers[f"{service}.audit_find"] = lambda data, service=service: {
            "rows": rows[service], "next": None
        }  # fmt: skip
    return rows


def rows_of(page: str) -> str:
    """What the list says, without the choices above it."""
    return text_of(page.partition("<tbody>")[2])


def test_every_service_in_one_list_newest_first(house, told):
    told["installations"] = [a_row(at="2026-11-23T12:00:00+00:00")]
    told["billing"] = [a_row(at="2026-11-23T13:00:00+00:00", method="billing.register_payment", changes=[])]
    owner = house.staff(OWNER)
    send(owner, "/cuenta/", "/cuenta/sesiones/cerrar")
    page = rows_of(owner.get("/auditoria/").text)
    assert page.index("Cerró sesiones") < page.index("Registró un pago") < page.index("Cambió una instalación")
    assert "Teléfono" in page
    assert page.index("55 1") < page.index("55 2")


def test_the_filters_reach_the_services_in_the_companys_time(house, told):
    house.staff(OWNER).get("/auditoria/?search=jose&from_on=2026-11-01&to_on=2026-11-02&subject=abc")
    (asked,) = house.services.told("billing.audit_find")
    assert (asked.data["search"], asked.data["subject"]) == ("jose", "abc")
    assert (asked.data["from_at"], asked.data["to_at"]) == ("2026-11-01T00:00:00-06:00", "2026-11-03T00:00:00-06:00")


def test_gat_3_what_was_changed_of_a_router_or_a_cancelled_visit_is_said(house, told):
    fields = {"suspended_list": ["cortados", "morosos"], "compare_hours": [6, 12], "next_compare_at": [None, "x"]}
    changed = {"table": "routers", "id": "1", "how": "changed", "fields": fields}
    cancelled = {"table": "installations", "id": "2", "how": "changed", "fields": {"cancel_reason": [None, "Se mudó"]}}
    told["provisioning"] = [a_row(method="provisioning.save_router", changes=[changed, cancelled])]
    page = rows_of(house.staff(OWNER).get("/auditoria/").text)
    assert "Lista de los cortados cortados → morosos" in page and "Comparar cada cuántas horas 6 → 12" in page
    assert "Motivo de la cancelación — → Se mudó" in page and "next_compare_at" not in page


def test_a_service_that_is_away_is_named_and_hides_no_other(house, told):
    told["installations"] = [a_row()]
    house.services.away.add("contracts")
    page = text_of(house.staff(OWNER).get("/auditoria/").text)
    assert "(contracts)" in page
    assert "Cambió una instalación" in page


def test_only_owners(house, told):
    for path in ("/auditoria/", "/auditoria/exportar"):
        assert house.staff(OFFICE).get(path).status_code == 403


def test_what_the_system_did_by_itself_is_told_as_the_systems(house, told):
    told["installations"] = [a_row()]
    cut = envelope_of(ServiceSuspended, company_id=house.company.id)
    asked_for = envelope_of(InstallationScheduled, company_id=house.company.id)
    with house.database.begin(house.company.id) as session:
        for envelope in (cut, asked_for):
            timeline.record(session, envelope)
    owner = house.staff(OWNER)
    everything = rows_of(owner.get("/auditoria/").text)
    assert "Sistema Servicio suspendido" in everything and "Cambió una instalación" in everything
    assert "Instalación programada" not in everything, "that was somebody, who is named"
    assert "Cambió" not in rows_of(owner.get("/auditoria/?person=system").text)
    assert "Sistema" not in rows_of(owner.get("/auditoria/?method=installations.change").text)
    about = owner.get(f"/auditoria/?person=system&subject={new_id()}").text
    assert "Nada con estos filtros" in text_of(about)


def test_what_the_filters_find_is_exported_whole_or_not_at_all(house, told):
    formula = a_row(changes=[{"table": "clients", "id": "1", "how": "changed", "fields": {"phone": ["=1+1", "55 2"]}}])
    told["installations"] = [formula]
    owner = house.staff(OWNER)
    answer = owner.get("/auditoria/exportar?method=installations.change")
    lines = list(csv.reader(answer.text.removeprefix("\ufeff").splitlines()))
    assert answer.text.startswith("\ufeffCuándo") and answer.headers["Content-Type"].startswith("text/csv")
    assert lines[1][1:4] == ["Eva Ruiz", "10.0.0.7", "Cambió una instalación"]
    assert lines[1][5:] == ["Teléfono", "'=1+1", "55 2"]
    assert house.services.told("installations.audit_find")[0].data["method"] == "installations.change"
    house.services.away.add("billing")
    assert owner.get("/auditoria/exportar").status_code == 503


@pytest.mark.parametrize("service", SERVICES)
def test_every_command_of_a_service_has_words(service):
    module = __import__(f"services.{service}.service", fromlist=["service"])
    (owner,) = (
        each for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Service) and each is not Service
    )  # fmt: skip
    commands = {f"{service}.{name}" for name, method in owner.methods.items() if method.writes}
    operators = {f"{service}.parked_retry", f"{service}.parked_drop"}
    assert commands - operators - audit_words.ACTIONS.keys() == set()
