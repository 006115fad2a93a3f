"""What only a browser does: the proof of work, photos made lighter, a lost connection, a signature on the glass."""

from __future__ import annotations

import base64
import io
import random
import shutil
import threading
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from chassis.errors import ValidationFailed
from chassis.identifiers import new_id
from tests.gateway.pages import House, a_new_house

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
TOKEN = "a-token-that-opens-a-door"


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    room = tmp_path_factory.mktemp("browsed")
    built = a_new_house(room)
    _answering(built)
    yield built
    built.app.extensions["alta"].database.close()
    built.database.close()


@pytest.fixture(scope="module")
def url(house: House) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking"]
        with playwright.chromium.launch(executable_path=found, args=options) as browser:
            yield browser


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """Fails when a script did, or when the page's own policy was broken."""
    context = browser.new_context(viewport=request.param, locale="es-MX", has_touch=request.param is PHONE)
    opened, wrong = context.new_page(), []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None)
    yield opened
    context.close()
    assert wrong == []


def test_a_request_is_filled_in_corrected_and_sent(house: House, url: str, page: Page):
    page.goto(f"{url}/solicitar-instalacion/veloz")
    _fill_in(page)
    page.fill("#official_id", "CLAVE-1")
    page.wait_for_function("() => localStorage.getItem('alta-draft:/solicitar-instalacion/veloz')?.includes('CLAVE')")
    expect(page.locator(".proof.is-done")).to_be_visible()
    house.services.answers["preinstall.submit"] = lambda data: _refuse({"email": [{"code": "email-taken"}]})
    page.fill("#email", "ana@example.com")
    # Emptied and sent before the draft knows: what comes back is what was sent.
    page.evaluate("document.querySelector('#official_id').value = ''; document.querySelector('[data-send]').click()")
    expect(page.locator("[data-summary]")).to_be_focused()
    expect(page.locator("#email-problem")).to_contain_text("ya está en uso")
    expect(page.locator("#id_front-kept, .paper.has-file >> nth=0")).to_contain_text("frente.jpg")
    assert [page.input_value(f"#{name}") for name in ("last_name", "official_id")] == ["López", ""]
    _answering(house)
    page.fill("#email", "")
    page.click("[data-send]")
    expect(page.locator("#tracking-number")).to_have_text("ABC123")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_what_is_missing_is_said_before_anything_travels(house: House, url: str, page: Page):
    asked = len(house.services.asked)
    page.goto(f"{url}/solicitar-instalacion/veloz")
    page.click("[data-send]")
    expect(page.locator("#first_name")).to_be_focused()
    expect(page.locator("#id_front-problem")).to_be_visible()
    assert [told.name for told in house.services.asked[asked:]] == ["preinstall.form_settings"]


def test_pre_3_what_is_wrong_at_first_sight_is_said_together_and_nothing_travels(house: House, url: str, page: Page):
    asked = len(house.services.asked)
    page.goto(f"{url}/solicitar-instalacion/veloz")
    _fill_in(page, phone="abc")
    page.fill("#email", "maria@casa")
    for content, said in (
        (b"MZ" + bytes(3000), "«cupon.jpg» no es PDF, PNG ni JPG."),
        (b"%PDF-1.4" + bytes(900_000), "«cupon.jpg» pesa demasiado: el máximo es 879 kB."),
        (b"", "«cupon.jpg» está dañado y no se puede abrir."),
    ):
        page.set_input_files("#coupon", {"name": "cupon.jpg", "mimeType": "image/jpeg", "buffer": content})
        expect(page.locator("#coupon-problem")).to_contain_text(said)
    page.click("[data-send]")
    expect(page.locator("#phone-problem")).to_contain_text("no es válido")
    expect(page.locator("#email-problem")).to_contain_text("no es válido")
    assert [told.name for told in house.services.asked[asked:]] == ["preinstall.form_settings"]


def test_a_large_photo_is_made_lighter_before_it_travels(house: House, url: str, page: Page):
    page.goto(f"{url}/solicitar-instalacion/veloz")
    photo = _photo(3600, 2700)
    assert len(photo) > 1_300_000
    _fill_in(page, photo=photo)
    page.click("[data-send]")
    expect(page.locator("#tracking-number")).to_be_visible()
    sent = house.services.told("preinstall.submit")[-1].data["documents"][0]
    assert sent["size"] < len(photo) / 2


def test_a_lost_connection_loses_nothing(house: House, url: str, page: Page):
    page.goto(f"{url}/solicitar-instalacion/veloz")
    _fill_in(page)
    expect(page.locator(".proof.is-done")).to_be_visible()
    page.context.set_offline(True)
    page.click("[data-send]")
    expect(page.locator("[data-failure]")).to_contain_text("No se perdió nada")
    page.context.set_offline(False)
    page.click("[data-send]")
    expect(page.locator("#tracking-number")).to_be_visible()


