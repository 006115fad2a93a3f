"""INS-10, INS-12: a technician's day on a phone 360 px wide, with the signal cut in the middle of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from alta.demo import company, papers
from alta.demo.seeding import wait_until
from chassis import clock
from chassis.errors import Refusal
from chassis.identifiers import new_id
from routersim.control import ask as ask_simulator
from tests.system.browsing import Person
from tests.system.crashing import PPPOE, Scene, eventually
from tests.system.losing_signal import Signal

pytestmark = pytest.mark.timeout(300)
OFFLINE = "ERR_"
KEPT = "caches.open('alta-campo-kept').then((kept) => kept.keys()).then((keys) => keys.map((key) => key.url))"
AS_IN_WEBKIT = """Response.prototype.arrayBuffer = () =>
    Promise.reject(new DOMException("Unable to read form data blob", "InvalidStateError"))"""


class Phone(Person):
    """A technician's, on the other end of a way that breaks."""

    def __init__(self, browser: Browser, signal: Signal, address: str) -> None:
        super().__init__(browser, 360, signal.url, address)
        self.signal = signal
        self.context.add_init_script(AS_IN_WEBKIT)
        self.context.grant_permissions(["geolocation"])
        self.context.set_geolocation({"latitude": 18.9861, "longitude": -99.0999})
        self.page.on("dialog", lambda dialog: dialog.accept())

    def sign_in(self, person: company.Person, password: str) -> None:
        self.page.goto("/entrar?next=/campo/")
        self.page.fill("#email", person.email)
        self.page.fill("#password", password)
        self.page.click("button[type=submit]")
        expect(self.page.locator("[data-index]")).to_be_visible()

    def kept(self, *jobs: str) -> bool:
        return {f"/campo/trabajos/{job}" for job in jobs} <= {urlsplit(url).path for url in self.page.evaluate(KEPT)}

    def lose_signal(self) -> None:
        self.signal.cut()
        self.context.set_offline(True)

    def find_signal(self, *, losing: tuple[str, ...] = ()) -> None:
        self.signal.back(losing=losing)
        self.context.set_offline(False)

    def killed_and_opened(self, path: str) -> Page:
        """The browser was closed from outside, and is opened again there."""
        self.page.close()
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path)
        return self.page

    def _note(self, kind: str, text: str) -> None:
        if OFFLINE not in text:
            super()._note(kind, text)


@pytest.fixture
def signal(scene: Scene) -> Iterator[Signal]:
    way = Signal(urlsplit(scene.target.url).port)
    yield way
    way.close()


def test_ins_10_a_technicians_day_with_the_signal_cut_in_the_middle(
    scene: Scene, browser: Browser, signal: Signal, tmp_path: Path
) -> None:
    tomas, rosa = company.STAFF[2], company.STAFF[0]
    job, cancelled = (
        _job(scene, "Aurora", wifi_ssid="Casa", wifi_password="clave-12345"),
        _job(scene, "Beto", wifi_ssid="Beto", wifi_password="clave-beto"),
    )
    contract = _contract(scene, job)
    phone = Phone(browser, signal, "10.44.0.1")
    phone.sign_in(tomas, scene.target.password)
    expect(phone.page.locator(f"a[data-job='{job}']")).to_be_visible()
    eventually(lambda: phone.kept(job, cancelled), lambda: f"kept: {phone.page.evaluate(KEPT)}")
    phone.page.goto(f"/campo/trabajos/{job}")
    expect(phone.page.locator("[data-secret=wifi_password] dd")).to_have_text("clave-12345")
    expect(phone.page.get_by_role("link", name="Navegar")).to_have_attribute(
        "href", "geo:18.900000,-99.100000?q=18.900000,-99.100000(Rural)"
    )
    phone.settle()

    phone.lose_signal()
    phone.page.reload()
    page = phone.page
    expect(page.locator("[data-secret=wifi_password] dd")).to_have_text("clave-12345")
    _work(page, tmp_path)
    page.goto(f"/campo/trabajos/{cancelled}")
    expect(page.locator("[data-secret=wifi_password] dd")).to_have_text("clave-beto")
    page.get_by_role("button", name="Iniciar trabajo").click()
    expect(page.locator(".job-heading")).to_contain_text("por enviar")
    _sign(page, "Beto Rural")
    # Meanwhile at the office.
    scene.ask("installations", "cancel", {"installation_id": cancelled, "reason": "Se mudó"})
    changes = {"comments": {"before": "Portón verde", "after": "Portón azul"}}
    scene.ask("installations", "correct", {"installation_id": job, "changes": changes})

    page = phone.killed_and_opened(f"/campo/trabajos/{job}")
    _all_of_it_is_there(page)
    page.goto("/campo/")
    expect(page.locator(f"a[data-job='{job}']").locator("[data-unsent]")).to_contain_text("por enviar")
    assert _report(scene, job) == {}

    page.goto(f"/campo/trabajos/{job}")
    phone.find_signal(losing=("iniciar", "lista", "fotos", "firma", "activar"))
    queue = page.locator("#queue li")
    expect(queue).to_have_count(2, timeout=60_000)
    expect(queue.nth(0)).to_contain_text("Mientras tanto la oficina escribió «Portón azul»")
    expect(queue.nth(1)).to_contain_text("Espera a que se corrija lo anterior")
    queue.nth(0).get_by_role("button", name="Poner lo mío").click()
    expect(page.locator("#activation")).to_contain_text("Falta que su equipo se conecte", timeout=60_000)
    expect(page.locator("#queue")).to_be_hidden()
    assert signal.lost == 5
    _once_and_whole(scene, job, contract)
    _dial(scene, job)
    expect(page.locator("#activation")).to_contain_text("Activado y comprobado", timeout=30_000)
    expect(page.locator(".proof-checks li.proof-yes")).to_have_count(4)
    phone.settle()

    page.goto(f"/campo/trabajos/{cancelled}")
    expect(page.locator("main")).to_contain_text("La oficina canceló este trabajo. Se mudó")
    (conformity,) = scene.ask("installations", "list_files", {"installation_id": cancelled})["rows"]
    assert (conformity["kind"], conformity["visible_to_client"]) == ("conformity", True)
    refused = page.locator("#queue li")
    expect(refused).to_contain_text("No se aceptó: El trabajo está en «Cancelada».")
    refused.get_by_role("button", name="Descartar").click()
    expect(page.locator("#queue")).to_be_hidden()

    another = Phone(browser, signal, "10.44.0.2")
    another.sign_in(tomas, scene.target.password)
    another.page.goto(f"/campo/trabajos/{job}")
    expect(another.page.locator("[name='value:signal']")).to_have_value("-62.5")
    another.page.locator("[name='value:signal']").fill("-60")
    another.page.locator("[name='value:signal']").blur()
    eventually(lambda: _report(scene, job).get("signal") == "-60", lambda: f"{_report(scene, job)}")
    another.context.close()

    _on_somebody_elses_turn(scene, phone, job, tomas, rosa)
    phone.settle()
    phone.context.close()


