"""Many rows of a list at once: how many first, then what it needs, then what became of each."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chassis.errors import NotFound, ValidationFailed
from chassis.identifiers import new_id
from gateway.model import OFFICE, READ_ONLY, TECHNICIAN
from tests.gateway.pages import House, hidden, text_of
from tests.gateway.test_list_pages import a_row
from tests.hosting import on_sqlite

pytestmark = on_sqlite

IDS = [str(new_id()) for _ in range(3)]
CHANGE = str(new_id())
BEGUN = {
    "change_id": CHANGE, "action": "cancel", "wanted": {"reason": "Sin cobertura"}, "state": "done", "total": 2,
    "done": 1, "refused": 1, "asked_by": "Eva", "created_at": "2026-11-27T16:00:00+00:00", "ended_at": None,
}  # fmt: skip


@pytest.fixture
def veloz(house: House) -> House:
    answers = house.services.answers
    kinds = ("zones", "technicians", "routers", "plans", "sectors")
    answers["installations.list_choices"] = lambda _: {kind: [] for kind in kinds}
    answers["installations.list_installations"] = lambda _: {"rows": [a_row()], "next": "N", "previous": None}
    answers["installations.list_clients"] = lambda _: {"rows": [a_row(state="active")], "next": None, "previous": None}
    answers["installations.preview_bulk_change"] = lambda _: {"total": 2, "by_state": {"new": 2}}
    answers["installations.begin_bulk_change"] = lambda _: BEGUN
    answers["installations.get_bulk_change"] = lambda _: BEGUN
    answers["installations.list_bulk_change_items"] = lambda _: {
        "rows": [{
            "installation_id": IDS[0], "number": 41, "person": "Ana Soto", "state": "refused",
            "reason_code": "illegal-installation-move", "reason_params": {"state": "active", "move": "cancel"},
            "installation_state": "ending",
        }],
        "next": None,
    }  # fmt: skip
    return house


def post(person: Any, path: str, page_path: str = "/instalaciones/", **fields: Any) -> Any:
    page = person.get(page_path).text
    sent = {"csrf_token": hidden(page, "csrf_token"), "key": new_id().hex, "query": hidden(page, "query")}
    return person.post(path, data=sent | fields)


def test_ticked_ones_are_confirmed_with_their_number_and_told_one_by_one(veloz: House) -> None:
    person = veloz.staff(OFFICE)
    page = post(person, "/cambios/installations/confirmar", action="cancel", chosen=IDS[:2]).text
    assert "Cancelar: 2 elegidas" in text_of(page) and re.findall(r'name="chosen" value="([^"]*)"', page) == IDS[:2]
    begun = post(person, "/cambios/installations", action="cancel", chosen=IDS[:2], reason="Sin cobertura")
    assert begun.location == f"/cambios/{CHANGE}"
    (told,) = veloz.services.told("installations.begin_bulk_change")
    chosen = {"list": "installations", "installation_ids": IDS[:2]}
    assert told.data == {"action": "cancel", "chosen": chosen, "reason": "Sin cobertura"}
    page = person.get(begun.location).text
    text = text_of(page)
    assert "2 de 2" in text and "41 Ana Soto Dándose de baja" in text
    assert "Está «Activa», y así no se puede cancelar." in text
    assert page.count(f'href="/instalaciones/{IDS[0]}"') == 2, "by number and by name"


def test_everything_is_what_the_lists_filters_find(veloz: House) -> None:
    person = veloz.staff(OFFICE)
    path = "/instalaciones/?state=new&sort=-number&after=X"
    post(person, "/cambios/installations/confirmar", path, action="start", all="1", chosen=IDS[:1])
    (asked,) = veloz.services.told("installations.preview_bulk_change")
    assert asked.data["chosen"] == {"list": "installations", "filters": {"states": ["new"], "sort": "-number"}}


def test_nothing_ticked_is_nobody(veloz: House) -> None:
    person = veloz.staff(OFFICE)
    answer = post(person, "/cambios/installations/confirmar", action="cancel")
    assert "No elegiste nada" in text_of(person.get(answer.location).text)
    assert veloz.services.told("installations.preview_bulk_change") == []


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(veloz: House) -> None:
    def refuse(_: Any) -> Any:
        raise ValidationFailed(fields={"reason": [{"code": "required", "params": {}}]})

    veloz.services.answers["installations.begin_bulk_change"] = refuse
    answer = post(veloz.staff(OFFICE), "/cambios/installations", action="cancel", chosen=IDS[:2], reason="")
    assert answer.status_code == 422
    assert re.search(r'id="reason-error">Este dato es obligatorio', answer.text) and IDS[1] in answer.text


def test_clients_are_suspended_by_those_who_know_routers(veloz: House) -> None:
    answers = veloz.services.answers
    answers["installations.choose_installations"] = lambda _: {"installation_ids": IDS}
    answers["provisioning.preview_bulk"] = lambda _: {
        "total": 3, "already": 1, "by_router": [{"router_name": "Norte", "services": 3}]
    }  # fmt: skip
    page = post(veloz.staff(OFFICE), "/cambios/clients/confirmar", "/clientes/?city=x", action="suspend", all="1").text
    assert re.findall(r'name="installation_id" value="([^"]*)"', page) == IDS and 'action="/servicios/masivos/"' in page
    answers["installations.choose_installations"] = lambda _: {"installation_ids": IDS * 400}
    person = veloz.staff(OFFICE)
    refused = post(person, "/cambios/clients/confirmar", "/clientes/?city=x", action="suspend", all="1")
    assert "máximo 1000" in text_of(person.get(refused.location).text)


def test_requests_are_rejected_together_and_the_others_named(veloz: House) -> None:
    row = {"request_id": IDS[0], "first_name": "Luz", "last_name": "Gil", "phone": "55", "state": "open",
           "submitted_at": "2026-11-27T16:00:00+00:00", "address": "x"}  # fmt: skip
    veloz.services.answers["preinstall.list_requests"] = lambda _: {"rows": [row], "next": None, "previous": None}
    why = {"code": "request-not-open", "params": {"state": "approved"}}
    refused = {"request_id": IDS[1], "person": "Ana <Soto>", "tracking_number": "HXM3WX7HNG", **why}
    veloz.services.answers["preinstall.reject_many"] = lambda _: {"rejected": 1, "refused": [refused]}
    person = veloz.staff(OFFICE)
    answer = post(person, "/cambios/requests", "/preinstalaciones/", action="reject", chosen=IDS[:2], reason="Lejos")
    (told,) = veloz.services.told("preinstall.reject_many")
    assert told.data == {"request_ids": IDS[:2], "reason": "Lejos"}
    page = person.get(answer.location).text
    assert f'href="/preinstalaciones/{IDS[1]}">Ana &lt;Soto&gt; HXM3WX7HNG</a>' in page
    text = text_of(page)
    assert "1 solicitud rechazada." in text and "HXM3WX7HNG : Esta solicitud ya está «Aprobada»." in text


def test_ins_5_an_export_asks_for_what_is_shown_as_the_company_writes(veloz: House) -> None:
    export = {"export_id": CHANGE, "state": "done", "rows": 3, "size": 900, "format": "csv", "filename": "x.csv",
              "list": "clients", "reason_code": None, "total": 3, "written": 3}  # fmt: skip
    veloz.services.answers["installations.begin_export"] = lambda _: export
    person = veloz.staff(OFFICE)
    post(person, "/exportaciones/clients", "/clientes/?city=Toluca&sort=person", format="csv", columns="shown")
    (told,) = veloz.services.told("installations.begin_export")
    assert told.data["filters"] == {"city": "Toluca", "sort": "person"} and told.data["format"] == "csv"
    assert [column["key"] for column in told.data["columns"]][:3] == ["client_number", "first_name", "last_name"]
    assert told.data["form"] == {
        "delimiter": ",", "decimal_mark": ".", "digits": 2, "moment": "%d/%m/%Y %H:%M",
        "number_format": "dd/mm/yyyy hh:mm", "time_zone": "America/Mexico_City",
    }  # fmt: skip
    for role in (TECHNICIAN, READ_ONLY):
        other = veloz.staff(role)
        assert "list-export" not in other.get("/clientes/").text
        assert post(other, "/exportaciones/clients", "/clientes/", format="csv").status_code == 403


def test_ins_5_an_export_tells_how_many_of_how_many(veloz: House) -> None:
    """Read, then written; while nobody knows how many they are, only how many were read."""
    export = {"export_id": CHANGE, "state": "waiting", "size": None, "format": "xlsx", "filename": "x.xlsx",
              "list": "clients", "reason_code": None}  # fmt: skip
    person = veloz.staff(OFFICE)
    for numbers, said in (
        ((0, None, 0), "Preparando el archivo…"),
        ((12_000, None, 0), "12,000 filas leídas…"),
        ((12_000, 81_300, 0), "Leyendo: 12,000 de 81,300 filas"),
        ((81_300, 81_300, 25_000), "Escribiendo: 25,000 de 81,300 filas"),
    ):
        progress = dict(zip(("rows", "total", "written"), numbers, strict=True))
        veloz.services.answers["installations.get_export"] = lambda _, progress=progress: export | progress
        assert said in text_of(person.get(f"/exportaciones/clients/{CHANGE}").text)
    done = {"state": "done", "rows": 2_100_000, "total": 2_100_000, "written": 2_100_000, "size": 200_000_000}
    veloz.services.answers["installations.get_export"] = lambda _: export | done
    shown = text_of(person.get(f"/exportaciones/clients/{CHANGE}").text)
    assert "El libro tiene 3 hojas: en cada una caben 1,048,575 filas." in shown


def test_an_export_of_another_company_is_not_there(veloz: House) -> None:
    def not_there(_: Any) -> Any:
        raise NotFound("export-not-found")

    for method in ("get_export", "open_export"):
        veloz.services.answers[f"installations.{method}"] = not_there
    person = veloz.staff(OFFICE)
    assert person.get(f"/exportaciones/clients/{CHANGE}").status_code == 404
    assert person.get(f"/exportaciones/clients/{CHANGE}/archivo").status_code == 404
    assert person.get(f"/exportaciones/nothing/{CHANGE}").status_code == 404
