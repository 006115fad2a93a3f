"""INS-10, INS-12: the technician's pages by themselves; what they do without signal is in tests/system."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.errors import Conflict, NotFound, Unavailable, ValidationFailed
from chassis.identifiers import new_id
from gateway import accounts
from gateway.field import ways
from gateway.model import OFFICE, OWNER, READ_ONLY, TECHNICIAN
from tests.gateway.pages import House, a_new_house, hidden, send, text_of

JOB, PLAN, ROUTER, CONTRACT = (str(new_id()) for _ in range(4))
PAGE = f"/campo/trabajos/{JOB}"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
DESK = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
CHECKS = [
    {"check": "present", "ok": True, "code": "service-there", "params": {"name": "ana", "ip": "10.0.0.5", "menu": "x"}},
    {"check": "session", "ok": None, "code": "session-none", "params": {}},
]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """These pages keep nothing in the gateway's database: one kind is enough."""
    built = a_new_house(tmp_path)
    yield built
    built.app.extensions["alta"].database.close()
    built.database.close()


def _job(**changed: Any) -> dict[str, Any]:
    return {
        "installation_id": JOB, "number": 7, "client_number": None, "state": "in_progress", "first_name": "Ana",
        "last_name": "Robles", "phone": "55 1234 5678", "second_phone": None, "address": "Encino 3",
        "neighbourhood": None, "city": None, "postal_code": None, "latitude": None, "longitude": None,
        "scheduled_at": "2026-11-24T18:00:00+00:00", "zone_name": "Centro", "router_id": ROUTER,
        "router_name": "Torre", "plan_id": PLAN, "plan_name": "Hogar 20", "service_name": "ana",
        "ip_address": "10.0.0.5", "mac_address": None, "wifi_ssid": "Casa", "has_wifi_password": True,
        "comments": "Portón verde", "cancel_reason": None, "failure_code": None, "failure_params": None,
    } | changed  # fmt: skip


def _item(item_id: str, kind: str, **known: Any) -> dict[str, Any]:
    return {
        "item_id": item_id, "title": item_id.title(), "kind": kind, "unit": None, "least": None, "most": None,
        "value": None, "answered_by": None, "answered_at": None, "unusual": False,
    } | known  # fmt: skip


def _answering(house: House, **job: Any) -> None:
    plan = {"plan_id": PLAN, "download_kbps": 20_000, "upload_kbps": 5_000}
    contract = {
        "contract_id": CONTRACT, "state": "pending", "content": "<p>Texto</p>", "signed_at": None, "signer_name": None,
    }  # fmt: skip
    nothing = {name: (lambda _: {}) for name in ("begin_visit", "answer_checklist", "correct", "locate", "add_file")}
    house.services.answers |= {f"installations.{name}": answer for name, answer in nothing.items()} | {
        "installations.get_installation": lambda _: _job(**job),
        "installations.get_report": lambda _: {"rows": [_item("signal", "number"), _item("wifi", "tick")]},
        "installations.list_files": lambda _: {"rows": []},
        "installations.list_plans": lambda _: {"rows": [plan]},
        "installations.get_wifi": lambda _: {"wifi_ssid": "Casa", "wifi_password": "clave-1"},
        "installations.list_visits": lambda _: {"today": "2026-11-24", "rows": [_job()]},
        "contracts.get_for_installation": lambda _: contract,
        "contracts.sign_in_person": lambda _: {},
        "provisioning.account": lambda _: {"service_name": "ana", "password": "secreta"},
        "provisioning.verify": lambda _: {"proof": CHECKS, "proved_at": "2026-11-24T18:05:00+00:00"},
    }  # fmt: skip


def _as_a_phone(house: House, technician: Any, path: str, /, account: str | None = None, **fields: Any) -> Any:
    """As the script sends what it kept."""
    session = technician.get("/campo/sesion").json
    headers = {
        "Accept": "application/json", "X-CSRFToken": session["csrf"], "X-Field-Account": account or session["account"],
    }  # fmt: skip
    return technician.post(f"{PAGE}/{path}", data={"key": new_id().hex, **fields}, headers=headers)


