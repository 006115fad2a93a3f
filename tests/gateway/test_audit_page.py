"""GAT-3, INS-11: the owner reads who changed what, from every service and the gateway, in one list."""

from __future__ import annotations

import pytest

from chassis.identifiers import new_id
from chassis.service import Service
from gateway import audit_words
from gateway.model import OFFICE, OWNER
from tests.gateway.pages import House, send, text_of

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


def test_every_service_in_one_list_newest_first(house, told):
    told["installations"] = [a_row(at="2026-11-23T12:00:00+00:00")]
    told["billing"] = [a_row(at="2026-11-23T13:00:00+00:00", method="billing.register_payment", changes=[])]
    owner = house.staff(OWNER)
    send(owner, "/cuenta/", "/cuenta/sesiones/cerrar")
    page = text_of(owner.get("/auditoria/").text)
    assert page.index("Cerró sesiones") < page.index("Registró un pago") < page.index("Cambió una instalación")
    assert "Teléfono" in page
    assert page.index("55 1") < page.index("55 2")


def test_the_filters_reach_the_services_in_the_companys_time(house, told):
    house.staff(OWNER).get("/auditoria/?search=jose&from_on=2026-11-01&to_on=2026-11-02&subject=abc")
    (asked,) = house.services.told("billing.audit_find")
    assert (asked.data["search"], asked.data["subject"]) == ("jose", "abc")
    assert (asked.data["from_at"], asked.data["to_at"]) == ("2026-11-01T00:00:00-06:00", "2026-11-03T00:00:00-06:00")


def test_a_service_that_is_away_is_named_and_hides_no_other(house, told):
    told["installations"] = [a_row()]
    house.services.away.add("contracts")
    page = text_of(house.staff(OWNER).get("/auditoria/").text)
    assert "(contracts)" in page
    assert "Cambió una instalación" in page


def test_only_owners(house, told):
    assert house.staff(OFFICE).get("/auditoria/").status_code == 403


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
