"""Files as people import them, and an import on its way through the use cases."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import xlsxwriter

from chassis.calls import Actor
from chassis.files import FileStore, open_store
from chassis.storage import Database
from chassis.workers import WorkerPool
from services.installations.imports import loading, looking, retrying, running, steering, undoing
from services.installations.model import Import, ImportRow
from tests.installations.builders import NOON, Scene
from tests.samples import COMPANY

HEADINGS = [
    "ID Servicio", "Nombre", "Apellidos", "Cédula", "Correo", "Dirección", "Teléfono", "Zona", "Plan Internet",
    "Técnico", "Fecha instalación", "Costo instalación", "Usuario", "IP", "MAC CPE", "Coordenadas",
]  # fmt: skip


def a_row(number: int, **changed: Any) -> list[Any]:
    row = {
        "ID Servicio": 1000 + number, "Nombre": "José", "Apellidos": f"López {number}", "Cédula": f"CURP{number:06}",
        "Correo": f"jose{number}@example.net", "Dirección": "Av. Hidalgo 12\nInterior 3", "Teléfono": "777 123 4567",
        "Zona": "centro", "Plan Internet": "RESIDENCIAL  20m", "Técnico": "raul diaz",
        "Fecha instalación": "24/11/2026 10:30", "Costo instalación": "$1,500.50", "Usuario": f"jose.{number}",
        "IP": f"10.30.{number // 250}.{number % 250 + 1}",
        "MAC CPE": f"64-D1-54-0A-{number // 256:02x}-{number % 256:02x}", "Coordenadas": "18.985,-99.1",
    }  # fmt: skip
    return [changed.get(heading, row[heading]) for heading in HEADINGS]


def as_csv(rows: list[list[Any]], *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows(rows)
    return written.getvalue().encode(encoding)


def as_xlsx(**sheets: list[list[Any]]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return written.getvalue()


class Office:
    """Somebody who imports: every step as the service takes it, jobs done at once."""

    def __init__(self, database: Database, scene: Scene, room: Path) -> None:
        self.database, self.scene = database, scene
        self.files: FileStore = open_store(f"file://{room}/files")
        self.reader = WorkerPool("services.installations.imports.reading:read", timeout=60, memory_mb=1024)

    def begin(self, content: bytes, filename: str = "clientes.csv") -> UUID:
        staged = self.files.stage(io.BytesIO(content), len(content))
        file = {"staged_key": staged.key, "filename": filename, "size": staged.size, "sha256": staged.sha256}
        read = loading.inspect(self.files, self.reader, file)
        with self.database.begin(COMPANY) as session:
            return steering.begin(session, actor=Actor("staff", "7", "Elena", "office"), at=NOON, file=read).id

    def map(self, import_id: UUID, **changed: Any) -> UUID:
        """As it was proposed, but for what is changed; and then every row is looked at."""
        imported = self.get(import_id)
        chosen = {
            "sheet": imported.sheet, "columns": imported.columns, "defaults": imported.defaults,
            "date_order": imported.date_order, "makes": imported.makes, "tells_people": False, "layout_name": None,
        } | changed  # fmt: skip
        with self.database.begin(COMPANY) as session:
            steering.map_columns(session, import_id=import_id, **chosen)
        return self.look(import_id)

    def look(self, import_id: UUID) -> UUID:
        loading.load(
            self.database, self.files, self.reader, self.scene.keyring, company_id=COMPANY, import_id=import_id
        )
        looking.look(self.database, self.scene.keyring, company_id=COMPANY, import_id=import_id)
        return import_id

    def name(self, import_id: UUID, *names: dict[str, Any]) -> UUID:
        empty = dict.fromkeys(("id", "router_id", "download_kbps", "upload_kbps", "price_minor")) | {"within": ""}
        with self.database.begin(COMPANY) as session:
            steering.choose_names(session, import_id=import_id, names=[empty | name for name in names])
        return self.look(import_id)

    def run(self, import_id: UUID, pieces: int | None = None) -> None:
        """All of it, or so many pieces."""
        with self.database.begin(COMPANY) as session:
            steering.run(session, import_id=import_id, at=NOON)
        self.go_on(import_id, pieces)

    def go_on(self, import_id: UUID, pieces: int | None = None) -> None:
        more = True
        while more and pieces != 0:
            pieces = None if pieces is None else pieces - 1
            with self.database.begin(COMPANY) as session:
                more = running.make_some(session, keyring=self.scene.keyring, import_id=import_id, at=NOON)

    def undo(self, import_id: UUID) -> None:
        with self.database.begin(COMPANY) as session:
            steering.undo(session, import_id=import_id)
        more = True
        while more:
            with self.database.begin(COMPANY) as session:
                more = undoing.take_back_some(session, import_id=import_id, at=NOON)

    def retry(self, import_id: UUID) -> None:
        before = NOON + timedelta(hours=1)
        with self.database.begin(COMPANY) as session:
            steering.retry(session, import_id=import_id, at=before)
        more = True
        while more:
            with self.database.begin(COMPANY) as session:
                more = retrying.retry_some(session, import_id=import_id, refused_before=before, at=before)

    def get(self, import_id: UUID) -> Import:
        with self.database.read(COMPANY) as session:
            return session.get(Import, import_id)

    def rows(self, import_id: UUID) -> dict[int, ImportRow]:
        with self.database.read(COMPANY) as session:
            found = session.query(ImportRow).filter(ImportRow.import_id == import_id).all()
        return {row.line: row for row in found}
