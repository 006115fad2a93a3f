"""PRE-8: files of the form arrive in pieces, over connections that break (tus 1.0.0)."""

from __future__ import annotations

import base64
import io
from datetime import timedelta
from uuid import UUID

import pytest

from chassis import clock
from chassis.files import FileMissing
from chassis.identifiers import new_id
from gateway import pieces
from tests.gateway.pages import House, a_company, attribute, hidden
from tests.gateway.test_request_form import FORM, _answering, _send

TUS = {"Tus-Resumable": "1.0.0"}
CONTENT = b"a photo of an id " * 1000
SIZE = len(CONTENT)


class Sender:
    """Speaks tus as its text says, for the request of one page."""

    def __init__(self, house: House, page: str | None = None) -> None:
        self.client = house.visitor()
        self.page = page or self.client.get(FORM).text
        self.place, self.ticket = attribute(self.page, "data-upload-url"), attribute(self.page, "data-ticket")

    def begin(self, length=SIZE, field="id_front", filename="frente.jpg", ticket=None, place=None):
        told = {"field": field, "filename": filename, "ticket": self.ticket if ticket is None else ticket}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
        headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata}
        return self.client.post(place or self.place, headers=headers)

    def append(self, address, content, offset, **changed):
        headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return self.client.patch(address, data=content, headers=headers | changed)

    def ask(self, address):
        return self.client.head(address, headers=TUS)


@pytest.fixture
def sender(house: House) -> Sender:
    _answering(house)
    return Sender(house)


def test_pre_8_a_file_arrives_over_three_connections_and_goes_with_the_form(house: House, sender: Sender):
    begun = sender.begin()
    assert (begun.status_code, begun.headers["Upload-Offset"]) == (201, "0")
    address = begun.headers["Location"]
    assert sender.append(address, CONTENT[:5000], 0).headers["Upload-Offset"] == "5000"
    assert sender.append(address, CONTENT[:5000], 0).status_code == 409
    state = sender.ask(address)
    assert (state.headers["Upload-Offset"], state.headers["Cache-Control"]) == ("5000", "no-store")
    assert "Alta-Paper" not in state.headers
    sender.append(address, CONTENT[5000:5001], 5000)
    finished = sender.append(address, CONTENT[5001:], 5001)
    paper = finished.headers["Alta-Paper"]
    assert sender.ask(address).headers["Alta-Paper"]
    sent = _send(sender.client, sender.page, files=("id_back",), kept_id_front=paper)
    assert sent.status_code == 302, sent.text
    (submitted,) = house.services.told("preinstall.submit")
    front = submitted.data["documents"][0]
    assert (front["kind"], front["filename"], front["size"]) == ("id_front", "frente.jpg", len(CONTENT))
    with house.app.extensions["alta"].files.open(front["staged_key"]) as whole:
        assert whole.read() == CONTENT


def test_pre_8_what_came_before_the_connection_broke_is_kept(house: House, sender: Sender):
    class Broken(io.RawIOBase):
        def __init__(self) -> None:
            self.parts = [CONTENT[:700], CONTENT[700:900]]

        def read(self, size=-1):
            if not self.parts:
                raise ConnectionResetError
            return self.parts.pop(0)

    staged = pieces.receive(house.app.extensions["alta"].files, Broken(), most=len(CONTENT))
    assert staged.size == 900
    address = sender.begin().headers["Location"]
    assert sender.append(address, b"", 0).headers["Upload-Offset"] == "0"


def test_pre_8_a_file_that_was_whole_when_everything_stopped_is_put_together_later(house: House, sender: Sender):
    address = sender.begin().headers["Location"]
    runtime = house.app.extensions["alta"]
    with runtime.database.begin(house.company.id) as session:
        piece = runtime.files.stage(io.BytesIO(CONTENT), len(CONTENT))
        pieces.add(session, upload_id=UUID(address.rpartition("/")[2]), offset=0, piece=piece)
    assert sender.ask(address).headers["Alta-Paper"]
    with pytest.raises(FileMissing):
        runtime.files.size(piece.key)


def test_pre_8_only_the_page_of_the_request_may_upload_for_it(house: House, sender: Sender):
    other = Sender(house)
    assert sender.begin(ticket="").status_code == 403
    assert sender.begin(ticket=other.ticket).status_code == 403
    assert sender.begin(field="signature").status_code == 403
    address = sender.begin().headers["Location"]
    theirs = address.replace(hidden(sender.page, "request_id"), hidden(other.page, "request_id"))
    assert other.append(theirs, CONTENT, 0).status_code == 404
    neighbour = a_company(house.database, slug="vecina")
    assert sender.ask(address.replace("veloz", neighbour.slug)).status_code == 404
    paper = sender.append(address, CONTENT, 0).headers["Alta-Paper"]
    answer = _send(other.client, other.page, files=("id_back",), kept_id_front=paper)
    assert answer.status_code == 422


def test_pre_8_there_is_only_so_much_room_for_a_request(house: House, sender: Sender, monkeypatch):
    assert sender.begin(length=1_000_001).status_code == 413
    assert sender.begin(length=0).status_code == 400
    monkeypatch.setattr(pieces, "MOST_FILES", 2)
    one, other = sender.begin(), sender.begin()
    assert (one.status_code, other.status_code, sender.begin().status_code) == (201, 201, 429)
    gone = sender.client.delete(one.headers["Location"], headers=TUS)
    assert gone.status_code == 204
    assert (sender.ask(one.headers["Location"]).status_code, sender.begin().status_code) == (404, 201)
    assert sender.append(other.headers["Location"], CONTENT + b"x", 0).status_code == 413


def test_pre_8_it_speaks_tus_and_says_what_it_can(house: House, sender: Sender):
    told = sender.client.options(sender.place).headers
    assert (told["Tus-Version"], told["Tus-Max-Size"]) == ("1.0.0", "1000000")
    assert set(told["Tus-Extension"].split(",")) == {"creation", "expiration", "termination"}
    address = sender.begin().headers["Location"]
    assert sender.client.head(address).status_code == 412
    assert sender.append(address, b"x", 0, **{"Content-Type": "text/plain"}).status_code == 415
    assert sender.begin(filename="..\\..\\" + "ñ" * 400).status_code == 201
    assert sender.client.post(sender.place, headers={**TUS, "Upload-Metadata": "x ñ"}).status_code == 400
    assert sender.ask(f"{sender.place}/{new_id()}").status_code == 404


def test_pre_8_an_upload_is_forgotten_when_it_got_old(house: House, sender: Sender, monkeypatch):
    address = sender.begin().headers["Location"]
    later = clock.now() + timedelta(hours=21)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert sender.ask(address).status_code == 404
    house.app.extensions["alta"].tidier.tidy()
    monkeypatch.undo()
    assert sender.ask(address).status_code == 404
