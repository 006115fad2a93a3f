"""INS-3, INS-5: a list in a browser: narrowed without a reload, columns remembered, taken away, many rows changed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from python_calamine import CalamineWorkbook

from alta.demo import company
from tests.system.browsing import Person
from tests.system.crashing import Scene
from tests.system.test_agenda_in_browser import Office

pytestmark = pytest.mark.timeout(240)


def signed_in(browser: Browser, scene: Scene, width: int, address: str) -> Person:
    person = Person(browser, width, scene.target.url, address)
    person.page.goto("/entrar?next=/clientes/")
    person.page.fill("#email", company.STAFF[1].email)
    person.page.fill("#password", scene.target.password)
    person.page.click("button[type=submit]")
    return person


def headings(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("thead th[scope=col]").all_text_contents()]


def test_ins_5_a_list_is_narrowed_arranged_taken_away_and_changed(scene: Scene, browser: Browser) -> None:
    who, ids = scene.play()
    office = signed_in(browser, scene, 1280, "10.43.0.1")
    page = office.page
    _is_narrowed_without_a_reload(page, who.first_name)
    _columns_are_remembered(page)
    _is_kept_as_a_view(page)
    _is_taken_away(page, who.first_name)
    _a_refused_row_has_its_reason(page, who.email, ids["installation_id"])
    _is_activated_in_two_clicks(page, scene)
    office.settle()
    phone = signed_in(browser, scene, 360, "10.43.0.2")
    phone.page.goto("/clientes/")
    expect(phone.page.locator("tbody tr").first).to_be_visible()
    phone.page.get_by_role("button", name=re.compile("Acciones de")).first.click()
    expect(phone.page.get_by_role("link", name="Generar factura").first).to_be_in_viewport()
    phone.page.keyboard.press("Escape")
    phone.page.get_by_text("Filtros", exact=True).click()
    expect(phone.page.locator("#filters").get_by_label("Zona")).to_be_visible()
    phone.settle()


def _is_narrowed_without_a_reload(page: Page, name: str) -> None:
    page.goto("/clientes/")
    page.evaluate("window.sameDocument = true")
    search = page.get_by_role("searchbox", name="Buscar")
    search.fill("nadie se llama así")
    expect(page.get_by_text("No hay clientes con estos filtros.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"search=nadie"))
    expect(search).to_be_focused()
    page.get_by_role("link", name=re.compile("Quitar el filtro Buscar")).click()
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(search).to_have_value("")
    page.get_by_role("link", name="Cliente", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text(re.compile("Cliente"))
    assert page.evaluate("window.sameDocument")
    page.go_back()
    expect(page.locator("th[aria-sort=descending]")).to_have_text(re.compile("Instalado"))
    expect(page.locator("tbody")).to_contain_text(name)


def _columns_are_remembered(page: Page) -> None:
    page.goto("/clientes/")
    page.get_by_role("button", name="Columnas").click()
    dialog = page.locator("#list-columns")
    dialog.get_by_label("Plan", exact=True).uncheck()
    dialog.get_by_label("Ciudad", exact=True).check()
    for _ in range(3):
        dialog.get_by_role("button", name="Subir IP").click()
    dialog.locator("label[for=density-compact]").click()
    dialog.get_by_role("button", name="Guardar").click()
    expect(page.locator("table.list-compact")).to_be_visible()
    page.goto("/clientes/")
    assert headings(page) == ["IP", "N.º", "Cliente", "Teléfono", "Instalado", "Ciudad"]


def _is_kept_as_a_view(page: Page) -> None:
    page.goto("/clientes/?sort=person")
    page.get_by_role("button", name="Guardar vista").click()
    page.locator("#new-view").get_by_label("Nombre").fill("Por nombre")
    page.locator("#new-view").get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("link", name="Por nombre")).to_have_attribute("aria-current", "true")
    page.goto("/clientes/")
    page.get_by_role("link", name="Por nombre").click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text(re.compile("Cliente"))


def _is_taken_away(page: Page, name: str) -> None:
    page.get_by_role("button", name="Exportar").click()
    with page.expect_download() as download:
        page.locator("#list-export").get_by_role("button", name="Exportar").click()
    heading, *rows = CalamineWorkbook.from_path(download.value.path()).get_sheet_by_index(0).to_python()
    assert heading == ["IP", "N.º", "Nombre", "Apellido", "Teléfono", "Instalado", "Ciudad"]
    assert name in {row[2] for row in rows} and len(rows) >= page.locator("tbody tr").count()
    page.keyboard.press("Escape")


def _a_refused_row_has_its_reason(page: Page, email: str, installation_id: str) -> None:
    page.goto(f"/instalaciones/?state=active&search={email}")
    page.locator(f'input[name=chosen][value="{installation_id}"]').check()
    page.locator("[data-bulk-bar]").get_by_role("button", name="Cancelar").click()
    page.get_by_label("Motivo").fill("Una prueba")
    page.get_by_role("button", name=re.compile(r"Cancelar \(1\)")).click()
    expect(page.locator("tbody tr")).to_contain_text("Está «Activa», y así no se puede cancelar.")


def _is_activated_in_two_clicks(page: Page, scene: Scene) -> None:
    """INS-3, INS-4: asked for and followed over the list, which has lost the row when that is over."""
    office = Office(scene)
    office.visit("Wenceslao", office.clock(17))
    page.goto("/instalaciones/?search=Wenceslao")
    page.get_by_role("link", name="Activar: Wenceslao Agenda").click()
    dialog = page.get_by_role("dialog", name=re.compile("Wenceslao Agenda"))
    dialog.get_by_role("button", name="Activar").click()
    expect(dialog).to_contain_text("ya está en el router")
    page.keyboard.press("Escape")
    expect(page.get_by_text("No hay instalaciones con estos filtros.")).to_be_visible()
    expect(page.locator("#list")).to_be_focused()
