"""INS-7: several files at once, on a phone, with what is refused named; then named, shown to the client, taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from alta.demo import company, papers
from tests.system.browsing import Person
from tests.system.crashing import Scene

pytestmark = pytest.mark.timeout(240)


def test_files_are_sent_named_and_taken_away(scene: Scene, browser: Browser, tmp_path: Path) -> None:
    _person, ids = scene.play()
    office = Person(browser, 360, scene.target.url, "10.42.0.1")
    page = office.page
    page.goto(f"/entrar?next=/instalaciones/{ids['installation_id']}")
    page.fill("#email", company.STAFF[1].email)
    page.fill("#password", scene.target.password)
    page.click("button[type=submit]")
    photo, note = tmp_path / "torre.png", tmp_path / "nota.pdf"
    photo.write_bytes(papers.photograph(7))
    note.write_bytes(b"MZ not a paper")
    box = page.locator("#archivos")
    box.locator("input[name=files]").set_input_files([photo, note])
    box.get_by_role("button", name="Subir").click()
    expect(box.locator("[data-sending]")).to_contain_text("nota.pdf")
    expect(box.locator("[data-sending] li")).to_have_count(1)
    page.reload()
    row = box.locator(".list-group-item", has_text="torre.png")
    expect(row).to_contain_text(f"del personal: {company.STAFF[1].name}")
    for kept in box.locator(".file-preview img").all():
        kept.scroll_into_view_if_needed()
        page.wait_for_function("picture => picture.complete && picture.naturalWidth > 0", arg=kept.element_handle())
    row.locator("[data-lightbox]").click()
    shown = page.locator("dialog.lightbox p")
    expect(shown).to_contain_text("torre.png")
    before = shown.text_content()
    page.keyboard.press("ArrowRight")
    expect(shown).not_to_have_text(before)
    page.keyboard.press("ArrowLeft")
    small = row.locator(".file-preview img")
    as_it_was = small.get_attribute("src")
    with page.expect_response(lambda answer: answer.url.endswith("/girar")) as turned:
        page.get_by_role("button", name="Girar a la derecha").click()
    assert turned.value.ok
    expect(page.locator("dialog.lightbox img")).to_have_attribute("data-turned", "0")
    expect(small).not_to_have_attribute("src", as_it_was)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.lightbox")).to_be_hidden()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        row.locator("input[name=visible_to_client]").first.check()
    page.reload()
    expect(row.locator("input[name=visible_to_client]").first).to_be_checked()
    row.get_by_role("button", name="Editar").click()
    row.locator("dialog[open] input[name=title]").fill("Torre")
    expect(row.locator("dialog[open] input[name=visible_to_client]")).to_be_checked()
    row.locator("dialog[open]").get_by_role("button", name="Guardar").click()
    named = box.locator(".list-group-item", has_text="Torre")
    box.get_by_role("button", name="Editar títulos").click()
    titles = page.locator("#file-titles")
    titles.locator("input[name=title]").last.fill("Torre norte")
    titles.get_by_role("button", name="Guardar").click()
    expect(box.locator(".list-group-item", has_text="Torre norte")).to_have_count(1)
    named.get_by_role("button", name="Borrar").click()
    named.locator("dialog[open]").get_by_role("button", name="Borrar").click()
    expect(box.locator(".list-group-item", has_text="Torre")).to_have_count(0)
    office.complaints = [text for text in office.complaints if "422" not in text]
    office.settle()
