"""Routers, messages, and the settings of the public form."""

from __future__ import annotations

from chassis.errors import Conflict
from chassis.identifiers import new_id
from gateway.model import READ_ONLY, TECHNICIAN
from tests.gateway.pages import BASE_URL, House, send, text_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

ROUTER = str(new_id())
PAGE = f"/routers/{ROUTER}"
TYPED = {
    "router_id": ROUTER, "name": "Torre", "address": "10.0.0.1", "port": "8729", "tls": "1", "username": "alta",
    "certificate_sha256": "AB:" * 31 + "CD", "mode": "pppoe", "active": "1",
}  # fmt: skip
INSTALLATION = str(new_id())
SERVICE = f"/instalaciones/{INSTALLATION}/servicio"
KINDS = ("id_front", "id_back", "proof_of_address", "coupon")


def test_an_empty_password_keeps_the_present_one(house: House):
    _answering(house)
    send(house.staff(), PAGE, "/routers", **TYPED, password="")
    (saved,) = house.services.told("provisioning.save_router")
    assert saved.data["password"] is None
    assert saved.data["port"] == 8729
    assert saved.data["certificate_sha256"] == "ab" * 31 + "cd"


def test_a_password_comes_back_in_no_page(house: House):
    _answering(house)
    answer = send(house.staff(), PAGE, "/routers", **(TYPED | {"port": "no"}), password="muy-secreta")
    assert house.services.told("provisioning.save_router")[0].data["password"] == "muy-secreta"
    assert "muy-secreta" not in answer.text


def test_each_step_of_the_connection_test_is_explained(house: House):
    _answering(house)
    missing = {"check": "permissions", "ok": False, "code": "router-policies-missing", "params": {"missing": ["write"]}}
    reached = {"check": "connect", "ok": True, "code": "router-reached", "params": {}}
    house.services.answers["provisioning.test_router"] = lambda data: {"ok": False, "checks": [reached, missing]}
    said = text_of(send(house.staff(TECHNICIAN), PAGE, f"{PAGE}/prueba").text)
    assert "Se llega al router." in said
    assert "Al usuario le faltan permisos en el router. Faltan: write" in said


def test_how_a_router_suspends_is_saved_with_it(house: House):
    _answering(house)
    chosen = {"suspend_by": "low_rate", "suspended_list": "morosos", "suspended_kbps": "128", "interface": "ether2"}
    send(house.staff(), PAGE, "/routers", **TYPED, **chosen)
    (saved,) = house.services.told("provisioning.save_router")
    assert (saved.data["suspend_by"], saved.data["suspended_list"]) == ("low_rate", "morosos")
    assert (saved.data["suspended_kbps"], saved.data["interface"], saved.data["server"]) == (128, "ether2", "")


def test_a_service_is_suspended_and_reconnected_by_the_office_alone(house: House):
    _answering(house)
    assert "Suspender" in house.staff().get(SERVICE).text
    assert send(house.staff(), SERVICE, f"{SERVICE}/suspender").location == SERVICE
    (told,) = house.services.told("provisioning.suspend")
    assert told.data == {"installation_id": INSTALLATION}
    shown = house.staff().get(SERVICE).text
    assert "Suspendido" in shown and "Reconectar" in shown
    assert send(house.staff(), SERVICE, f"{SERVICE}/reconectar").location == SERVICE
    for action in ("suspender", "reconectar", "quitar"):
        assert send(house.staff(TECHNICIAN), SERVICE, f"{SERVICE}/{action}").status_code == 403


def test_a_refused_change_says_why(house: House):
    _answering(house)

    def refuse(_data):
        raise Conflict("account-not-placed")

    house.services.answers["provisioning.suspend"] = refuse
    client = house.staff()
    send(client, SERVICE, f"{SERVICE}/suspender")
    assert "Este servicio no está en ningún router." in client.get(SERVICE).text


def test_differences_are_shown_by_client_and_repaired(house: House):
    _answering(house)
    changed = {"kind": "changed", "menu": "/queue/simple", "name": "ana", "properties": ["max-limit"]}
    stray = {"kind": "left_over", "menu": "/ppp/secret", "name": "viejo", "properties": []}
    house.services.answers |= {
        "provisioning.compare_router": lambda data: {
            "compared": 3,
            "clients": [{"installation_id": INSTALLATION, "name": "ana", "differences": [changed]}],
            "strays": [stray],
        },
        "provisioning.repair_router": lambda data: {"asked": 1},
    }
    client = house.staff()
    shown = send(client, PAGE, f"{PAGE}/diferencias").text
    assert "Cambiado: max-limit" in shown and "Quedó sin dueño" in shown and "Reparar 1 cliente" in shown
    send(client, PAGE, f"{PAGE}/reparar", installation_id=INSTALLATION)
    (told,) = house.services.told("provisioning.repair_router")
    assert told.data == {"router_id": ROUTER, "installation_ids": [INSTALLATION]}
    assert "Se repara 1 servicio." in client.get(PAGE).text
    assert send(house.staff(TECHNICIAN), PAGE, f"{PAGE}/reparar").status_code == 403


