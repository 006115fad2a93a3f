"""Every page fits a desk's and a phone's screen, complains of nothing and keeps nobody out, in both languages.

The list of pages is made by following links from the first one, so that a new page is looked at from its first day.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page, expect
from werkzeug.exceptions import HTTPException

import gateway
from alta.demo import company, founding
from tests.system.browsing import Person
from tests.system.crashing import Scene
from tests.system.portal import code_in_the_mail

pytestmark = pytest.mark.timeout(600)
AXE = (Path(gateway.__file__).parent / "node_modules" / "axe-core" / "axe.min.js").read_text()
# Source: axe-core's documentation, "Axe-core Tags".
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
GRAVE = ("serious", "critical")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
LOOK = """async (rules) => {
    const found = await axe.run(document, { runOnly: { type: "tag", values: rules } });
    const places = (one) => one.nodes.map((node) => node.html);
    return found.violations.map((one) => ({ id: one.id, impact: one.impact, where: places(one) }));
}"""


def test_every_page_of_staff_is_for_everybody(scene: Scene, browser: Browser, app: Flask) -> None:
    """GAT-1: what a person of the company is led to."""
    scene.play()
    scene.quiet()
    owner = Person(browser, DESK["width"], scene.target.url, "10.40.0.1")
    _sign_in(owner.page, scene)
    _look_everywhere(owner, app, "/")


def test_every_public_page_is_for_everybody(scene: Scene, browser: Browser, app: Flask) -> None:
    visitor = Person(browser, DESK["width"], scene.target.url, "10.40.0.2")
    _look_everywhere(visitor, app, f"/solicitar-instalacion/{company.SLUG}")


def test_gat_1_a_client_walks_through_their_portal_on_a_phone(scene: Scene, browser: Browser, app: Flask) -> None:
    client, ids = scene.play()
    scene.quiet()
    portal, service = f"/cliente/{company.SLUG}/", f"/cliente/{company.SLUG}/servicio/{ids['installation_id']}"
    person = Person(browser, PHONE["width"], scene.target.url, "10.40.0.3")
    page = person.page
    page.goto(portal)
    page.get_by_label("Correo electrónico").fill(client.email)
    page.get_by_role("button", name="Enviarme un código").click()
    page.get_by_label("Código de seis números").fill(code_in_the_mail(scene, client.email))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{service}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tu servicio está activo")
    person.settle()
    page.get_by_text("Pagos recibidos").click()
    expect(page.locator("details.payments li").first).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Descargar PDF").click()
    assert Path(downloading.value.path()).read_bytes().startswith(b"%PDF")
    page.goto(portal.rstrip("/") + "/dispositivos")
    expect(page.get_by_text("este", exact=True)).to_be_visible()
    _look_everywhere(person, app, service)
    page.get_by_role("button", name="Sign out").click()
    page.goto(service)
    page.wait_for_url("**/entrar?next=**")


def _sign_in(page: Page, scene: Scene) -> None:
    login = founding.logins(scene.target.password)["owner"]
    page.goto("/entrar")
    page.fill("#email", login["user"])
    page.fill("#password", login["password"])
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url("/")


def _look_everywhere(person: Person, app: Flask, first: str) -> None:
    found: list[str] = []
    pages: dict[str, str] = {}
    for endpoint, address in _pages(person, app, first):
        pages[endpoint] = address
        found += [
            f"{endpoint} at {size['width']} px: {what}" for size in (DESK, PHONE) for what in _wrong(person, size)
        ]
    person.page.goto(first)
    person.page.get_by_text("English").first.evaluate("switcher => switcher.click()")
    person.page.wait_for_selector("html[lang=en]")
    for endpoint, address in pages.items():
        person.page.goto(address)
        assert person.page.get_attribute("html", "lang") == "en", endpoint
        found += [f"{endpoint} in English: {what}" for what in _out_of_shape(person, PHONE)]
    assert found == [], "\n".join(found)


def _pages(person: Person, app: Flask, first: str) -> Iterator[tuple[str, str]]:
    """Each page that links lead to, with its route, opened; of a route with identifiers one."""
    adapter = app.url_map.bind("")
    ahead, met, tried = deque([first]), {"static"}, set[str]()
    while ahead:
        address = ahead.popleft()
        if address in tried:
            continue
        tried.add(address)
        try:
            endpoint, _ = adapter.match(address.partition("?")[0], "GET")
        except HTTPException:
            continue
        if endpoint in met or not _opened(person, address):
            continue
        met.add(endpoint)
        ahead.extend(_links(person.page))
        yield endpoint, address


def _opened(person: Person, address: str) -> bool:
    """False for what is no page: a download, a part of one, or what only leads to another."""
    page = person.page
    try:
        answer = page.goto(address)
    except Error as error:
        if not any(known in error.message for known in ("Download is starting", "ERR_ABORTED")):
            raise
        return False
    if answer.status != 200 or answer.request.redirected_from or not page.query_selector("head > link"):
        person.complaints.clear()
        return False
    # Until the parts that it asks for by itself are there; an idle network would be half a second more for each page.
    page.wait_for_function("document.readyState === 'complete' && !document.querySelector('.htmx-request')")
    page.evaluate(AXE)
    return True


def _links(page: Page) -> list[str]:
    here = re.escape("/".join(page.url.split("/", 3)[:3]))
    links = page.eval_on_selector_all("a[href]", "links => links.map((link) => link.href.split('#')[0])")
    return [re.sub(f"^{here}", "", link) for link in links if re.match(f"{here}/", link)]


def _wrong(person: Person, size: dict[str, int]) -> Iterator[str]:
    yield from _out_of_shape(person, size)
    for one in person.page.evaluate(LOOK, list(RULES)):
        if one["impact"] in GRAVE:
            yield f"{one['id']}: {' | '.join(html[:200] for html in one['where'][:3])}"


def _out_of_shape(person: Person, size: dict[str, int]) -> Iterator[str]:
    """What does not fit, and what the page itself complains about."""
    page = person.page
    page.set_viewport_size(size)
    # Until what was resized is laid out.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if too_wide > 0:
        yield f"{too_wide} px too wide"
    yield from person.complaints
    person.complaints.clear()
