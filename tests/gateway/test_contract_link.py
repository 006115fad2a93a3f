"""The contract link: who has it reads and signs; nobody learns it from us; a signature is never lost."""

from __future__ import annotations

import io

import pytest
import structlog
from structlog.processors import KeyValueRenderer
from structlog.testing import CapturingLogger

from chassis.errors import Conflict, NotFound, ValidationFailed
from chassis.identifiers import new_id
from gateway import app
from gateway.deferral import Deliverer
from gateway.public.contract_text import shown
from tests.gateway.pages import SIGNATURE, House, hidden, problem_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

TOKEN = "a-token-of-43-characters-that-opens-a-door-x"
PATH = f"/contrato/{TOKEN}"
SIGNED = {"signer_name": "Ana García", "signature_png": SIGNATURE, "consent": "1"}


def test_it_shows_the_text_and_tells_nobody_where_it_is(house: House, monkeypatch: pytest.MonkeyPatch):
    lines = CapturingLogger()
    monkeypatch.setattr(app, "log", structlog.wrap_logger(lines, processors=[KeyValueRenderer()]))
    _answering(house)
    answer = house.visitor().get(PATH)
    assert '<p class="align-center">Hola</p>' in answer.text
    assert "style=" not in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "/contrato/[hidden]" in str(lines.calls)
    assert TOKEN not in str(lines.calls)


@pytest.mark.parametrize(
    ("refusal", "status", "said"),
    [
        (NotFound("link-unknown"), 404, "Este enlace no existe"),
        (Conflict("link-expired"), 410, "Este enlace venció"),
        (Conflict("link-revoked"), 410, "Este enlace fue reemplazado"),
    ],
)
def test_a_link_that_opens_nothing_says_why(house: House, refusal, status, said):
    house.services.answers["contracts.open_link"] = _raising(refusal)
    answer = house.visitor().get(PATH)
    assert answer.status_code == status
    assert said in answer.text


def test_while_the_service_is_away_the_link_is_said_to_be_good_still(house: House):
    house.services.away.add("contracts")
    answer = house.visitor().get(PATH)
    assert answer.status_code == 503
    assert "tu enlace sigue siendo válido" in answer.text


def test_signing_sends_the_signature_with_its_evidence_and_papers(house: House):
    _answering(house)
    answer = _sign(house.visitor(), paper_1=_file("ine.jpg"), paper_1_title="Mi INE")
    (told,) = house.services.told("contracts.sign_by_link")
    assert answer.location == PATH
    assert told.data["token"] == TOKEN
    assert told.data["signature_png"] == SIGNATURE
    assert told.data["consent"] is True
    assert told.data["ip"]
    assert [paper["title"] for paper in told.data["attachments"]] == ["Mi INE"]


@pytest.mark.parametrize(
    ("missing", "field", "said"),
    [
        ("signature_png", "signature_png", "Falta la firma."),
        ("signer_name", "signer_name", "Este dato es obligatorio."),
        ("consent", "consent", "Marca que estás de acuerdo."),
    ],
)
def test_nothing_is_signed_without_signature_name_and_consent(house: House, missing, field, said):
    _answering(house)
    answer = _sign(house.visitor(), leave_out=missing)
    assert answer.status_code == 422
    assert problem_of(answer.text, field) == said
    assert house.services.told("contracts.sign_by_link") == []


def test_a_bad_paper_is_named_and_the_signature_and_the_other_papers_are_kept(house: House):
    params = {"filename": "malo.pdf"}
    fields = {"attachments.1": [{"code": "file-damaged", "params": params}]}
    _answering(house, sign=_raising(ValidationFailed(fields=fields)))
    answer = _sign(house.visitor(), paper_1=_file("ine.jpg"), paper_2=_file("malo.pdf"))
    assert problem_of(answer.text, "paper_2") == "El archivo «malo.pdf» está dañado y no se puede abrir."
    assert hidden(answer.text, "kept_paper_1")
    assert hidden(answer.text, "signature_png") == SIGNATURE