def test_a_router_without_differences_says_so(house: House):
    _answering(house)
    house.services.answers["provisioning.compare_router"] = lambda data: {"compared": 2, "clients": [], "strays": []}
    assert "Todo está como debe: 2 servicios." in send(house.staff(), PAGE, f"{PAGE}/diferencias").text


def test_suspended_clients_are_led_to_a_notice_in_their_companys_name(house: House):
    _answering(house)
    address = "/suspendido/veloz"
    assert f'href="{BASE_URL}{address}"' in house.staff().get(PAGE).text
    notice = house.visitor().get(address)
    assert "Tu servicio de internet está suspendido" in notice.text and "55 1234 5678" in notice.text
    assert "suspended" in house.visitor().get(f"{address}?lang=en").text
    assert house.visitor().get("/suspendido/otra").status_code == 404


def test_who_may_only_read_saves_no_router(house: House):
    _answering(house)
    assert send(house.staff(READ_ONLY), PAGE, "/routers", **TYPED).status_code == 403


def test_the_company_chooses_which_address_of_its_form_works(house: House):
    _answering(house)
    client, page = house.staff(), "/formulario-publico/compartir"
    by_code = f"/solicitar-instalacion/{house.company.public_uuid}"
    assert f'value="{BASE_URL}/solicitar-instalacion/veloz"' in client.get(page).text
    send(client, page, "/formulario-publico/direccion", public_identifier="uuid")
    assert f'value="{BASE_URL}{by_code}"' in client.get(page).text
    assert house.visitor().get(by_code).status_code == 200
    assert house.visitor().get("/solicitar-instalacion/veloz").status_code == 404


def test_pre_2_the_company_chooses_what_its_form_asks_for_and_says(house: House):
    _answering(house)
    page = "/formulario-publico"
    told = {
        "document_id_front": "required",
        "document_coupon": "left_out",
        "field_email": "required",
        "welcome": "Hola",
    }
    send(house.staff(), page, f"{page}/contenido", colour="#ffe000", reject_reasons=" Lejos \n\nSin torre", **told)
    (changed,) = house.services.told("preinstall.change_form_settings")
    documents = {each["kind"]: (each["required"], each["asked"]) for each in changed.data["documents"]}
    assert (documents["id_front"], documents["id_back"], documents["coupon"]) == (
        (True, True), (False, True), (False, False),
    )  # fmt: skip
    assert {"name": "email", "required": True, "asked": True} in changed.data["person_fields"]
    assert (changed.data["texts"]["welcome"], changed.data["reject_reasons"]) == ("Hola", ["Lejos", "Sin torre"])
    assert "/apariencia/ffe000.css" in house.visitor().get("/solicitar-instalacion/veloz").text
    preview = send(
        house.staff(),
        page,
        f"{page}/vista-previa",
        colour="#00ff00",
        welcome="<b>Qué tal",
        field_city="left_out",
    )
    assert "/apariencia/00ff00.css" in preview.text and "&lt;b&gt;Qué tal" in preview.text
    assert 'name="city"' not in preview.text and "<script" not in preview.text


def test_a_message_that_failed_says_why_and_can_be_sent_again(house: House):
    message_id = str(new_id())
    message = {
        "message_id": message_id, "kind": "invoice", "audience": "person", "recipient": "ana@example.com",
        "recipient_name": "Ana", "subject": "Tu factura", "state": "failed", "failure_code": "no-answer",
        "failure_params": {}, "created_at": "2026-11-23T10:00:00+00:00", "sent_at": None, "text": "Hola <b>Ana</b>",
    }  # fmt: skip
    house.services.answers |= {
        "notifications.list_messages": lambda data: {"rows": [message], "next": None},
        "notifications.get_message": lambda data: message,
        "notifications.resend": lambda data: {},
    }
    client, page = house.staff(), f"/mensajes/{message_id}"
    assert "Tu factura" in client.get("/mensajes").text
    shown = client.get(page).text
    assert "no responde" in shown
    assert "Hola &lt;b&gt;Ana" in shown
    send(client, page, f"{page}/reenviar")
    assert house.services.told("notifications.resend")[0].data == {"message_id": message_id}


