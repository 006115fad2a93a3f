"""Uploaded documents: inspected in a worker process, cleaned, and taken over from staging.

::

    documents = Documents(self.files)
    taken = documents.take(call.company_id, **given)   # in a `before` hook: it waits
"""

from __future__ import annotations

import dataclasses
import re
import tempfile
import unicodedata
from collections.abc import Collection
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from chassis.errors import ValidationFailed
from chassis.files import FileChanged, FileMissing, FileStore, Staged
from chassis.imaging import JPEG, LONGEST_SIDE, PDF, PNG
from chassis.workers import WorkerDied, WorkerPool, WorkerTimeout, WorkFailed

EXTENSIONS = {PDF: "pdf", PNG: "png", JPEG: "jpg"}
MAX_BYTES = 20 * 1024 * 1024  # of what is inspected; who uploads is held to the company's own limit before
LONGEST_NAME = 120

log = structlog.get_logger()


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """A file that was inspected and is kept. `filename` is safe to show and has the right extension."""

    file_key: str
    filename: str
    content_type: str
    size: int
    sha256: str


class Documents:
    """`allowed` content types, of PDF, PNG and JPEG; images are kept at most `longest_side` pixels long."""

    def __init__(
        self,
        files: FileStore,
        *,
        allowed: Collection[str] = (PDF, PNG, JPEG),
        longest_side: int = LONGEST_SIDE,
        max_workers: int = 1,
        idle_seconds: float = 60.0,
    ) -> None:
        self._files = files
        self._asked = {"allowed": list(allowed), "longest_side": longest_side}
        self._workers = WorkerPool(
            "chassis.imaging:inspect", max_workers=max_workers, idle_seconds=idle_seconds, timeout=20, memory_mb=768
        )

    def take(
        self, company_id: UUID, *, staged_key: str, filename: str, sha256: str, size: int | None = None
    ) -> Document:
        """Inspects what was staged and keeps the clean copy for the company. Safe to repeat.

        What was staged stays until it is forgotten, so that a command that is sent again finds it.
        Raises `ValidationFailed` with the file's name: "file-type-not-allowed", "file-too-large",
        "file-damaged", "image-too-large", "file-encrypted", "file-too-many-pages", "file-not-safe",
        "file-missing".
        """
        shown = clean_name(filename)
        try:
            found = self._files.size(staged_key)
            if found > MAX_BYTES or (size is not None and found != size):
                raise ValidationFailed("file-too-large" if found > MAX_BYTES else "file-damaged", max_bytes=MAX_BYTES)
            content_type, staged = self._inspect(staged_key, sha256)
            key = self._files.adopt(staged.key, company_id, staged.sha256)
        except (FileMissing, FileChanged, ValueError) as error:
            code = "file-damaged" if isinstance(error, FileChanged) else "file-missing"
            raise ValidationFailed(code, filename=shown) from error
        except ValidationFailed as refused:
            raise ValidationFailed(refused.code, filename=shown, **refused.params) from refused
        return Document(key, with_extension(shown, EXTENSIONS[content_type]), content_type, staged.size, staged.sha256)

    def turn(self, company_id: UUID, *, file_key: str, filename: str, quarters: int) -> Document:
        """A photo that is kept, turned to the right by so many quarters, kept as a file of its own. Safe to repeat.

        Raises `ValidationFailed` with the file's name: "file-type-not-allowed" for what is no photo, "file-missing".
        """
        try:
            with self._files.local(file_key, company_id=company_id) as path:
                content_type, staged = self._clean_copy(path, allowed=[PNG, JPEG], quarters=quarters)
        except FileMissing as error:
            raise ValidationFailed("file-missing", filename=filename) from error
        except ValidationFailed as refused:
            raise ValidationFailed(refused.code, filename=filename, **refused.params) from refused
        key = self._files.adopt(staged.key, company_id, staged.sha256)
        return Document(key, filename, content_type, staged.size, staged.sha256)

    def close(self) -> None:
        self._workers.close()

    def _inspect(self, staged_key: str, sha256: str) -> tuple[str, Staged]:
        """The content type, and the clean copy as a staged file."""
        with self._files.local(staged_key) as path:
            content_type, staged = self._clean_copy(path)
        if content_type == PDF and staged.sha256 != sha256:  # the one kind that is kept as it is
            self._files.delete_staged(staged.key)
            raise FileChanged(staged_key)
        return content_type, staged

    def _clean_copy(self, path: Path, **asked: Any) -> tuple[str, Staged]:
        with tempfile.TemporaryDirectory(prefix="alta-") as room:
            target = Path(room, "clean")
            found = self._ask({"path": str(path), "target": str(target), **self._asked, **asked})
            with (target if found["rewritten"] else path).open("rb") as clean:
                return found["content_type"], self._files.stage(clean, MAX_BYTES)

    def _ask(self, payload: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._workers.run(payload)
        except (WorkerTimeout, WorkerDied, WorkFailed) as error:
            if isinstance(error, WorkerTimeout) and error.code == "workers-busy":
                raise
            # A file that brings down its inspector is refused, not tried again.
            log.warning("inspection-failed", error=repr(error))
            raise ValidationFailed("file-damaged") from error


def clean_name(filename: str) -> str:
    """Without folders, control characters and marks that turn the direction of writing; never empty."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C").strip(" .")
    name = re.sub(r'[<>:"|?*]+', "_", name)
    return name[-LONGEST_NAME:].strip(" .") or "file"


def with_extension(name: str, extension: str) -> str:
    """The name with the extension that its content calls for."""
    stem, _, given = name.rpartition(".")
    known = {extension, "jpeg"} if extension == "jpg" else {extension}
    return name if stem and given.lower() in known else f"{stem or name}.{extension}"
