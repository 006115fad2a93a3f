"""The contracts service over the broker: written, sent, signed, printed; in any order, however often, and killed."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PIL import Image

from chassis.crashpoints import EXIT_CODE
from chassis.errors import Conflict, NotFound, Unavailable, ValidationFailed
from chassis.secrets import Keyring
from tests.chassis.running import eventually
from tests.contracts.builders import (
    a_drawing,
    activated,
    cancelled,
    company_changed,
    data_url,
    nothing_drawn,
    scheduled,
)
from tests.hosting import HostedService, on_sqlite, prepared, started
from tests.samples import COMPANY, MARIA, STRANGER


@pytest.fixture
def idle(database_url, amqp_uri, tmp_path) -> HostedService:
    return prepared("contracts", database_url=database_url, amqp_uri=amqp_uri, room=tmp_path)


@pytest.fixture
def service(idle):
    with started(idle) as ready:
        yield ready


def acquainted(service: HostedService) -> HostedService:
    service.tell(company_changed(), scheduled())

    def knows_maria():
        try:
            return service.ask("draft", installation_id=str(MARIA))
        except (NotFound, Unavailable):
            return None

    eventually(knows_maria)
    return service


def a_saved_contract(service: HostedService, **changed: Any) -> str:
    acquainted(service)
    content = service.ask("draft", installation_id=str(MARIA))["content"]
    values = {"installation_id": str(MARIA), "content": content, "starts_on": "2026-12-01", "ends_on": None}
    return service.ask("save", **(values | changed))["contract_id"]


def sign_by_link(
    service: HostedService, token: str, *, key: str | None = None, asked_at: datetime | None = None, **changed: Any
) -> Any:
    values = {
        "token": token,
        "signer_name": "María López",
        "signature_png": data_url(a_drawing()),
        "consent": True,
        "ip": "203.0.113.7",
        "user_agent": "Mozilla/5.0",
        "attachments": [],
    }
    return service.ask("sign_by_link", key=key, company=None, asked_at=asked_at, **(values | changed))


def token_of(service: HostedService, contract_id: str) -> str:
    return service.ask("issue_link", contract_id=contract_id, send_email=False)["path"].removeprefix("/contrato/")


def staged(service: HostedService, content: bytes, **changed: Any) -> dict[str, Any]:
    taken = service.files.stage(io.BytesIO(content), 10_000_000)
    upload = {
        "title": "INE",
        "staged_key": taken.key,
        "filename": "ine.jpg",
        "size": taken.size,
        "sha256": taken.sha256,
    }
    return upload | changed


def a_photo() -> bytes:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "MARCA-DEL-TELEFONO"
    Image.new("RGB", (60, 40), "teal").save(file, "JPEG", exif=exif)
    return file.getvalue()


def contract_of_maria(service: HostedService) -> Any:
    return service.ask("get_for_installation", installation_id=str(MARIA))


def test_from_the_draft_to_the_pdf(service):
    contract_id = a_saved_contract(service)
    issued = service.ask("issue_link", contract_id=contract_id, send_email=True)
    token = issued["path"].removeprefix("/contrato/")
    told = service.outcome("ContractLinkIssued")
    shared = Keyring.load(Path(service.environment["ALTA_SHARED_KEYRING"]))
    assert shared.open(told.data["sealed_path"], context=f"contract-link/{COMPANY}/{contract_id}") == issued["path"]

    shown = service.ask("open_link", company=None, token=token)
    assert (shown["company_name"], shown["person"]) == ("Redes del Valle", "María López Hernández")
    signed = sign_by_link(service, token, key="tap", attachments=[staged(service, a_photo())])
    assert sign_by_link_again(service, token) == "contract-already-signed"
    assert signed["state"] == "pending"

    ready = service.outcome("ContractPdfReady")
    pdf = service.ask("open_pdf_by_link", company=None, token=token)
    assert pdf == {"file_key": ready.data["file_key"], "filename": "contrato-41.pdf", "content_type": "application/pdf"}
    with service.files.open(pdf["file_key"], company_id=COMPANY) as file:
        text = " ".join(
            " ".join(each.extract_text().split()) for each in pypdf.PdfReader(io.BytesIO(file.read())).pages
        )
    assert "María López Hernández" in text and "Constancia de firma electrónica" in text and "203.0.113.7" in text

    contract = contract_of_maria(service)
    assert (contract["pdf"]["state"], contract["signer_name"]) == ("ready", "María López")
    (attachment,) = contract["attachments"]
    opened = service.ask("open_attachment", attachment_id=attachment["attachment_id"])
    with service.files.open(opened["file_key"], company_id=COMPANY) as file:
        assert b"MARCA-DEL-TELEFONO" not in file.read()

    service.ask("generate_pdf", contract_id=contract_id)
    eventually(lambda: len(service.told("ContractPdfReady")) == 2, seconds=40)
    assert service.told("ContractPdfReady")[1].data["sha256"] == ready.data["sha256"]

    service.tell(activated())
    service.outcome("ContractActivated")
    assert contract_of_maria(service)["state"] == "active"
    types = [each.type for each in service.heard]
    assert [types.count(kind) for kind in ("ContractCreated", "ContractSigned", "ContractActivated")] == [1, 1, 1]
    assert service.parked() == []


def sign_by_link_again(service: HostedService, token: str) -> str:
    """The code of the refusal."""
    with pytest.raises(Conflict) as refused:
        sign_by_link(service, token)
    return refused.value.code


@on_sqlite
def test_a_tap_that_is_sent_twice_is_answered_twice_and_signs_once(service):
    token = token_of(service, a_saved_contract(service))
    uploads = [staged(service, a_photo())]
    drawing = data_url(a_drawing())
    first = sign_by_link(service, token, key="tap", attachments=uploads, signature_png=drawing)
    assert sign_by_link(service, token, key="tap", attachments=uploads, signature_png=drawing) == first
    assert len(contract_of_maria(service)["attachments"]) == 1


@on_sqlite
def test_a_signature_that_was_kept_for_later_counts_from_when_it_was_given(service):
    given_at = datetime.now(UTC) - timedelta(hours=3)
    signed = sign_by_link(service, token_of(service, a_saved_contract(service)), asked_at=given_at)
    assert datetime.fromisoformat(signed["signed_at"]) == given_at


@on_sqlite
@pytest.mark.parametrize("claimed", [timedelta(minutes=5), timedelta(days=-31)])
def test_no_signature_is_of_the_future_or_of_long_ago(service, claimed):
    began = datetime.now(UTC)
    signed = sign_by_link(service, token_of(service, a_saved_contract(service)), asked_at=began + claimed)
    assert began <= datetime.fromisoformat(signed["signed_at"]) <= datetime.now(UTC)


def test_activated_first_told_twice_and_before_anything_else_was_known(service):
    activation = activated()
    service.tell(activation, activation)
    contract_id = a_saved_contract(service)
    assert contract_of_maria(service)["state"] == "pending"
    signed = service.ask(
        "sign_in_person",
        contract_id=contract_id,
        signer_name="María",
        signature_png=data_url(a_drawing()),
        ip=None,
        user_agent="x" * 1500,
    )
    assert signed["state"] == "active"
    service.tell(activation)
    service.outcome("ContractPdfReady")
    assert len(service.told("ContractActivated")) == 1


@on_sqlite
def test_what_is_refused_says_where_and_leaves_nothing(service):
    token = token_of(service, a_saved_contract(service))

    def fields(**changed: Any) -> dict[str, list[str]]:
        with pytest.raises(ValidationFailed) as refused:
            sign_by_link(service, token, **changed)
        return {name: [each["code"] for each in complaints] for name, complaints in refused.value.fields.items()}

    assert fields(consent=False) == {"consent": ["consent-missing"]}
    assert fields(signature_png=data_url(nothing_drawn())) == {"signature_png": ["signature-blank"]}
    assert fields(signer_name=" ") == {"signer_name": ["required"]}
    bad = [staged(service, a_photo()), staged(service, b"MZ, not a photo", filename="foto.jpg")]
    assert fields(attachments=bad) == {"attachments.1": ["file-type-not-allowed"]}
    with pytest.raises(NotFound, match="link-unknown"):
        sign_by_link(service, "x" * 43)
    with pytest.raises(NotFound, match="link-unknown"):
        service.ask("open_link", company=STRANGER, token=token)
    with pytest.raises(Conflict, match="contract-not-signed"):
        service.ask("generate_pdf", contract_id=contract_of_maria(service)["contract_id"])
    contract = contract_of_maria(service)
    assert (contract["signed_at"], contract["attachments"]) == (None, [])
    service.ask("revoke_link", contract_id=contract["contract_id"])
    with pytest.raises(Conflict, match="link-revoked"):
        service.ask("open_link", company=None, token=token)


@on_sqlite
def test_staff_adds_files_and_edits_until_a_cancellation_ends_it(service):
    contract_id = a_saved_contract(service)
    uploads = [staged(service, a_photo(), title="Comprobante")]
    service.ask("add_attachments", contract_id=contract_id, attachments=uploads)
    assert [each["title"] for each in contract_of_maria(service)["attachments"]] == ["Comprobante"]
    values = {"contract_id": contract_id, "installation_id": str(MARIA), "content": "<p>Otro</p>"}
    assert service.ask("save", version=1, **values)["version"] == 2
    with pytest.raises(Conflict, match="changed-meanwhile"):
        service.ask("save", version=1, **(values | {"content": "<p>Tarde</p>"}))
    service.tell(cancelled())
    eventually(lambda: contract_of_maria(service)["state"] == "ended")


@on_sqlite
def test_templates_and_tags(service):
    acquainted(service)
    names = [row["name"] for row in service.ask("list_templates")["rows"]]
    assert names == ["Contrato de servicio de internet", "Internet service agreement"]
    assert "cliente.nombre" in service.ask("list_tags")["tags"]
    with pytest.raises(ValidationFailed) as refused:
        service.ask("save_template", name="Mala", content="<p>{{ uno }} {{ dos }}</p>")
    assert refused.value.fields["content"][0]["params"] == {"tags": ["uno", "dos"]}


def test_a_pdf_that_cannot_be_made_is_given_up_and_can_be_asked_for_again(sqlite_url, tmp_path, amqp_uri):
    service = prepared("contracts", database_url=sqlite_url, amqp_uri=amqp_uri, room=tmp_path)
    memory = "ALTA_CONTRACTS_RENDER_MEMORY_MB"
    service.environment[memory] = "64"  # the renderer cannot even begin
    with started(service):
        contract_id = a_saved_contract(service)
        sign_by_link(service, token_of(service, contract_id))
        eventually(lambda: contract_of_maria(service)["pdf"]["state"] == "failed", seconds=60)
        with pytest.raises(Conflict, match="pdf-not-ready"):
            service.ask("open_pdf", contract_id=contract_id)
    del service.environment[memory]
    with started(service):
        service.ask("generate_pdf", contract_id=contract_id)
        service.outcome("ContractPdfReady")
        assert contract_of_maria(service)["pdf"] == {"state": "ready", "readable": True}


@pytest.mark.parametrize(
    "point",
    [
        "command.contracts.sign_by_link.received",
        "command.contracts.sign_by_link.before_commit",
        "command.contracts.sign_by_link.committed",
        "job.contracts.render_pdf.claimed",
        "contracts.pdf_rendered",
        "contracts.pdf_adopted",
        "job.contracts.render_pdf.worked",
        "job.contracts.render_pdf.committed",
        "inbox.contracts.on_installation_activated.handled",
        "inbox.contracts.on_installation_activated.committed",
    ],
)
def test_killed_on_the_way_the_story_ends_the_same(postgresql_url, amqp_uri, tmp_path, point):
    service = prepared("contracts", database_url=postgresql_url, amqp_uri=amqp_uri, room=tmp_path)
    drawing = data_url(a_drawing())
    with started(service):
        token = token_of(service, a_saved_contract(service))
        service.arm(point)
        with ThreadPoolExecutor(1) as somebody:
            tap = somebody.submit(sign_by_link, service, token, key="tap", signature_png=drawing)
            if point.startswith("inbox"):
                tap.result()
                service.tell(activated())
            assert service.process.wait(timeout=40) == EXIT_CODE
            if not point.startswith("inbox"):
                service.tell(activated())
            service.start()
        assert sign_by_link(service, token, key="tap", signature_png=drawing) == tap.result()
        service.outcome("ContractActivated")
        service.outcome("ContractPdfReady")
        eventually(lambda: contract_of_maria(service)["pdf"]["state"] == "ready", seconds=40)
        types = [each.type for each in service.heard]
        assert [types.count(kind) for kind in ("ContractSigned", "ContractActivated", "ContractPdfReady")] == [1, 1, 1]
        assert service.parked() == []