def _answering(house: House):
    router = {
        "router_id": ROUTER, "name": "Torre", "address": "10.0.0.1", "port": 8728, "tls": False, "username": "alta",
        "certificate_sha256": None, "mode": "simple_queue", "active": True, "lost_at": None, "version": 1,
    }  # fmt: skip
    documents = [{"kind": kind, "required": True} for kind in KINDS]
    account = {
        "account_id": str(new_id()), "installation_id": INSTALLATION, "state": "placed", "suspended": False,
        "pending": [], "service_name": "ana", "ip_address": "10.0.0.9", "mac_address": None, "download_kbps": 20_000,
        "upload_kbps": 5_000, "mode": "pppoe", "router_id": ROUTER, "router_name": "Torre", "observed": None,
        "verified_at": None, "reason_code": None, "reason_params": None,
    }  # fmt: skip

    def suspended(wanted: bool):
        account["suspended"] = wanted
        return account

    house.services.answers |= {
        "provisioning.account": lambda data: account,
        "provisioning.suspend": lambda data: suspended(True),
        "provisioning.reconnect": lambda data: suspended(False),
        "installations.get_installation": lambda data: {"first_name": "Ana", "last_name": "Robles"},
        "provisioning.get_router": lambda data: router,
        "provisioning.save_router": lambda data: router,
        "preinstall.form_settings": lambda data: {"documents": documents, "max_file_bytes": 1_000_000},
        "preinstall.change_form_settings": lambda data: {},
    }


def test_what_differs_on_all_routers_is_listed_and_the_chosen_clients_repaired_each_on_its_router(house: House):
    other, client = str(new_id()), str(new_id())
    common = {
        "kind": "changed",
        "menu": "/queue/simple",
        "properties": ["max-limit"],
        "found_at": "2026-11-24T18:00:00Z",
    }
    rows = [
        {**common, "router_id": ROUTER, "installation_id": INSTALLATION, "name": "ana.lopez"},
        {**common, "router_id": other, "installation_id": client, "name": "eva.ruiz"},
        {**common, "router_id": other, "installation_id": None, "name": "sin dueño", "kind": "left_over"},
    ]
    house.services.answers |= {
        "provisioning.list_differences": lambda _: {"rows": rows, "next": None, "counts": {ROUTER: 1, other: 2}},
        "provisioning.list_routers": lambda _: {"rows": [{"router_id": ROUTER, "name": "Torre"}], "next": None},
        "provisioning.repair_router": lambda data: {"asked": len(data["installation_ids"])},
        "provisioning.compare_all": lambda _: {"asked": 2},
    }
    page = text_of(house.staff().get("/routers/diferencias").text)
    assert "Cambiado: max-limit" in page and "Torre (1)" in page and "Quedó sin dueño" in page
    chosen = [f"{ROUTER}/{INSTALLATION}", f"{other}/{client}"]
    assert send(house.staff(), "/routers/diferencias", "/routers/diferencias/reparar", chosen=chosen).status_code == 302
    told = [asked.data for asked in house.services.told("provisioning.repair_router")]
    assert told == [
        {"router_id": ROUTER, "installation_ids": [INSTALLATION]},
        {"router_id": other, "installation_ids": [client]},
    ]
    technician = house.staff(TECHNICIAN)
    assert send(technician, "/routers/diferencias", "/routers/diferencias/comparar").status_code == 302
    assert send(technician, "/routers/diferencias", "/routers/diferencias/reparar", chosen=chosen).status_code == 403


def test_every_service_is_listed_with_its_state_and_why_a_router_refuses(house: House):
    row = {
        "installation_id": INSTALLATION, "service_name": "ana.lopez", "ip_address": "10.0.0.5", "mac_address": None,
        "router_name": "Torre", "mode": "pppoe", "download_kbps": 20_000, "upload_kbps": 5_000, "suspended": True,
        "state": "placed", "reason_code": None, "reason_params": None, "verified_at": "2026-11-24T18:00:00+00:00",
    }  # fmt: skip
    refused = row | {"state": "refused", "reason_code": "router-unreachable", "service_name": "eva.ruiz"}
    house.services.answers |= {
        "provisioning.list_accounts": lambda _: {"rows": [row, refused], "next": None},
        "provisioning.list_routers": lambda _: {"rows": [], "next": None},
    }
    page = text_of(house.staff(READ_ONLY).get("/servicios?search=ana&state=suspended").text)
    assert "Suspendido" in page and "Rechazado por el router" in page and "20 Mbps / 5 Mbps" in page
    (asked,) = house.services.told("provisioning.list_accounts")
    assert (asked.data["search"], asked.data["state"]) == ("ana", "suspended")
