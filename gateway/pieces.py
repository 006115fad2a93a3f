"""Files of a public form that arrive in pieces, over connections that break: what came is kept, the rest is asked for.

Every piece is a staged file of its own, so that any gateway and any store can take the next one; once the last
has come, they are put together. What is not used is forgotten with all that was staged.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import ClientDisconnected

from chassis.errors import Conflict
from chassis.files import FileStore, Staged
from chassis.identifiers import new_id
from chassis.storage import Database, find
from gateway.model import PartialUpload

KEPT = timedelta(hours=20)
MOST_FILES = 24  # of one request: each kind of document, chosen anew a few times
MOST_BYTES = 120_000_000  # of one request


class TooMuch(Conflict):
    """One request has only so much room."""

    code = "too-many-uploads"


class WrongOffset(Conflict):
    """The piece does not begin where the last one ended; `received` says where that was."""

    code = "wrong-offset"


def begin(
    session: Session, *, request_id: UUID, field: str, filename: str, length: int, at: datetime
) -> PartialUpload:  # fmt: skip
    """Raises `TooMuch`."""
    count, size = session.execute(
        select(func.count(), func.coalesce(func.sum(PartialUpload.length), 0)).where(
            PartialUpload.request_id == request_id
        )
    ).one()
    if count >= MOST_FILES or size + length > MOST_BYTES:
        raise TooMuch
    upload = PartialUpload(
        id=new_id(), request_id=request_id, field=field, filename=filename, length=length, pieces=[], received=0,
        begun_at=at,
    )  # fmt: skip
    session.add(upload)
    return upload


def receive(files: FileStore, stream: Any, *, most: int) -> Staged:
    """What arrives of a piece until the connection breaks. Raises `FileTooLarge` for more than `most` bytes."""
    return files.stage(_WhatArrives(stream), most)  # type: ignore[arg-type]


def add(session: Session, *, upload_id: UUID, offset: int, piece: Staged) -> PartialUpload:
    """Raises `WrongOffset` when another piece came first."""
    upload = find(session, PartialUpload, upload_id, lock=True)
    if upload.received != offset:
        raise WrongOffset(received=upload.received)
    upload.pieces = [*upload.pieces, piece.key]
    upload.received += piece.size
    return upload


def put_together(files: FileStore, upload: PartialUpload) -> Staged:
    """The whole file, staged; its pieces stay until it is known under its own key."""
    with _Joined(files, upload.pieces) as joined:
        return files.stage(joined, upload.length)  # type: ignore[arg-type]


def finish(session: Session, *, upload_id: UUID, whole: Staged) -> tuple[PartialUpload, list[str]]:
    """The finished upload, and the staged files that nobody needs any more."""
    upload = find(session, PartialUpload, upload_id, lock=True)
    if upload.staged_key is not None:
        return upload, [whole.key]
    spare, upload.pieces = list(upload.pieces), []
    upload.staged_key, upload.sha256 = whole.key, whole.sha256
    return upload, spare


def forget(session: Session, *, upload_id: UUID) -> list[str]:
    """Lets go of the upload; returns what was staged for it and may go, too."""
    upload = find(session, PartialUpload, upload_id, lock=True)
    session.delete(upload)
    return list(upload.pieces)


def prune(database: Database, *, before: datetime) -> None:
    """Of every company."""
    with database.read_unscoped() as session:
        companies = session.scalars(
            select(PartialUpload.company_id).where(PartialUpload.begun_at < before).distinct()
        ).all()
    for company_id in companies:
        with database.begin(company_id) as session:
            session.execute(delete(PartialUpload).where(PartialUpload.begun_at < before))


class _WhatArrives:
    """A request's body that ends where the connection does."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except (ClientDisconnected, OSError):
            return b""


class _Joined:
    """Staged files one after the other."""

    def __init__(self, files: FileStore, keys: list[str]) -> None:
        self._open: Iterator[BinaryIO] = (files.open(key) for key in keys)
        self._current: BinaryIO | None = None

    def __enter__(self) -> _Joined:
        return self

    def __exit__(self, *_: object) -> None:
        if self._current is not None:
            self._current.close()

    def read(self, size: int) -> bytes:
        while True:
            if self._current is None:
                self._current = next(self._open, None)
                if self._current is None:
                    return b""
            if read := self._current.read(size):
                return read
            self._current.close()
            self._current = None
