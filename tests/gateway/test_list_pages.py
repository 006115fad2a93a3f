"""Lists as their readers want them: filters in the address, columns, density and views that are remembered."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chassis.identifiers import new_id
from gateway.listing.every import LISTS
from gateway.model import OFFICE, READ_ONLY, TECHNICIAN
from tests.gateway.pages import House, hidden, text_of

PATH = "/instalaciones/"
ZONE = str(new_id())
# What the usual columns are made of.
USUAL = [
    "first_name", "last_name", "state", "number", "address", "ends_on", "scheduled_at", "zone_name", "technician_name",
    "plan_name", "state", "failure_code", "failure_params",
]  # fmt: skip


def a_row(**values: Any) -> dict[str, Any]:
    return {
        "installation_id": str(new_id()), "number": 41, "client_number": None, "activated_at": None, "state": "new",
        "first_name": "Ana", "last_name": "Soto", "phone": "55 1234 5678", "email": None, "address": "Av. Juárez 12",
        "scheduled_at": "2026-11-27T16:00:00+00:00", "zone_name": "Centro", "router_name": "Norte", "plan_name": "20M",
        "technician_name": "Beto", "ip_address": "10.0.0.7", "installation_cost_minor": 35000, "currency": "MXN",
        "created_at": "2026-11-20T16:00:00+00:00", "failure_code": None, "failure_params": None, **values,
    }  # fmt: skip


@pytest.fixture
def veloz(house: House) -> House:
    """Its services have one installation."""
    choices = {kind: [] for kind in ("technicians", "routers", "plans", "sectors")}
    zones = [{"id": ZONE, "name": "Centro"}]
    answers = house.services.answers
    named = {"choices": {**choices, "zones": zones}, "choices_revision": None}
    answers["installations.list_installations"] = lambda _: {
        "rows": [a_row()], "next": "N", "previous": None, **named
    }  # fmt: skip
    answers["installations.list_clients"] = lambda _: {
        "rows": [a_row(state="active", client_number=7)], "next": None, "previous": None, **named
    }  # fmt: skip
    return house


def headings(page: str) -> list[str]:
    found = re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", page, re.DOTALL)
    return [text_of(one).strip() for one in found]


def do(person: Any, path: str, page_path: str = PATH, **fields: Any) -> Any:
    """Sends one of the forms of the list as it is at `page_path`."""
    page = person.get(page_path, follow_redirects=True).text
    query = hidden(page, "query")
    return person.post(path, data={"csrf_token": hidden(page, "csrf_token"), "query": query, **fields})


def asked(house: House) -> dict[str, Any]:
    return house.services.told("installations.list_installations")[-1].data


def asked_of_clients(house: House) -> dict[str, Any]:
    return house.services.told("installations.list_clients")[-1].data


def test_filters_order_and_page_are_in_the_address(veloz: House) -> None:
    person = veloz.staff()
    page = person.get(f"{PATH}?zone_id={ZONE}&state=new&sort=-person&search=ana&after=X").text
    assert asked(veloz) == {
        "limit": 25, "choices": True, "choices_known": None, "wanted": USUAL, "zone_id": ZONE,
        "states": ["new"], "sort": "-person", "search": "ana", "after": "X",
    }  # fmt: skip
    chips = [text_of(one).strip() for one in re.findall(r'<a class="badge[^>]*>(.*?)</a>', page, re.DOTALL)]
    assert chips == ["Buscar: ana", "Estado: Nueva", "Zona: Centro"]
    without = html.unescape(re.search(r'<a class="badge[^>]*href="([^"]*)"', page)[1])
    assert parse_qs(urlsplit(without).query) == {"state": ["new"], "zone_id": [ZONE], "sort": ["-person"]}
    assert 'aria-sort="descending"' in page
    following = html.unescape(re.search(r'rel="next" href="([^"]*)"', page)[1])
    assert parse_qs(urlsplit(following).query)["after"] == ["N"] and "sort=-person" in following


def test_what_filters_offer_is_read_again_when_the_service_says_so(veloz: House) -> None:
    """It is kept by company, and what was read last is offered until then."""
    listed = veloz.services.answers["installations.list_installations"]
    named = listed({})["choices"]
    changed = {"choices": {**named, "zones": [{"id": ZONE, "name": "Centro histórico"}]}, "choices_revision": 8}

    def answer(data: dict[str, Any]) -> dict[str, Any]:
        page = {key: value for key, value in listed({}).items() if key != "choices"}
        return page if data.get("choices_known") == 8 else {**page, **changed}

    person = veloz.staff()
    assert "Centro histórico" not in person.get(PATH).text
    veloz.services.answers["installations.list_installations"] = answer
    assert all("Centro histórico" in person.get(f"{PATH}?zone_id={ZONE}").text for _ in range(2))
    assert asked(veloz)["choices_known"] == 8
    veloz.services.answers["installations.list_clients"] = answer
    assert "Centro histórico" in person.get("/clientes/").text and asked_of_clients(veloz)["choices_known"] == 8


def test_a_page_that_a_service_is_away_from_is_asked_for_again_with_one_click(veloz: House) -> None:
    veloz.services.away.add("installations")
    gone = veloz.staff(OFFICE).get("/instalaciones/?search=ana&when=late")
    assert gone.status_code == 503 and "Intentar de nuevo" in text_of(gone.text)
    assert '/instalaciones/?search=ana&amp;when=late"' in gone.text


def test_what_an_address_asks_in_vain_is_left_out(veloz: House) -> None:
    person = veloz.staff()
    vain = "state=gone&zone_id=centro&sort=password&from_on=yesterday&view=none&when=never"
    assert person.get(f"{PATH}?{vain}").status_code == 200
    assert asked(veloz) == {"limit": 25, "choices": True, "choices_known": None, "wanted": USUAL}


def test_periods_are_the_companys_days(veloz: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Mexico it is still the day before when it is two in the morning in Greenwich."""
    from datetime import UTC, datetime

    from chassis import clock

    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 28, 2, 0, tzinfo=UTC))
    person = veloz.staff()
    person.get(f"{PATH}?when=today")
    assert (asked(veloz)["from_on"], asked(veloz)["to_on"]) == ("2026-11-27", "2026-11-27")
    person.get(f"{PATH}?when=late")
    assert "from_on" not in asked(veloz) and asked(veloz)["to_on"] == "2026-11-26"
    person.get(f"{PATH}?when=late&to_on=2026-11-10")
    assert asked(veloz)["to_on"] == "2026-11-10"


