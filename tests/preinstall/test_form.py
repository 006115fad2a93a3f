"""PRE-2, PRE-8: the company decides what its form asks for and says; what people agreed to can still be read."""

from __future__ import annotations

import pytest

from chassis.errors import ValidationFailed
from services.preinstall import form, queries
from services.preinstall.form import change_form_settings
from tests.preinstall.builders import NOON, PAPERS, submit
from tests.preinstall.test_submitting import codes


def told(session):
    return queries.form_settings(session, max_file_bytes=1)


def test_pre_2_a_document_is_required_optional_or_not_asked_for(session):
    not_asked = {"kind": "id_back", "required": True, "asked": False}
    change_form_settings(session, documents=[not_asked, {"kind": "proof_of_address", "required": False}])
    shown = {each["kind"]: (each["required"], each["asked"]) for each in told(session)["documents"]}
    assert shown == {
        "id_front": (True, True), "id_back": (False, False), "proof_of_address": (False, True), "coupon": (False, True),
    }  # fmt: skip
    change_form_settings(session, documents=[{"kind": "id_back", "required": True}])
    assert told(session)["documents"][1] == {"kind": "id_back", "required": True, "asked": True}


def test_pre_2_a_field_is_required_when_the_company_says_so(session):
    change_form_settings(
        session, person_fields=[{"name": "email", "required": True}, {"name": "city", "required": True}]
    )
    with pytest.raises(ValidationFailed) as refused:
        submit(session, email=None, city=" ")
    assert codes(refused) == {"email": ["required"], "city": ["required"]}
    change_form_settings(session, person_fields=[{"name": "email", "required": False, "asked": False}])
    assert submit(session, email=None).city
    assert {each["name"]: each["asked"] for each in told(session)["person_fields"]}["email"] is False


def test_pre_8_what_somebody_agreed_to_is_kept_when_the_notice_changes(session):
    change_form_settings(session, at=NOON, texts={"privacy": "Usamos tus datos para instalar."})
    with pytest.raises(ValidationFailed) as refused:
        submit(session, email=None)
    assert codes(refused) == {"privacy_version": ["consent-required"]}
    first = submit(session, privacy_version=1)
    change_form_settings(session, at=NOON, texts={"privacy": "Y para cobrar."})
    assert told(session)["privacy"] == {"version": 2, "text": "Y para cobrar."}
    open_since_before = submit(session, email=None, privacy_version=1)
    for request in (first, open_since_before):
        shown = queries.get_request(session, request_id=request.id)
        assert shown.privacy_text == "Usamos tus datos para instalar."
    with pytest.raises(ValidationFailed):
        submit(session, email=None, privacy_version=3)
    change_form_settings(session, texts={"privacy": None})
    assert told(session)["privacy"] is None
    assert submit(session, email=None).privacy_version is None


def test_pre_8_texts_and_reasons_are_the_companys_and_what_is_not_named_stays(session):
    assert (told(session)["welcome"], told(session)["reject_reasons"]) == (None, [])
    change_form_settings(session, texts={"welcome": "Hola", "thanks": "Gracias"}, reject_reasons=["Sin cobertura", ""])
    change_form_settings(session, documents=[{"kind": kind, "required": False} for kind in PAPERS])
    assert (told(session)["welcome"], told(session)["thanks"]) == ("Hola", "Gracias")
    assert told(session)["reject_reasons"] == ["Sin cobertura"]
    assert form.settings_of(session).required == []
