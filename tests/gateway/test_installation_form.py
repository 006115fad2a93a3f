"""INS-1: the form of an installation: its helpers, and two people with the same one open."""

from __future__ import annotations

import html
from typing import Any

import pytest

from chassis.errors import Conflict, ValidationFailed
from chassis.identifiers import new_id
from chassis.schemas import coded
from gateway.model import OFFICE, READ_ONLY
from tests.gateway.pages import House, attribute, hidden, text_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

ZONE, ROUTER, PLAN, OTHER_PLAN, TECHNICIAN, INSTALLATION, HOLDER = (str(new_id()) for _ in range(7))
HELP = "/instalaciones/formulario"
EDIT = f"/instalaciones/{INSTALLATION}/editar"
OFFERED = {"router_id": ROUTER, "active": True, "price_minor": 34900, "currency": "MXN"}
KNOWN = {
    "installation_id": INSTALLATION, "number": 7, "client_number": None, "state": "new", "version": 3,
    "first_name": "Ana", "last_name": "Ruiz", "phone": "55 1234 5678", "second_phone": None, "email": None,
    "official_id": None, "address": "Juárez 1", "neighbourhood": None, "city": "Tepoztlán", "postal_code": None,
    "latitude": "19.432608", "longitude": "-99.133209", "scheduled_at": "2026-11-30T16:00:00+00:00",
    "installation_cost_minor": 45000, "currency": "MXN", "comments": None, "service_name": "ana.ruiz",
    "ip_address": "10.20.0.9", "mac_address": None, "zone_id": ZONE, "router_id": ROUTER, "plan_id": PLAN,
    "technician_id": TECHNICIAN, "sector_id": None, "wifi_ssid": None, "has_wifi_password": False,
    "preinstall_request_id": None,
}  # fmt: skip


@pytest.fixture
def office(house: House) -> Any:
    """Somebody of the office; the services know one installation and what it is made of."""
    plans = [{"plan_id": PLAN, "name": "20 Mbps"}, {"plan_id": OTHER_PLAN, "name": "50 Mbps"}]
    house.services.answers |= {
        "installations.get_installation": lambda _: dict(KNOWN),
        "installations.list_zones": lambda _: {"rows": [{"zone_id": ZONE, "name": "Centro", "router_id": ROUTER}]},
        "installations.list_routers": lambda _: {"rows": [{"router_id": ROUTER, "name": "Torre"}]},
        "installations.list_plans": lambda _: {"rows": [{**p, **OFFERED} for p in plans]},
        "installations.list_sectors": lambda _: {"rows": []},
        "installations.list_technicians": lambda _: {"rows": [{"technician_id": TECHNICIAN, "name": "Raúl"}]},
        "installations.last_changes": lambda _: {"rows": [
            {"field": "plan_id", "by": "Eva Ruiz", "at": "2026-11-30T17:05:00+00:00"},
            {"field": "phone", "by": "Eva Ruiz", "at": "2026-11-30T17:05:00+00:00"},
        ]},
    }  # fmt: skip
    return house.staff(OFFICE)


def _shown(page: str) -> dict[str, str]:
    """What a browser would send back unchanged."""
    names = ("csrf_token", "key", "installation_id", "version", "state", "base", "opened_at", "draft")
    fields = {name: hidden(page, name) for name in names}
    typed = {name: value for name, value in KNOWN.items() if isinstance(value, str) and name not in fields}
    return typed | fields | {
        "coordinates": "19.432608, -99.133209", "scheduled_at": "2026-11-30T10:00", "installation_cost": "450.00",
    }  # fmt: skip


def _somebody_saved(house: House, **changed: Any) -> None:
    """From now on the service has that, and refuses what is older."""
    house.services.answers["installations.get_installation"] = lambda _: {**KNOWN, **changed, "version": 4}

    def change(data: dict[str, Any]) -> dict[str, Any]:
        if data["version"] != 4:
            raise Conflict("changed-meanwhile", version=4)
        return {"service_changed": False}

    house.services.answers["installations.change"] = change


