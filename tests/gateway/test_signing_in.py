"""GAT-3: signing in, with a second factor where there is one; sessions that can be ended, one's own and others'."""

from __future__ import annotations

import re
from base64 import b32decode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import select

from chassis import clock
from chassis.messages import Envelope
from chassis.storage.tables import event_log
from events.gateway import StaffLinkIssued
from gateway import accounts, second_factor
from gateway.model import OFFICE, OWNER
from tests.gateway.pages import BASE_URL, House, a_company, hidden, send, text_of
from tests.hosting import on_sqlite

EMAIL, PASSWORD = "eva@veloz.example", "secreto-123"


@pytest.fixture
def time(monkeypatch):
    """The gateway's clock, which a test can move."""
    moved = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: moved[0])

    def later(**by: float) -> None:
        moved[0] += timedelta(**by)

    return later


def a_person(house: House, role: str = OWNER, email: str = EMAIL) -> str:
    with house.database.begin(house.company.id) as session:
        return str(accounts.save_staff(session, name="Eva Ruiz", email=email, role=role, password=PASSWORD).id)


def sign_in(house: House, password: str = PASSWORD, email: str = EMAIL):
    client = house.visitor()
    answer = send(client, "/entrar", "/entrar", email=email, password=password)
    return client, answer


def code(secret: str) -> str:
    return TOTP(b32decode(secret), 6, SHA1(), 30).generate(int(clock.now().timestamp())).decode()


def turn_on(client) -> tuple[str, list[str]]:
    """Turns the second factor on; returns its secret and the recovery codes."""
    page = client.get("/cuenta/segundo-factor").text
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)[1]
    shown = client.post(
        "/cuenta/segundo-factor", data={"csrf_token": hidden(page, "csrf_token"), "code": code(secret)}
    ).text
    return secret, re.findall(r"<code>([a-z2-7-]{14})</code>", shown)


def test_without_a_second_factor_the_password_opens(house):
    a_person(house)
    client, answer = sign_in(house)
    assert answer.status_code == 302
    assert client.get("/cuenta/").status_code == 200
    assert sign_in(house, "otra-clave")[1].status_code == 401


def test_a_second_factor_is_asked_for_and_each_code_opens_once(house, time):
    a_person(house)
    secret, _codes = turn_on(sign_in(house)[0])
    time(seconds=31)
    client, answer = sign_in(house)
    assert answer.headers["Location"].startswith("/entrar/codigo")
    assert client.get("/cuenta/").headers["Location"].startswith("/entrar")
    used = code(secret)
    assert send(client, "/entrar/codigo", "/entrar/codigo", code="000000").status_code == 401
    assert send(client, "/entrar/codigo", "/entrar/codigo", code=used).headers["Location"] == "/"
    assert client.get("/cuenta/").status_code == 200
    again, _answer = sign_in(house)
    assert send(again, "/entrar/codigo", "/entrar/codigo", code=used).status_code == 401


def test_a_code_that_is_not_the_apps_turns_nothing_on(house):
    a_person(house)
    client, _answer = sign_in(house)
    answer = send(client, "/cuenta/segundo-factor", "/cuenta/segundo-factor", code="000000")
    assert answer.status_code == 422
    assert "no es correcto" in text_of(answer.text)
    assert sign_in(house)[1].headers["Location"] == "/"


def test_a_recovery_code_opens_once(house):
    a_person(house)
    _secret, codes = turn_on(sign_in(house)[0])
    assert len(codes) == second_factor.RECOVERY_CODES
    for expected in (302, 401):
        client, _answer = sign_in(house)
        assert send(client, "/entrar/codigo", "/entrar/codigo", code=codes[0].upper()).status_code == expected


def test_codes_cannot_be_tried_out(house, time):
    a_person(house)
    secret, _codes = turn_on(sign_in(house)[0])
    time(seconds=31)
    client, _answer = sign_in(house)
    for _ in range(second_factor.WRONG_AT_MOST):
        send(client, "/entrar/codigo", "/entrar/codigo", code="000000")
    refused = send(client, "/entrar/codigo", "/entrar/codigo", code=code(secret))
    assert refused.status_code == 401
    assert "15 minutos" in text_of(refused.text)
    time(minutes=16)
    client, _answer = sign_in(house)
    assert send(client, "/entrar/codigo", "/entrar/codigo", code=code(secret)).status_code == 302


