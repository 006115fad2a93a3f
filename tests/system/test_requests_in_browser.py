"""PRE-3, PRE-6, PRE-8: hostile papers over HTTP, and an office morning: look, put aside, reject, compare, merge."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from alta.demo import company, papers
from alta.demo.visitor import Refused, Visitor, solve
from tests.chassis.hostile import Hostile, corpus
from tests.chassis.uploads import a_pdf
from tests.system.browsing import Person
from tests.system.crashing import Scene

pytestmark = pytest.mark.timeout(240)
FORM = f"/solicitar-instalacion/{company.SLUG}"
HOSTILE = (
    "html", "svg with a script", "zip", "gif that is a script", "png of 50000 by 50000", "jpeg of which 12% came",
    "pdf with a file", "pdf whose page does /JavaScript", "pdf nested deep",
)  # fmt: skip
PHOTO = ("foto.png", papers.photograph(5), "image/png")
RECEIPT = ("recibo.pdf", a_pdf(), "application/pdf")
addresses = count(1)


def test_pre_3_and_8_an_office_reviews_a_mornings_requests(scene: Scene, browser: Browser) -> None:
    by_name = {each.name: each for each in corpus()}
    for name in HOSTILE:
        _is_refused(scene, by_name[name])
    _send(scene, "Zoe", "555 900 0001", by_name["jpeg and html"])
    first = _send(scene, "María", "555 900 0002")
    _send(scene, "María", "+52 555 900 0002", coupon=True)
    scene.quiet()
    office = Person(browser, 1280, scene.target.url, "10.43.0.1")
    page = office.page
    page.goto("/entrar?next=/preinstalaciones/siguiente")
    page.fill("#email", company.STAFF[1].email)
    page.fill("#password", scene.target.password)
    page.click("button[type=submit]")
    expect(page.locator("h1")).to_contain_text("María")
    expect(page.locator("[data-picture]")).to_be_visible()
    page.wait_for_load_state()
    with page.expect_response(lambda answer: answer.url.endswith("/girar")) as turned:
        page.keyboard.press("r")
        expect(page.locator("[data-picture]")).to_have_attribute("data-turned", "1")
    assert turned.value.ok
    expect(page.locator("[data-picture]")).to_have_attribute("data-turned", "0")
    # A PDF is drawn in place: nobody's browser opens what a stranger sent beside our pages.
    page.keyboard.press("3")
    expect(page.locator("[data-picture].is-pages")).to_be_visible(timeout=30_000)
    assert page.locator("[data-picture]").evaluate("picture => picture.naturalWidth") >= 600
    expect(page.get_by_role("link", name="Abrirlo en otra pestaña")).to_be_visible()
    page.keyboard.press("4")
    expect(page.locator("[data-picture]")).to_have_attribute("alt", "Cupón o promoción")
    page.get_by_role("link", name="Comparar").first.click()
    expect(page.locator("h1")).to_contain_text("misma persona")
    office.settle()
    page.get_by_role("button", name="Unir las dos").click()
    page.locator("dialog[open]").get_by_role("button", name="Unir").click()
    expect(page.locator("[data-paper]")).to_have_count(4)
    assert first in page.content()
    page.get_by_role("button", name="Apartar").click()
    page.locator("dialog[open] #note").fill("Llamar por la tarde")
    page.locator("dialog[open]").get_by_role("button", name="Apartar").click()
    expect(page.locator("h1")).to_contain_text("Zoe")
    _is_served_harmless(office)
    page.wait_for_load_state()
    page.keyboard.press("x")
    page.locator("dialog[open] [data-fill]").first.click()
    page.locator("dialog[open]").get_by_role("button", name="Rechazar").click()
    expect(page.locator("h1")).to_contain_text("María")
    expect(page.locator(".alert-info")).to_contain_text("Llamar por la tarde")
    office.settle()
    followed = Visitor(scene.target.url, address="10.44.9.9").get(f"{FORM}/seguimiento", params={"numero": first})
    assert "Estamos revisando tu solicitud" in followed.text


def _is_served_harmless(office: Person) -> None:
    """What came as a picture with a page behind it: pixels, under their own type, with nothing allowed."""
    address = office.page.locator("[data-paper]").first.get_attribute("href")
    served = office.context.request.get(address)
    assert served.headers["content-type"] == "image/jpeg"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in served.headers["content-security-policy"]
    assert b"<script" not in served.body()


def _is_refused(scene: Scene, hostile: Hostile) -> None:
    with pytest.raises(Refused) as refused:
        _send(scene, "Nadie", "555 900 9999", hostile)
    assert "answered 422" in str(refused.value) and "paper.jpg" in str(refused.value), hostile.name


def _send(scene: Scene, name: str, phone: str, front: Hostile | None = None, *, coupon: bool = False) -> str:
    """The tracking number."""
    visitor = Visitor(scene.target.url, address=f"10.44.0.{next(addresses)}", patience_seconds=20)
    page, form = visitor.form(FORM, lambda form: "id_front" in form.names)
    challenge = visitor.get(f"{FORM}/comprobacion/{dict(form.fields)['request_id']}").json()
    typed: dict[str, Any] = {
        "first_name": name, "last_name": "Prueba", "phone": phone, "address": f"Calle {name} 1",
        "altcha": solve(challenge),
    }  # fmt: skip
    files = dict.fromkeys(("id_front", "id_back", "proof_of_address", *(("coupon",) if coupon else ())), PHOTO)
    files["proof_of_address"] = RECEIPT
    if front is not None:
        files["id_front"] = ("paper.jpg", front.content, "image/jpeg")
    received = visitor.submit(page, form, typed, files)
    return received.text.partition('id="tracking-number">')[2].partition("<")[0]