def test_ins_1_what_both_changed_is_asked_and_the_rest_is_merged(house: House, office: Any):
    mine = _shown(office.get(EDIT).text) | {"phone": "55 9999 0000", "comments": "Perro bravo"}
    _somebody_saved(house, phone="55 1111 2222", plan_id=OTHER_PLAN)
    answer = office.post(EDIT, data=mine)
    page = text_of(answer.text)
    assert answer.status_code == 409
    assert "Eva Ruiz guardó esta instalación mientras la editabas" in page
    assert "55 1234 5678 55 1111 2222 55 9999 0000" in page
    assert "20 Mbps · $349.00 50 Mbps · $349.00 no lo cambiaste: queda lo guardado" in page
    assert f'value="{OTHER_PLAN}" data-of="{ROUTER}" selected' in answer.text
    assert "Perro bravo" in answer.text and 'value="55 9999 0000"' in answer.text
    merged = mine | {"plan_id": OTHER_PLAN, "version": "4", "base": hidden(answer.text, "base"), "conflict": "phone"}
    undecided = office.post(EDIT, data=merged)
    assert undecided.status_code == 409 and "Elige qué queda" in undecided.text
    assert len(house.services.told("installations.change")) == 1
    assert office.post(EDIT, data=merged | {"keep-phone": "theirs"}).status_code == 302
    sent = house.services.told("installations.change")[-1].data
    assert (sent["phone"], sent["plan_id"], sent["comments"]) == ("55 1111 2222", OTHER_PLAN, "Perro bravo")


def test_ins_1_without_knowing_what_was_there_everything_that_differs_is_asked(house: House, office: Any):
    mine = _shown(office.get(EDIT).text) | {"base": "not json", "phone": "55 9999 0000"}
    _somebody_saved(house, city="Yautepec")
    page = office.post(EDIT, data=mine).text
    assert {name for name in ("phone", "city") if f'name="keep-{name}"' in page} == {"phone", "city"}


def test_ins_1_a_form_that_is_open_learns_that_somebody_else_saved(house: House, office: Any):
    page = office.get(EDIT).text
    news = html.unescape(attribute(page, "hx-get"))
    for address in (news, f"{HELP}/{INSTALLATION}/novedades?version=3&since=2026-11-30T17:00:00"):
        assert office.get(address).status_code == 204
    _somebody_saved(house, phone="55 1111 2222")
    told = office.get(f"{HELP}/{INSTALLATION}/novedades?version=3&since=2026-11-30T17:00:00").text
    assert "Eva Ruiz guardó cambios en esta instalación a las 11:05" in text_of(told)
    assert "Plan de internet, Teléfono celular" in text_of(told)
    united = office.post(attribute(told, "formaction"), data=_shown(page) | {"comments": "Perro bravo"})
    assert united.status_code == 200 and "Perro bravo" in united.text and 'value="55 1111 2222"' in united.text
    assert house.services.told("installations.change") == []


def test_ins_1_a_draft_is_forgotten_by_what_was_saved_alone(house: House, office: Any):
    page = office.get(EDIT).text
    name = hidden(page, "draft")
    assert name.endswith(f"/{INSTALLATION}") and f'data-draft="{name}"' in page
    house.services.answers["installations.change"] = lambda _: {"service_changed": True}
    office.post(EDIT, data=_shown(page))
    assert f'data-draft-saved="{name}"' in office.get("/cuenta/").text
    assert "data-draft-saved" not in office.get("/cuenta/").text


