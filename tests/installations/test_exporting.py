"""INS-5: a list as a file holds what the list shows, whatever it is filtered by; it is nobody else's, and goes away."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from chassis.errors import NotFound, Transient, ValidationFailed
from chassis.exporting import reading
from chassis.exporting.answering import BeginExport, ExportView, begin
from chassis.files import FileMissing
from chassis.jobs import Job
from chassis.secrets import Keyring
from chassis.storage import Database, find
from chassis.storage.tables import jobs
from services.installations import listing, schemas
from services.installations.model import Export
from services.installations.service import Installations
from services.installations.settings import InstallationsSettings
from services.installations.sheets import many
from tests.installations.builders import NOON, Scene
from tests.samples import COMPANY, STRANGER

FORM = {
    "delimiter": ",", "decimal_mark": ".", "digits": 2, "moment": "%d/%m/%Y %H:%M", "number_format": "dd/mm/yyyy hh:mm",
    "time_zone": "America/Mexico_City",
}  # fmt: skip
COLUMNS = [
    {"key": "number", "label": "N.º"},
    {"key": "first_name", "label": "Nombre"},
    {"key": "zone", "label": "Zona"},
    {"key": "state", "label": "Estado", "words": {"new": "Nueva", "active": "Activa"}},
    {"key": "installation_cost_minor", "label": "Costo"},
]


@pytest.fixture
def service(database: Database, database_url: str, keyring: Keyring, tmp_path: Path) -> Any:
    settings = InstallationsSettings(
        database_url=database_url,
        amqp_uri="amqp://nobody:nobody@127.0.0.1:1/none",
        files_url=f"file://{tmp_path}/files",
        keyring=tmp_path / "installations.key",
    )
    made = Installations(settings, database=database)
    yield made
    if "spreadsheets" in vars(made):
        made.spreadsheets.close()


def asked(database: Database, list: str = "clients", format: str = "csv", columns: Any = None, **filters: Any) -> UUID:
    data = BeginExport().load(
        {
            "list": list,
            "format": format,
            "filename": f"x.{format}",
            "columns": columns or COLUMNS,
            "filters": filters,
            "form": FORM,
        }
    )
    with database.begin(COMPANY) as session:
        begun = begin(session, Export, Installations.exported, asked_by="Rosa", at=NOON, **data)
        shown = ExportView().dump(begun)
        assert (shown["state"], shown["rows"], shown["written"], shown["total"]) == ("waiting", 0, 0, None)
        return begun.id


def job_of(database: Database, export_id: UUID) -> Job:
    with database.read_unscoped() as session:
        row = session.connection().execute(select(jobs).where(jobs.c.key == str(export_id))).one()
    return Job(id=row.id, kind=row.kind, key=row.key, lane=None, payload=row.payload, company_id=row.company_id,
               attempt=1, generation=row.generation, correlation_id=None, last_error=None)  # fmt: skip


def written(service: Any, database: Database, export_id: UUID) -> Export:
    """As the runner of jobs does it."""
    commit = service.write_export(job_of(database, export_id))
    with database.begin(COMPANY) as session:
        commit(session)
    return found(database, export_id)


def found(database: Database, export_id: UUID) -> Export:
    with database.read(COMPANY) as session:
        export = session.get(Export, export_id)
        session.expunge(export)
    return export


def lines(service: Any, export: Export) -> list[list[str]]:
    with service.files.open(export.file_key) as file:
        return list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))


@pytest.fixture
def people(database: Database, scene: Scene) -> None:
    """Enough for more than one page of the reader."""
    with database.begin(COMPANY) as session:
        for number in range(7):
            city = "Cuernavaca" if number % 2 else "Tepoztlán"
            scene.activated(session, NOON + timedelta(days=number), first_name=f"Ana {number}", city=city)
        scene.schedule(session, first_name="Eva", scheduled_at=NOON)
        scene.schedule(session, first_name="Luz", scheduled_at=NOON + timedelta(days=9))


ASKED: list[tuple[str, dict[str, Any]]] = [
    ("clients", {}),
    ("clients", {"search": "ana 3"}),
    ("clients", {"city": "cuernavaca", "sort": "-person"}),
    ("clients", {"month": "2026-11", "sort": "client_number"}),
    ("clients", {"day": "2026-11-25"}),
    ("clients", {"from_on": "2026-11-26", "to_on": "2026-11-28", "sort": "zone"}),
    ("installations", {}),
    ("installations", {"states": ["active", "new"], "sort": "-number"}),
    ("installations", {"to_on": "2026-11-24"}),
    ("installations", {"search": "nobody"}),
]
LISTS = {
    "clients": (schemas.ClientSearch(), listing.list_clients),
    "installations": (schemas.InstallationSearch(), listing.list_installations),
}


def test_ins_5_the_file_holds_what_the_list_shows(
    service: Any, database: Database, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST", 3)
    for of, filters in ASKED:
        export = written(service, database, asked(database, of, **filters))
        schema, read = LISTS[of]
        with database.read(COMPANY) as session:
            shown = [(row.number, row.first_name) for row in read(session, **schema.load(filters)).rows]
        heading, *rows = lines(service, export)
        assert heading == ["N.º", "Nombre", "Zona", "Estado", "Costo"]
        assert [(int(row[0]), row[1]) for row in rows] == shown, (of, filters)
        assert (export.state, export.rows) == ("done", len(shown))
        assert {row[4] for row in rows} <= {"500.00"} and {row[3] for row in rows} <= {"Nueva", "Activa"}


def test_ins_5_how_far_it_is_is_told_of_how_many(
    service: Any, database: Database, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While rows are read, where the kept tallies know how many there are; and always while they are written."""
    monkeypatch.setattr(reading, "MOST", 3)
    monkeypatch.setattr(reading, "TELLING", 3)
    told: list[dict[str, Any]] = []
    tell = service._tell
    monkeypatch.setattr(service, "_tell", lambda *of, **numbers: (told.append(numbers), tell(*of, **numbers)))
    written(service, database, asked(database))
    assert told[:4] == [{"total": 7}, {"rows": 3}, {"rows": 6}, {"rows": 7, "total": 7}]
    told.clear()
    written(service, database, asked(database, "installations", states=["active", "new"]))
    assert told[0] == {"total": 9}
    told.clear()
    export = written(service, database, asked(database, city="cuernavaca"))
    assert (told[0], export.total) == ({"total": None}, 3)


