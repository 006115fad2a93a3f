"""INS-1: the form of an installation in a browser: the map, what is proposed, drafts, and two people at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from alta.demo import company
from tests.system.browsing import Person
from tests.system.crashing import Scene

pytestmark = pytest.mark.timeout(240)
LINK = "https://www.google.com/maps/place/Casa/@19.1,-99.1,17z/data=!3d19.432608!4d-99.133209"


def _signed_in(scene: Scene, browser: Browser, who: int, width: int) -> Person:
    person = Person(browser, width, scene.target.url, f"10.46.{who}.{width % 250}")
    page = person.page
    page.goto("/entrar?next=/instalaciones/nueva")
    page.fill("#email", company.STAFF[who].email)
    page.fill("#password", scene.target.password)
    page.click("button[type=submit]")
    return person


def _save(page: Page) -> None:
    page.locator("#installation-form").get_by_role("button", name="Guardar").click()


def _tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def test_ins_1_an_installation_is_filled_in_kept_and_joined(scene: Scene, browser: Browser) -> None:
    """The office at a phone, the owner at a desk."""
    width = 360
    office = _signed_in(scene, browser, 1, width)
    page = office.page
    page.on("dialog", lambda dialog: dialog.accept())  # the warning before leaving
    page.get_by_role("link", name=company.ROUTERS[0].zone).click()

    # The name on the router follows the person's; a link becomes coordinates and a pin, a click moves it.
    page.fill("#first_name", "Íñigo")
    page.fill("#last_name", f"Núñez {width}")
    page.fill("#phone", "55 4444 3333")
    page.fill("#address", "Juárez 12")
    page.fill("#coordinates", LINK)
    page.locator("#coordinates").blur()
    expect(page.locator("#coordinates")).to_have_value("19.432608, -99.133209")
    page.locator("#place-map").scroll_into_view_if_needed()
    page.locator("#place-map").click(position={"x": 200, "y": 60})
    expect(page.locator("#coordinates")).not_to_have_value("19.432608, -99.133209")
    place = page.input_value("#coordinates")

    # A closed tab loses nothing: the draft is offered, but never the password of the Wi-Fi.
    _tab(page, "Configuración avanzada")
    page.fill("#wifi_ssid", "Casa Núñez")
    page.fill("#wifi_password", "secreto-123")
    page.wait_for_function("() => Object.values(localStorage).some((draft) => draft.includes('Casa N'))")
    assert "secreto-123" not in page.evaluate("JSON.stringify(localStorage)")
    page.goto("/instalaciones/nueva")
    page.get_by_role("link", name=company.ROUTERS[0].zone).click()
    page.locator("[data-draft-restore]").click()
    expect(page.locator("#coordinates")).to_have_value(place)
    _tab(page, "Servicio")
    expect(page.locator("#service_name")).to_have_value(f"inigo.nunez.{width}")

    # The zone's router is the one that there is to choose, in whatever zone.
    for zone in (company.ROUTERS[1].zone, company.ROUTERS[0].zone):
        page.select_option("#zone_id", label=zone)
        expect(page.locator("#router_id option:not([disabled])")).to_have_count(1)
        expect(page.locator("#router_id option:checked:not([disabled])")).to_have_count(1)
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    expect(page.locator("#ip_address")).to_have_value(re.compile(re.escape(company.ROUTERS[0].network)))

    # What is wrong is said beside its field, in the tab that opens; free addresses are at hand.
    free = page.locator("[data-put=ip_address]").first.get_attribute("data-value")
    page.locator("[data-put=ip_address]").first.click()
    expect(page.locator("#ip_address")).to_have_value(free)
    _tab(page, "Persona")
    _save(page)
    expect(page.locator("#scheduled_at")).to_be_focused()
    page.fill("#scheduled_at", "2027-01-15T10:00")
    page.fill("#installation_cost", "450")
    page.select_option("#technician_id", index=1)
    page.select_option("#plan_id", index=1)
    _save(page)
    expect(page.get_by_text("guardada.")).to_be_visible()
    page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('alta.draft'))")
    identity = page.url.rstrip("/").rpartition("/")[2].partition("#")[0]

    # Two at once: the second hears of it, keeps what is theirs, and chooses where both wrote.
    edit = f"/instalaciones/{identity}/editar"
    page.goto(edit)
    page.fill("#phone", "55 9999 0000")
    page.fill("#comments", "Perro bravo")
    owner = _signed_in(scene, browser, 0, 1280)
    owner.page.goto(edit)
    owner.page.fill("#phone", "55 1111 2222")
    owner.page.fill("#city", "Yautepec")
    _save(owner.page)
    expect(owner.page.get_by_text("Cambios guardados.")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#content")).to_contain_text("Lo que escribes no se pierde.")
    _save(page)
    expect(page.locator("#differences")).to_contain_text("55 1111 2222")
    expect(page.locator("#city")).to_have_value("Yautepec")
    _save(page)
    expect(page.locator("#conflict-error")).to_be_visible()
    page.check('input[name="keep-phone"][value="theirs"]')
    expect(page.locator("#phone")).to_have_value("55 1111 2222")
    _save(page)
    expect(page.get_by_text("Cambios guardados.")).to_be_visible()
    saved = scene.ask("installations", "get_installation", {"installation_id": identity})
    assert (saved["phone"], saved["city"], saved["comments"]) == ("55 1111 2222", "Yautepec", "Perro bravo")
    office.complaints = [text for text in office.complaints if "409" not in text and "422" not in text]
    office.settle()
