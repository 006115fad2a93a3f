"""The public request form: nothing that a person typed or sent is lost, and one request is one request."""

from __future__ import annotations

import io
import re
from pathlib import Path

import gateway
from chassis.errors import Conflict, ValidationFailed
from gateway.deferral import Deliverer
from tests.gateway.pages import House, a_company, hidden, problem_of, proof_for, text_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

FORM = "/solicitar-instalacion/veloz"
PERSON = {"first_name": "María", "last_name": "López", "address": "Calle 5", "phone": "55 1111 2222"}
ASKED = [
    {"kind": "id_front", "required": True},
    {"kind": "id_back", "required": True},
    {"kind": "proof_of_address", "required": False},
    {"kind": "coupon", "required": False},
]
LIGHT = 100_000


def test_only_the_address_that_the_company_chose_is_answered(house: House):
    _answering(house)
    other = a_company(house.database, slug="otra", public_identifier="uuid")
    client = house.visitor()
    assert client.get(FORM).status_code == 200
    assert client.get(f"/solicitar-instalacion/{house.company.public_uuid}").status_code == 404
    assert client.get(f"/solicitar-instalacion/{other.public_uuid}").status_code == 200
    assert client.get("/solicitar-instalacion/otra").status_code == 404
    assert client.get("/solicitar-instalacion/nadie").status_code == 404


def test_a_request_reaches_the_service_with_its_papers_and_shows_its_number(house: House):
    _answering(house)
    client = house.visitor()
    answer = _send(client, client.get(FORM).text, files=("id_front", "id_back"))
    (submitted,) = house.services.told("preinstall.submit")
    assert [document["kind"] for document in submitted.data["documents"]] == ["id_front", "id_back"]
    key = submitted.data["documents"][0]["staged_key"]
    with house.app.extensions["alta"].files.open(key) as staged:
        assert staged.read() == b"content of id_front"
    assert submitted.context["idempotency_key"] == submitted.data["request_id"]
    assert submitted.context["company_id"] == str(house.company.id)
    assert "ABC123" in client.get(answer.location).text


def test_where_the_person_came_from_goes_along(house: House):
    _answering(house)
    client = house.visitor()
    page = client.get(f"{FORM}?utm_source=volante&utm_campaign=otoño", headers={"Referer": "https://veloz.example/x"})
    sent = {name: hidden(page.text, name) for name in ("source", "name", "referrer")}
    assert _send(client, page.text, files=("id_front", "id_back"), **sent).status_code == 302
    (submitted,) = house.services.told("preinstall.submit")
    assert submitted.data["campaign"] == {"source": "volante", "name": "otoño", "referrer": "veloz.example"}


def test_what_was_typed_and_sent_is_still_there_after_an_error(house: House):
    _answering(house)
    client = house.visitor()
    answer = _send(client, client.get(FORM).text, files=("id_front",), phone="", last_name='López "<b>')
    assert answer.status_code == 422
    assert problem_of(answer.text, "phone") == "Este dato es obligatorio."
    assert problem_of(answer.text, "id_back") == "Falta este documento."
    assert "López &#34;&lt;b&gt;" in answer.text
    assert "id_front.jpg" in answer.text
    assert house.services.told("preinstall.submit") == []
    again = _send(client, answer.text, files=("id_back",), kept_id_front=hidden(answer.text, "kept_id_front"))
    assert again.status_code == 302
    (submitted,) = house.services.told("preinstall.submit")
    assert [document["filename"] for document in submitted.data["documents"]] == ["id_front.jpg", "id_back.jpg"]


def test_a_wrong_upload_is_named_and_only_that_one_has_to_be_chosen_again(house: House):
    def refuse(data):
        params = {"filename": "id_back.jpg", "kind": "id_back"}
        raise ValidationFailed(fields={"documents.1": [{"code": "file-type-not-allowed", "params": params}]})

    _answering(house, submit=refuse)
    client = house.visitor()
    answer = _send(client, client.get(FORM).text, files=("id_front", "id_back"))
    assert answer.status_code == 422
    assert problem_of(answer.text, "id_back") == "El archivo «id_back.jpg» no es PDF, PNG ni JPG."
    assert hidden(answer.text, "kept_id_front")
    assert not hidden(answer.text, "kept_id_back")


def test_a_file_that_is_too_large_is_refused_by_name_before_anybody_is_asked(house: House):
    _answering(house)
    client = house.visitor()
    page = client.get(FORM).text
    large = {"id_front": (io.BytesIO(b"x" * 1_000_001), "enorme.jpg")}
    answer = client.post(FORM, data=_fields(page) | large)
    assert problem_of(answer.text, "id_front") == "El archivo «enorme.jpg» pesa demasiado: el máximo es 977 kB."
    assert house.services.told("preinstall.submit") == []


def test_a_page_that_is_reloaded_begins_with_its_own_tokens(house: House):
    """Firefox puts back what hidden fields held before, unless they say so."""
    _answering(house)
    fields = re.findall(r'<input type="hidden"[^>]*>', house.visitor().get(f"{FORM}?utm_source=web").text)
    names = {re.search(r'name="(\w+)"', field)[1] for field in fields}
    assert names >= {"request_id", "altcha", "source", "kept_id_front"}
    assert [field for field in fields if 'autocomplete="off"' not in field] == []


