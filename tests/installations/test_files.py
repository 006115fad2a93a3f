"""INS-7, PRE-7, CON-3: the files of an installation, from wherever they come, each once."""

from __future__ import annotations

import dataclasses
import io
from contextlib import nullcontext
from datetime import timedelta
from uuid import UUID

import pypdf
import pytest
from PIL import Image

from chassis.errors import NotFound, ValidationFailed
from chassis.files import open_store
from chassis.identifiers import new_id
from chassis.previews import NONE
from chassis.rpc.answering import Answering
from events.contracts import ContractPdfReady
from events.preinstall import PreinstallApproved
from services.installations import filing, queries
from services.installations.errors import ContractStays, TurnedMeanwhile
from services.installations.previews import SIDE
from services.installations.service import Installations
from services.installations.settings import InstallationsSettings
from tests.chassis.uploads import a_photo_with_metadata
from tests.samples import COMPANY, STRANGER, told


def files_of(session, installation):
    session.flush()
    return queries.list_files(session, installation_id=installation.id)


def test_the_prospects_papers_come_along_once_and_are_for_the_office(scene, session):
    installation = scene.schedule(session)
    approved = told(PreinstallApproved, installation_id=installation.id)
    for _ in range(2):
        filing.attach_documents(session, approved)
    (file,) = files_of(session, installation)
    document = approved.documents[0]
    assert (file.origin, file.kind, file.visible_to_client) == ("prospect", document["kind"], False)
    assert (file.file_key, file.sha256, file.size) == (document["file_key"], document["sha256"], document["size"])
    assert file.filename == "id_front.jpg"


def test_a_contract_is_there_once_as_its_newest_pdf(scene, session):
    installation = scene.schedule(session)
    older = told(ContractPdfReady, installation_id=installation.id, size=1)
    newer = told(ContractPdfReady, installation_id=installation.id, size=2)
    newer.meta = dataclasses.replace(newer.meta, time=older.meta.time + timedelta(minutes=1))
    for event in (newer, older):
        filing.attach_contract(session, event)
        session.flush()
        (file,) = files_of(session, installation)
    assert (file.size, file.kind, file.visible_to_client, file.content_type) == (2, "contract", True, "application/pdf")


@pytest.fixture
def service(database, tmp_path):
    settings = InstallationsSettings(database_url="", amqp_uri="amqp:", files_url=f"file://{tmp_path / 'files'}")
    opened = Installations(settings, database=database)
    yield opened
    opened.documents.close()
    opened.painter.close()


def a_pdf():
    written = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(written)
    return written.getvalue()


def add(service, installation, content, filename="IMG_7.JPG", actor=None):
    staged = open_store(service.settings.files_url).stage(io.BytesIO(content), 1_000_000)
    file = {"staged_key": staged.key, "filename": filename, "size": staged.size, "sha256": staged.sha256}
    data = {"installation_id": str(installation.id), "title": "House", "visible_to_client": True, "file": file}
    context = {"company_id": str(COMPANY)} | ({"actor": actor} if actor else {})
    return Answering(service).answer("add_file", context, data)


def test_staff_add_a_photo_without_what_the_camera_hid_in_it(service, database, scene):
    with database.begin(COMPANY) as session:
        installation = scene.schedule(session)
    added = add(service, installation, a_photo_with_metadata())
    assert (added["title"], added["origin"], added["content_type"]) == ("House", "staff", "image/jpeg")
    opened = Answering(service).answer("open_file", {"company_id": str(COMPANY)}, {"file_id": added["file_id"]})
    with service.files.open(opened["file_key"], company_id=COMPANY) as stream:
        assert b"SECRET" not in stream.read()
    with pytest.raises(NotFound):
        Answering(service).answer("open_file", {"company_id": str(new_id())}, {"file_id": added["file_id"]})


def test_a_file_that_is_refused_is_named(service, database, scene):
    with database.begin(COMPANY) as session:
        installation = scene.schedule(session)
    with pytest.raises(ValidationFailed) as refused:
        add(service, installation, b"MZ" * 100, "setup.pdf")
    (complaint,) = refused.value.fields["file"]
    assert (complaint["code"], complaint["params"]["filename"]) == ("file-type-not-allowed", "setup.pdf")


def test_a_file_is_named_shown_to_the_client_and_taken_away(service, database, scene):
    with database.begin(COMPANY) as session:
        installation = scene.schedule(session)
    file_id = add(service, installation, a_photo_with_metadata())["file_id"]
    ask = Answering(service).answer
    changed = {"file_id": file_id, "title": "Fachada", "description": "De día", "visible_to_client": False}
    for company, expected in ((STRANGER, NotFound), (COMPANY, None)):
        with pytest.raises(expected) if expected else nullcontext():
            ask("change_file", {"company_id": str(company)}, changed)
    (shown,) = ask("list_files", {"company_id": str(COMPANY)}, {"installation_id": str(installation.id)})["rows"]
    assert (shown["title"], shown["description"], shown["visible_to_client"]) == ("Fachada", "De día", False)
    for company, expected in ((STRANGER, NotFound), (COMPANY, None), (COMPANY, NotFound)):
        with pytest.raises(expected) if expected else nullcontext():
            ask("delete_file", {"company_id": str(company)}, {"file_id": file_id})


def test_the_signed_contract_stays_among_the_files(session, scene):
    installation = scene.schedule(session)
    filing.attach_contract(session, told(ContractPdfReady, installation_id=installation.id))
    session.flush()
    with pytest.raises(ContractStays):
        filing.delete_file(session, file_id=files_of(session, installation)[0].id)


