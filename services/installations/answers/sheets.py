"""Sheets: their templates, filled in, printed alone or many at a time."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.calls import Call
from chassis.exporting.answering import ExportView
from chassis.files import FileStore
from chassis.jobs import Job
from chassis.secrets import Keyring
from chassis.service import command, query, works
from chassis.storage import Database
from chassis.workers import WorkerPool
from services.installations import (
    queries,
    schemas,
)
from services.installations.model import Export
from services.installations.sheets import filling, logos, templates
from services.installations.sheets import many as many_sheets
from services.installations.sheets.paper import blank
from services.installations.sheets.tags import TAGS

READS_PASSWORDS = frozenset({"owner", "office", "technician"})


class SheetAnswers:
    """Entries of the service: one call each."""

    database: Database
    files: FileStore
    keyring: Keyring

    @cached_property
    def printer(self) -> WorkerPool:
        """One at a time: it needs a whole core. Started when needed, ended when idle."""
        return WorkerPool(
            "services.installations.sheets.render:render", max_workers=1, idle_seconds=60, timeout=100, memory_mb=512
        )

    @cached_property
    def press(self) -> WorkerPool:
        """Prints many sheets at a time, beside those that somebody waits for."""
        return WorkerPool(
            "services.installations.sheets.render:render_many",
            max_workers=1,
            idle_seconds=60,
            timeout=600,
            memory_mb=768,
        )

    @cached_property
    def logo_painter(self) -> WorkerPool:
        return WorkerPool(
            "services.installations.sheets.pictures:shrink", max_workers=1, idle_seconds=10, timeout=15, memory_mb=512
        )

    @works(logos.DRAW)
    def draw_logo(self, job: Job) -> Any:
        file_key = job.payload["file_key"]
        source = logos.draw(self.files, self.logo_painter, company_id=job.company_id, file_key=file_key)
        return lambda session: logos.keep(session, file_key=file_key, source=source)

    @query(takes=schemas.Nothing, gives=schemas.SheetTemplates)
    def list_sheet_templates(self, call: Call) -> Any:
        return {"rows": queries.list_sheet_templates(call.session), "tags": list(TAGS), "paper": blank(call.locale)}

    @command(takes=schemas.SaveSheetTemplate, gives=schemas.SheetTemplate)
    def save_sheet_template(self, call: Call) -> Any:
        return templates.save(call.session, **call.data)

    @command(takes=schemas.OneSheetTemplate)
    def delete_sheet_template(self, call: Call) -> Any:
        templates.delete(call.session, **call.data)
        return {}

    @query(takes=schemas.FillSheet)
    def fill_sheet(self, call: Call) -> Any:
        return filling.fill(call.session, keyring=self._keyring_for(call), **call.data)

    @command(takes=schemas.PrintSheet, before="render_sheet")
    def print_sheet(self, call: Call) -> Any:
        return call.data

    def render_sheet(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            filled = filling.fill(session, keyring=self._keyring_for(call), **call.data)
        call.data = {**self.printer.run({"page": filled["page"]}), "filename": f"{filled['title']}.pdf"}

    @command(takes=schemas.PrintSheets, before="render_sheets")
    def print_sheets(self, call: Call) -> Any:
        return call.data

    def render_sheets(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            pages = filling.fill_several(session, keyring=self._keyring_for(call), **call.data)
        call.data = self.printer.run({"pages": pages})

    @command(takes=schemas.PrintManySheets, gives=ExportView)
    def print_many_sheets(self, call: Call) -> Any:
        may_read = call.actor.role in READS_PASSWORDS
        return many_sheets.begin(
            call.session, with_passwords=may_read, asked_by=call.actor.name, at=call.at, **call.data
        )

    def make_document(self, room: Path, target: Path, company_id: UUID, export: Export) -> int:
        sources = many_sheets.fill_into(
            room, self.database, company_id, export.asked, self.keyring,
            lambda count: self.tell_rows(company_id, export.id, count),
        )  # fmt: skip
        return self.press.run({"sources": sources, "target": str(target)})["sheets"]

    def _keyring_for(self, call: Call) -> Keyring | None:
        """The Wi-Fi password is for those who install."""
        return self.keyring if call.actor.role in READS_PASSWORDS else None