def test_papers_kept_for_one_request_are_worth_nothing_in_another(house: House):
    _answering(house)
    client = house.visitor()
    first = _send(client, client.get(FORM).text, files=("id_front", "id_back"), phone="")
    other = _send(client, client.get(FORM).text, kept_id_front=hidden(first.text, "kept_id_front"))
    assert problem_of(other.text, "id_front") == "Falta este documento."


def test_without_a_proof_of_work_nothing_is_sent(house: House):
    _answering(house)
    client = house.visitor()
    one, other = client.get(FORM).text, client.get(FORM).text
    for altcha in ("", "junk", proof_for(other)):
        assert _send(client, one, files=("id_front", "id_back"), altcha=altcha).status_code == 422
    assert house.services.told("preinstall.submit") == []


def test_a_form_that_is_sent_twice_is_one_request(house: House):
    _answering(house)
    client = house.visitor()
    page = client.get(FORM).text
    altcha = proof_for(page)
    first, second = (_send(client, page, files=("id_front", "id_back"), altcha=altcha) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert len(house.services.told("preinstall.submit")) == 1
    assert "ABC123" in client.get(second.location).text


def test_two_that_arrive_at_once_lead_to_the_same_page(house: House):
    def refuse(data):
        raise Conflict("idempotency-key-reused")

    _answering(house, submit=refuse)
    client = house.visitor()
    answer = _send(client, client.get(FORM).text, files=("id_front", "id_back"))
    assert "ABC123" in client.get(answer.location).text


def test_while_the_service_is_away_requests_are_kept_and_delivered_later(house: House):
    house.services.away.add("preinstall")
    client = house.visitor()
    page = client.get(FORM).text
    assert 'name="proof_of_address"' in page
    answer = _send(client, page, files=("id_front", "id_back", "proof_of_address"))
    assert "Recibida, en cola" in client.get(answer.location).text
    house.services.away.clear()
    _answering(house)
    _deliver(house)
    assert "ABC123" in client.get(answer.location).text
    assert len(house.services.told("preinstall.submit")) == 1


def test_a_kept_request_that_is_refused_later_says_so(house: House):
    def refuse(data):
        raise ValidationFailed("email-taken")

    house.services.away.add("preinstall")
    client = house.visitor()
    answer = _send(client, client.get(FORM).text, files=("id_front", "id_back", "proof_of_address"))
    house.services.away.clear()
    _answering(house, submit=refuse)
    _deliver(house)
    assert "Este correo ya está en uso" in text_of(client.get(answer.location).text)


def test_what_the_company_required_last_is_remembered_while_the_service_is_away(house: House):
    _answering(house)
    client = house.visitor()
    client.get(FORM)
    house.services.away.add("preinstall")
    assert _send(client, client.get(FORM).text, files=("id_front", "id_back")).status_code == 302


def test_it_speaks_the_companys_language_and_the_visitors_choice(house: House):
    _answering(house)
    client = house.visitor(language="fr")
    assert "Solicitar instalación" in client.get(FORM).text
    assert "Request installation" in client.get(f"{FORM}?lang=en").text
    assert "Request installation" in client.get(FORM).text


def test_errors_are_tied_to_their_fields(house: House):
    _answering(house)
    client = house.visitor()
    page = _send(client, client.get(FORM).text, phone="abc").text
    field = page[page.index('id="phone"') :].partition(">")[0]
    assert 'aria-invalid="true"' in field
    assert "phone-problem" in field
    assert '<a href="#phone">' in page


def test_a_receipt_cannot_be_made_up(house: House):
    assert house.visitor().get(f"{FORM}/recibida/made-up").status_code == 404


def test_the_page_and_all_that_it_loads_is_light(house: House):
    """What is measured are the files as they are written: they are served like that."""
    _answering(house)
    assets = Path(gateway.__file__).parent / "assets" / "public"
    loaded = sum(path.stat().st_size for path in assets.iterdir())
    assert loaded + len(house.visitor().get(FORM).data) < LIGHT


def _answering(house: House, submit=lambda data: {"request_id": data["request_id"], "tracking_number": "ABC123"}):
    house.services.answers |= {
        "preinstall.form_settings": lambda data: {"documents": ASKED, "max_file_bytes": 5_000_000},
        "preinstall.submit": submit,
        "preinstall.get_request": lambda data: {"tracking_number": "ABC123"},
    }


def _fields(page: str, **typed: str):
    own = {"request_id": hidden(page, "request_id")}
    return {**PERSON, **own, **({} if "altcha" in typed else {"altcha": proof_for(page)}), **typed}


def _send(client, page: str, files=(), **typed: str):
    sent = {kind: (io.BytesIO(f"content of {kind}".encode()), f"{kind}.jpg") for kind in files}
    return client.post(FORM, data=_fields(page, **typed) | sent)


def _deliver(house: House):
    """As the gateway's own thread does."""
    deliverer = Deliverer(house.app.extensions["alta"])
    for command in deliverer._due():
        deliverer._deliver(command)