def test_a_signature_given_while_the_service_is_away_is_kept_and_delivered(house: House):
    _answering(house)
    client = house.visitor()
    page = client.get(PATH).text
    house.services.away.add("contracts")
    answer = client.post(PATH, data=_fields(page))
    assert "Recibimos tu firma" in client.get(answer.location).text
    house.services.away.clear()
    assert client.get(PATH).status_code == 302, "the link leads to the signature that waits"
    _deliver(house)
    assert client.get(answer.location).location == PATH
    (told,) = house.services.told("contracts.sign_by_link")
    assert told.data["signature_png"] == SIGNATURE


def test_a_kept_signature_that_came_through_meanwhile_is_no_refusal(house: House):
    """The answer to the first try was lost; the page was sent again before the kept one was delivered."""
    _answering(house, sign=_raising(Conflict("idempotency-key-reused")))
    client = house.visitor()
    page = client.get(PATH).text
    house.services.away.add("contracts")
    answer = client.post(PATH, data=_fields(page))
    house.services.away.clear()
    _deliver(house)
    assert client.get(answer.location).location == PATH


def test_a_kept_signature_says_nothing_of_another_companys(house: House):
    house.services.away.add("contracts")
    assert house.visitor().get(f"{PATH}/recibido?about=made-up").status_code == 404


def test_a_signed_contract_offers_its_pdf_when_it_is_there(house: House):
    _answering(house, signed_at="2026-11-20T18:00:00+00:00")
    assert "Estamos preparando el PDF" in house.visitor().get(PATH).text
    _answering(house, signed_at="2026-11-20T18:00:00+00:00", pdf_ready=True)
    assert f"{PATH}/pdf" in house.visitor().get(PATH).text


def test_the_pdf_is_the_companys_own_file(house: House):
    files = house.app.extensions["alta"].files
    key = files.put(b"%PDF- a contract", house.company.id)
    _answering(house, signed_at="2026-11-20T18:00:00+00:00")
    opened = {"file_key": key, "filename": "contrato-1.pdf", "content_type": "application/pdf"}
    house.services.answers["contracts.open_pdf_by_link"] = lambda data: opened
    answer = house.visitor().get(f"{PATH}/pdf")
    assert answer.data == b"%PDF- a contract"
    assert "contrato-1.pdf" in answer.headers["Content-Disposition"]
    opened["file_key"] = files.put(b"%PDF- theirs", new_id())
    assert house.visitor().get(f"{PATH}/pdf").status_code == 404


def test_it_takes_the_forms_token_to_sign(house: House):
    _answering(house)
    assert house.visitor().post(PATH, data=SIGNED).status_code == 400


def test_alignment_is_shown_without_styles_and_the_words_are_left_alone():
    text = 'se lee style="text-align: center" tal cual'
    assert str(shown(f'<td colspan="2" style="text-align: right;">{text}</td>')) == (
        f'<td colspan="2" class="align-right">{text}</td>'
    )


def _answering(house: House, *, sign=lambda data: {"contract_id": str(new_id())}, **changed):
    contract = {
        "company_id": str(house.company.id),
        "contract_id": "0192f0c4-0000-7000-8000-000000000001",
        "company_name": "Veloz",
        "locale": "es_MX",
        "content": '<p style="text-align: center">Hola</p>',
        "consent": "Estoy de acuerdo.",
        "person": "Ana García",
        "state": "pending",
        "signed_at": None,
        "pdf_ready": False,
    }
    house.services.answers |= {
        "contracts.open_link": lambda data: contract | changed,
        "contracts.sign_by_link": sign,
    }


def _sign(client, *, leave_out: str = "", **fields):
    data = _fields(client.get(PATH).text) | fields
    return client.post(PATH, data={name: value for name, value in data.items() if name != leave_out})


def _fields(page: str):
    return SIGNED | {name: hidden(page, name) for name in ("csrf_token", "key", "about")}


def _file(name: str):
    return io.BytesIO(f"content of {name}".encode()), name


def _raising(refusal):
    def refuse(data):
        raise refusal

    return refuse


def _deliver(house: House):
    deliverer = Deliverer(house.app.extensions["alta"])
    for command in deliverer._due():
        deliverer._deliver(command)