def test_the_password_step_does_not_last(house, time):
    a_person(house)
    secret, _codes = turn_on(sign_in(house)[0])
    client, _answer = sign_in(house)
    page = client.get("/entrar/codigo").text
    time(minutes=6)
    answer = client.post("/entrar/codigo", data={"csrf_token": hidden(page, "csrf_token"), "code": code(secret)})
    assert answer.headers["Location"].startswith("/entrar")
    assert client.get("/cuenta/").status_code == 302


def test_turning_it_off_asks_for_the_password(house):
    a_person(house)
    client, _answer = sign_in(house)
    turn_on(client)
    assert send(client, "/cuenta/", "/cuenta/segundo-factor/quitar", current_password="otra").status_code == 422
    assert send(client, "/cuenta/", "/cuenta/segundo-factor/quitar", current_password=PASSWORD).status_code == 302
    assert sign_in(house)[1].headers["Location"] == "/"


def test_where_the_company_asks_for_it_nothing_else_opens_before(house):
    owner = house.staff(OWNER)
    assert send(owner, "/personal/", "/personal/segundo-factor", required="1").status_code == 302
    a_person(house, OFFICE)
    client, _answer = sign_in(house)
    for page in ("/", "/instalaciones/", "/cuenta/"):
        assert client.get(page).headers["Location"] == "/cuenta/segundo-factor"
    turn_on(client)
    assert client.get("/cuenta/").status_code == 200


def test_a_new_password_signs_out_the_other_browsers(house):
    a_person(house)
    here, there = sign_in(house)[0], sign_in(house)[0]
    wrong = send(here, "/cuenta/", "/cuenta/clave", old_password="otra", password="nueva-clave")
    assert (wrong.status_code, there.get("/cuenta/").status_code) == (422, 200)
    send(here, "/cuenta/", "/cuenta/clave", old_password=PASSWORD, password="nueva-clave")
    assert (here.get("/cuenta/").status_code, there.get("/cuenta/").status_code) == (200, 302)
    assert sign_in(house, "nueva-clave")[1].status_code == 302


def test_a_session_can_be_ended_from_another_browser(house):
    a_person(house)
    here, there = sign_in(house)[0], sign_in(house)[0]
    page = here.get("/cuenta/").text
    other = re.search(r'name="session_id" value="([^"]+)"', page)[1]
    here.post("/cuenta/sesiones/cerrar", data={"csrf_token": hidden(page, "csrf_token"), "session_id": other})
    assert (here.get("/cuenta/").status_code, there.get("/cuenta/").status_code) == (200, 302)


def test_the_owner_ends_sessions_and_takes_away_a_lost_second_factor(house):
    owner, person = house.staff(OWNER), a_person(house, OFFICE)
    client, _answer = sign_in(house)
    turn_on(client)
    send(owner, f"/personal/{person}", f"/personal/{person}/cerrar-sesiones")
    assert client.get("/cuenta/").status_code == 302
    send(owner, f"/personal/{person}", f"/personal/{person}/quitar-segundo-factor")
    assert sign_in(house)[1].headers["Location"] == "/"


def test_another_companys_owner_cannot(house):
    person = a_person(house, OFFICE)
    client, _answer = sign_in(house)
    stranger = _stranger(house)
    assert send(stranger, "/personal/", f"/personal/{person}/cerrar-sesiones").status_code == 404
    assert send(stranger, "/personal/", f"/personal/{person}/quitar-segundo-factor").status_code == 404
    assert client.get("/cuenta/").status_code == 200


def _stranger(house: House):
    """The owner of another company on the same gateway."""
    other = a_company(house.database, name="Lento", slug="lento", email="hola@lento.example")
    return House(house.app, other, house.services, house.database).staff(OWNER)


def link_of(house: House) -> str:
    """The path of the address that was told last to who mails it."""
    of_links = select(event_log.c.body).where(event_log.c.type == StaffLinkIssued.type).order_by(event_log.c.id)
    with house.database.engine.connect() as connection:
        told = Envelope.decode(list(connection.scalars(of_links))[-1].encode()).data
    context = f"staff-{told['purpose']}/{house.company.id}/{told['link_id']}"
    address = house.app.extensions["alta"].shared_keyring.open(told["sealed_address"], context)
    return address.removeprefix(BASE_URL)


