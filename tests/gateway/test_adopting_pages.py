"""PRO-6: what a router has already, beside the installations it seems to belong to; and what a test of it can say."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import Unavailable
from chassis.identifiers import new_id
from gateway.model import TECHNICIAN
from tests.gateway.pages import House, hidden, send, text_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

ROUTER, ANA, EVA, ZONE, PLAN = (str(new_id()) for _ in range(5))
PAGE = f"/routers/{ROUTER}/importar"
# Every way in which a test of a connection can fail, and a word of what it says should be done.
FAILURES = {
    "router-unreachable": "encendido",
    "router-port-closed": "IP → Services",
    "router-timeout": "tarda demasiado",
    "router-tls-failed": "conexión segura",
    "router-certificate-unknown": "certificado",
    "router-login-refused": "permiso «api»",
    "router-version-too-old": "actualiza a 6.33",
    "router-policies-missing": "Faltan: write",
    "pppoe-server-missing": "servidor PPPoE",
    "hotspot-server-missing": "servidor Hotspot",
    "dhcp-server-missing": "servidor DHCP",
    "interface-missing": "interfaz",
    "profile-missing": "perfil",
    "cut-list-unused": "src-address-list=morosos",
    "cut-list-too-late": "Súbela",
    "fasttrack-bypasses-queues": "FastTrack",
    "router-unintelligible": "puerto de la API",
}


def _answering(house: House) -> None:
    rows = [_row("*1", "ana", "10.0.0.5"), _row("*2", "José", "10.0.0.6"), _row("*3", "eva.ruiz", "10.0.0.7")]
    matching = [_installation(ANA, "otra", "10.0.0.5", "new"), _installation(EVA, "eva.ruiz", "10.0.9.9", "active")]
    plans = [{"plan_id": PLAN, "download_kbps": 20_000, "upload_kbps": 5_000}]
    house.services.answers |= {
        "provisioning.get_router": lambda _: {"router_id": ROUTER, "name": "Torre"},
        "provisioning.find_services": lambda _: {"rows": rows},
        "provisioning.adopt_services": lambda data: {
            "rows": [{**pair, "outcome": "adopted"} for pair in data["pairs"]],
        },
        "installations.find_matching": lambda _: {"rows": matching},
        "installations.list_zones": lambda _: {"rows": [{"zone_id": ZONE, "router_id": ROUTER, "name": "Centro"}]},
        "installations.list_plans": lambda _: {"rows": plans},
        "installations.activate_many": lambda data: {
            "rows": [{"installation_id": each, "code": None, "params": {}} for each in data["installation_ids"]]
        },
    }  # fmt: skip


def _row(row_id: str, name: str, address: str) -> dict[str, Any]:
    return {
        "row_id": row_id, "menu": "/ppp/secret", "name": name, "ip_address": address, "mac_address": None,
        "download_kbps": 20_000, "upload_kbps": 5_000, "profile": "20 megas", "comment": "", "disabled": False,
    }  # fmt: skip


def _installation(identity: str, name: str, address: str, state: str) -> dict[str, Any]:
    return {
        "installation_id": identity, "service_name": name, "ip_address": address, "mac_address": None, "state": state,
        "first_name": "Ana", "last_name": "Robles", "plan_name": "Diez",
    }  # fmt: skip


def test_each_is_beside_the_installation_that_it_seems_to_be_of(house: House):
    _answering(house)
    found = send(house.staff(), PAGE, f"{PAGE}/leer").text
    assert f'value="*1/{ANA}/ana"' in found, "by its address"
    assert f"service_name=jose&amp;ip_address=10.0.0.6&amp;plan_id={PLAN}" in found, "one can be made of it"
    assert f"*3/{EVA}" not in found and "Activa" in found, "who is a client already is not taken over"


def test_the_chosen_are_taken_over_and_activated(house: House):
    _answering(house)
    said = send(house.staff(), PAGE, PAGE, chosen=[f"*1/{ANA}/ana/casa"]).text
    (told,) = house.services.told("provisioning.adopt_services")
    assert told.data["pairs"] == [{"row_id": "*1", "installation_id": ANA, "name": "ana/casa"}]
    assert house.services.told("installations.activate_many")[0].data == {"installation_ids": [ANA]}
    assert "Se activa con lo que ya tiene en el router." in text_of(said)


def test_what_cannot_be_activated_says_why(house: House):
    _answering(house)
    refused = {"installation_id": ANA, "code": "illegal-installation-move", "params": {}}
    house.services.answers["installations.activate_many"] = lambda _: {"rows": [refused]}
    said = text_of(send(house.staff(), PAGE, PAGE, chosen=[f"*1/{ANA}/ana"]).text)
    assert "El estado de la instalación no lo permite." in said


def test_a_router_that_is_off_says_so_and_technicians_take_nothing_over(house: House):
    _answering(house)

    def off(_: Any) -> None:
        raise Unavailable("router-unreachable")

    house.services.answers["provisioning.find_services"] = off
    client = house.staff()
    assert "El router no responde" in send(client, PAGE, f"{PAGE}/leer").text
    token = hidden(house.staff(TECHNICIAN).get("/cuenta/").text, "csrf_token")
    assert house.staff(TECHNICIAN).post(PAGE, data={"csrf_token": token}).status_code in (400, 403)


@pytest.mark.parametrize("code", FAILURES)
def test_everything_that_a_test_of_a_router_can_find_wrong_is_said_with_what_to_do(house: House, code: str):
    params = {"missing": ["write"], "list": "morosos", "oldest": "6.33", "version": "6.20", "sha256": None}
    checks = [{"check": "cut", "ok": False, "code": code, "params": params}]
    _answering(house)
    router = {"mode": "pppoe", "active": True, "lost_at": None, "compare_hours": 6}
    house.services.answers |= {
        "provisioning.get_router": lambda _: {"router_id": ROUTER, "name": "Torre", "port": 8728, **router},
        "provisioning.test_router": lambda _: {"ok": False, "checks": checks},
    }
    said = text_of(send(house.staff(), f"/routers/{ROUTER}", f"/routers/{ROUTER}/prueba").text)
    assert FAILURES[code] in said