@pytest.mark.parametrize(
    ("role", "agent", "page"),
    [(TECHNICIAN, PHONE, "/campo/"), (TECHNICIAN, DESK, "/"), (OWNER, PHONE, "/")],
)
def test_a_technician_with_a_phone_lands_on_the_days_jobs(house: House, role: str, agent: str, page: str):
    with house.database.begin(house.company.id) as session:
        accounts.save_staff(session, name="Tomás", email="tomas@veloz.example", role=role, password="secreto-123")
    visitor = house.visitor()
    typed = {"email": "tomas@veloz.example", "password": "secreto-123"}
    token = hidden(visitor.get("/entrar").text, "csrf_token")
    answer = visitor.post("/entrar", data={"csrf_token": token, **typed}, headers={"User-Agent": agent})
    assert answer.headers["Location"] == page


def test_the_list_has_the_technicians_own_jobs(house: House):
    _answering(house)
    late = _job(first_name="Beto", scheduled_at="2026-11-20T18:00:00+00:00")
    house.services.answers["installations.list_visits"] = lambda _: {"today": "2026-11-24", "rows": [late, _job()]}
    technician = house.staff(TECHNICIAN)
    page = technician.get("/campo/")
    assert "Ana Robles" in text_of(page.text) and "Hoy 1" in text_of(page.text)
    assert re.search(r"Atrasados 1 .*20 nov 2026.* Beto Robles", text_of(page.text))
    (asked,) = house.services.told("installations.list_visits")
    assert asked.data["technician_id"] == page.headers["X-Field-Account"]
    house.services.away.add("installations")
    gone = technician.get("/campo/")
    assert gone.status_code == 503 and "no están disponibles" in text_of(gone.text)
    assert house.staff(READ_ONLY).get("/campo/").status_code == 403


def test_no_page_that_a_phone_keeps_has_a_password_in_it(house: House):
    _answering(house)
    technician = house.staff(TECHNICIAN)
    page = technician.get(PAGE)
    assert "clave-1" not in page.text and "secreta" not in page.text
    told = technician.get(f"{PAGE}/claves")
    assert told.json == {"wifi_password": "clave-1", "service_user": "ana", "service_password": "secreta"}
    assert told.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Field-Account"]
    house.services.away.add("contracts")
    lacking = technician.get(PAGE)
    assert lacking.status_code == 200 and "X-Field-Account" not in lacking.headers, "what the phone keeps is better"
    house.services.away.discard("contracts")
    house.services.answers["provisioning.account"] = _raising(NotFound("account-not-found"))
    assert technician.get(f"{PAGE}/claves").json["service_password"] is None


def _raising(error: Exception) -> Any:
    def answer(_: Any) -> Any:
        raise error

    return answer


def test_each_account_has_keys_of_its_own_and_always_the_same(house: House):
    one, other = house.staff(TECHNICIAN), house.staff(TECHNICIAN)
    first = one.get("/campo/sesion").json
    assert one.get("/campo/sesion").json["keys"] == first["keys"] != other.get("/campo/sesion").json["keys"]


def test_an_act_of_somebody_else_is_not_taken(house: House):
    _answering(house)
    answer = _as_a_phone(house, house.staff(TECHNICIAN), "iniciar", account=str(new_id()))
    assert (answer.status_code, answer.json["code"]) == (409, "other-account")
    assert house.services.told("installations.begin_visit") == []


def test_an_act_says_when_it_was_done_and_arrives_once(house: House):
    _answering(house)
    technician = house.staff(TECHNICIAN)
    answer = _as_a_phone(house, technician, "lista", at="2026-11-24T18:00:00Z", **{
        "title:signal": "Señal", "value:signal": "-60",
    })  # fmt: skip
    assert answer.status_code == 201
    (asked,) = house.services.told("installations.answer_checklist")
    assert asked.context["asked_at"] == "2026-11-24T18:00:00+00:00"
    assert asked.data == {"installation_id": JOB, "item_id": "signal", "title": "Señal", "value": "-60"}
    house.services.answers["installations.add_file"] = _raising(Conflict("idempotency-key-reused"))
    photo = _as_a_phone(house, technician, "fotos", title="Fachada", file=(io.BytesIO(b"\x89PNG"), "a.png"))
    assert photo.status_code == 201
    (sent,) = house.services.told("installations.add_file")
    assert (sent.data["title"], sent.data["visible_to_client"]) == ("Fachada", False)


