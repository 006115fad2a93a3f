"""What a service that exports lists answers and does."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from marshmallow import fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, schemas
from chassis.calls import Call
from chassis.declarations import command, every, query, works
from chassis.errors import NotFound, ValidationFailed
from chassis.exporting.model import DONE, WAITING
from chassis.exporting.reading import Exported, count, read_into
from chassis.identifiers import new_id
from chassis.jobs import Job, enqueue
from chassis.schemas import Schema
from chassis.storage import find
from chassis.workers import WorkerPool

if TYPE_CHECKING:
    from chassis.files import FileStore
    from chassis.storage import Database

WRITE = "exports.write"
KEPT = timedelta(days=1)
LARGEST = 2 * 1024**3  # bytes
PDF = "pdf"
CONTENT_TYPES = {
    PDF: "application/pdf",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


SPREADSHEETS = ("csv", "xlsx")


class ColumnAsked(Schema):
    """`words` for the values of a column of words, by what the list has for them."""

    key = fields.String(required=True, validate=validate.Length(1, 40))
    label = fields.String(required=True, validate=validate.Length(1, 80))
    words = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class CompanyForm(Schema):
    """How the company writes; see `chassis.spreadsheets.writing`."""

    delimiter = fields.String(required=True, validate=validate.OneOf([",", ";"]))
    decimal_mark = fields.String(required=True, validate=validate.OneOf([",", "."]))
    digits = fields.Integer(required=True, validate=validate.Range(0, 4))
    moment = fields.String(required=True, validate=validate.Regexp(r"[%a-zA-Z/.: -]{1,40}"))
    number_format = fields.String(required=True, validate=validate.Regexp(r"[a-zA-Z/.: -]{1,40}"))
    time_zone = fields.String(required=True, validate=validate.Length(1, 64))


class BeginExport(Schema):
    list = fields.String(required=True, validate=validate.Length(1, 30))
    format = fields.String(required=True, validate=validate.OneOf(SPREADSHEETS))
    filename = fields.String(required=True, validate=validate.Length(1, 120))
    columns = fields.List(fields.Nested(ColumnAsked), required=True, validate=validate.Length(1, 100))
    filters = fields.Dict(keys=fields.String(), load_default=dict)
    form = fields.Nested(CompanyForm, required=True)


class OneExport(Schema):
    export_id = fields.UUID(required=True)


class ExportView(Schema):
    export_id = fields.UUID(attribute="id")
    list = fields.String()
    format = fields.String()
    filename = fields.String()
    state = fields.String()
    rows = fields.Integer()
    total = fields.Integer(allow_none=True)
    written = fields.Integer()
    size = fields.Integer(allow_none=True)
    reason_code = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class ExportsLists:
    """See the package's text. The service's `close` ends what was begun here."""

    export_table: ClassVar[type[Any]]
    exported: ClassVar[Mapping[str, Exported]]
    database: Database
    files: FileStore

    @cached_property
    def spreadsheets(self) -> WorkerPool:
        """One at a time; a million rows take minutes."""
        return WorkerPool(
            "chassis.spreadsheets.writing:write", max_workers=1, idle_seconds=60, timeout=1800, memory_mb=512
        )

    @command(takes=BeginExport, gives=ExportView)
    def begin_export(self, call: Call) -> Any:
        return begin(call.session, self.export_table, self.exported, asked_by=call.actor.name, at=call.at, **call.data)

    @query(takes=OneExport, gives=ExportView)
    def get_export(self, call: Call) -> Any:
        return find(call.session, self.export_table, call.data["export_id"])

    @query(takes=OneExport)
    def open_export(self, call: Call) -> Any:
        """Raises `NotFound` before it is done."""
        export = find(call.session, self.export_table, call.data["export_id"])
        if export.state != DONE:
            raise NotFound("export-not-ready")
        return {
            "file_key": export.file_key,
            "filename": export.filename,
            "content_type": CONTENT_TYPES[export.format],
            "size": export.size,
        }

    @works(WRITE, attempts=4, failed="give_up_export")
    def write_export(self, job: Job) -> Callable[[Session], None] | None:
        """From the first row on, when it was interrupted: nothing is left of the attempt before."""
        export_id = UUID(job.payload["export_id"])
        with self.database.read(job.company_id) as session:
            export = find(session, self.export_table, export_id)
            session.expunge(export)
        with tempfile.TemporaryDirectory(prefix="export-") as room:
            return self._write(Path(room), job.company_id, export)

    def _write(self, room: Path, company_id: UUID, export: Any) -> Callable[[Session], None]:
        target = room / "made"
        make = self.make_document if export.format == PDF else self._make_spreadsheet
        rows = make(room, target, company_id, export)
        with target.open("rb") as file:
            staged = self.files.stage(file, LARGEST)
        made = {"file_key": staged.key, "size": staged.size, "rows": rows}
        return lambda session: find(session, self.export_table, export.id).end(**made, at=clock.now())

    def make_document(self, room: Path, target: Path, company_id: UUID, export: Any) -> int:
        """Of services that print many things into one PDF: how many there are in `target` now."""
        raise NotImplementedError

    def _make_spreadsheet(self, room: Path, target: Path, company_id: UUID, export: Any) -> int:
        exported, asked = self.exported[export.list], export.asked
        keys = [column["key"] for column in asked["columns"]]
        source = room / "rows"
        self._tell(company_id, export.id, total=count(self.database, company_id, exported, asked["filters"]))
        rows = read_into(
            source, self.database, company_id, exported, keys=keys, filters=asked["filters"],
            tell=lambda count: self.tell_rows(company_id, export.id, count),
        )  # fmt: skip
        columns = [{**column, "kind": exported.columns[column["key"]].kind} for column in asked["columns"]]
        wanted = {"columns": columns, "form": asked["form"], "format": export.format}
        self._tell(company_id, export.id, rows=rows, total=rows)
        told = room / "told"
        self.spreadsheets.run(
            {"source": str(source), "target": str(target), "told": str(told), **wanted},
            meanwhile=lambda: self._tell(company_id, export.id, written=_number_in(told)),
        )
        return rows

    def tell_rows(self, company_id: UUID, export_id: UUID, rows: int) -> None:
        self._tell(company_id, export_id, rows=rows)

    def _tell(self, company_id: UUID, export_id: UUID, **numbers: int | None) -> None:
        with self.database.begin(company_id) as session:
            export = find(session, self.export_table, export_id)
            for name, number in numbers.items():
                setattr(export, name, number)

    def give_up_export(self, session: Session, job: Job, error: Exception) -> None:
        export = find(session, self.export_table, UUID(job.payload["export_id"]))
        export.fail(getattr(error, "code", "export-failed"), clock.now())

    @every(seconds=600, lease="exports.prune")
    def prune_exports(self, at: datetime) -> None:
        with self.database.read_unscoped() as session:
            old = select(self.export_table).where(self.export_table.created_at < at - KEPT)
            gone = [(each.company_id, each.id, each.file_key) for each in session.scalars(old)]
        for company_id, export_id, file_key in gone:
            if file_key:
                self.files.delete_staged(file_key)
            with self.database.begin(company_id) as session:
                session.delete(find(session, self.export_table, export_id))

    def close(self) -> None:
        if "spreadsheets" in vars(self):
            self.spreadsheets.close()
        super().close()  # type: ignore[misc]


def _number_in(told: Path) -> int:
    return int(told.read_text()) if told.exists() else 0


def begin(
    session: Session,
    table: type[Any],
    exported: Mapping[str, Exported],
    *,
    list: str,
    format: str,
    filename: str,
    columns: list[dict[str, Any]],
    filters: dict[str, Any],
    form: dict[str, Any],
    asked_by: str | None,
    at: datetime,
) -> Any:
    """Raises `ValidationFailed` for a list, a column or a filter that there is not."""
    if list not in exported:
        raise ValidationFailed(fields={"list": [{"code": "not-one-of", "params": {}}]})
    if any(column["key"] not in exported[list].columns for column in columns):
        raise ValidationFailed(fields={"columns": [{"code": "not-one-of", "params": {}}]})
    schemas.load(exported[list].takes, filters)
    asked = {"columns": columns, "filters": filters, "form": form}
    return keep(session, table, list=list, format=format, filename=filename, asked=asked, asked_by=asked_by, at=at)


def keep(session: Session, table: type[Any], *, asked_by: str | None, at: datetime, **export: Any) -> Any:
    """Notes what is wanted, and has it made."""
    export = table(id=new_id(), asked_by=asked_by, state=WAITING, rows=0, written=0, created_at=at, **export)
    session.add(export)
    enqueue(session, WRITE, key=str(export.id), payload={"export_id": str(export.id)})
    return export
