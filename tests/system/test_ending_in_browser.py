"""A client leaves while their router is off: the office's browser says why it waits, and that it is done when it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from alta.demo import company
from routersim.control import ask as ask_simulator
from tests.system.browsing import Person
from tests.system.crashing import PPPOE, Scene, eventually

pytestmark = pytest.mark.timeout(240)

WHEN_BACK = 60_000  # milliseconds until somebody has noticed that a router answers again, and done what waited
KILLED_AT = ("provisioning.removed.ppp-secret", "inbox.installations.on_service_removed.handled")


def test_a_client_leaves_a_router_that_is_off_and_comes_back(scene: Scene, browser: Browser) -> None:
    """Two processes are killed on the way: it ends once, and nothing of it stays anywhere."""
    person, ids = scene.play(PPPOE)
    scene.quiet()
    about = {"installation_id": ids["installation_id"]}
    office = _signed_in(browser, scene, f"/clientes/{ids['installation_id']}")
    page = office.page
    page.get_by_role("link", name="Dar de baja").click()
    expect(page.get_by_text(f"«{person.service_name}» se quita del router {PPPOE}")).to_be_visible()
    page.get_by_label("Último día").fill("2020-01-01")
    page.get_by_label("Motivo").select_option(label="Se mudó")
    page.get_by_label("Nota").fill("Se va a Cuernavaca")
    page.locator("form[action$='/baja']").evaluate("form => { form.noValidate = true; form.requestSubmit() }")
    expect(page.get_by_text("Este día ya pasó; elige hoy o uno que venga.")).to_be_visible()
    expect(page.get_by_label("Nota")).to_have_value("Se va a Cuernavaca")
    office.complaints.clear()  # that the form was refused
    page.get_by_label("Último día").fill(page.get_by_label("Último día").get_attribute("min") or "")
    _order(scene, "offline")
    try:
        page.get_by_role("button", name="Dar de baja").click()
        expect(page.get_by_role("alert")).to_contain_text("El router no responde")
        page.evaluate("window.sameDocument = true")
        office.settle()
        page.get_by_role("button", name="Reintentar ahora").click()
        expect(page.get_by_role("alert")).to_contain_text("El router no responde")
        assert scene.ask("installations", "list_clients", {"search": person.service_name})["rows"]
        page.evaluate("window.sameDocument = true")
        for point in KILLED_AT:
            scene.crashes.arm(point)
    finally:
        _order(scene, "online")
    expect(page.get_by_text("Ya no es cliente: su servicio no está en el router")).to_be_visible(timeout=WHEN_BACK)
    assert page.evaluate("window.sameDocument"), "the page was loaded again"
    eventually(lambda: scene.crashes.fired(KILLED_AT), lambda: f"passed none of {scene.crashes.armed()}")
    scene.quiet()
    assert scene.entries_of(person) == 0
    assert scene.outcome(ids["installation_id"]) | {"pdf": "ready"} == {
        "installation": "ended", "service": "removed", "contract": "ended", "pdf": "ready",
        "invoices": [("other_income", "paid")], "owed": 0,
    }  # fmt: skip
    assert scene.ask("billing", "account", about)["subscription"]["closed_at"]
    mails = scene.mails_to(person.email)
    assert sum(count for subject, count in mails.items() if "terminó" in subject) == 1
    page.goto(f"/clientes/?search={person.service_name}")
    expect(page.get_by_text("No hay clientes con estos filtros.")).to_be_visible()
    page.get_by_role("link", name="De baja", exact=True).click()
    expect(page.locator("tbody tr", has_text=person.first_name).first).to_contain_text("Se mudó")
    # Who comes back is not typed in again.
    page.goto(f"/clientes/{ids['installation_id']}")
    page.get_by_role("link", name="Nueva instalación").click()
    expect(page.locator("[name=first_name]")).to_have_value(person.first_name)
    office.settle()
    office.context.close()


def _order(scene: Scene, do: str) -> None:
    number = next(router.number for router in company.ROUTERS if router.name == PPPOE)
    control = ("127.0.0.1", scene.stack.place.ports["routersim_control"])
    ask_simulator(control, do=do, router=f"router-{number}")


def _signed_in(browser: Browser, scene: Scene, address: str) -> Person:
    person = Person(browser, 360, scene.target.url, "10.45.0.1")
    person.page.goto(f"/entrar?next={address}")
    person.page.fill("#email", company.STAFF[1].email)
    person.page.fill("#password", scene.target.password)
    person.page.click("button[type=submit]")
    return person
