"""NOT-2: the owner describes the gateway for text messages, tries it out, and finds the portal's address."""

from __future__ import annotations

from chassis.errors import ValidationFailed
from chassis.schemas import coded
from gateway.model import OFFICE
from tests.gateway.pages import House, send, text_of
from tests.hosting import on_sqlite

PAGE = "/portal-de-clientes/"
GATEWAY = {
    "active": True, "method": "POST", "url": "https://sms.example/send", "headers": "", "body": "{{ texto }}",
    "accepted_when": None, "country": "MX", "kinds": ["activated"], "has_secret": True,
}  # fmt: skip


@on_sqlite
def test_not_2_a_gateway_is_described_tried_out_and_its_secret_never_shown(house: House):
    kept = []
    house.services.answers |= {
        "notifications.get_sms_gateway": lambda asked: kept[-1] if kept else None,
        "notifications.save_sms_gateway": lambda asked: kept.append(GATEWAY) or GATEWAY,
        "notifications.try_sms_gateway": lambda asked: {"message_id": "01981f00-0000-7000-8000-000000000001"},
    }
    owner = house.staff()
    page = owner.get(PAGE).text
    assert "http://alta.example/cliente/veloz/entrar" in page
    assert "Enviar mensaje de prueba" not in page, "there is nothing to try out yet"
    typed = {"active": "1", "method": "POST", "url": "https://sms.example/send", "country": "MX", "activated": "1"}
    assert send(owner, PAGE, f"{PAGE}mensajes", secret="top-secret", **typed).status_code == 302
    (asked,) = house.services.told("notifications.save_sms_gateway")
    assert (asked.data["secret"], asked.data["kinds"], asked.data["headers"]) == ("top-secret", ["activated"], "")
    page = owner.get(PAGE).text
    assert "top-secret" not in page and "Déjala vacía" in page
    tried = send(owner, PAGE, f"{PAGE}mensajes/probar", phone="55 1111 2222")
    assert tried.headers["Location"].startswith("/mensajes/01981f00")
    assert house.staff(OFFICE).get(PAGE).status_code == 403


@on_sqlite
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(house: House):
    def refuse(_asked):
        raise ValidationFailed(fields={"url": coded("invalid-address")})

    house.services.answers |= {
        "notifications.get_sms_gateway": lambda asked: None,
        "notifications.save_sms_gateway": refuse,
    }
    owner = house.staff()
    answer = send(owner, PAGE, f"{PAGE}mensajes", method="PUT", url="ftp://sms", country="CO", body="{{ texto }} hi")
    assert answer.status_code == 422
    assert "empiece con https://" in text_of(answer.text)
    assert "{{ texto }} hi" in answer.text and 'value="CO"' in answer.text
    house.services.away.add("notifications")
    assert "no está disponible" in text_of(owner.get(PAGE).text)
