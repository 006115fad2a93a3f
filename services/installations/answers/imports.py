"""Clients and installations from tables that people bring."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.calls import Call
from chassis.crashpoints import reached
from chassis.files import FileStore
from chassis.jobs import Job
from chassis.secrets import Keyring
from chassis.service import command, query, works
from chassis.storage import Database
from chassis.workers import WorkerPool
from services.installations import (
    schemas,
)
from services.installations.imports import loading, looking, retrying, running, steering, undoing
from services.installations.imports import queries as import_queries
from services.installations.schemas import imports as import_schemas

# Seconds between the pieces of long work: the only writer of a SQLite file lets others write.
BREATH = 0.005


class ImportAnswers:
    """Entries of the service: one call each."""

    database: Database
    files: FileStore
    keyring: Keyring

    @cached_property
    def table_reader(self) -> WorkerPool:
        """Of files that people import: hostile ones meet its limits."""
        return WorkerPool(
            "services.installations.imports.reading:read", max_workers=1, idle_seconds=30, timeout=60, memory_mb=1024
        )

    @command(takes=import_schemas.BeginImport, gives=import_schemas.ImportView, before="inspect_import")
    def begin_import(self, call: Call) -> Any:
        return steering.begin(call.session, actor=call.actor, at=call.at, **call.data)

    def inspect_import(self, call: Call) -> None:
        call.data["file"] = loading.inspect(self.files, self.table_reader, call.data["file"])

    @command(takes=import_schemas.OneLayout, gives=import_schemas.ImportView)
    def apply_import_layout(self, call: Call) -> Any:
        return steering.apply_layout(call.session, **call.data)

    @command(takes=import_schemas.MapImport, gives=import_schemas.ImportView)
    def map_import(self, call: Call) -> Any:
        return steering.map_columns(call.session, **call.data)

    @command(takes=import_schemas.ChooseNames, gives=import_schemas.ImportView)
    def choose_import_names(self, call: Call) -> Any:
        return steering.choose_names(call.session, **call.data)

    @command(takes=import_schemas.OneImport, gives=import_schemas.ImportView)
    def run_import(self, call: Call) -> Any:
        return steering.run(call.session, at=call.at, **call.data)

    @command(takes=import_schemas.OneImport, gives=import_schemas.ImportView)
    def stop_import(self, call: Call) -> Any:
        return steering.stop(call.session, at=call.at, **call.data)

    @command(takes=import_schemas.OneImport, gives=import_schemas.ImportView)
    def undo_import(self, call: Call) -> Any:
        return steering.undo(call.session, **call.data)

    @command(takes=import_schemas.OneImport, gives=import_schemas.ImportView)
    def retry_import(self, call: Call) -> Any:
        return steering.retry(call.session, at=call.at, **call.data)

    @command(takes=import_schemas.OneImport)
    def forget_import(self, call: Call) -> Any:
        steering.forget(call.session, **call.data)
        return {}

    @query(takes=schemas.Paging, gives=import_schemas.Imports)
    def list_imports(self, call: Call) -> Any:
        return import_queries.list_imports(call.session, **call.data)

    @query(takes=import_schemas.OneImport, gives=import_schemas.ImportReport)
    def get_import(self, call: Call) -> Any:
        return import_queries.get_import(call.session, **call.data)

    @query(takes=import_schemas.ImportRowSearch, gives=import_schemas.ImportRows)
    def list_import_rows(self, call: Call) -> Any:
        return import_queries.list_rows(call.session, keyring=self.keyring, **call.data)

    @works(steering.CHECK, failed="import_unreadable")
    def check_import(self, job: Job) -> None:
        of = {"company_id": job.company_id, "import_id": UUID(job.payload["import_id"])}
        loading.load(self.database, self.files, self.table_reader, self.keyring, **of)
        looking.look(self.database, self.keyring, **of)

    def import_unreadable(self, session: Session, job: Job, error: Exception) -> None:
        looking.note_unreadable(session, import_id=UUID(job.payload["import_id"]), error=error)

    @works(steering.RUN, attempts=None)
    def work_on_import(self, job: Job) -> None:
        """In pieces, each of them once: what was made is known by its row."""
        of = {"keyring": self.keyring, "import_id": UUID(job.payload["import_id"])}
        self._in_pieces(job, lambda session: running.make_some(session, at=clock.now(), **of))

    @works(steering.UNDO, attempts=None)
    def take_back_import(self, job: Job) -> None:
        import_id = UUID(job.payload["import_id"])
        self._in_pieces(job, lambda session: undoing.take_back_some(session, import_id=import_id, at=clock.now()))

    @works(steering.RETRY, attempts=None)
    def ask_routers_again(self, job: Job) -> None:
        import_id = UUID(job.payload["import_id"])
        before = datetime.fromisoformat(job.payload["refused_before"])
        of = {"import_id": import_id, "refused_before": before}
        self._in_pieces(job, lambda session: retrying.retry_some(session, at=clock.now(), **of))

    def _in_pieces(self, job: Job, do_some: Callable[[Session], bool]) -> None:
        """A transaction each, until there are no more; others get their turn between them."""
        more = True
        while more:
            with self.database.begin(job.company_id) as session:
                more = do_some(session)
            reached(f"{job.kind}.piece")
            time.sleep(BREATH)