def test_ins_1_the_zone_is_asked_for_unless_what_is_known_names_it(house: House, office: Any):
    zones = [
        {"zone_id": ZONE, "name": "La Peña", "router_id": ROUTER},
        {"zone_id": PLAN, "name": "Valle", "router_id": None},
    ]
    lives = {"request_id": INSTALLATION, "first_name": "Ana", "last_name": "Ruiz", "address": "Juárez 1"}
    house.services.answers |= {
        "installations.list_zones": lambda _: {"rows": zones},
        "installations.propose": lambda _: {"router_id": ROUTER, "ip_address": "10.20.0.9"},
        "installations.check_service": lambda _: {"free_name": "ana.ruiz"},
    }
    asked = f"/instalaciones/nueva?preinstall_request_id={INSTALLATION}"
    for neighbourhood in (None, "Peña", "Centro"):
        house.services.answers["preinstall.get_request"] = lambda _, of=neighbourhood: {**lives, "neighbourhood": of}
        assert "¿En qué zona será la instalación?" in office.get(asked).text
    house.services.answers["preinstall.get_request"] = lambda _: {**lives, "neighbourhood": " la pena "}
    form = office.get(asked).text
    assert f'<option value="{ZONE}" data-of="{ROUTER}" selected>' in form and "La que corresponde a su barrio" in form
    assert "¿En qué zona será la instalación?" in office.get("/instalaciones/nueva").text
    zones.pop()
    assert f'<option value="{ZONE}" data-of="{ROUTER}" selected>' in office.get("/instalaciones/nueva").text


def test_ins_1_coordinates_are_read_or_refused_beside_their_field(house: House, office: Any):
    assert office.get(f"{HELP}/coordenadas?text=19.4,-99.1").json == {
        "latitude": "19.400000",
        "longitude": "-99.100000",
    }
    assert "enlace es corto" in office.get(f"{HELP}/coordenadas?text=https://maps.app.goo.gl/x").json["problem"]

    def refuse(data: dict[str, Any]) -> None:
        assert data["latitude"] == data["longitude"] == "por el río"
        raise ValidationFailed(fields={"latitude": coded("invalid-number"), "phone": coded("required")})

    house.services.answers["installations.change"] = refuse
    answer = office.post(EDIT, data=_shown(office.get(EDIT).text) | {"coordinates": "por el río"})
    assert answer.status_code == 422
    assert answer.text.count("No se entienden estas coordenadas") == 1 and "obligatorio" in answer.text
    assert 'value="por el río"' in answer.text


def test_ins_1_who_has_an_address_is_said_with_the_way_to_them(house: House, office: Any):
    taken = {"code": "ip-taken", "params": {"installation_id": HOLDER, "number": 5, "name": "Luz Paz"}}
    house.services.answers["installations.check_service"] = lambda _: {
        "wrong": {"ip_address": [taken]}, "free_name": "jose.nunez.2",
    }  # fmt: skip
    asked = f"{HELP}/servicio?zone_id={ZONE}&ip_address=10.20.0.9&first_name=José&last_name=Núñez"
    told = office.get(asked).json
    assert told["free_name"] == "jose.nunez.2" and told["wrong"]["service_name"] == []
    assert told["wrong"]["ip_address"] == [
        {"text": "Esta IP ya la tiene Luz Paz (instalación 5).", "link": f"/instalaciones/{HOLDER}", "label": "Ver"}
    ]
    assert house.services.told("installations.check_service")[0].data["wanted_name"] == "jose.nunez"

    def refuse(_: Any) -> None:
        raise ValidationFailed(fields={"ip_address": coded("invalid-ip-address")})

    house.services.answers["installations.check_service"] = refuse
    assert (
        "no es válida"
        in office.get(f"{HELP}/servicio?zone_id={ZONE}&ip_address=1.2").json["wrong"]["ip_address"][0]["text"]
    )
    assert office.get(f"{HELP}/servicio").status_code == 400
    assert house.staff(READ_ONLY).get(asked).status_code == 403


def test_who_sent_a_form_too_late_comes_back_to_it_after_signing_in(house: House):
    visitor = house.visitor()
    token = hidden(visitor.get("/entrar").text, "csrf_token")
    late = visitor.post(EDIT, data={"csrf_token": token}, headers={"Referer": f"http://localhost{EDIT}"})
    assert late.location.endswith(f"/entrar?next={EDIT}")
    elsewhere = visitor.post(EDIT, data={"csrf_token": token}, headers={"Referer": f"http://evil.example{EDIT}"})
    assert "next" not in elsewhere.location
