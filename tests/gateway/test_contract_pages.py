"""Staff's contract pages."""

from __future__ import annotations

import pytest

from chassis.errors import ValidationFailed
from chassis.identifiers import new_id
from gateway.model import READ_ONLY
from tests.gateway.pages import BASE_URL, SIGNATURE, House, send, text_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

INSTALLATION, CONTRACT = str(new_id()), str(new_id())
PATH = f"/instalaciones/{INSTALLATION}/contrato"
WRITTEN = {"content": "<p>Texto</p>", "starts_on": "2026-12-01", "ends_on": ""}


def test_a_first_contract_is_drafted_from_the_template(house: House):
    _answering(house, contract=None)
    assert "&lt;p&gt;Borrador&lt;/p&gt;" in house.staff().get(PATH).text


@pytest.mark.parametrize("action", ["save", "pdf"])
def test_without_a_signature_it_is_only_saved_and_that_is_said(house: House, action):
    _answering(house, contract=None)
    client = house.staff()
    assert send(client, PATH, PATH, action=action, **WRITTEN).status_code == 302
    (saved,) = house.services.told("contracts.save")
    assert (saved.data["starts_on"], saved.data["ends_on"]) == ("2026-12-01", None)
    assert house.services.told("contracts.sign_in_person") == []
    said = text_of(client.get(PATH).text)
    assert ("El PDF no se generó porque" in said) is (action == "pdf")


def test_who_is_there_signs_on_the_same_page(house: House):
    _answering(house)
    send(house.staff(), PATH, PATH, action="pdf", signer_name="Ana", signature_png=SIGNATURE, **WRITTEN)
    (signed,) = house.services.told("contracts.sign_in_person")
    assert signed.data["contract_id"] == CONTRACT
    assert signed.data["signer_name"] == "Ana"


def test_a_signature_that_is_refused_leaves_the_text_saved_and_the_page_as_it_was(house: House):
    def refuse(data):
        raise ValidationFailed(fields={"signature_png": [{"code": "signature-blank", "params": {}}]})

    _answering(house)
    house.services.answers["contracts.sign_in_person"] = refuse
    answer = send(house.staff(), PATH, PATH, action="save", signature_png=SIGNATURE, signer_name="Ana", **WRITTEN)
    assert answer.status_code == 422
    assert "Falta la firma." in answer.text
    assert f'name="contract_id" value="{CONTRACT}"' in answer.text
    assert 'name="version" value="2"' in answer.text, "the next save builds on this one"


def test_an_unknown_tag_is_named_beside_the_text(house: House):
    def refuse(data):
        raise ValidationFailed(fields={"content": [{"code": "unknown-tag", "params": {"tags": ["cliente.apodo"]}}]})

    _answering(house, contract=None)
    house.services.answers["contracts.save"] = refuse
    answer = send(house.staff(), PATH, PATH, action="save", **WRITTEN)
    assert "cliente.apodo" in answer.text
    assert "&lt;p&gt;Texto&lt;/p&gt;" in answer.text


def test_the_link_is_shown_whole_to_be_copied(house: House):
    _answering(house)
    person = house.staff()
    answer = send(person, PATH, f"{PATH}/enlace", contract_id=CONTRACT, action="show")
    assert f'value="{BASE_URL}/contrato/secret"' in answer.text
    assert house.services.told("contracts.issue_link")[0].data["send_email"] is False
    again = person.get(f"{PATH}/enlace")
    assert (again.status_code, again.location) == (302, PATH), "loaded again, or in another language"


def test_a_signed_contract_cannot_be_edited_and_its_pdf_is_made_after_asking(house: House):
    _answering(house, contract=_contract(signed_at="2026-11-20T18:00:00+00:00", signer_name="Ana"))
    client = house.staff()
    page = client.get(PATH).text
    assert 'name="content"' not in page
    assert "Si continúas, se reemplaza" not in page
    _answering(
        house,
        contract=_contract(signed_at="2026-11-20T18:00:00+00:00", pdf={"state": "ready", "readable": True}),
    )
    assert "Si continúas, se reemplaza" in client.get(PATH).text
    send(client, PATH, f"{PATH}/pdf", contract_id=CONTRACT)
    assert house.services.told("contracts.generate_pdf")


def test_who_may_only_read_changes_nothing(house: House):
    _answering(house)
    reader = house.staff(READ_ONLY)
    assert reader.get(PATH).status_code == 200
    for path in (PATH, f"{PATH}/enlace", f"{PATH}/pdf", f"{PATH}/archivos"):
        assert send(reader, PATH, path, contract_id=CONTRACT, **WRITTEN).status_code == 403


def test_the_page_goes_on_while_installations_is_away(house: House):
    _answering(house)
    house.services.away.add("installations")
    assert house.staff().get(PATH).status_code == 200


def _contract(**changed):
    return {
        "contract_id": CONTRACT,
        "installation_id": INSTALLATION,
        "state": "pending",
        "content": "<p>Guardado</p>",
        "starts_on": None,
        "ends_on": None,
        "signed_at": None,
        "activated_at": None,
        "signer_name": None,
        "pdf": {"state": "none", "readable": False},
        "link": None,
        "attachments": [],
        "version": 1,
    } | changed


def _answering(house: House, **given):
    contract = given.get("contract", _contract())
    person = {"number": 7, "first_name": "Ana", "last_name": "García", "email": "ana@example.com"}
    template = {"template_id": str(new_id()), "name": "Estándar", "content": "", "is_default": True}
    house.services.answers |= {
        "contracts.get_for_installation": lambda data: contract,
        "contracts.draft": lambda data: {"content": "<p>Borrador</p>"},
        "contracts.list_templates": lambda data: {"rows": [template], "next": None},
        "contracts.save": lambda data: {"contract_id": CONTRACT, "state": "pending", "version": 2},
        "contracts.sign_in_person": lambda data: {"contract_id": CONTRACT},
        "contracts.issue_link": lambda data: {"path": "/contrato/secret", "expires_at": "2026-12-01T00:00:00+00:00"},
        "contracts.generate_pdf": lambda data: {"contract_id": CONTRACT},
        "installations.get_installation": lambda data: person,
    }
