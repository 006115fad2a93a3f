"""PRE-2, PRE-5: what the public form sends, what is refused, and what is told of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from marshmallow import ValidationError

from chassis.errors import Refusal, ValidationFailed
from chassis.identifiers import new_id
from chassis.rpc.answering import Answering
from events.gateway import CompanyChanged
from events.installations import InstallationActivated, InstallationCancelled, InstallationChanged, ServiceEnded
from services.preinstall import form, queries
from services.preinstall.errors import NotKnownYet
from services.preinstall.projections import learn_cancelled, learn_company, learn_installation
from services.preinstall.service import Preinstall
from services.preinstall.settings import PreinstallSettings
from services.preinstall.tracking import ALPHABET, LENGTH, new_tracking_number
from tests.hosting import on_sqlite
from tests.preinstall.builders import PAPERS, a_form, an_upload, submit, told_last, types
from tests.samples import COMPANY, STRANGER, told


def codes(refused):
    return {name: [one["code"] for one in complaints] for name, complaints in refused.value.fields.items()}


def test_a_request_is_kept_and_told_with_its_documents(session):
    request = submit(session)
    assert (request.state, request.version, len(request.tracking_number)) == ("open", 1, LENGTH)
    data = told_last(session)
    assert (data["tracking_number"], data["first_name"]) == (request.tracking_number, "María")
    assert [each["kind"] for each in data["documents"]] == list(PAPERS)
    assert data["documents"][0]["file_key"].startswith(f"objects/{COMPANY}/")
    shown = queries.get_request(session, request_id=request.id).documents
    assert queries.open_document(session, document_id=shown[0].id).filename == "id_front.jpg"


def test_tracking_numbers_differ_and_can_be_read_aloud():
    numbers = {new_tracking_number() for _ in range(1000)}
    assert len(numbers) == 1000
    assert set("".join(numbers)) <= set(ALPHABET) and not set("01OILAEU") & set(ALPHABET)


def test_sent_twice_it_is_one_request(session):
    identity = str(new_id())
    first, again = submit(session, request_id=identity), submit(session, request_id=identity)
    assert first is again and types(session) == ["PreinstallSubmitted"]


@on_sqlite
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("first_name", " ", "required"),
        ("address", None, "required"),
        ("phone", "12ab", "invalid-phone"),
        ("second_phone", "telephone", "invalid-phone"),
        ("email", "maria@", "invalid-email"),
        ("postal_code", "$$$", "invalid-postal-code"),
        ("comments", "x" * 5000, "too-long"),
        ("request_id", "1", "invalid-id"),
        ("utm", "1", "unknown-field"),
    ],
)
def test_what_cannot_be_right_is_refused_beside_its_field(session, field, value, code):
    with pytest.raises(ValidationError) as refused:
        submit(session, **{field: value})
    (complaint,) = refused.value.normalized_messages()[field]
    assert (complaint["code"] if isinstance(complaint, dict) else complaint) == code


def test_papers_are_required_until_the_company_decides_otherwise(session):
    with pytest.raises(ValidationFailed) as refused:
        submit(session, documents=[an_upload("id_front"), an_upload("id_front"), an_upload("coupon")])
    assert codes(refused) == {
        "documents": ["document-required", "document-required"],
        "documents.1": ["document-given-twice"],
    }
    assert [each["params"]["kind"] for each in refused.value.fields["documents"]] == ["id_back", "proof_of_address"]
    form.change_form_settings(session, documents=[{"kind": kind, "required": False} for kind in PAPERS])
    assert submit(session, documents=[]).documents == []
    form.change_form_settings(session, documents=[{"kind": "coupon", "required": True}])
    assert [each["required"] for each in form.asked_for(form.settings_of(session))] == [False, False, False, True]
    with pytest.raises(ValidationFailed):
        submit(session, documents=[], email="other@example.net")


def test_who_left_may_ask_again(session):
    identity = new_id()
    learn_installation(session, told(InstallationActivated, version=2, installation_id=identity))
    learn_installation(session, told(ServiceEnded, version=5, installation_id=identity))
    session.flush()
    assert submit(session, email="maria@example.net").email == "maria@example.net"


@pytest.mark.parametrize("event", [InstallationChanged, InstallationActivated])
def test_an_address_that_belongs_to_somebody_is_refused(session, event):
    identity = new_id()
    learn_installation(session, told(event, version=2, installation_id=identity, email="Maria@Example.net"))
    session.flush()
    with pytest.raises(ValidationFailed) as refused:
        submit(session)
    assert codes(refused) == {"email": ["email-taken"]}
    learn_cancelled(session, told(InstallationCancelled, version=3, installation_id=identity))
    learn_installation(session, told(event, version=2, installation_id=identity, email="maria@example.net"))
    session.flush()
    assert submit(session).email == "maria@example.net", "an older event brought a cancelled one back"


def test_an_address_of_an_open_request_is_refused_in_capitals_too(session):
    submit(session)
    with pytest.raises(ValidationFailed) as refused:
        submit(session, email="MARIA@example.NET")
    assert codes(refused) == {"email": ["email-taken"]}
    assert submit(session, email=None).email is None
    assert submit(session, email=None).email is None


def test_of_two_forms_with_one_address_at_once_one_is_refused(database, tmp_path):
    with database.begin(COMPANY) as session:
        learn_company(session, told(CompanyChanged))
        form.change_form_settings(session, documents=[{"kind": kind, "required": False} for kind in PAPERS])
    service = Preinstall(
        PreinstallSettings(database_url="", amqp_uri="amqp:", files_url=f"file://{tmp_path}"), database=database
    )

    def send(data):
        try:
            return Answering(service).answer("submit", {"company_id": str(COMPANY)}, data)
        except Refusal as refused:
            return refused.fields["email"][0]["code"]

    with ThreadPoolExecutor(2) as people:
        answers = list(people.map(send, [a_form(documents=[]), a_form(documents=[])]))
    assert "email-taken" in answers and len([each for each in answers if each != "email-taken"]) == 1


def test_the_same_address_may_ask_another_company(database):
    for company in (COMPANY, STRANGER):
        with database.begin(company) as session:
            learn_company(session, told(CompanyChanged, company_id=company))
            assert submit(session).email


def test_a_company_that_is_not_known_yet_has_no_form(database):
    with database.read(STRANGER) as session, pytest.raises(NotKnownYet):
        queries.form_settings(session, max_file_bytes=1)
