"""PRE-1: a company's own domain: claimed, proven by its DNS, and then the company's alone."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import dns.message
import dns.rrset
import pytest

from gateway import domains
from gateway.model import OFFICE, CompanyDomain
from tests.gateway.pages import BASE_URL, House, a_company, send, text_of
from tests.gateway.test_request_form import _answering

PAGE, HOST = "/formulario-publico/dominios", "internet.veloz.example"


class NameServer(socketserver.ThreadingUDPServer):
    """Knows the TXT records that a test gives it."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def address(self) -> str:
        return "{}:{}".format(*self.server_address)


class _Answer(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, socket = self.request
        question = dns.message.from_wire(data)
        answer = dns.message.make_response(question)
        name = question.question[0].name
        for text in self.server.texts.get(name.to_text().rstrip("."), []):
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", f'"{text}"'))
        socket.sendto(answer.to_wire(), self.client_address)


@pytest.fixture
def name_server(house: House) -> Iterator[NameServer]:
    server = NameServer()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    object.__setattr__(house.app.extensions["alta"].settings, "dns_server", server.address)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_pre_1_a_domain_is_proven_by_its_dns_and_then_serves_the_form_and_links(house: House, name_server: NameServer):
    _answering(house)
    owner = house.staff()
    assert send(owner, PAGE, PAGE, host=f" https://{HOST.upper()}/x ").status_code == 302
    domain = _domains(house)[0]
    assert f"alta={domain.proof}" in owner.get(PAGE).text
    prove = f"{PAGE}/{domain.id}/comprobar"
    send(owner, PAGE, prove)
    assert "Todavía no se ve el registro TXT _alta.internet.veloz.example" in text_of(owner.get(PAGE).text)
    assert _at(house, "/solicitar-instalacion").status_code == 404
    name_server.texts[f"_alta.{HOST}"] = ["v=spf1 -all", f"alta={domain.proof}"]
    send(owner, PAGE, prove)
    assert "es tuyo" in text_of(owner.get(PAGE).text)
    assert "Solicitar instalación" in _at(house, "/solicitar-instalacion").text
    assert _at(house, "/").location == "/solicitar-instalacion"
    for host, status in ((HOST, 204), ("nobody.example", 404)):
        assert house.visitor().get(f"/dominios/servido?domain={host}").status_code == status
    assert f'value="http://{HOST}/solicitar-instalacion"' in owner.get("/formulario-publico/compartir").text
    with house.database.read(house.company.id) as session:
        assert domains.base_url_of(session, house.company.id, "https://alta.example:8443") == f"https://{HOST}:8443"
    send(owner, PAGE, f"{PAGE}/{domain.id}/quitar")
    assert _at(house, "/solicitar-instalacion").status_code == 404


def test_pre_1_on_a_companys_domain_there_is_nothing_of_others_and_no_staff_page(house: House):
    _answering(house)
    other = a_company(house.database, slug="otra", name="Otra")
    _served(house, house.company.id, HOST)
    for path in ("/solicitar-instalacion/veloz", "/solicitar-instalacion/veloz/seguimiento", "/suspendido/veloz"):
        assert _at(house, path).status_code == 200, path
    theirs = (
        f"/solicitar-instalacion/{other.slug}",
        "/suspendido/otra",
        "/entrar",
        "/instalaciones/",
        "/formulario-publico",
    )
    for path in theirs:
        assert _at(house, path).status_code == 404, path
    assert _at(house, "/solicitar-instalacion", host="nobody.example").status_code == 404
    assert house.visitor().get("/solicitar-instalacion", base_url=BASE_URL).status_code == 404


def test_pre_1_a_name_that_another_company_has_proven_is_not_given_away(house: House, name_server: NameServer):
    other = a_company(house.database, slug="otra")
    _served(house, other.id, HOST)
    owner = house.staff()
    send(owner, PAGE, PAGE, host=HOST)
    (domain,) = _domains(house)
    name_server.texts[f"_alta.{HOST}"] = [f"alta={domain.proof}"]
    send(owner, PAGE, f"{PAGE}/{domain.id}/comprobar")
    assert "Otra empresa ya comprobó" in text_of(owner.get(PAGE).text)
    foreign = _served(house, other.id, "b.example")
    for what in ("comprobar", "principal", "quitar"):
        assert send(owner, PAGE, f"{PAGE}/{foreign}/{what}").status_code == 404


@pytest.mark.parametrize(
    "host", ["", "localhost", "10.0.0.1", "a..b", "-a.example", "alta.example", "ex ample.com", "a" * 300]
)
def test_pre_1_what_is_no_domain_is_refused_beside_the_field(house: House, host: str):
    answer = send(house.staff(), PAGE, PAGE, host=host)
    assert (answer.status_code, "Este dominio no es válido" in text_of(answer.text)) == (422, True)


def test_pre_1_the_first_domain_is_where_links_lead_until_another_is_chosen(house: House):
    first, second = _served(house, house.company.id, "a.example"), _served(house, house.company.id, "b.example")
    owner = house.staff()
    assert send(owner, PAGE, f"{PAGE}/{second}/principal").status_code == 302
    assert {domain.host: domain.is_main for domain in _domains(house)} == {"a.example": False, "b.example": True}
    send(owner, PAGE, f"{PAGE}/{second}/quitar")
    assert [(domain.id, domain.is_main) for domain in _domains(house)] == [(first, True)]
    assert house.staff(OFFICE).get(PAGE).status_code == 403


def _at(house: House, path: str, host: str = HOST):
    return house.visitor().get(path, base_url=f"http://{host}")


def _domains(house: House) -> list[CompanyDomain]:
    with house.database.read(house.company.id) as session:
        return domains.of_company(session)


def _served(house: House, company_id, host: str):
    """As if it had been proven."""
    from chassis import clock

    with house.database.begin(company_id) as session:
        claimed = domains.claim(session, host=host, ours="alta.example", at=clock.now())
        session.flush()
        return domains.accept(session, domain_id=claimed.id, at=clock.now()).id