def test_ins_5_columns_are_remembered_by_person_and_list(veloz: House) -> None:
    person, another = veloz.staff(), veloz.staff()
    usual = headings(person.get(PATH).text)
    assert usual[:3] == ["N.º", "Persona", "Fecha"]
    do(person, "/listas/installations/columnas", column=["state", "person", "ip", "password"], density="compact")
    page = person.get(PATH).text
    assert headings(page) == ["Estado", "Persona", "IP"] and "10.0.0.7" in page and "list-compact" in page
    shown = {"state", "failure_code", "failure_params", "first_name", "last_name", "address", "ends_on", "ip_address"}
    assert {*asked(veloz)["wanted"]} == shown
    assert headings(another.get(PATH).text) == usual
    assert headings(person.get("/clientes/").text)[:2] == ["N.º", "Cliente"]
    do(person, "/listas/installations/columnas", density="comfortable", usual="1")
    assert headings(person.get(PATH).text) == usual


def test_a_view_keeps_filters_order_and_columns(veloz: House) -> None:
    person = veloz.staff(OFFICE)
    do(person, "/listas/installations/columnas", column=["person", "city"], density="comfortable")
    saved = do(person, "/listas/installations/vistas", f"{PATH}?zone_id={ZONE}&sort=-number", name="Centro al revés")
    key = parse_qs(urlsplit(saved.location).query)["view"][0]
    do(person, "/listas/installations/columnas", usual="1", density="comfortable")
    page = person.get(saved.location).text
    assert headings(page) == ["Persona", "Ciudad"]
    assert (asked(veloz)["zone_id"], asked(veloz)["sort"]) == (ZONE, "-number")
    again = do(person, "/listas/installations/vistas", PATH, name="centro AL revés")
    assert "Ya hay otro con este nombre." in text_of(person.get(again.location).text)
    do(person, f"/listas/installations/vistas/{key}", f"{PATH}?state=new&view={key}", name="Nuevas", filters="1")
    do(person, "/listas/installations/inicial", view=key)
    opened = person.get(PATH)
    assert parse_qs(urlsplit(opened.location).query) == {"state": ["new"], "view": [key]}
    assert "Nuevas" in text_of(person.get(opened.location).text)
    do(person, f"/listas/installations/vistas/{key}/borrar", opened.location)
    assert person.get(PATH).status_code == 200 and "Nuevas" not in text_of(person.get(PATH).text)


