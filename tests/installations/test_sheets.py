"""INS-8: sheets are templates with tags; what a tag stands for, what a template may not do, and the print."""

from __future__ import annotations

import base64
import dataclasses
import io
from collections.abc import Iterator

import pypdf
import pytest
from sqlalchemy import select

from chassis.errors import Conflict, NotFound, ValidationFailed
from chassis.jobs import Job
from chassis.rpc.answering import Answering
from chassis.storage import Database
from chassis.storage.tables import jobs
from events.gateway import CompanyChanged
from services.installations.projections import learn_company
from services.installations.service import Installations
from services.installations.settings import InstallationsSettings
from services.installations.sheets import logos
from services.installations.sheets.tags import TAGS
from tests.chassis.uploads import a_photo
from tests.installations.builders import Scene, set_the_scene
from tests.samples import COMPANY, STRANGER, told

WIFI = {"wifi_ssid": "Casa López", "wifi_password": "s3creto-ñ"}


@pytest.fixture
def service(database: Database, scene: Scene, tmp_path) -> Iterator[Installations]:
    keys = tmp_path / "installations.key"
    settings = InstallationsSettings(database_url="", amqp_uri="", files_url=f"file://{tmp_path}/files", keyring=keys)
    service = Installations(settings, database=database)
    yield service
    service.close()


@pytest.fixture
def ask(service: Installations):
    """Asks as somebody of the scene's company does."""
    answering = Answering(service)

    def ask(method, *, role="office", company=COMPANY, **data):
        actor = {"kind": "staff", "id": "s1", "name": "Ana", "role": role}
        return answering.answer(method, {"company_id": str(company), "actor": actor, "locale": "es"}, data)

    return ask


@pytest.fixture
def installation_id(database: Database, scene: Scene) -> str:
    with database.begin(COMPANY) as session:
        return str(scene.schedule(session, **WIFI, latitude="18.985300", longitude="-99.093100").id)


def filled(ask, installation_id, content, **more):
    page = ask("fill_sheet", installation_id=installation_id, content=content, **more)["page"]
    return page.partition("<body>")[2].partition("</body>")[0]


def test_a_company_begins_with_a_sheet_in_its_language_that_is_good_to_print(ask, installation_id):
    known = ask("list_sheet_templates")
    assert [(row["name"], row["is_default"]) for row in known["rows"]] == [
        ("Hoja de instalación", True),
        ("Installation sheet", False),
    ]
    sheet = ask("fill_sheet", installation_id=installation_id)
    assert sheet["unknown_tags"] == []
    for text in ("María López", "Av. Hidalgo 12", "maria.1", "10.20.0.2", "Raúl Díaz", "$500.00", "18.985300"):
        assert text in sheet["page"]


def test_both_ways_of_putting_the_wifi_data_on_the_sheet(ask, installation_id):
    derived = filled(ask, installation_id, "<p>{{ empresa.nombre }}-{{id_servicio}} / {{ servicio.cliente_rb }}</p>")
    assert derived == "<p>Redes del Valle-1 / maria.1</p>"
    typed = "<p>{{servicio.ssid_router_wifi}} / {{servicio.password_ssid_router_wifi}}</p>"
    assert filled(ask, installation_id, typed) == "<p>Casa López / s3creto-ñ</p>"


def test_who_only_reads_gets_no_password_on_paper(ask, installation_id):
    typed = "<p>{{servicio.password_ssid_router_wifi}}</p>"
    assert "s3creto" not in filled(ask, installation_id, typed, role="read_only")


def test_the_number_of_the_service_is_the_clients_once_there_is_one(ask, database, scene):
    with database.begin(COMPANY) as session:
        scene.schedule(session)
        client = scene.activated(session)
    assert filled(ask, str(client.id), "{{ id_servicio }} {{ instalacion.numero }}") == "1 2"


def test_every_tag_but_a_missing_logo_stands_for_something_or_for_a_line_to_write_on(ask, installation_id):
    texts = {tag: filled(ask, installation_id, "<p>{{ " + tag + " }}</p>") for tag in TAGS}
    assert {tag for tag, text in texts.items() if text == "<p></p>" or "{{" in text} == {"empresa.logo"}


def test_a_tag_that_does_not_exist_is_told_and_not_swallowed(ask, installation_id):
    with pytest.raises(ValidationFailed) as refused:
        ask("save_sheet_template", name="Otra", content="<p>{{ cliente.apodo }} {{ 7*7 }}</p>")
    (complaint,) = refused.value.fields["content"]
    assert complaint == {"code": "unknown-tag", "params": {"tags": ["cliente.apodo", "7*7"]}}
    shown = ask("fill_sheet", installation_id=installation_id, content="<p>{{ 7*7 }}</p>")
    assert (shown["unknown_tags"], "49" in shown["page"]) == (["7*7"], False)


HOSTILE = (
    "<script>alert(1)</script>", '<img src="file:///etc/passwd">', '<p onclick="alert(1)">x</p>',
    '<link rel=stylesheet href="http://evil.example/x.css">', '<iframe src="http://evil.example"></iframe>',
    "<style>@import 'http://evil.example'</style>", '<a href="javascript:alert(1)">x</a>',
    '<p style="background-image: url(http://evil.example)">x</p>', "<svg onload=alert(1)>",
    '<object data="file:///etc/passwd"></object>', "{% include '/etc/passwd' %}", "{{ self.__class__ }}",
)  # fmt: skip


