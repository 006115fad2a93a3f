"""GAT-1: the client portal. In with a code, one's own and nothing else, and what is away hides nothing more."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from chassis import clock
from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.messages import Envelope
from chassis.storage.tables import event_log
from events.gateway import PortalCodeIssued
from gateway import codes
from gateway.model import PortalCode, PortalSession
from tests.gateway.pages import House, a_company, send, text_of
from tests.hosting import on_sqlite

MARIA, HER_SECOND, PEDRO = str(new_id()), str(new_id()), str(new_id())
EMAIL, PHONE = "maria@example.net", "+525511112222"
DOOR, HOME = "/cliente/veloz/entrar", "/cliente/veloz/"


@pytest.fixture
def time(monkeypatch):
    """The gateway's clock, which a test can move."""
    moved = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: moved[0])

    def later(**by: float) -> None:
        moved[0] += timedelta(**by)

    return later


@pytest.fixture(autouse=True)
def services(house: House) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Whose the installations are, by contact; María has one."""
    known = {("email", EMAIL): [a_service(MARIA)], ("phone", PHONE): [a_service(MARIA)]}
    known["email", "pedro@example.net"] = [a_service(PEDRO, first_name="Pedro")]
    house.services.answers |= {
        "installations.services_of": lambda asked: {"rows": known.get((asked["kind"], asked["value"]), [])},
        "installations.files_for_client": lambda asked: {"rows": []},
        "provisioning.standing_for_client": lambda asked: STANDING,
        "billing.account_for_client": lambda asked: ACCOUNT,
        "contracts.contract_for_client": lambda asked: None,
        "notifications.ways_to_reach": lambda asked: {"sms": True},
    }
    return known


def a_service(installation_id: str, **changed: Any) -> dict[str, Any]:
    plan = {"name": "Hogar 50", "download_kbps": 50_000, "upload_kbps": 10_000, "price_minor": 49900, "currency": "MXN"}
    usual = {
        "installation_id": installation_id, "number": 7, "client_number": 5, "state": "active", "first_name": "María",
        "last_name": "López", "address": "Calle 5", "neighbourhood": None, "city": None, "technician_name": "Tomás",
        "scheduled_at": "2026-11-24T16:00:00+00:00", "activated_at": "2026-11-24T18:00:00+00:00", "wifi_ssid": None,
        "plan": plan,
    }  # fmt: skip
    return {**usual, **changed}


STANDING = {"state": "placed", "suspended": False, "download_kbps": 50_000, "upload_kbps": 10_000}
ACCOUNT = {"currency": "MXN", "balance_minor": 0, "invoices": [], "payments": []}


def told_codes(house: House) -> list[dict[str, Any]]:
    """What was told to who sends codes, the newest last."""
    of_codes = select(event_log.c.body).where(event_log.c.type == PortalCodeIssued.type).order_by(event_log.c.id)
    with house.database.engine.connect() as connection:
        return [Envelope.decode(body.encode()).data for body in connection.scalars(of_codes)]


def code_of(house: House) -> str:
    told = told_codes(house)[-1]
    context = f"portal-code/{house.company.id}/{told['code_id']}"
    return house.app.extensions["alta"].shared_keyring.open(told["sealed_code"], context)


def ask(house: House, contact: str = EMAIL, client: Any = None):
    client = client or house.visitor()
    return client, send(client, DOOR, DOOR, contact=contact)


def enter(house: House, contact: str = EMAIL, **typed: str):
    client, _answer = ask(house, contact)
    answer = send(client, "/cliente/veloz/codigo", "/cliente/veloz/codigo", code=code_of(house), **typed)
    assert answer.status_code == 302, text_of(answer.text)
    return client


def test_gat_1_a_code_opens_the_portal_once(house):
    client, asked = ask(house, " MARIA@example.net ")
    assert asked.headers["Location"].startswith("/cliente/veloz/codigo")
    assert client.get(HOME).headers["Location"].startswith(DOOR)
    code = code_of(house)
    opened = send(client, "/cliente/veloz/codigo", "/cliente/veloz/codigo", code=f"{code[:3]} {code[3:]}")
    assert opened.headers["Location"] == HOME
    page = client.get(client.get(HOME).headers["Location"])
    assert "Tu servicio está activo" in text_of(page.text)
    assert "Hola, María" in text_of(page.text)
    assert page.headers["Cache-Control"] == "no-store"
    (asked_for,) = house.services.told("billing.account_for_client")
    assert (asked_for.data, asked_for.context["actor"]["kind"]) == ({"installation_id": MARIA}, "client")
    again, _answer = ask(house)
    assert send(again, "/cliente/veloz/codigo", "/cliente/veloz/codigo", code=code).status_code == 422


@on_sqlite
def test_a_telephone_is_known_however_it_is_typed(house):
    enter(house, "55 1111-2222")
    assert told_codes(house)[-1]["phone"] == PHONE
    house.services.answers["notifications.ways_to_reach"] = lambda asked: {"sms": False}
    _client, answer = ask(house, "55 1111 2222")
    assert answer.status_code == 422
    assert "Este correo no es válido" in text_of(answer.text)


@on_sqlite
def test_a_stranger_is_answered_like_a_client_and_sent_nothing(house):
    known, unknown = (ask(house, contact)[1] for contact in (EMAIL, "nobody@example.net"))
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    pages = [ask(house, contact)[0].get("/cliente/veloz/codigo").text for contact in (EMAIL, "nobody@example.net")]
    plain = [re.sub(r'(value|content)="[^"]*"|[\w.]+@example.net', "", page) for page in pages]
    assert plain[0] == plain[1]
    client, _answer = ask(house, "nobody@example.net")
    told = told_codes(house)
    assert [each["email"] for each in told] == [EMAIL, None, EMAIL, None, None]
    guessed = send(client, "/cliente/veloz/codigo", "/cliente/veloz/codigo", code=code_of(house))
    assert guessed.status_code == 422
    assert client.get(HOME).status_code == 302


def test_a_newer_code_a_wrong_one_and_time_end_a_code(house, time):
    client, _answer = ask(house)
    first = code_of(house)
    ask(house, client=client)
    path = "/cliente/veloz/codigo"
    second = code_of(house)
    if first != second:
        assert send(client, path, path, code=first).status_code == 422
    for left in range(codes.MOST_TRIES - 2, -1, -1):
        wrong = send(client, path, path, code="000000" if second != "000000" else "111111")
        said = f"Intentos que quedan: {left}" if left else "ya no sirve"
        assert said in text_of(wrong.text)
    assert send(client, path, path, code=second).status_code == 422
    client, _answer = ask(house)
    time(minutes=11)
    assert send(client, path, path, code=code_of(house)).status_code == 422


@on_sqlite
def test_codes_are_limited_by_contact_in_every_process_whoever_the_contact_is(house, time):
    for contact in (EMAIL, "nobody@example.net"):
        for _ in range(5):
            assert ask(house, contact)[1].status_code == 302
        assert ask(house, contact)[1].status_code == 429
    time(minutes=61)
    assert ask(house)[1].status_code == 302


@on_sqlite
def test_guesses_are_limited_by_address(house):
    path = "/cliente/veloz/codigo"
    for number in range(10):
        client, _answer = ask(house, f"person{number}@example.net")
        for _ in range(4):
            assert send(client, path, path, code="123456").status_code == 422
    assert send(client, path, path, code="123456").status_code == 429
    assert ask(house, "another@example.net")[1].status_code == 429


@on_sqlite
def test_the_code_is_nowhere_in_the_open(house):
    ask(house)
    code = code_of(house)
    with house.database.read(house.company.id) as session:
        row = session.scalar(select(PortalCode))
        assert code not in str({column.name: getattr(row, column.name) for column in PortalCode.__table__.columns})
    assert code not in str(told_codes(house))


@on_sqlite
def test_gat_3_what_is_another_clients_is_not_there(house):
    client = enter(house)
    asked = len(house.services.asked)
    for other in (PEDRO, str(new_id())):
        for path in ("", f"/facturas/{new_id()}", f"/archivos/{new_id()}", "/contrato", "/contrato/pdf"):
            assert client.get(f"/cliente/veloz/servicio/{other}{path}").status_code == 404
    assert {each.name for each in house.services.asked[asked:]} == {"installations.services_of"}


@on_sqlite
def test_gat_3_what_one_client_may_see_is_asked_for_by_their_own_installation(house):
    client = enter(house)
    house.services.answers["billing.invoice_for_client"] = _not_found
    invoice = str(new_id())
    assert client.get(f"/cliente/veloz/servicio/{MARIA}/facturas/{invoice}").status_code == 404
    assert house.services.told("billing.invoice_for_client")[0].data == {
        "installation_id": MARIA, "invoice_id": invoice,
    }  # fmt: skip


@on_sqlite
def test_gat_3_another_companys_portal_stays_closed(house):
    a_company(house.database, name="Lento", slug="lento", email="hola@lento.example")
    client = enter(house)
    assert client.get("/cliente/lento/").headers["Location"] == "/cliente/lento/entrar?next=/cliente/lento/"
    assert client.get(f"/cliente/lento/servicio/{MARIA}").status_code == 302
    nobodys = client.get("/cliente/otra/entrar")
    assert (nobodys.status_code, "Esta página no existe." in text_of(nobodys.text)) == (404, True)


@on_sqlite
def test_a_client_is_no_staff_and_staff_are_no_client(house):
    client = enter(house)
    assert client.get("/clientes/").headers["Location"].startswith("/entrar")
    staff = house.staff()
    assert staff.get(HOME).headers["Location"].startswith(DOOR)


@on_sqlite
def test_who_has_several_services_chooses(house, services):
    services["email", EMAIL] = [a_service(MARIA), a_service(HER_SECOND, address="Calle 9", state="new")]
    client = enter(house)
    page = client.get(HOME).text
    assert f"/cliente/veloz/servicio/{MARIA}" in page and f"/cliente/veloz/servicio/{HER_SECOND}" in page
    pending = text_of(client.get(f"/cliente/veloz/servicio/{HER_SECOND}").text)
    assert "Tu instalación está programada" in pending and "Irá Tomás" in pending


@on_sqlite
def test_what_is_no_longer_theirs_closes(house, services):
    client = enter(house)
    services["email", EMAIL] = []
    assert client.get(f"/cliente/veloz/servicio/{MARIA}").status_code == 404
    assert "Ya no hay ningún servicio" in text_of(client.get(HOME).text)


@on_sqlite
def test_a_suspended_client_reads_why_and_how_to_come_back(house):
    house.services.answers["provisioning.standing_for_client"] = lambda asked: {**STANDING, "suspended": True}
    house.services.answers["billing.account_for_client"] = lambda asked: {**ACCOUNT, "balance_minor": 49900}
    page = text_of(enter(house).get(f"/cliente/veloz/servicio/{MARIA}").text)
    assert "Tu servicio está suspendido" in page
    assert "pago pendiente de $499.00" in page


@on_sqlite
def test_gat_4_a_service_that_is_away_hides_its_part_alone(house):
    client = enter(house)
    working, unpaid, unsigned = "Tu servicio está activo", "Todavía no hay facturas", "Todavía no hay contrato"
    for service, shown, hidden in (
        ("billing", working, unpaid),
        ("contracts", working, unsigned),
        ("provisioning", "No podemos ver el estado", working),
        ("installations", unpaid, working),
    ):
        house.services.away = {service}
        answer = client.get(f"/cliente/veloz/servicio/{MARIA}")
        assert answer.status_code == 200
        page = text_of(answer.text)
        assert shown in page and hidden not in page
    assert client.get(f"/cliente/veloz/servicio/{PEDRO}").status_code == 404


@on_sqlite
def test_nobody_is_let_in_while_it_is_not_known_whose_the_contact_is(house):
    house.services.away.add("installations")
    assert ask(house)[1].status_code == 503


@on_sqlite
def test_an_unsigned_contract_leads_to_its_link(house):
    house.services.answers |= {
        "contracts.contract_for_client": lambda asked: {"state": "pending", "signed_at": None, "pdf_ready": False},
        "contracts.link_for_client": lambda asked: {"path": "/contrato/top-secret", "expires_at": "2026-12-01"},
    }
    client = enter(house)
    page = f"/cliente/veloz/servicio/{MARIA}"
    assert "Leer y firmar" in text_of(client.get(page).text)
    assert send(client, page, f"{page}/contrato/firmar").headers["Location"] == "/contrato/top-secret"
    assert house.services.told("contracts.link_for_client")[0].context["idempotency_key"]


def test_devices_are_seen_and_ended_one_and_all(house):
    here, there, pedro = enter(house), enter(house), enter(house, "pedro@example.net")
    page = here.get("/cliente/veloz/dispositivos").text
    (other,) = re.findall(r'name="session_id" value="([^"]+)"', page)
    send(here, "/cliente/veloz/dispositivos", "/cliente/veloz/dispositivos/cerrar", session_id=other)
    assert (here.get(HOME).status_code, there.get(HOME).headers["Location"][: len(DOOR)]) == (302, DOOR)
    third = enter(house)
    send(here, "/cliente/veloz/dispositivos", "/cliente/veloz/dispositivos/cerrar")
    for gone in (here, third):
        assert gone.get(HOME).headers["Location"].startswith(DOOR)
    assert pedro.get(HOME).headers["Location"] == f"/cliente/veloz/servicio/{PEDRO}"


@on_sqlite
def test_one_persons_device_cannot_be_ended_by_another(house):
    maria, pedro = enter(house), enter(house, "pedro@example.net")
    with house.database.read(house.company.id) as session:
        hers = session.scalar(select(PortalSession.id).where(PortalSession.contact == EMAIL))
    send(pedro, "/cliente/veloz/dispositivos", "/cliente/veloz/dispositivos/cerrar", session_id=hers)
    assert maria.get(HOME).headers["Location"] == f"/cliente/veloz/servicio/{MARIA}"


@on_sqlite
def test_signing_out_and_being_remembered(house, time):
    remembered, passing = enter(house, remember="1"), enter(house)
    time(days=30)
    assert passing.get(HOME).headers["Location"].startswith(DOOR)
    assert remembered.get(HOME).headers["Location"] == f"/cliente/veloz/servicio/{MARIA}"
    send(remembered, "/cliente/veloz/dispositivos", "/cliente/veloz/salir")
    assert remembered.get(HOME).headers["Location"].startswith(DOOR)
    with house.database.read(house.company.id) as session:
        assert session.scalar(select(func.count()).select_from(PortalSession)) == 1


def _not_found(_asked: Any) -> Any:
    raise NotFound