def _work(page: Page, room: Path) -> None:
    """All that is done at a client's, without signal."""
    page.get_by_role("button", name="Iniciar trabajo").click()
    expect(page.locator(".job-heading")).to_contain_text("por enviar")
    page.get_by_role("button", name="Estoy aquí").click()
    expect(page.locator("[data-place]")).to_have_text("18.986100, -99.099900")
    page.fill("#mac_address", "64-d1-54-0a-1b-2c")
    page.fill("#wifi_ssid", "Casa Aurora")
    page.fill("#comments", "Antena en el tinaco")
    page.get_by_role("button", name="Guardar datos").click()
    page.fill("[name='value:signal']", "-62,5")
    page.locator("[name='value:cabling']").check()
    page.fill("[name='value:equipment']", "SN 42")
    page.locator("[name='value:equipment']").blur()
    files = []
    for number, name in enumerate(("fachada", "antena")):
        files.append(room / f"{name}.png")
        files[-1].write_bytes(papers.photograph(60 + number))
    page.locator("#file").set_input_files(files)
    for number, title in enumerate(("Fachada", "Antena")):
        page.locator(".chosen-photo input").nth(number).fill(title)
    page.get_by_role("button", name="Guardar fotos").click()
    expect(page.locator(".picture.is-waiting")).to_have_count(2)
    _sign(page, "Aurora Rural")
    page.get_by_role("button", name="Activar y verificar").click()
    expect(page.locator("[data-will]")).to_have_text("Se activará cuando haya señal.")
    expect(page.locator("#signal")).to_contain_text("Sin señal")


def _sign(page: Page, name: str) -> None:
    """The contract, or where there is none that all is well."""
    page.get_by_role("button", name="Guardar firma").click()
    expect(page.locator("form[data-sign] .problem")).to_have_text("Falta la firma.")
    page.locator("canvas.glass").scroll_into_view_if_needed()
    glass = page.locator("canvas.glass").bounding_box()
    page.mouse.move(glass["x"] + 20, glass["y"] + 100)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(glass["x"] + 20 + step * 20, glass["y"] + 100 + (-1) ** step * step * 5)
    page.mouse.up()
    page.get_by_role("button", name="Guardar firma").click()
    expect(page.locator("[data-signed]")).to_contain_text(name)