def test_an_interrupted_one_begins_anew_and_holds_each_row_once(
    service: Any, database: Database, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_id = asked(database)
    monkeypatch.setattr(service.files, "stage", _fails)
    with pytest.raises(Transient):
        service.write_export(job_of(database, export_id))
    monkeypatch.undo()
    assert found(database, export_id).state == "waiting"
    assert len(lines(service, written(service, database, export_id))) == 8


def _fails(*_: Any) -> Any:
    raise Transient("file-store-away")


def test_what_is_no_list_column_or_filter_is_refused(database: Database, scene: Scene) -> None:
    with pytest.raises(ValidationFailed):
        asked(database, "zones")
    with pytest.raises(ValidationFailed):
        asked(database, "clients", password="x")
    with pytest.raises(ValidationFailed):
        asked(database, "clients", columns=[{"key": "sealed_wifi_password", "label": "x", "words": {}}])


def test_another_company_finds_no_file_and_after_a_day_nobody_does(
    service: Any, database: Database, people: None
) -> None:
    export = written(service, database, asked(database))
    with database.read(STRANGER) as stranger, pytest.raises(NotFound):
        find(stranger, Export, export.id)
    service.prune_exports(NOON + timedelta(hours=23))
    assert lines(service, export)
    service.prune_exports(NOON + timedelta(hours=25))
    with pytest.raises(FileMissing):
        service.files.open(export.file_key)
    with database.read(COMPANY) as session:
        assert session.scalars(select(Export)).all() == []


def test_ins_3_sheets_of_many_are_one_pdf(service: Any, database: Database, scene: Scene) -> None:
    with database.begin(COMPANY) as session:
        ids = [scene.schedule(session).id for _ in range(3)]
    chosen = {"list": "installations", "installation_ids": ids, "filters": {}}
    with database.begin(COMPANY) as session:
        export_id = many.begin(
            session,
            chosen=chosen,
            template_id=None,
            filename="hojas.pdf",
            with_passwords=True,
            asked_by="Rosa",
            at=NOON,
        ).id
    export = written(service, database, export_id)
    service.press.close()
    with service.files.open(export.file_key) as file:
        text = [page.extract_text() for page in PdfReader(io.BytesIO(file.read())).pages]
    assert (export.rows, sum("María López" in page for page in text)) == (3, 3)