def test_a_shared_view_is_seen_by_all_and_changed_by_the_office(veloz: House) -> None:
    maker, technician, reader = veloz.staff(OFFICE), veloz.staff(TECHNICIAN), veloz.staff(READ_ONLY)
    do(maker, "/listas/installations/vistas", f"{PATH}?state=new", name="De todos", shared="1")
    do(maker, "/listas/installations/vistas", f"{PATH}?state=new", name="Solo mía")
    page = reader.get(PATH).text
    assert "De todos" in text_of(page) and "Solo mía" not in text_of(page)
    key = re.search(r"view=([0-9a-f-]{36})", page)[1]
    refused = do(technician, f"/listas/installations/vistas/{key}/borrar")
    assert "la cambia quien la hizo" in text_of(technician.get(refused.location).text)
    do(technician, "/listas/installations/vistas", name="De técnicos", shared="1")
    assert "De técnicos" not in text_of(reader.get(PATH).text)
    do(veloz.staff(OFFICE), f"/listas/installations/vistas/{key}/borrar")
    assert "De todos" not in text_of(reader.get(PATH).text)


def test_no_value_of_a_row_becomes_markup(veloz: House) -> None:
    """In any column of any list."""
    evil = "<script>'\"&"
    values = dict.fromkeys(a_row(), evil) | {"failure_code": "router-unreachable", "failure_params": {"router": evil}}
    moments = dict.fromkeys(("scheduled_at", "created_at", "activated_at", "submitted_at"), "2026-11-27T16:00:00+00:00")
    row = {
        **values, **moments, "comments": evil, "mac_address": evil, "flag_note": evil, "duplicated": True,
        "campaign": {"utm": evil}, "tracking_number": evil, "installation_cost_minor": 1, "currency": "MXN",
        "request_id": evil, "second_phone": evil, "reject_reason": evil * 40,
    }  # fmt: skip
    person = veloz.staff()
    for key, path in {"installations": PATH, "clients": "/clientes/", "requests": "/preinstalaciones/"}.items():
        answer = {**veloz.services.answers["installations.list_clients"]({}), "rows": [row]}
        for name in ("installations.list_installations", "installations.list_clients", "preinstall.list_requests"):
            veloz.services.answers[name] = lambda _, answer=answer: answer
        do(person, f"/listas/{key}/columnas", path, column=[each.key for each in LISTS[key].columns], density="compact")
        table = re.search(r"<tbody.*?</tbody>", person.get(path).text, re.DOTALL)[0]
        assert table.count(html.escape(evil)) > 10 and "<script" not in table and evil not in table, key


def test_views_of_another_company_are_not_there(veloz: House, tmp_path: Any) -> None:
    other = veloz.staff()
    do(other, "/listas/installations/vistas", f"{PATH}?state=new", name="Ajena", shared="1")
    key = re.search(r"view=([0-9a-f-]{36})", other.get(PATH).text)[1]
    from chassis import clock
    from gateway import accounts, sessions
    from tests.gateway.pages import a_company

    stranger_company = a_company(veloz.database, name="Otra", slug="otra")
    with veloz.database.begin(stranger_company.id) as session:
        account = accounts.save_staff(session, name="X", email="x@otra.example", role="owner", password="secreto-123")
        token = sessions.open_session(session, account, at=clock.now(), ip=None, user_agent=None)
    stranger = veloz.app.test_client()
    stranger.set_cookie("alta_session", token)
    assert "Ajena" not in text_of(stranger.get(PATH).text)
    do(stranger, f"/listas/installations/vistas/{key}/borrar")
    assert "Ajena" in text_of(other.get(PATH).text)


def test_ins_3_a_rows_actions_are_what_its_state_and_the_role_allow(veloz: House) -> None:
    def actions(person: Any) -> list[str]:
        menu = re.search(r'<template id="row-menu-0">(.*?)</template>', person.get(PATH).text, re.DOTALL)[1]
        return [text_of(one).strip() for one in re.findall(r"<a [^>]*>(.*?)</a>", menu, re.DOTALL)]

    assert actions(veloz.staff()) == [
        "Ver", "Activar", "Editar", "Mover la visita", "Archivos", "Contrato", "Enlace de contrato", "PDF del contrato",
        "Generar factura", "Imprimir hoja", "Cambiar zona", "Cancelar",
    ]  # fmt: skip
    assert actions(veloz.staff(READ_ONLY)) == ["Ver", "Archivos", "Contrato", "PDF del contrato", "Imprimir hoja"]
    veloz.services.answers["installations.list_installations"] = lambda _: {
        "rows": [a_row(state="cancelled")], "next": None, "previous": None
    }  # fmt: skip
    assert not {"Activar", "Editar", "Cambiar zona", "Cancelar"} & set(actions(veloz.staff()))