def test_pre_8_what_was_typed_and_sent_survives_a_reload_and_a_closed_page(house: House, url: str, page: Page):
    form = f"{url}/solicitar-instalacion/veloz"
    page.goto(form)
    _fill_in(page)
    expect(page.locator("[data-chosen]").first).to_contain_text("recibido")
    page.context.route(
        "**/archivos/**", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_()
    )
    page.set_input_files("#coupon", {"name": "cupon.jpg", "mimeType": "image/jpeg", "buffer": _photo(900, 600)})
    expect(page.locator("[data-chosen]").last).to_contain_text("seguirá solo")
    page.fill("#comments", "Portón verde")
    page.wait_for_function("() => localStorage.getItem('alta-draft:/solicitar-instalacion/veloz').includes('verde')")
    context = page.context
    page.close()
    context.unroute("**/archivos/**")
    again = context.new_page()
    again.goto(form)
    expect(again.locator("[data-restored]")).to_be_visible()
    expect(again.locator("[data-chosen]").first).to_contain_text("frente.jpg")
    expect(again.locator("[data-chosen]").last).to_contain_text("recibido")
    assert (again.input_value("#last_name"), again.input_value("#comments")) == ("López", "Portón verde")
    again.click("[data-send]")
    expect(again.locator("#tracking-number")).to_be_visible()
    sent = house.services.told("preinstall.submit")[-1].data
    assert [document["filename"] for document in sent["documents"]] == ["frente.jpg", "cupon.jpg"]
    again.goto(form)
    assert (again.locator("[data-restored]").is_visible(), again.input_value("#last_name")) == (False, "")


def test_pre_8_a_draft_can_be_thrown_away(url: str, page: Page):
    page.goto(f"{url}/solicitar-instalacion/veloz?lang=en")
    page.fill("#first_name", "Ana")
    page.wait_for_function("() => localStorage.getItem('alta-draft:/solicitar-instalacion/veloz')?.includes('Ana')")
    page.reload()
    expect(page.locator("[data-restored]")).to_contain_text("We brought back")
    page.click("[data-forget]")
    expect(page.locator("[data-restored]")).to_be_hidden()
    assert page.input_value("#first_name") == ""


def test_clicking_twice_sends_once(house: House, url: str, page: Page):
    before = len(house.services.told("preinstall.submit"))
    page.goto(f"{url}/solicitar-instalacion/veloz")
    _fill_in(page)
    page.dblclick("[data-send]")
    expect(page.locator("#tracking-number")).to_be_visible()
    assert len(house.services.told("preinstall.submit")) == before + 1


def test_a_contract_is_signed_on_the_glass(house: House, url: str, page: Page):
    _answering(house)
    page.goto(f"{url}/contrato/{TOKEN}")
    _draw(page)
    page.click("[data-clear]")
    page.click("[data-send]")
    expect(page.locator("#signature_png-problem")).to_have_text("Falta la firma.")
    _draw(page)
    page.check("#consent")
    page.click("[data-send]")
    expect(page.locator("h1").first).to_have_text("Contrato firmado")
    picture = house.services.told("contracts.sign_by_link")[-1].data["signature_png"].partition(",")[2]
    with Image.open(io.BytesIO(base64.b64decode(picture))) as drawn:
        assert drawn.getbbox() is not None
        assert drawn.width <= 2400


def _fill_in(page: Page, *, phone: str = "55 1111 2222", photo: bytes | None = None):
    typed = {"first_name": "María", "last_name": "López", "address": "Calle 5", "phone": phone}
    for name, value in typed.items():
        page.fill(f"#{name}", value)
    file = {"name": "frente.jpg", "mimeType": "image/jpeg", "buffer": photo or _photo(600, 400)}
    page.set_input_files("#id_front", file)
    expect(page.locator("[data-chosen]").first).to_contain_text("frente.jpg")


def _draw(page: Page):
    glass = page.locator("canvas")
    glass.scroll_into_view_if_needed()
    box = glass.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(box["x"] + 20 + step * 10, box["y"] + 40 + (step % 5) * 12)
    page.mouse.up()


def _photo(width: int, height: int) -> bytes:
    """With noise: like a real one, it does not shrink by itself."""
    size = (width // 12, height // 12)
    noise = Image.frombytes("L", size, random.Random(7).randbytes(size[0] * size[1]))
    content = io.BytesIO()
    noise.resize((width, height)).convert("RGB").save(content, "JPEG", quality=95)
    return content.getvalue()


def _refuse(fields: dict):
    raise ValidationFailed(fields=fields)


def _answering(house: House):
    documents = [{"kind": "id_front", "required": True}, {"kind": "coupon", "required": False}]
    contract = {
        "company_id": str(house.company.id), "contract_id": str(new_id()), "company_name": "Veloz", "locale": "es_MX",
        "content": '<h1 style="text-align: center">Contrato</h1>', "consent": "Estoy de acuerdo.",
        "person": "Ana García", "state": "pending", "signed_at": None, "pdf_ready": False,
    }  # fmt: skip
    house.services.answers |= {
        "preinstall.form_settings": lambda data: {"documents": documents, "max_file_bytes": 900_000},
        "preinstall.submit": lambda data: {"request_id": data["request_id"], "tracking_number": "ABC123"},
        "preinstall.get_request": lambda data: {"tracking_number": "ABC123"},
        "contracts.open_link": lambda data: contract,
        "contracts.sign_by_link": lambda data: contract.update(signed_at="2026-11-23T18:00:00+00:00") or contract,
    }
