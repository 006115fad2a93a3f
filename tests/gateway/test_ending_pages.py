"""A client leaves: what that means is said before, what was typed stays, and who left is listed where that is asked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chassis.errors import Unavailable, ValidationFailed
from chassis.schemas import coded
from gateway.model import OFFICE, READ_ONLY, TECHNICIAN
from tests.gateway.pages import House, send, text_of
from tests.gateway.test_installation_form import INSTALLATION, KNOWN, office  # noqa: F401 - its services
from tests.gateway.test_list_pages import a_row
from tests.hosting import on_sqlite

pytestmark = on_sqlite

PAGE = f"/clientes/{INSTALLATION}/baja"
CLIENT = {
    **KNOWN, "state": "active", "client_number": 7, "router_name": "Torre", "zone_name": "Centro", "plan_name": "20M",
    "technician_name": "Raúl", "failure_code": None, "failure_params": None, "cancel_reason": None, "ends_on": None,
    "end_reason": None, "end_note": None, "ended_at": None, "activated_at": "2026-11-24T16:00:00+00:00",
    "email": "ana@example.net", "router_active": True, "without_router": False,
}  # fmt: skip
OWES = {"balance_minor": 34_900, "currency": "MXN", "invoices": [], "subscription": None}
LEAVES = {"reason": "moved", "ends_on": "2026-12-15", "note": "A Cuernavaca"}


@pytest.fixture
def services(house: House, office: Any) -> Any:  # noqa: F811
    answers = house.services.answers
    answers |= {
        "installations.get_installation": lambda _: dict(CLIENT),
        "billing.account": lambda _: dict(OWES),
        "contracts.get_for_installation": lambda _: None,
        "installations.end_service": lambda data: {**CLIENT, "ends_on": data["ends_on"]},
        "installations.list_files": lambda _: {"rows": []},
        "installations.get_report": lambda _: {"rows": []},
    }
    house.services.answers = answers
    return answers


def test_what_happens_is_said_before_and_what_was_refused_stays_beside_it(house: House, services: Any) -> None:
    person = house.staff(OFFICE)
    shown = text_of(person.get(PAGE).text)
    assert "«ana.ruiz» se quita del router Torre" in shown and "Su IP 10.20.0.9 queda libre" in shown
    assert "Debe $349.00: se quedan por cobrar, y pagarlos no reconecta" in shown and "ana@example.net" in shown
    sent = send(person, PAGE, PAGE, **LEAVES)
    assert sent.location == f"/clientes/{INSTALLATION}#avance"
    (told,) = house.services.told("installations.end_service")
    assert told.data == {"installation_id": INSTALLATION, **LEAVES, "without_router": False}
    refusals = [Unavailable("service-away", service="x"), ValidationFailed(fields={"ends_on": coded("day-is-over")})]

    def refuse(_: Any) -> Any:
        raise refusals.pop(0)

    services["installations.end_service"] = refuse
    for status in (503, 422):
        page = send(person, PAGE, PAGE, **LEAVES)
        assert page.status_code == status and "A Cuernavaca" in page.text
        assert '<option value="moved" selected>' in page.text
    assert "Este día ya pasó; elige hoy o uno que venga." in page.text


@pytest.mark.parametrize("role", [TECHNICIAN, READ_ONLY])
def test_only_the_office_ends_services(house: House, services: Any, role: str) -> None:
    person = house.staff(role)
    assert person.get(PAGE).status_code == 403
    assert "Dar de baja" not in person.get(f"/clientes/{INSTALLATION}").text


def test_the_page_says_when_they_leave_why_it_waits_and_that_they_left(house: House, services: Any) -> None:
    person = house.staff(OFFICE)
    states: dict[str, dict[str, Any]] = {
        "Su último día es el 15 dic 2026": {"ends_on": "2026-12-15", "end_reason": "moved"},
        "El router no responde": {"state": "ending", "failure_code": "router-unreachable", "failure_params": {}},
        "Nueva instalación": {"state": "ended", "ended_at": "2026-12-16T06:00:00+00:00", "end_reason": "price"},
    }
    for said, changed in states.items():
        services["installations.get_installation"] = lambda _, changed=changed: {**CLIENT, **changed}
        page = person.get(f"/clientes/{INSTALLATION}").text
        assert said in text_of(page)
        assert (f"/clientes/{INSTALLATION}/baja/cancelar" in page) == (changed.get("state") != "ended")
        assert (f"/instalaciones/{INSTALLATION}/editar" in page) == ("state" not in changed)
    services["installations.keep_service"] = lambda _: dict(CLIENT)
    services["installations.get_installation"] = lambda _: {**CLIENT, "ends_on": "2026-12-15"}
    send(person, f"/clientes/{INSTALLATION}", f"{PAGE}/cancelar")
    assert "La baja se canceló" in text_of(person.get(f"/clientes/{INSTALLATION}").text)


def test_ins_2_a_router_out_of_use_is_done_without_when_the_office_says_so(house: House, services: Any) -> None:
    person, page, without = house.staff(OFFICE), f"/clientes/{INSTALLATION}", f"{PAGE}/sin-router"
    waits = {"failure_code": "router-inactive", "failure_params": {"router": "Torre"}, "state": "ending"}
    now = {**CLIENT, "router_active": False}
    services["installations.get_installation"] = lambda _: now
    assert 'name="without_router"' in person.get(PAGE).text
    send(person, PAGE, PAGE, **LEAVES, without_router="1")
    assert house.services.told("installations.end_service")[-1].data["without_router"] is True
    now |= waits
    assert without in person.get(page).text
    assert "Si vuelve a usarse, se quita de él" in text_of(person.get(without).text)
    services["installations.end_service_without_router"] = lambda _: dict(now)
    assert send(person, without, without).location == f"{page}#avance"
    (told,) = house.services.told("installations.end_service_without_router")
    assert told.data == {"installation_id": INSTALLATION}
    now |= {"state": "ended", "failure_code": None, "without_router": True, "ended_at": "2026-12-16T06:00:00+00:00"}
    assert "A su router, que estaba fuera de uso, no se le preguntó" in text_of(person.get(page).text)
    now |= {**waits, "router_active": True}
    assert without not in person.get(page).text, "a router in use has the last word"
    assert "Solo se puede mientras espera a un router" in text_of(person.get(without).text)


def test_who_comes_back_is_not_typed_in_again(house: House, services: Any) -> None:
    person = house.staff(OFFICE)
    services["installations.get_installation"] = lambda _: {**CLIENT, "state": "ended"}
    services["installations.propose"] = lambda _: {
        "router_id": KNOWN["router_id"], "ip_address": "10.20.0.30", "currency": "MXN", "installation_cost_minor": 0,
    }  # fmt: skip
    services["installations.check_service"] = lambda _: {"free_name": "ana.ruiz.2"}
    names = {KNOWN["plan_id"]: "Norte", KNOWN["router_id"]: "Sur", KNOWN["zone_id"]: "Centro"}
    zones = [{"zone_id": zone, "name": name, "router_id": KNOWN["router_id"]} for zone, name in names.items()]
    services["installations.list_zones"] = lambda _: {"rows": zones}
    form = person.get(f"/instalaciones/nueva?again={INSTALLATION}").text
    assert re.search(rf'<option value="{KNOWN["zone_id"]}"[^>]* selected>Centro', form)
    zones.pop()
    choose = person.get(f"/instalaciones/nueva?again={INSTALLATION}").text
    assert f"again={INSTALLATION}" in choose and "Juárez 1" in choose, "the zone that they had is no more"
    for value in ("Ana", "Ruiz", "55 1234 5678", "19.432608, -99.133209", "10.20.0.30", "ana.ruiz.2"):
        assert f'value="{value}"' in form
    assert f'name="installation_id" value="{INSTALLATION}"' not in form, "it is another installation"


def test_ins_5_the_list_has_who_left_where_they_are_asked_for(house: House, services: Any) -> None:
    left = a_row(state="ended", client_number=7, end_reason="price", ended_at="2026-11-25T16:00:00+00:00")
    stays = a_row(state="active", client_number=8, first_name="Beto", ends_on="2026-12-15")
    rows = {"rows": [left, stays], "next": None, "previous": None}
    services["installations.list_clients"] = lambda _: rows
    services["installations.list_choices"] = lambda _: {
        kind: [] for kind in ("zones", "technicians", "routers", "plans", "sectors")
    }
    person = house.staff(OFFICE)
    for address, states in (
        ("/clientes/", None),
        ("/clientes/?state=ended&dates=ended_at&month=2026-11", ["ended"]),
        ("/clientes/?state=all", ["active", "ending", "ended"]),
        ("/clientes/?state=nonsense", None),
    ):
        page = person.get(address).text
        assert house.services.told("installations.list_clients")[-1].data.get("states") == states
    assert house.services.told("installations.list_clients")[1].data["dates"] == "ended_at"
    assert "Ana Soto De baja" in text_of(page) and "Beto Soto baja el 15 dic 2026" in text_of(page)