def test_a_template_runs_nothing_and_reads_nothing(ask, installation_id):
    for hostile in HOSTILE:
        page = filled(ask, installation_id, f"<p>Hola</p>{hostile}")
        assert page.startswith("<p>Hola</p>"), hostile
        for word in ("<script", "alert(1)", "onclick", "evil.example", "<img", "root:", "<object", "<class"):
            assert word not in page, hostile


def test_a_persons_name_brings_no_markup_along(ask, database, scene):
    with database.begin(COMPANY) as session:
        identity = str(scene.schedule(session, first_name="<b>Ana</b>").id)
    assert filled(ask, identity, "{{ cliente.nombres }}") == "&lt;b&gt;Ana&lt;/b&gt;"


def test_templates_are_made_changed_chosen_and_taken_away(ask, installation_id):
    made = ask("save_sheet_template", name="Corta", content="<h1>{{ cliente.nombre }}</h1>", is_default=True)
    assert "<h1>María López</h1>" in ask("fill_sheet", installation_id=installation_id)["page"]
    with pytest.raises(ValidationFailed):
        ask("save_sheet_template", name="Corta", content="<p>x</p>")
    again = {"template_id": made["template_id"], "name": "Corta", "content": "<p>{{ id_servicio }}</p>"}
    ask("save_sheet_template", version=1, **again)
    with pytest.raises(Conflict):
        ask("save_sheet_template", version=1, **again)
    for row in ask("list_sheet_templates")["rows"][:2]:
        ask("delete_sheet_template", template_id=row["template_id"])
    (left,) = ask("list_sheet_templates")["rows"]
    assert left["is_default"]
    with pytest.raises(Conflict):
        ask("delete_sheet_template", template_id=left["template_id"])


def test_another_company_neither_reads_nor_changes_them(ask, database, keyring, installation_id):
    with database.begin(STRANGER) as session:
        set_the_scene(session, keyring, STRANGER)
    ours = ask("list_sheet_templates")["rows"][0]["template_id"]
    for method, data in (
        ("fill_sheet", {"installation_id": installation_id}),
        ("save_sheet_template", {"template_id": ours, "name": "Mía", "content": "<p>x</p>"}),
        ("delete_sheet_template", {"template_id": ours}),
    ):
        with pytest.raises(NotFound):
            ask(method, company=STRANGER, **data)


def test_a_company_that_changes_keeps_its_templates(ask, database):
    for row in ask("list_sheet_templates")["rows"][1:]:
        ask("delete_sheet_template", template_id=row["template_id"])
    with database.begin(COMPANY) as session:
        learn_company(session, told(CompanyChanged, company_id=COMPANY, name="Veloz Dos"))
    assert len(ask("list_sheet_templates")["rows"]) == 1


def test_the_pdf_says_the_same_on_one_page(ask, installation_id):
    printed = ask("print_sheet", installation_id=installation_id)
    reader = pypdf.PdfReader(io.BytesIO(base64.b64decode(printed["pdf"])))
    (page,) = reader.pages
    text = page.extract_text()
    for expected in ("Hoja de instalación", "María López", "Casa López", "s3creto-ñ", "Recibí el servicio"):
        assert expected in text
    assert printed["filename"] == "Redes del Valle 1.pdf"


def test_ins_8_codes_lead_to_the_door_and_into_the_wifi_and_are_for_nobody_else(ask, installation_id, database, scene):
    sheet = ask("fill_sheet", installation_id=installation_id)["page"]
    assert sheet.count("<svg") == 2
    assert filled(ask, installation_id, "{{ servicio.wifi_qr }}", role="read_only") == ""
    with database.begin(COMPANY) as session:
        bare = str(scene.schedule(session).id)
    assert "<" not in filled(ask, bare, "{{ cliente.mapa_qr }} {{ servicio.wifi_qr }}"), "nor a line to write on"
    printed = base64.b64decode(ask("print_sheet", installation_id=installation_id)["pdf"])
    assert len(pypdf.PdfReader(io.BytesIO(printed)).pages) == 1


def test_ins_8_the_companys_logo_is_on_the_sheet_and_on_the_pdf_until_it_is_taken_away(
    ask, service, database, installation_id
):
    assert filled(ask, installation_id, "{{ empresa.logo }}<p>x</p>") == "<p>x</p>", "no logo, no line to write on"
    logo = service.files.put(a_photo((1600, 400), format="PNG", mode="RGBA", color=(200, 30, 30, 120)), COMPANY)
    learn_logo(service, database, logo, version=2)
    page = filled(ask, installation_id, '{{ empresa.logo }}<img src="data:image/png;base64,AAAA">')
    assert page.count("<img") == 1 and page.startswith('<img class="logo" alt="Redes del Valle" src="data:image/png;')
    for printed in (
        ask("print_sheet", installation_id=installation_id)["pdf"],
        ask("print_sheets", installation_ids=[installation_id])["pdf"],
    ):
        (sheet,) = pypdf.PdfReader(io.BytesIO(base64.b64decode(printed))).pages
        (picture,) = sheet.images
        assert picture.image.size == (480, 120)
    learn_logo(service, database, None, version=3)
    assert "<img" not in ask("fill_sheet", installation_id=installation_id)["page"]


def learn_logo(service: Installations, database: Database, file_key: str | None, *, version: int) -> None:
    """With the job that it asks for."""
    with database.begin(COMPANY) as session:
        learn_company(session, told(CompanyChanged, company_id=COMPANY, version=version, logo_file_key=file_key))
    if file_key is None:
        return
    with database.begin(COMPANY) as session:
        (row,) = session.connection().execute(select(jobs).where(jobs.c.kind == logos.DRAW)).mappings()
        job = Job(**{field.name: row[field.name] for field in dataclasses.fields(Job)})
        service.draw_logo(job)(session)
