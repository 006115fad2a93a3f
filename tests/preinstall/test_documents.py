"""PRE-3: every refusal says which file and why; photos are kept without what a camera hides in them."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from PIL import Image

from chassis.errors import NotFound, ValidationFailed
from chassis.files import open_store
from chassis.rpc.answering import Answering
from chassis.storage import Database
from events.gateway import CompanyChanged
from services.preinstall import queries
from services.preinstall.projections import learn_company
from services.preinstall.service import Preinstall
from services.preinstall.settings import PreinstallSettings
from tests.chassis.uploads import a_pdf, a_photo_with_metadata
from tests.preinstall.builders import a_form
from tests.samples import COMPANY, STRANGER, told


@pytest.fixture
def service(tmp_path, sqlite_url):
    database = Database(sqlite_url)
    with database.begin(COMPANY) as session:
        learn_company(session, told(CompanyChanged))
    files_url = f"file://{tmp_path / 'files'}"
    settings = PreinstallSettings(database_url="", amqp_uri="amqp:", files_url=files_url, max_file_bytes=100_000)
    opened = Preinstall(settings, database=database)
    yield opened
    opened.close()


def upload(service, kind, content, filename):
    staged = open_store(service.settings.files_url).stage(io.BytesIO(content), 1_000_000)
    return {
        "kind": kind, "staged_key": staged.key, "size": staged.size, "sha256": staged.sha256, "filename": filename,
    }  # fmt: skip


def send(service, documents, **changed):
    return Answering(service).answer(
        "submit", {"company_id": str(COMPANY), "idempotency_key": changed.pop("key", None)},
        a_form(documents=documents, **changed),
    )  # fmt: skip


def test_photos_and_pdfs_are_taken_and_cleaned(service):
    papers = [
        upload(service, "id_front", a_photo_with_metadata(), "IMG_0001.JPG"),
        upload(service, "id_back", a_photo_with_metadata(), "back"),
        upload(service, "proof_of_address", a_pdf(), "recibo de luz.pdf"),
    ]
    answer = send(service, papers)
    with service.database.read(COMPANY) as session:
        kept = queries.get_request(session, request_id=UUID(answer["request_id"])).documents
        shown = [(each.kind, each.filename, each.content_type) for each in kept]
        with service.files.open(kept[0].file_key, company_id=COMPANY) as stream:
            assert b"SECRET" not in stream.read()
    assert shown == [
        ("id_front", "IMG_0001.JPG", "image/jpeg"),
        ("id_back", "back.jpg", "image/jpeg"),
        ("proof_of_address", "recibo de luz.pdf", "application/pdf"),
    ]


def test_pre_6_a_pdf_is_drawn_once_and_nobody_elses(service):
    photos = [upload(service, kind, a_photo_with_metadata(), kind) for kind in ("id_front", "id_back")]
    answer = send(service, [*photos, upload(service, "proof_of_address", a_pdf(), "recibo.pdf")])
    with service.database.read(COMPANY) as session:
        *_photos, paper = queries.get_request(session, request_id=UUID(answer["request_id"])).documents
    about, context = {"document_id": str(paper.id)}, {"company_id": str(COMPANY)}
    drawn = Answering(service).answer("preview_document", context, about)
    assert Answering(service).answer("preview_document", context, about) == drawn
    with service.files.open(drawn["file_key"], company_id=COMPANY) as stream:
        picture = Image.open(stream)
        assert picture.format == "JPEG" and picture.width >= 600
    with pytest.raises(NotFound):
        Answering(service).answer("preview_document", {"company_id": str(STRANGER)}, about)


def test_all_that_is_wrong_is_told_at_once_with_the_files_names(service):
    papers = [
        upload(service, "id_front", b"MZ\x90\x00" * 100, "photo.jpg"),
        upload(service, "id_back", a_photo_with_metadata()[:200], "half.jpg"),
        upload(service, "coupon", b"\xff\xd8\xff" + b"x" * 200_000, "huge.jpg"),
    ]
    with pytest.raises(ValidationFailed) as refused:
        send(service, papers)
    told_of = {
        name: [(each["code"], each["params"].get("filename")) for each in complaints]
        for name, complaints in refused.value.fields.items()
    }
    assert told_of == {
        "documents": [("document-required", None)],
        "documents.0": [("file-type-not-allowed", "photo.jpg")],
        "documents.1": [("file-damaged", "half.jpg")],
        "documents.2": [("file-too-large", "huge.jpg")],
    }


def test_sent_again_after_the_files_are_gone_it_is_the_same_request(service):
    papers = [upload(service, kind, a_pdf(), f"{kind}.pdf") for kind in ("id_front", "id_back", "proof_of_address")]
    form = a_form(documents=papers)
    first = Answering(service).answer("submit", {"company_id": str(COMPANY)}, form)
    for paper in papers:
        service.files.delete_staged(paper["staged_key"])
    assert Answering(service).answer("submit", {"company_id": str(COMPANY)}, form) == first
