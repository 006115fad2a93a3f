"""The preinstall service over the broker: the form, staff, and what other services tell."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from chassis.errors import Unavailable, ValidationFailed
from chassis.identifiers import new_id
from events.gateway import CompanyChanged
from events.installations import InstallationCancelled, InstallationScheduled
from tests.chassis.running import eventually
from tests.chassis.uploads import a_pdf, a_photo, a_photo_with_metadata
from tests.hosting import prepared, started
from tests.preinstall.builders import PAPERS, a_form
from tests.samples import COMPANY, told


@pytest.fixture
def service(database_url, amqp_uri, tmp_path):
    with started(prepared("preinstall", database_url=database_url, amqp_uri=amqp_uri, room=tmp_path)) as ready:
        yield ready


def uploaded(service, kind, content):
    staged = service.files.stage(io.BytesIO(content), 1_000_000)
    upload = {"kind": kind, "staged_key": staged.key, "size": staged.size, "sha256": staged.sha256}
    return upload | {"filename": f"{kind}.jpg"}


def test_from_the_form_to_an_installation_once_whatever_is_told_twice(service):
    service.tell(told(CompanyChanged))
    eventually(lambda: knows_the_company(service))
    form = a_form(documents=[uploaded(service, kind, a_photo_with_metadata()) for kind in PAPERS])
    sent = service.ask("submit", key="once", **form)
    assert service.ask("submit", key="once", **form) == sent
    submitted = service.outcome("PreinstallSubmitted")
    assert submitted.data["tracking_number"] == sent["tracking_number"]
    logo = {
        name: value
        for name, value in uploaded(service, "logo", a_photo((2000, 900), format="PNG")).items()
        if name != "kind"
    }
    kept = service.ask("keep_logo", key="logo", **logo)
    with service.files.open(kept["file_key"], company_id=COMPANY) as stream, Image.open(stream) as drawn:
        assert (kept["content_type"], drawn.size) == ("image/png", (480, 216))
    (row,) = service.ask("list_requests", search="lopez")["rows"]
    assert row["request_id"] == form["request_id"]
    shown = service.ask("get_request", request_id=row["request_id"])["documents"][0]
    opened = service.ask("open_document", document_id=shown["document_id"])
    with service.files.open(opened["file_key"], company_id=COMPANY) as stream:
        assert b"SECRET" not in stream.read()
    service.ask("turn_document", document_id=shown["document_id"], quarters=1)
    turned = service.ask("open_document", document_id=shown["document_id"])
    with service.files.open(turned["file_key"], company_id=COMPANY) as stream, Image.open(stream) as picture:
        assert picture.size == (300, 100), "it was upright, 100 by 300"
    scheduled = told(
        InstallationScheduled, installation_id=new_id(), preinstall_request_id=row["request_id"], email=form["email"]
    )
    service.tell(scheduled, scheduled)
    approved = service.outcome("PreinstallApproved")
    assert [each["kind"] for each in approved.data["documents"]] == list(PAPERS)
    assert service.ask("list_requests", state="open")["rows"] == []
    with pytest.raises(ValidationFailed) as refused:
        service.ask("submit", **a_form(documents=form["documents"]))
    assert refused.value.fields["email"][0]["code"] == "email-taken"
    service.tell(told(InstallationCancelled, version=9, installation_id=scheduled.installation_id))
    papers = [uploaded(service, kind, a_pdf()) for kind in PAPERS]
    eventually(lambda: accepted(service, a_form(documents=papers)))
    assert len(service.told("PreinstallApproved")) == 1
    assert service.parked() == []


def knows_the_company(service):
    try:
        return service.ask("form_settings")
    except Unavailable:
        return None


def accepted(service, form):
    try:
        return service.ask("submit", **form)
    except ValidationFailed:
        return None


CRASHES = [
    "command.preinstall.submit.received",
    "command.preinstall.submit.before_commit",
    "command.preinstall.submit.committed",
    "inbox.preinstall.on_installation_scheduled.handled",
    "inbox.preinstall.on_installation_scheduled.committed",
]


@pytest.mark.parametrize("place", CRASHES)
def test_killed_anywhere_there_is_one_request_approved_once(sqlite_url, tmp_path, amqp_uri, place):
    service = prepared("preinstall", database_url=sqlite_url, amqp_uri=amqp_uri, room=tmp_path)
    with started(service), ThreadPoolExecutor(1) as somebody:
        service.tell(told(CompanyChanged))
        eventually(lambda: knows_the_company(service))
        form = a_form(documents=[uploaded(service, kind, a_photo_with_metadata()) for kind in PAPERS])
        service.arm(place)
        sent = somebody.submit(service.ask, "submit", key="once", **form)
        if place.startswith("command"):
            back_from_the_dead(service)
        assert sent.result()["request_id"] == form["request_id"]
        service.tell(told(InstallationScheduled, preinstall_request_id=form["request_id"], email=form["email"]))
        if place.startswith("inbox"):
            back_from_the_dead(service)
        assert len(service.outcome("PreinstallApproved").data["documents"]) == 3
        assert len(service.told("PreinstallSubmitted")) == len(service.told("PreinstallApproved")) == 1
        assert service.ask("list_requests", state="open")["rows"] == [] and service.parked() == []


def back_from_the_dead(service):
    assert service.process.wait(timeout=30) == 137
    service.start()
