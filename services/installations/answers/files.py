"""Files of installations, with their small pictures."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from chassis.calls import Call
from chassis.files import FileStore
from chassis.images import Documents
from chassis.previews import make as make_preview
from chassis.service import command, query
from chassis.storage import Database
from chassis.workers import WorkerPool
from services.installations import (
    filing,
    previews,
    queries,
    schemas,
)


class FileAnswers:
    """Entries of the service: one call each."""

    database: Database
    files: FileStore
    documents: Documents

    @cached_property
    def painter(self) -> WorkerPool:
        return WorkerPool(
            "services.installations.previews:render", max_workers=1, idle_seconds=30, timeout=15, memory_mb=768
        )

    @command(takes=schemas.AddFile, gives=schemas.File, before="inspect_file")
    def add_file(self, call: Call) -> Any:
        return filing.add_file(call.session, at=call.asked_at, actor=call.actor, **call.data)

    def inspect_file(self, call: Call) -> None:
        call.data["file"] = filing.take(self.documents, call.company_id, call.data["file"])

    @command(takes=schemas.ChangeFile, gives=schemas.File)
    def change_file(self, call: Call) -> Any:
        return filing.change_file(call.session, **call.data)

    @command(takes=schemas.ChangeFiles, gives=schemas.Files)
    def change_files(self, call: Call) -> Any:
        return {"rows": filing.change_files(call.session, **call.data)}

    @command(takes=schemas.OneFile, gives=schemas.Preview, before="draw_preview")
    def preview_file(self, call: Call) -> Any:
        return filing.keep_preview(call.session, **call.data)

    def draw_preview(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            file = queries.open_file(session, **call.data)
        call.data["preview_key"] = file.preview_key
        if file.preview_key is None:
            about = {"company_id": call.company_id, "file_key": file.file_key, "content_type": file.content_type}
            call.data["preview_key"] = make_preview(self.files, self.painter, **about, largest=previews.LARGEST)

    @command(takes=schemas.TurnFile, gives=schemas.File, before="draw_turned")
    def turn_file(self, call: Call) -> Any:
        return filing.keep_turned(call.session, **call.data)

    def draw_turned(self, call: Call) -> None:
        quarters = call.data.pop("quarters")
        with self.database.read(call.company_id) as session:
            file = queries.open_file(session, **call.data)
        call.data["turned"] = filing.turn(self.documents, file, company_id=call.company_id, quarters=quarters)
        call.data["turned_from"] = file.sha256

    @command(takes=schemas.OneFile)
    def delete_file(self, call: Call) -> Any:
        filing.delete_file(call.session, **call.data)
        return {}

    @query(takes=schemas.OneInstallation, gives=schemas.Files)
    def list_files(self, call: Call) -> Any:
        return {"rows": queries.list_files(call.session, **call.data)}

    @query(takes=schemas.OneFile, gives=schemas.OpenedFile)
    def open_file(self, call: Call) -> Any:
        return queries.open_file(call.session, **call.data)
