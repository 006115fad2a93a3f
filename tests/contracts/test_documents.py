"""The printed contract: what stands on it, and what can never get onto it."""

from __future__ import annotations

import base64
import io
from datetime import date, timedelta

import pypdf
import pytest

from chassis.errors import Permanent
from chassis.workers import WorkerDied, WorkerPool, WorkerTimeout
from services.contracts.attaching import StoredFile
from services.contracts.documents.page import page
from services.contracts.links import issue_link, open_link
from services.contracts.printing import printable
from services.contracts.projections import company_of
from services.contracts.signing import sign_by_link, sign_in_person
from services.contracts.workshop import RENDERER
from tests.contracts.builders import AT, a_contract, a_drawing, a_signature, acquaint
from tests.hosting import on_sqlite
from tests.samples import COMPANY

LATER = AT + timedelta(minutes=5)


@pytest.fixture(scope="module")
def pool():
    opened = WorkerPool(RENDERER, max_workers=1, idle_seconds=60, timeout=30, memory_mb=512)
    yield opened
    opened.close()


def with_signature(given: dict) -> dict:
    return given | {"image": base64.b64encode(a_drawing()).decode()}


@pytest.fixture
def given(session, sealing):
    """A contract of María, with dates and a file, signed by link."""
    contract = a_contract(
        session,
        content="<h1>Contrato</h1><p>Entre {{ empresa.nombre }} y {{ cliente.nombre }}.</p>",
        starts_on=date(2026, 12, 1),
        ends_on=date(2027, 11, 30),
    )
    link = issue_link(session, contract_id=contract.id, send_email=False, days=14, sealing=sealing, at=AT)
    token = link.path.removeprefix("/contrato/")
    open_link(session, token=token, at=AT)
    a_file = StoredFile("Identificación", "ine.jpg", "image/jpeg", 10, "cd" * 32, "objects/some/file")
    sign_by_link(session, token=token, signed=a_signature(attachments=[a_file]), at=LATER)
    return with_signature(printable(session, contract_id=contract.id))


def read(answer: dict) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(base64.b64decode(answer["pdf"])))
    return [" ".join(each.extract_text().split()) for each in reader.pages]


def test_the_pdf_has_the_text_the_signature_and_the_evidence_on_a_last_page(given, pool):
    first, last = read(pool.run(given))
    for expected in (
        "Redes del Valle",
        "RVA010101AB1",
        "Instalación núm. 41",
        "Vigencia: del 1 de diciembre de 2026 al 30 de noviembre de 2027",
        "Entre Redes del Valle y María López Hernández.",
        "Firmado el 20 de noviembre de 2026, 12:05",
        "Página 1 de 2",
    ):
        assert expected in first
    for expected in (
        "Constancia de firma electrónica",
        given["text_sha256"],
        "203.0.113.7",
        "Mozilla/5.0 (Linux; Android 14)",
        "(2026-11-20 18:05:00 UTC)",
        "Enlace personal, abierto el 20 de noviembre de 2026, 12:00",
        "He leído este contrato",
        "Identificación",
        "cd" * 32,
    ):
        assert expected in last


def test_the_same_data_gives_the_same_bytes(given, pool):
    assert pool.run(given) == pool.run(given)


def test_an_english_company_has_an_english_pdf_and_a_witness_is_named(database, pool):
    with database.begin(COMPANY) as session:
        acquaint(session)
        company_of(session, COMPANY).locale = "en_US"
        contract = a_contract(session)
        sign_in_person(session, contract_id=contract.id, signed=a_signature(), at=LATER, witness="Raúl Díaz")
        first, last = read(pool.run(with_signature(printable(session, contract_id=contract.id))))
    assert "Installation no. 41" in first
    assert "In person, before Raúl Díaz" in last and "I have read this agreement" in last


def test_names_are_text_on_the_page(given):
    html = page(given | {"signer": "<script>x</script>", "company": {"name": "<b>", "lines": ["<i>"]}})
    assert "<script" not in html and "<b>" not in html and "<i>" not in html


@on_sqlite
@pytest.mark.parametrize(
    "markup",
    [
        '<img src="http://127.0.0.1:9/a.png">',
        '<img src="file:///etc/passwd">',
        '<img src="data:image/png;base64,AAAA">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/a.css">',
        '<style>@import url("file:///etc/passwd")</style>',
        '<p style="background-image: url(http://127.0.0.1:9/a.png)">a</p>',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<object data="file:///etc/passwd"></object>',
        '<img src="asset:another">',
    ],
)
def test_nothing_is_fetched_even_if_it_got_past_the_sanitising(given, pool, markup):
    with pytest.raises(Permanent, match="pdf-asks-for-more"):
        pool.run(given | {"content": markup})


@on_sqlite
def test_a_text_that_takes_too_long_or_too_much_ends_the_worker_and_not_the_next_pdf(given):
    endless = given | {"content": "<table>" + "<tr><td>a</td></tr>" * 200_000 + "</table>"}
    hurried = WorkerPool(RENDERER, max_workers=1, timeout=6, memory_mb=384)
    with pytest.raises((WorkerTimeout, WorkerDied)):
        hurried.run(endless)
    assert len(read(hurried.run(given))) == 2
    hurried.close()