def test_ins_7_a_small_picture_is_made_once_of_photos_and_of_the_first_page_of_a_pdf(service, database, scene):
    with database.begin(COMPANY) as session:
        installation = scene.schedule(session)
    answering, context = Answering(service), {"company_id": str(COMPANY)}
    for content, name in ((a_photo_with_metadata(), "IMG.JPG"), (a_pdf(), "nota.pdf")):
        about = {"file_id": add(service, installation, content, name)["file_id"]}
        first = answering.answer("preview_file", context, about)
        assert answering.answer("preview_file", context, about) == first
        with service.files.open(first["file_key"], company_id=COMPANY) as stream:
            picture = Image.open(stream)
            assert picture.format == "JPEG" and max(picture.size) <= SIDE
        with pytest.raises(NotFound):
            answering.answer("preview_file", {"company_id": str(STRANGER)}, about)


def test_ins_7_of_what_has_no_picture_none_is_looked_for_again(service, database, scene):
    staged = service.files.stage(io.BytesIO(b"%PDF-1.7 nothing"), 100)
    key = service.files.adopt(staged.key, COMPANY, staged.sha256)
    with database.begin(COMPANY) as session:
        installation = scene.schedule(session)
        event = told(ContractPdfReady, installation_id=installation.id, file_key=key)
        filing.attach_contract(session, event)
        (file,) = files_of(session, installation)
    about = {"file_id": str(file.id)}
    assert Answering(service).answer("preview_file", {"company_id": str(COMPANY)}, about)["file_key"] == NONE
    with database.begin(COMPANY) as session:
        later = told(ContractPdfReady, installation_id=installation.id, file_key=key, contract_id=event.contract_id)
        later.meta = dataclasses.replace(later.meta, time=event.meta.time + timedelta(minutes=1))
        filing.attach_contract(session, later)
        assert files_of(session, installation)[0].preview_key is None, "a new PDF, a new picture"


def test_ins_7_who_added_it_is_kept_and_several_are_named_at_once(service, database, scene):
    with database.begin(COMPANY) as session:
        installation = scene.schedule(session)
    technician = {"kind": "staff", "id": "7", "name": "Raúl Díaz", "role": "technician"}
    context = {"company_id": str(COMPANY), "actor": technician}
    added = [add(service, installation, a_photo_with_metadata(), actor=technician) for _ in range(2)]
    assert [(file["origin"], file["added_by"]) for file in added] == [("technician", "Raúl Díaz")] * 2
    first, second = (file["file_id"] for file in added)
    wanted = {"files": [{"file_id": first, "title": "Torre"}, {"file_id": second, "visible_to_client": False}]}
    rows = Answering(service).answer("change_files", context, wanted)["rows"]
    assert {row["file_id"]: (row["title"], row["visible_to_client"]) for row in rows} == {
        first: ("Torre", True), second: ("House", False),
    }  # fmt: skip
    with pytest.raises(NotFound):
        Answering(service).answer("change_files", {"company_id": str(STRANGER)}, wanted)


def test_ins_7_a_photo_is_kept_as_it_was_turned_and_its_small_picture_with_it(service, database, scene):
    with database.begin(COMPANY) as session:
        installation = scene.schedule(session)
    answering, context = Answering(service), {"company_id": str(COMPANY), "idempotency_key": "one"}
    about = {"file_id": add(service, installation, two_colours(), "IMG.PNG")["file_id"]}
    before = answering.answer("preview_file", context | {"idempotency_key": None}, about)
    for _twice in range(2):
        answering.answer("turn_file", context, about | {"quarters": 1})
    opened = answering.answer("open_file", context, about)
    with service.files.open(opened["file_key"], company_id=COMPANY) as stream, Image.open(stream) as turned:
        assert turned.size == (20, 40)
        assert (turned.getpixel((5, 5)), turned.getpixel((5, 35))) == ((255, 0, 0), (0, 0, 255)), "to the right"
    after = answering.answer("preview_file", context | {"idempotency_key": None}, about)
    assert after["file_key"] != before["file_key"]
    with pytest.raises(NotFound):
        answering.answer("turn_file", {"company_id": str(STRANGER)}, about | {"quarters": 1})
    paper = {"file_id": add(service, installation, a_pdf(), "nota.pdf")["file_id"], "quarters": 1}
    with pytest.raises(ValidationFailed, match="file-type-not-allowed"):
        answering.answer("turn_file", {"company_id": str(COMPANY)}, paper)


def test_ins_7_of_two_who_turn_a_photo_at_once_one_is_told(service, database, scene):
    with database.begin(COMPANY) as session:
        installation = scene.schedule(session)
    file_id = UUID(add(service, installation, two_colours(), "IMG.PNG")["file_id"])
    with database.read(COMPANY) as session:
        seen = queries.open_file(session, file_id=file_id)
    turned = filing.turn(service.documents, seen, company_id=COMPANY, quarters=2)
    with database.begin(COMPANY) as session:
        filing.keep_turned(session, file_id=file_id, turned=turned, turned_from=seen.sha256)
    with database.begin(COMPANY) as session, pytest.raises(TurnedMeanwhile):
        filing.keep_turned(session, file_id=file_id, turned=turned, turned_from=seen.sha256)


def two_colours():
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (40, 20), (255, 0, 0))
    picture.paste((0, 0, 255), (20, 0, 40, 20))
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