@on_sqlite
def test_who_is_invited_chooses_a_password_once(house, time):
    owner = house.staff(OWNER)
    typed = {"name": "Luis Paz", "email": "luis@veloz.example", "role": OFFICE, "active": "1"}
    assert send(owner, "/personal/", "/personal/", **typed).status_code == 302
    path = link_of(house)
    guest = house.visitor()
    for password, repeated, said in (
        ("corta", "corta", "mínimo 10"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "fácil de adivinar"),
        ("soy luis 2026", "soy luis 2026", "fácil de adivinar"),
        ("caballo azul 7", "caballo rojo 7", "No es igual"),
    ):
        answer = send(guest, path, path, password=password, repeated=repeated)
        assert answer.status_code == 422
        assert said in text_of(answer.text)
    assert send(guest, path, path, password="caballo azul 7", repeated="caballo azul 7").status_code == 302
    assert sign_in(house, "caballo azul 7", "luis@veloz.example")[1].status_code == 302
    assert guest.get(path).status_code == 410
    send(owner, "/personal/", "/personal/", **typed | {"email": "ana@veloz.example"})
    late = link_of(house)
    time(days=8)
    assert guest.get(late).status_code == 410


@on_sqlite
def test_a_forgotten_password_is_replaced_by_mail_and_nobody_learns_who_has_an_account(house, time):
    a_person(house)
    inside, _answer = sign_in(house)
    path, answers = "/entrar/clave-olvidada", []
    for email in (EMAIL, "nobody@veloz.example"):
        client = house.visitor()
        answer = send(client, path, path, email=email)
        answer.close()  # what follows the answer is done by now
        answers.append(text_of(client.get("/entrar").text).replace(email, "…"))
    assert answers[0] == answers[1]
    reset = link_of(house)
    send(client, path, path, email=EMAIL).close()
    assert client.get(reset).status_code == 410, "a newer link ends the one before"
    reset = link_of(house)
    assert send(client, reset, reset, password="otra clave larga", repeated="otra clave larga").status_code == 302
    assert inside.get("/cuenta/").status_code == 302, "whoever knew the old one is out"
    assert sign_in(house, "otra clave larga")[1].status_code == 302
    send(client, path, path, email=EMAIL).close()
    assert send(client, path, path, email=EMAIL).status_code == 429
    time(hours=2)
    assert client.get(link_of(house)).status_code == 410


@on_sqlite
def test_passwords_cannot_be_tried_out_in_any_process(house, time):
    a_person(house)
    for email in (EMAIL, "nobody@veloz.example"):
        for _ in range(8):
            assert sign_in(house, "wrong-guess", email)[1].status_code == 401
        assert sign_in(house, PASSWORD, email)[1].status_code == 429
    time(minutes=16)
    assert sign_in(house)[1].status_code == 302


@on_sqlite
def test_the_owner_sees_where_somebody_is_signed_in_and_ends_one(house):
    owner, person = house.staff(OWNER), a_person(house, OFFICE)
    here, there = sign_in(house)[0], sign_in(house)[0]
    page = owner.get(f"/personal/{person}").text
    ids = re.findall(r'name="session_id" value="([^"]+)"', page)
    assert len(ids) == 2
    send(owner, f"/personal/{person}", f"/personal/{person}/cerrar-sesiones", session_id=ids[0])
    assert sorted((here.get("/cuenta/").status_code, there.get("/cuenta/").status_code)) == [200, 302]


def test_a_browsers_token_is_the_same_on_all_of_its_pages_and_nobody_elses(house: House):
    """GAT-3: forms that were opened long ago, in other tabs, can still be sent; those of another browser cannot."""
    mine, other = house.staff(), house.staff()
    tokens = [hidden(mine.get(path).text, "csrf_token") for path in ("/cuenta/", "/cuenta/segundo-factor", "/cuenta/")]
    assert len(set(tokens)) == 1 and hidden(other.get("/cuenta/").text, "csrf_token") != tokens[0]
    language = {"language": "en", "next": "/cuenta/"}
    assert mine.post("/idioma", data={**language, "csrf_token": tokens[0]}).status_code == 302
    assert other.post("/idioma", data={**language, "csrf_token": tokens[0]}).status_code == 400
