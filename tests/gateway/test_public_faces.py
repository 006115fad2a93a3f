"""PRE-8: a company's colour is readable whatever it is, its logo is its own, and pages are light and kept for ever."""

from __future__ import annotations

import gzip
import io
import random

import pytest
from sqlalchemy import select

from chassis.messages import Envelope
from chassis.storage.tables import event_log
from events.gateway import CompanyChanged
from gateway import statics
from gateway.model import PublicFace
from gateway.public import colours, faces
from tests.gateway.pages import House, send
from tests.gateway.test_request_form import FORM, _answering
from tests.gateway.test_router_and_settings_pages import _answering as _answering_settings
from tests.hosting import on_sqlite

pytestmark = on_sqlite

PAGE = "/formulario-publico"
CHANCE = random.Random(3)
SOME = ["#ffffff", "#ffff00", "#00ff00", "#000000", "#0b6e99", *(f"#{CHANCE.randrange(2**24):06x}" for _ in range(200))]


def test_pre_8_every_colour_becomes_one_that_can_be_read():
    for colour in SOME:
        accent = colours._rgb(colours.as_hex(colour))
        assert colours.contrast(accent, (255.0, 255.0, 255.0)) >= 4.5, colour
        assert colours.contrast(accent, (242.0, 245.0, 249.0)) >= 4.4, colour
    assert colours.as_hex("#0b6e99") == "#0b6e99", "one that can be read stays as it is"


def test_pre_8_the_stylesheet_of_a_colour_is_kept_and_takes_nothing_else(house: House):
    client = house.visitor()
    answer = client.get("/apariencia/ffe000.css")
    assert answer.mimetype == "text/css" and "immutable" in answer.headers["Cache-Control"]
    assert "--accent:#" in answer.text
    for junk in ("red", "12345", "0b6e99;}", "zzzzzz"):
        assert client.get(f"/apariencia/{junk}.css").status_code == 404


def test_pre_8_a_logo_is_cleaned_by_the_service_and_shown_on_the_companys_pages(house: House):
    files = house.app.extensions["alta"].files
    key = files.put(b"\x89PNG clean", house.company.id)
    _answering_settings(house)
    _answering(house)
    house.services.answers |= {
        "preinstall.change_form_settings": lambda data: {},
        "preinstall.keep_logo": lambda data: {"file_key": key, "content_type": "image/png"},
    }
    logo = (io.BytesIO(b"anything"), "logo.svg")
    assert send(house.staff(), PAGE, f"{PAGE}/contenido", colour="#0b6e99", logo=logo).status_code == 302
    (told,) = house.services.told("preinstall.keep_logo")
    assert told.data["filename"] == "logo.svg"
    assert _told_logos(house)[-1] == key, "sheets show it too"
    page = house.visitor().get(FORM).text
    address = page.partition('<img src="')[2].partition('"')[0]
    served = house.visitor().get(address)
    assert (served.data, served.mimetype) == (b"\x89PNG clean", "image/png")
    assert "immutable" in served.headers["Cache-Control"] and "sandbox" in served.headers["Content-Security-Policy"]
    assert house.visitor().get(address[:-1] + "x").status_code == 404
    send(house.staff(), PAGE, f"{PAGE}/contenido", colour="#0b6e99", remove_logo="1")
    assert house.visitor().get(address).status_code == 404
    with house.database.read(house.company.id) as session:
        face: PublicFace = faces.face_of(session, house.company.id)
        assert (face.colour, face.logo_key) == (None, None)
    assert _told_logos(house)[-1] is None


def _told_logos(house: House) -> list[str | None]:
    of_company = select(event_log.c.body).where(event_log.c.type == CompanyChanged.type).order_by(event_log.c.id)
    with house.database.engine.connect() as connection:
        return [Envelope.decode(body.encode()).data["logo_file_key"] for body in connection.scalars(of_company)]


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_pre_8_what_pages_load_is_compressed_when_it_is_built_and_kept_for_ever(house: House, encoding: str):
    client, version = house.visitor(), statics._version()
    answer = client.get(f"/static/{version}/public/request.js", headers={"Accept-Encoding": encoding})
    assert (answer.status_code, answer.headers.get("Content-Encoding", "")) == (200, encoding)
    assert answer.mimetype == "text/javascript" and "Accept-Encoding" in answer.headers["Vary"]
    assert "immutable" in answer.headers["Cache-Control"] and "max-age=31536000" in answer.headers["Cache-Control"]
    plain = (statics.BUILT / "public/request.js").read_bytes()
    assert (gzip.decompress(answer.data) if encoding == "gzip" else len(answer.data) <= len(plain)) in (plain, True)
    again = client.get("/static/dist/public/request.js")
    assert "no-cache" in again.headers["Cache-Control"]
    assert client.get("/static/0123456789ab/public/request.js").status_code == 404
    assert client.get(f"/static/{version}/../../settings.py").status_code == 404


def test_pre_8_the_page_itself_is_compressed_for_who_can_read_it(house: House):
    _answering(house)
    client = house.visitor()
    plain, packed = client.get(FORM), client.get(FORM, headers={"Accept-Encoding": "gzip"})
    assert b"Solicitar instalaci" in plain.data
    assert b"Solicitar instalaci" in gzip.decompress(packed.data)
    assert len(packed.data) < len(plain.data) / 2


def test_what_fails_here_is_not_put_down_to_the_visitors_browser(house: House, monkeypatch: pytest.MonkeyPatch):
    def broken():
        raise RuntimeError

    monkeypatch.setattr(faces, "current", broken)
    failed = house.visitor().get("/solicitar-instalacion/veloz")
    assert failed.status_code == 500 and "Algo falló de nuestro lado" in failed.text
    assert "Intentar de nuevo" in failed.text
