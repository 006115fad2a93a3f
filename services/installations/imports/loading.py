"""The file's bytes: read by a worker process when it comes, and once more when its rows are taken into the database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, insert

from chassis.breathing import breathing
from chassis.errors import ValidationFailed
from chassis.files import BadKey, FileMissing, FileStore
from chassis.images import clean_name
from chassis.secrets import Keyring
from chassis.storage import Database, find
from chassis.workers import WorkerDied, WorkerPool, WorkerTimeout, WorkFailed
from services.installations.errors import FieldRefused
from services.installations.imports import cells
from services.installations.model import Import, ImportRow

AT_ONCE = 500
MAX_BYTES = 20 * 1024 * 1024


def inspect(files: FileStore, reader: WorkerPool, staged: dict[str, Any]) -> dict[str, Any]:
    """What was staged, with what it is: see `reading.read`. Raises `FieldRefused` for "file"."""
    filename = clean_name(staged["filename"])
    try:
        if files.size(staged["staged_key"]) > MAX_BYTES:
            raise ValidationFailed("file-too-large")
        with files.local(staged["staged_key"]) as path:
            found = _ask(reader, {"path": str(path)})
    except (FileMissing, BadKey) as error:
        raise FieldRefused("file", "file-missing", filename=filename) from error
    except ValidationFailed as refused:
        raise FieldRefused("file", refused.code, filename=filename, **refused.params) from refused
    return staged | found | {"filename": filename}


def load(
    database: Database, files: FileStore, reader: WorkerPool, keyring: Keyring, *, company_id: UUID, import_id: UUID
) -> None:
    """Takes the rows of the chosen sheet into the database; what was taken before an interruption is taken anew.

    Raises `ValidationFailed` as `inspect` does, and `FileMissing`.
    """
    with database.read(company_id) as session:
        imported = find(session, Import, import_id)
    if imported.loaded_sheet == imported.sheet:
        return
    with database.begin(company_id) as session:
        session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
    asked = {"sheet": imported.sheet, "encoding": imported.encoding, "separator": imported.separator}
    with tempfile.TemporaryDirectory(prefix="alta-") as room, files.local(imported.staged_key) as path:
        target = Path(room, "rows")
        _ask(reader, {"path": str(path), "target": str(target), **asked})
        found = _lines(target)
        while lines := list(islice(found, AT_ONCE)):
            rows = [_row(company_id, import_id, keyring, line) for line in breathing(lines)]
            with database.begin(company_id) as session:
                session.execute(insert(ImportRow), rows)
    with database.begin(company_id) as session:
        find(session, Import, import_id, lock=True).loaded_sheet = imported.sheet


def _lines(target: Path) -> Iterator[tuple[int, list[str]]]:
    with target.open("rb") as file:
        for line in file:
            number, row = orjson.loads(line)
            yield number, row


def _row(company_id: UUID, import_id: UUID, keyring: Keyring, line: tuple[int, list[str]]) -> dict[str, Any]:
    row = ImportRow(company_id=company_id, import_id=import_id, line=line[0])
    sealed = cells.seal(keyring, row, "cells", line[1])
    return {"company_id": company_id, "import_id": import_id, "line": line[0], "sealed_cells": sealed}


def _ask(reader: WorkerPool, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return reader.run(request)
    except (WorkerTimeout, WorkerDied, WorkFailed) as error:
        if isinstance(error, WorkerTimeout) and error.code == "workers-busy":
            raise
        # A file that brings down its reader is refused, not tried again.
        raise ValidationFailed("import-too-large") from error