@pytest.mark.parametrize(("language", "words"), [("es", "Conformidad firmada"), ("en", "Signed acceptance")])
def test_what_a_client_signed_is_not_asked_for_again_whoever_reads_it(house: House, language: str, words: str):
    _answering(house)
    technician = house.staff(TECHNICIAN)
    technician.post("/idioma", data={
        "language": language, "csrf_token": hidden(technician.get("/cuenta/").text, "csrf_token"),
    })  # fmt: skip
    picture = (io.BytesIO(b"\x89PNG"), "conformidad.png")
    assert _as_a_phone(house, technician, "conformidad", file=picture).status_code == 201
    (sent,) = house.services.told("installations.add_file")
    kept = {"title": sent.data["title"], "kind": sent.data["kind"], "content_type": "application/pdf", "file_id": JOB,
            "origin": "technician", "added_at": "2026-11-24T18:05:00+00:00", "filename": "conformidad.pdf"}  # fmt: skip
    house.services.answers["contracts.get_for_installation"] = lambda _: None
    assert "<canvas" in technician.get(PAGE).text
    house.services.answers["installations.list_files"] = lambda _: {"rows": [kept]}
    page = technician.get(PAGE).text
    assert "<canvas" not in page and f"{words} · " in text_of(page) and "conformity" not in text_of(page)


def test_what_is_refused_says_which_field_why_and_what_the_office_has(house: House):
    _answering(house)
    technician = house.staff(TECHNICIAN)
    disputed = {"code": "changed-at-the-office", "params": {"value": "Portón azul"}}
    house.services.answers["installations.correct"] = _raising(ValidationFailed(fields={"comments": [disputed]}))
    fields = {"was:comments": "Portón verde", "comments": "Timbre", "was:wifi_ssid": "Casa", "wifi_ssid": "Casa"}
    answer = _as_a_phone(house, technician, "datos", **fields)
    assert answer.status_code == 422
    assert answer.json["problem"] == "Comentarios: Mientras tanto la oficina escribió «Portón azul»."
    assert answer.json["now"] == {"comments": "Portón azul"}
    (asked,) = house.services.told("installations.correct")
    assert asked.data["changes"] == {"comments": {"before": "Portón verde", "after": "Timbre"}}
    house.services.answers["installations.begin_visit"] = _raising(Unavailable("service-away"))
    assert _as_a_phone(house, technician, "iniciar").status_code == 503


def test_without_scripts_the_forms_work_as_forms_do(house: House):
    _answering(house)
    technician = house.staff(TECHNICIAN)
    fields = {"title:signal": "Señal", "was:signal": "", "value:signal": "-60", "title:wifi": "Wi-Fi", "was:wifi": ""}
    answer = send(technician, PAGE, f"{PAGE}/lista", **fields)
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    assert [asked.data["item_id"] for asked in house.services.told("installations.answer_checklist")] == ["signal"]
    house.services.answers["installations.begin_visit"] = _raising(
        Conflict("illegal-installation-move", state="active")
    )
    refused = send(technician, PAGE, f"{PAGE}/iniciar")
    assert refused.status_code == 302
    assert "El trabajo está en «Activa»." in text_of(technician.get(PAGE).text)


def test_the_contract_is_signed_as_it_was_shown(house: House):
    _answering(house)
    technician = house.staff(TECHNICIAN)
    shown = hidden(technician.get(PAGE).text, "text_sha256")
    fields = {"contract_id": CONTRACT, "text_sha256": shown, "signer_name": "Ana", "signature_png": "data:x"}
    _as_a_phone(house, technician, "firma", **fields)
    (asked,) = house.services.told("contracts.sign_in_person")
    assert asked.data["text_sha256"] == shown and len(shown) == 64


def test_ins_12_the_router_is_asked_again_and_honest_about_what_is_missing(house: House):
    _answering(house, state="active", client_number=9)
    technician = house.staff(TECHNICIAN)
    seen = text_of(send(technician, PAGE, f"{PAGE}/comprobar").text)
    assert "Falta que su equipo se conecte" in seen and "«ana» con IP 10.0.0.5" in seen
    house.services.answers["provisioning.verify"] = _raising(Unavailable("router-unreachable"))
    assert "El router no responde" in text_of(send(technician, PAGE, f"{PAGE}/comprobar").text)


