"""PRE-1, PRE-2, PRE-5, PRE-7, INS-2, INS-4, INS-6: the whole story as people live it: in Chromium, at a desk and on a
phone, without a word on the console."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from alta.demo import company, founding, papers
from tests.system.browsing import WAIT_MS, Person
from tests.system.crashing import Scene

pytestmark = pytest.mark.timeout(240)
_numbers = itertools.count(90_001)


@pytest.mark.parametrize("width", [1280, 360])
def test_from_the_request_to_the_client_online(scene: Scene, browser: Browser, tmp_path: Path, width: int) -> None:
    number = next(_numbers)
    prospect = Person(browser, width, scene.target.url, f"10.9.0.{number % 250}")
    office = Person(browser, width, scene.target.url, f"10.9.1.{number % 250}")
    _ask(prospect, number, tmp_path)
    _sign_in(office, scene)
    address = _approve(office, number)
    link = _write_contract(office)
    _sign(prospect, link)
    _activate(office, address)
    _pay(office, address)
    _count(office, number)


def _ask(prospect: Person, number: int, room: Path) -> None:
    page = prospect.page
    page.goto(f"/solicitar-instalacion/{company.SLUG}")
    typed = {"first_name": "Lucía", "last_name": f"Ñandú {number}", "phone": "5512345678", "address": "Encino 3"}
    for name, value in typed.items():
        page.fill(f"[name={name}]", value)
    page.fill("[name=email]", f"lucia{number}@correo.example")
    for seed, kind in enumerate(("id_front", "id_back", "proof_of_address")):
        photo = room / f"{kind}.png"
        photo.write_bytes(papers.photograph(number + seed))
        page.set_input_files(f"input[type=file][name={kind}]", photo)
    prospect.settle()
    page.click("[data-send]")
    expect(page.locator("#tracking-number")).to_be_visible(timeout=WAIT_MS)
    prospect.settle()


def _sign_in(office: Person, scene: Scene) -> None:
    login = founding.logins(scene.target.password)["office"]
    office.page.goto("/entrar")
    office.page.fill("#email", login["user"])
    office.page.fill("#password", login["password"])
    office.page.get_by_role("button", name="Entrar").click()
    office.settle()


def _approve(office: Person, number: int) -> str:
    """The address of the installation that the request became."""
    page = office.page
    page.goto(f"/preinstalaciones/?search=lucia{number}")
    page.locator("td.cell-title a").first.click()
    office.settle()
    page.get_by_role("link", name="Aprobar").click()
    page.locator("a.card", has_text="Centro").click()
    office.settle()
    page.get_by_role("tab", name="Servicio").click()
    page.fill("#scheduled_at", f"2027-03-10T{10 + number % 2 * 5}:00")  # one technician is at one place at a time
    page.fill("#installation_cost", "no es dinero")
    page.select_option("#technician_id", index=1)
    page.select_option("#plan_id", label="Hogar 20 · $349.00")
    page.fill("#ip_address", f"10.77.{number % 200}.{number % 250 + 1}")
    page.fill("#service_name", f"lucia{number}")
    page.get_by_role("button", name="Guardar", exact=True).click()
    # What is wrong is said beside its field, and nothing that was typed is lost.
    expect(page.locator("#installation_cost-error")).to_be_visible()
    expect(page.locator("#service_name")).to_have_value(f"lucia{number}")
    office.complaints.clear()  # the browser's own word for the 422
    page.fill("#installation_cost", "450")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.get_by_role("button", name="Activar")).to_be_visible(timeout=WAIT_MS)
    office.settle()
    return page.url


def _write_contract(office: Person) -> str:
    """The link that the client is given."""
    page = office.page
    page.get_by_role("link", name="Agregar contrato").click()
    page.click("button[name=action][value=save]")
    office.settle()
    page.click("button[name=action][value=show]")
    shown = page.locator("[value*='/contrato/']").first
    expect(shown).to_be_visible(timeout=WAIT_MS)
    office.settle()
    return shown.input_value()


def _sign(client: Person, link: str) -> None:
    page = client.page
    page.goto(link)
    client.settle()
    glass = page.locator("canvas")
    glass.scroll_into_view_if_needed()
    box = glass.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for step in range(30):
        page.mouse.move(box["x"] + 20 + step * 5, box["y"] + 60 + step % 7 * 8)
    page.mouse.up()
    page.fill("[name=signer_name]", "Lucía Ñandú")
    page.check("#consent")
    page.get_by_role("button", name="Firmar y generar").click()
    expect(page.get_by_role("link", name="PDF")).to_be_visible(timeout=WAIT_MS)
    client.settle()


def _activate(office: Person, address: str) -> None:
    page = office.page
    page.goto(address)
    page.get_by_role("button", name="Activar").first.click()
    page.locator("dialog[open] button[type=submit]").click()
    expect(page.get_by_text("Servicio activo")).to_be_visible(timeout=WAIT_MS)
    office.settle()


def _pay(office: Person, address: str) -> None:
    page = office.page
    page.goto(address)
    page.locator("a.list-group-item", has_text="A-").first.click()
    office.settle()
    page.get_by_role("button", name="Registrar pago").click()
    expect(page.get_by_text("Pagada", exact=True)).to_be_visible(timeout=WAIT_MS)
    office.settle()


def _count(office: Person, number: int) -> None:
    """INS-6: the client is one of the month's, and the first page's number is that of the list that it leads to."""
    page = office.page
    page.goto("/")
    installs = page.locator("#tile-installs")
    counted = int(installs.locator(".display-6").inner_text())
    installs.click()
    rows = page.locator("#list tbody tr")
    expect(rows).to_have_count(min(counted, 25))
    expect(page.locator("#list")).to_contain_text(f"Ñandú {number}")
    office.settle()
