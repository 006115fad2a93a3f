"""PRE-6, PRE-8: staff reject with a reason, see who may be the same, and the person follows it by number."""

from __future__ import annotations

from chassis.errors import Conflict, NotFound
from chassis.identifiers import new_id
from gateway.model import OFFICE, TECHNICIAN
from tests.gateway.pages import House, send, text_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

REQUEST = str(new_id())
OTHER = str(new_id())


def a_request(**changed):
    return {
        "request_id": REQUEST, "state": "open", "first_name": "María", "last_name": "López", "phone": "55 1",
        "tracking_number": "ABC123", "submitted_at": "2026-11-24T18:00:00+00:00", "address": "Calle 5",
        "documents": [], "duplicates": [], "duplicated": False, "installation_id": None, "campaign": None,
        "reject_reason": None, **changed,
    }  # fmt: skip


def test_a_possible_duplicate_is_seen_in_the_list_and_leads_to_the_other(house: House):
    house.services.answers["preinstall.form_settings"] = lambda _: {"reject_reasons": ["Sin cobertura"]}
    house.services.answers["preinstall.list_requests"] = lambda _: {"rows": [a_request(duplicated=True)], "next": None}
    same = {"kind": "installation", "id": OTHER, "label": "7 · María L.", "state": "active", "reasons": ["phone"]}
    house.services.answers["preinstall.get_request"] = lambda _: a_request(duplicates=[same], campaign={"source": "fb"})
    office = house.staff(OFFICE)
    assert "posible duplicado" in text_of(office.get("/preinstalaciones/").text)
    page = office.get(f"/preinstalaciones/{REQUEST}").text
    assert f"/instalaciones/{OTHER}" in page
    assert "mismo dato: teléfono" in text_of(page)
    assert "fb" in text_of(page)


def test_the_office_rejects_with_a_reason_and_is_told_when_it_is_too_late(house: House):
    def refuse(_data):
        raise Conflict("request-not-open", state="approved")

    house.services.answers |= {
        "preinstall.get_request": lambda _: a_request(),
        "preinstall.reject": lambda _: {},
        "preinstall.form_settings": lambda _: {"reject_reasons": []},
    }
    path = f"/preinstalaciones/{REQUEST}"
    assert send(house.staff(OFFICE), path, f"{path}/rechazar", reason=" Sin cobertura ").status_code == 302
    (told,) = house.services.told("preinstall.reject")
    assert told.data == {"request_id": REQUEST, "reason": "Sin cobertura"}
    assert send(house.staff(TECHNICIAN), path, f"{path}/rechazar", reason="x").status_code == 403
    house.services.answers["preinstall.reject"] = refuse
    answer = send(house.staff(OFFICE), path, f"{path}/rechazar", reason="Sin cobertura")
    assert (answer.status_code, "ya está «" in text_of(answer.text)) == (409, True)


def test_the_person_follows_it_by_its_number(house: House):
    def found(data):
        if data["tracking_number"] != "ABC123":
            raise NotFound("request-not-found")
        return {
            "state": "approved", "submitted_at": "2026-11-24T18:00:00+00:00", "reject_reason": None,
            "installation_state": "new", "scheduled_at": "2026-11-25T16:00:00+00:00",
        }  # fmt: skip

    house.services.answers["preinstall.track"] = found
    path, visitor = "/solicitar-instalacion/veloz/seguimiento", house.visitor()
    assert visitor.get(path).status_code == 200
    page = visitor.get(f"{path}?numero=ABC123")
    assert (page.status_code, "25 nov 2026, 10:00" in text_of(page.text)) == (200, True)
    unknown = visitor.get(f"{path}?numero=NADA")
    assert (unknown.status_code, "Esta solicitud no existe" in text_of(unknown.text)) == (404, True)
    assert visitor.get("/solicitar-instalacion/otra/seguimiento?numero=ABC123").status_code == 404
    assert visitor.get(f"/seguimiento/{house.company.id}/ABC123").location == f"{path}?numero=ABC123"
    assert visitor.get(f"/seguimiento/{new_id()}/ABC123").status_code == 404


def test_pre_8_two_that_may_be_the_same_are_compared_with_whoever_has_the_other(house: House):
    def known(kind):
        return {"kind": kind, "id": OTHER, "label": "x", "state": "open", "reasons": ["phone"]}

    office, path = house.staff(OFFICE), f"/preinstalaciones/{REQUEST}/comparar"
    other = a_request(request_id=OTHER, first_name="Mariana")
    for kind, service in (("request", "preinstall.get_request"), ("installation", "installations.get_installation")):
        house.services.answers = {
            "preinstall.get_request": lambda data, kind=kind: (
                a_request(duplicates=[known(kind)]) if data["request_id"] == REQUEST else other
            ),
        }
        house.services.answers.setdefault(service, lambda _: other)
        page = office.get(f"{path}/{kind}/{OTHER}")
        assert (page.status_code, "Mariana López" in text_of(page.text)) == (200, True), kind
        assert office.get(f"{path}/{kind}/{REQUEST}").status_code == 404
    house.services.away.add("installations")
    assert "no está disponible" in text_of(office.get(f"{path}/installation/{OTHER}").text)
