"""INS-8: a template is written on the page itself, seen with real data, and printed; as office staff do it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from alta.demo import company
from tests.system.browsing import Person
from tests.system.crashing import Scene

pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_template_is_written_seen_and_printed(scene: Scene, browser: Browser, width: int) -> None:
    person, ids = scene.play()
    office = Person(browser, width, scene.target.url, f"10.41.0.{width % 250}")
    page = office.page
    page.goto("/entrar?next=/hojas/nueva")
    page.fill("#email", company.STAFF[1].email)
    page.fill("#password", scene.target.password)
    page.click("button[type=submit]")
    paper = page.frame_locator('[data-pane="visual"]')
    paper.locator("h1").click()
    paper.locator("h1").evaluate("heading => heading.ownerDocument.getSelection().selectAllChildren(heading)")
    page.keyboard.press("ArrowRight")
    page.keyboard.type(" para {{ cliente.apodo }}")
    expect(page.locator("[data-unknown-tags]")).to_contain_text("cliente.apodo")
    for _ in "{{ cliente.apodo }}":
        page.keyboard.press("Backspace")
    expect(page.locator("[data-unknown-tags]")).to_be_hidden()
    page.fill("#tag-search", "nombre completo")
    page.click("[data-tag]:visible")
    page.click('[data-view="source"]')
    assert re.search(r"<h1>.* para {{ cliente.nombre }}</h1>", page.input_value("#sheet-content"))
    page.click('[data-view="preview"]')
    page.select_option("[data-subject]", ids["installation_id"])
    shown = page.frame_locator("iframe[name=preview]")
    expect(shown.locator("h1")).to_contain_text(f"{company.NAME} para {person.name}")
    page.fill("#name", f"Hoja {width}")
    page.check("#is_default")
    office.settle()
    page.click("main form button[type=submit]")
    page.goto(f"/instalaciones/{ids['installation_id']}/hoja")
    expect(page.frame_locator("#paper").locator("h1")).to_contain_text(f"{company.NAME} para {person.name}")
    office.settle()
    printed = page.request.get(page.get_by_role("link", name="PDF").get_attribute("href"))
    assert printed.body().startswith(b"%PDF-")
