"""INS-11: the pages of an import: columns, unknown names, rows that stay out with why, files to take away."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from chassis.errors import ValidationFailed
from chassis.identifiers import new_id
from gateway.model import OFFICE, READ_ONLY, TECHNICIAN
from services.installations.imports import reading
from tests.gateway.pages import House, hidden, text_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

IMPORT, ZONE, ROUTER, PLAN, TECHNICIAN_ID = (str(new_id()) for _ in range(5))
PAGE = f"/importar/{IMPORT}"
SHEET = {
    "name": "", "heading_line": 1, "headings": ["Nombre", "Correo", "Plan"], "rows": 2,
    "samples": [["Ana <b>", "ana@example.net", "20M"], ["Luis", "", "20M"]],
}  # fmt: skip
UNKNOWN = [
    {"kind": "zone", "within": "", "name": "El Llano", "rows": 2, "like": None},
    {"kind": "plan", "within": ROUTER, "name": "Plan 50/10 Megas", "rows": 3, "like": PLAN},
]


@pytest.fixture
def imported(house: House) -> dict[str, Any]:
    view: dict[str, Any] = {
        "import_id": IMPORT, "state": "checked", "filename": "clientes.csv", "encoding": "cp1252", "separator": ";",
        "sheet": 0, "sheets": [SHEET], "columns": {"full_name": 0, "email": 1}, "defaults": {}, "date_order": "dmy",
        "makes": "jobs", "tells_people": False, "unknown": [], "total": 2, "looked_at": 2, "good": 1, "bad": 1,
        "warned": 0, "made": 0, "taken_back": 0, "kept": 0, "problem": None, "asked_by": "Eva",
        "created_at": "2026-11-24T18:00:00+00:00", "began_at": None, "ended_at": None,
    }  # fmt: skip
    wrong = {
        "phone": [{"code": "invalid-phone", "params": {}}],
        "ip_address": [{"code": "ip-twice-in-file", "params": {"line": 2}}],
    }
    row = {
        "line": 3, "state": "bad", "cells": ["=Luis()", "", "20M"], "complaints": wrong, "warnings": None,
        "installation_id": None, "number": None, "person": None, "installation_state": None, "failure_code": None,
        "failure_params": None,
    }  # fmt: skip
    house.services.answers |= {
        "installations.get_import": lambda _: {
            "imported": dict(view), "by_state": {}, "retrying": False, "waiting_on": [], "layout": None, "layouts": [],
        },
        "installations.list_imports": lambda _: {"rows": [view], "next": None},
        "installations.list_import_rows": lambda _: {"rows": [row], "next": None},
        "installations.begin_import": lambda _: {"import_id": IMPORT},
        "installations.map_import": lambda _: view,
        "installations.choose_import_names": lambda _: view,
        "installations.run_import": lambda _: view,
        "installations.list_zones": lambda _: {
            "rows": [{"zone_id": ZONE, "name": "Centro", "router_id": ROUTER, "router_name": "Torre"}]
        },
        "installations.list_routers": lambda _: {"rows": [{"router_id": ROUTER, "name": "Torre", "active": True}]},
        "installations.list_plans": lambda _: {
            "rows": [{"plan_id": PLAN, "name": "50M", "router_id": ROUTER, "active": True}]
        },
        "installations.list_sectors": lambda _: {"rows": []},
        "installations.list_technicians": lambda _: {"rows": [{"technician_id": TECHNICIAN_ID, "name": "Raúl"}]},
    }  # fmt: skip
    return view


def posted(client: Any, path: str, page: str, **fields: Any) -> Any:
    token = hidden(client.get(page).text, "csrf_token")
    return client.post(path, data={"csrf_token": token, "key": "once", **fields})


def test_ins_11_columns_are_proposed_with_samples_and_what_is_missing_is_said_beside_it(house, imported):
    client = house.staff(OFFICE)
    page = client.get(f"{PAGE}/columnas").text
    assert "Windows-1252" in page and "separado por punto y coma" in page
    assert 'data-samples="Ana &lt;b&gt; · Luis" selected' in page
    missing = {"phone": [{"code": "column-or-value", "params": {}}]}

    def refuse(_: Any) -> None:
        raise ValidationFailed(fields=missing)

    house.services.answers["installations.map_import"] = refuse
    answer = posted(
        client, f"{PAGE}/columnas", f"{PAGE}/columnas",
        **{"column-full_name": "0", "column-plan": "2", "default-city": "Tepoztlán"},
        makes="jobs", date_order="mdy",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Elige una columna o escribe un valor fijo." in answer.text and 'value="Tepoztlán"' in answer.text
    (asked,) = house.services.told("installations.map_import")
    assert asked.data["columns"] == {"full_name": 0, "plan": 2} and asked.data["defaults"] == {"city": "Tepoztlán"}
    assert asked.data["date_order"] == "mdy"


def test_ins_11_names_that_are_not_known_are_chosen_or_made_on_the_page(house, imported):
    imported["unknown"] = UNKNOWN
    client = house.staff(OFFICE)
    page = client.get(PAGE).text
    assert f'<option value="{PLAN}" selected>50M</option>' in page and 'value="10"' in page
    posted(
        client, f"{PAGE}/nombres", PAGE,
        **{
            "count": "2", "name-0-kind": "zone", "name-0-within": "", "name-0-name": "El Llano", "name-0-means": "new",
            "name-0-router_id": ROUTER, "name-1-kind": "plan", "name-1-within": ROUTER,
            "name-1-name": "Plan 50/10 Megas",
            "name-1-means": "new", "name-1-download": "50", "name-1-upload": "10,5", "name-1-price": "$400.00",
        },
    )  # fmt: skip
    (asked,) = house.services.told("installations.choose_import_names")
    zone, plan = asked.data["names"]
    assert (zone["name"], zone["router_id"]) == ("El Llano", ROUTER)
    assert (plan["download_kbps"], plan["upload_kbps"], plan["price_minor"]) == (50_000, 10_500, 40_000)


def test_ins_11_bad_rows_are_told_in_words_and_taken_away_as_files(house, imported):
    client = house.staff(OFFICE)
    page = text_of(client.get(PAGE).text)
    assert "La misma IP está en la línea 2." in page and "Importar 1 fila" in page
    told = client.get(f"{PAGE}/filas?state=bad&kind=csv")
    assert told.headers["Content-Disposition"].startswith("attachment")
    heading, row = told.get_data().decode("utf-8-sig").splitlines()
    assert heading == "Nombre,Correo,Plan,Línea,Motivo"
    assert row.startswith("'=Luis(),,20M,3,") and "Dirección IP: La misma IP está en la línea 2." in row
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{PAGE}/filas?state=bad").get_data()))
    assert book.get_sheet_by_index(0).to_python()[1][0] == "=Luis()"
    template = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/importar/plantilla").get_data()))
    assert template.get_sheet_by_index(1).to_python()[1] == ["Centro", "Torre", "50M"]


def test_ins_11_how_much_a_file_may_hold_is_said_before_it_is_sent(house, imported):
    page = text_of(house.staff(OFFICE).get("/importar/").text)
    assert re.search(rf"Hasta {reading.MOST_ROWS // 1000}\D000 filas y 1 MB", page)


@pytest.mark.parametrize("role", [TECHNICIAN, READ_ONLY])
def test_ins_11_imports_are_for_the_office(house, imported, role):
    client = house.staff(role)
    assert {client.get(path).status_code for path in ("/importar/", PAGE, f"{PAGE}/filas", "/importar/plantilla")} == {
        403
    }