def _all_of_it_is_there(page: Page) -> None:
    expect(page.locator("#queue li")).to_have_count(10)
    expect(page.locator("[name='value:signal']")).to_have_value("-62,5")
    expect(page.locator("[name='value:cabling']")).to_be_checked()
    expect(page.locator("#comments")).to_have_value("Antena en el tinaco")
    expect(page.locator(".picture.is-waiting")).to_have_count(2)
    expect(page.locator("[data-signed]")).to_contain_text("Aurora Rural")
    expect(page.locator("[data-will]")).to_have_text("Se activará cuando haya señal.")


def _once_and_whole(scene: Scene, job: str, contract: str) -> None:
    about = {"installation_id": job}
    found = scene.ask("installations", "get_installation", about)
    assert (found["state"], found["mac_address"], found["wifi_ssid"]) == ("active", "64:D1:54:0A:1B:2C", "Casa Aurora")
    assert (found["comments"], found["latitude"]) == ("Antena en el tinaco", "18.986100")
    titles = [
        file["title"] for file in scene.ask("installations", "list_files", about)["rows"] if file["kind"] == "other"
    ]
    assert sorted(titles) == ["Antena", "Fachada"]
    assert _report(scene, job) == {"signal": "-62.5", "cabling": "yes", "equipment": "SN 42"}
    signed = scene.ask("contracts", "get_contract", {"contract_id": contract})
    assert (signed["signer_name"], signed["state"]) == ("Aurora Rural", "active")


def _on_somebody_elses_turn(scene: Scene, phone: Phone, job: str, tomas: company.Person, rosa: company.Person) -> None:
    """What was not sent waits, out of sight, for whom it belongs to."""
    page = phone.page
    page.goto(f"/campo/trabajos/{job}")
    phone.lose_signal()
    page.locator("[name='value:wifi']").check()
    expect(page.locator("#queue summary")).to_have_text("1 por enviar")
    page.goto("/campo/")
    page.get_by_role("button", name="Salir").click()
    expect(page.locator("main")).to_contain_text("Saliste")
    assert page.evaluate(KEPT) == []
    phone.find_signal()
    page.goto("/campo/")
    page.wait_for_url("**/entrar**")
    phone.sign_in(rosa, scene.target.password)
    expect(page.locator("main")).to_contain_text("No tienes trabajos")
    expect(page.locator("#queue")).to_be_hidden()
    assert "wifi" not in _report(scene, job)
    page.get_by_role("button", name="Salir").click()
    page.wait_for_url("**/entrar**")
    phone.sign_in(tomas, scene.target.password)
    eventually(lambda: _report(scene, job).get("wifi") == "yes", lambda: f"{_report(scene, job)}")


def _job(scene: Scene, name: str, **known: Any) -> str:
    """One of today's for the demo's technician."""
    zone_name = next(router.zone for router in company.ROUTERS if router.name == PPPOE)
    zone = next(row for row in scene.ask("installations", "list_zones")["rows"] if row["name"] == zone_name)
    plans = scene.ask("installations", "list_plans", {"router_id": zone["router_id"]})["rows"]
    technicians = scene.ask("installations", "list_technicians")["rows"]
    form = {
        "zone_id": zone["zone_id"], "router_id": zone["router_id"], "plan_id": plans[0]["plan_id"],
        "technician_id": next(row["technician_id"] for row in technicians if row["name"] == company.STAFF[2].name),
        "ip_address": scene.ask("installations", "propose", {"zone_id": zone["zone_id"]})["ip_address"],
        "service_name": f"{name.lower()}.{new_id().hex[-8:]}", "first_name": name, "last_name": "Rural",
        "address": "Camino Real 4", "phone": "55 1234 5678", "latitude": "18.9", "longitude": "-99.1",
        "scheduled_at": (clock.now() + timedelta(minutes=1)).isoformat(), "installation_cost_minor": 0,
        "comments": "Portón verde",
    }  # fmt: skip
    return scene.ask("installations", "schedule", form | known)["installation_id"]


def _contract(scene: Scene, job: str) -> str:
    """One that waits for its signature."""
    about = {"installation_id": job}
    drafted = wait_until(lambda: _drafted(scene, about), "contracts has not heard of it")
    return scene.ask("contracts", "save", {**about, "content": drafted})["contract_id"]


def _drafted(scene: Scene, about: dict[str, str]) -> str | None:
    try:
        return scene.ask("contracts", "draft", about)["content"]
    except Refusal:
        return None


def _report(scene: Scene, job: str) -> dict[str, str]:
    rows = scene.ask("installations", "get_report", {"installation_id": job})["rows"]
    return {row["item_id"]: row["value"] for row in rows if row["value"] is not None}


def _dial(scene: Scene, job: str) -> None:
    """The client's own router comes up."""
    account = scene.ask("provisioning", "account", {"installation_id": job})
    control = ("127.0.0.1", scene.stack.place.ports["routersim_control"])
    number = next(router.number for router in company.ROUTERS if router.name == PPPOE)
    ask_simulator(control, do="connect", router=f"router-{number}", name=account["service_name"])