def test_what_a_phone_keeps_is_all_of_one_version_and_can_be_kept_for_ever(house: House):
    visitor = house.visitor()
    worker = visitor.get("/campo/trabajador.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    told = json.loads(re.search(r"const TOLD = (.*);", worker.text)[1])
    for address in told["shell"]:
        assert visitor.get(address).status_code == 200, address
    pieces = [address for address in told["shell"] if "/campo/v/" in address]
    assert "max-age=31536000" in visitor.get(pieces[0]).headers["Cache-Control"]
    scripts = [address for address in pieces if address.endswith(".js")]
    assert not re.search(r"^\s*(import|export)\b", worker.text, re.MULTILINE), "not all browsers know them in workers"
    for script in scripts:
        for name in re.findall(r'from "([^"]+)"', visitor.get(script).text):
            assert re.sub(r"[^/]+/\.\./", "", script.rpartition("/")[0] + "/" + name.removeprefix("./")) in pieces, name
    assert visitor.get(pieces[0].replace(told["version"], "0" * 16)).status_code == 404
    assert visitor.get(f"/campo/v/{told['version']}/staff.js").status_code == 404
    manifest = json.loads(visitor.get("/campo/manifiesto.webmanifest").text)
    assert (manifest["start_url"], manifest["scope"]) == ("/campo/", "/campo/")
    assert all(visitor.get(icon["src"]).status_code == 200 for icon in manifest["icons"])


@pytest.mark.parametrize(
    ("phone", "number"),
    [("55 1234 5678", "525512345678"), ("+57 300 123 4567", "573001234567"), ("12", None)],
)
def test_a_message_goes_to_the_number_of_the_companys_country(phone: str, number: str | None):
    address = ways.message_address(phone, "es_MX", "Hola")
    assert (address or "").partition("?")[0] == (f"https://wa.me/{number}" if number else "")


def test_without_a_place_the_way_is_to_the_address():
    roads = dict(ways.roads(_job(city="Tepoztlán")))
    assert roads["geo"] == "geo:0,0?q=Encino%203%2C%20Tepoztl%C3%A1n"
    assert "destination=Encino+3" in roads["Google Maps"]


LIST = "/lista-de-verificacion/"


def _list(house: House) -> None:
    items = [{"item_id": "signal", "title": "Señal", "kind": "number", "unit": "dBm", "least": -70.0, "most": None}]
    house.services.answers |= {
        "installations.get_checklist": lambda _: {"version": 3, "items": items},
        "installations.save_checklist": lambda data: data,
    }


def test_the_office_writes_the_list_in_the_order_it_wants(house: House):
    _list(house)
    office = house.staff(OFFICE)
    assert "-70" in office.get(LIST).text
    fields = {
        "version": "3", "item_id-0": "signal", "title-0": "Señal", "kind-0": "number",
        "least-0": "-70,5", "place-0": "2",
        "title-1": "", "kind-1": "tick", "title-2": "Altura", "kind-2": "tick", "place-2": "1",
    }  # fmt: skip
    assert send(office, LIST, LIST, **fields).status_code == 302
    (asked,) = house.services.told("installations.save_checklist")
    assert [(item["title"], item["item_id"]) for item in asked.data["items"]] == [("Altura", None), ("Señal", "signal")]
    assert (asked.data["version"], asked.data["items"][1]["least"]) == (3, "-70.5")


def test_what_is_wrong_with_the_list_is_said_beside_it_and_nothing_is_lost(house: House):
    _list(house)
    office = house.staff(OFFICE)
    wrong = {"items.0.least": [{"code": "least-above-most", "params": {}}]}
    house.services.answers["installations.save_checklist"] = _raising(ValidationFailed(fields=wrong))
    fields = {"version": "3", "title-0": "", "title-1": "Altura", "kind-1": "number", "least-1": "9", "most-1": "1"}
    answer = send(office, LIST, LIST, **fields)
    assert answer.status_code == 422
    assert 'id="least-1-error"' in answer.text and 'value="Altura"' in answer.text
    assert house.staff(TECHNICIAN).get(LIST).status_code == 403
