"""INS-11: clients of before from a file, in a browser and on real routers: taken over there, or written there."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from alta.demo import company
from tests.system.browsing import Person
from tests.system.crashing import SIMPLE_QUEUE, Scene

pytestmark = pytest.mark.timeout(240)

HEADINGS = ["Nombre", "Dirección", "Teléfono", "Zona", "Plan", "Técnico", "Fecha alta", "Usuario", "IP"]
QUEUES = ("queue", "simple")
AT_ROUTERS = 30_000  # milliseconds until they have answered


def test_ins_11_clients_are_taken_over_from_their_router_as_they_are(scene: Scene, browser: Browser) -> None:
    """Their queues keep id and place and get our marker; what is wrong in the file is said beside its row."""
    names = ["traida.uno", "traida.dos"]
    with contextlib.closing(scene.target.routers[2].connect()) as api:
        queues = [
            api.path(*QUEUES).add(name=name, target=f"10.20.0.{201 + n}/32", comment="de antes")
            for n, name in enumerate(names)
        ]
    office = _signed_in(browser, scene, 360, "10.44.0.1")
    page = office.page
    bad = _row(9, "traida.mala", Teléfono="xx", Plan="Uno que no hay")
    _upload(page, "on_routers", [_row(n, name) for n, name in enumerate(names, 1)] + [bad])
    wrong = page.locator("tbody tr", has_text="traida.mala")
    expect(wrong).to_contain_text("Este teléfono no es válido")
    expect(wrong).to_contain_text("«Uno que no hay» no se conoce")
    # A name that is not known is told what it means, and the row is looked at again.
    page.locator("select[name=name-0-means]").select_option(label=company.PLANS[0].name)
    page.get_by_role("button", name="Guardar y volver a revisar").click()
    expect(wrong).not_to_contain_text("no se conoce")
    _run(page, 2)
    imported = page.url
    office.settle()
    page.get_by_role("link", name=re.compile(SIMPLE_QUEUE)).click()
    page.get_by_role("button", name="Leer el router").click()
    for name in names:
        expect(page.locator("#found tr", has_text=name).locator("input[name=chosen]")).to_be_checked()
    page.get_by_role("button", name="Tomar y activar los elegidos").click()
    expect(page.get_by_text("2 clientes se están activando.")).to_be_visible()
    expect(_figure(page, "Clientes activos")).to_have_text("2", timeout=AT_ROUTERS)
    office.settle()
    with contextlib.closing(scene.target.routers[2].connect()) as api:
        found = {row[".id"]: row for row in api.path(*QUEUES) if row["name"] in names}
    assert set(found) == set(queues) and all(row["comment"].startswith("alta:") for row in found.values())
    page.goto("/clientes/?search=traida.uno")
    expect(page.locator("tbody tr")).to_contain_text("12 mar 2021")
    # Taken back, they are on their router as before Alta, and no clients of ours.
    page.goto(imported)
    _undo(page, "2 ya son clientes: se dan de baja en Alta, y sus servicios siguen en los routers")
    expect(page.get_by_role("link", name="Deshechas (2)")).to_be_visible(timeout=AT_ROUTERS)
    page.goto("/clientes/?search=traida.uno")
    expect(page.get_by_text("No hay clientes con estos filtros.")).to_be_visible()
    with contextlib.closing(scene.target.routers[2].connect()) as api:
        left = {row[".id"]: row.get("comment", "") for row in api.path(*QUEUES) if row["name"] in names}
    assert left == dict.fromkeys(queues, "de antes")


def test_ins_11_clients_are_written_to_their_router_again_where_it_refused_and_taken_back(
    scene: Scene, browser: Browser
) -> None:
    names = ["escrita.uno", "escrita.dos", "escrita.tres"]
    with contextlib.closing(scene.target.routers[2].connect()) as api:
        foreign = [api.path(*QUEUES).add(name=name, target="10.99.0.1/32") for name in names[1:]]
    office = _signed_in(browser, scene, 1280, "10.44.0.2")
    page = office.page
    _upload(page, "to_routers", [_row(n, name) for n, name in enumerate(names, 3)])
    _run(page, 3)
    expect(_figure(page, "Clientes activos")).to_have_text("1", timeout=AT_ROUTERS)
    expect(_figure(page, "El router no quedó configurado")).to_have_text("2", timeout=AT_ROUTERS)
    page.get_by_role("link", name="Sin configurar (2)").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("En el router ya existe ese nombre")
    with contextlib.closing(scene.target.routers[2].connect()) as api:
        api.path(*QUEUES).remove(foreign[0])
    page.get_by_role("button", name="Reintentar en los routers").click()
    expect(_figure(page, "Clientes activos")).to_have_text("2", timeout=AT_ROUTERS)
    expect(_figure(page, "El router no quedó configurado")).to_have_text("1", timeout=AT_ROUTERS)
    # Clients leave their router; what is not on it, is taken back, however often it was tried.
    _undo(page, "2 ya son clientes: sus servicios se quitan de los routers")
    expect(page.get_by_role("link", name="Deshechas (3)")).to_be_visible(timeout=AT_ROUTERS)
    office.settle()
    with contextlib.closing(scene.target.routers[2].connect()) as api:
        comments = {row["name"]: row.get("comment", "") for row in api.path(*QUEUES) if row["name"] in names}
        api.path(*QUEUES).remove(foreign[1])
    assert comments == {names[2]: ""}
    scene.expect_failed("provisioning", "provisioning.apply")
    found = scene.ask("installations", "list_installations", {"search": names[2], "states": ["cancelled"]})["rows"]
    assert [row["service_name"] for row in found] == [names[2]]


# Parts of the walks.


def _undo(page: Page, said: str) -> None:
    """The dialog says what becomes of the clients."""
    page.get_by_role("button", name="Deshacer").click()
    dialog = page.locator("#confirm-undo")
    expect(dialog).to_contain_text(said)
    dialog.get_by_role("button", name="Deshacer").click()


def _row(number: int, name: str, **changed: Any) -> list[Any]:
    row = {
        "Nombre": f"Eva {name}", "Dirección": f"Calle {number}", "Teléfono": f"55 9000 00{number:02}",
        "Zona": "La Loma", "Plan": company.PLANS[0].name, "Técnico": company.STAFF[2].name,
        "Fecha alta": "12/03/2021", "Usuario": name, "IP": f"10.20.0.{200 + number}",
    }  # fmt: skip
    return [changed.get(heading, row[heading]) for heading in HEADINGS]


def _signed_in(browser: Browser, scene: Scene, width: int, address: str) -> Person:
    person = Person(browser, width, scene.target.url, address)
    person.page.goto("/entrar?next=/importar/")
    person.page.fill("#email", company.STAFF[1].email)
    person.page.fill("#password", scene.target.password)
    person.page.click("button[type=submit]")
    return person


def _upload(page: Page, makes: str, rows: list[list[Any]]) -> None:
    """Until every row was looked at."""
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows([HEADINGS, *rows])
    content = written.getvalue().encode("cp1252")
    page.set_input_files("#file", {"name": "clientes.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Subir y revisar").click()
    page.locator(f"label:has(input[name=makes][value={makes}])").click()
    page.get_by_role("button", name="Revisar las filas").click()
    expect(page.locator("#import")).to_contain_text("Revisada")


def _run(page: Page, rows: int) -> None:
    page.get_by_role("button", name=re.compile(f"Importar {rows} filas")).click()
    page.locator("#confirm-run").get_by_role("button", name="Importar").click()
    expect(page.get_by_role("link", name=f"Importadas ({rows})")).to_be_visible()


def _figure(page: Page, title: str) -> Any:
    return page.locator(".datagrid-item", has_text=title).locator(".datagrid-content")
