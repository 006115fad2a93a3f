"""Pictures of files, drawn by a service's own `workers`: decoders are written in C, and what they read came from
strangers.

The worker takes `{path, content_type}` and writes a JPEG to `{target}`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

import structlog

from chassis.files import FileMissing, FileStore
from chassis.workers import WorkerDied, WorkerPool, WorkerTimeout, WorkFailed

NONE = ""
"""Kept in place of a key, so that a file of which no picture can be made is tried once."""

log = structlog.get_logger()


def make(
    files: FileStore, workers: WorkerPool, *, company_id: UUID, file_key: str, content_type: str, largest: int
) -> str:
    """The key of the picture of at most so many bytes, or `NONE`. Outside any transaction: it takes a while."""
    with tempfile.TemporaryDirectory(prefix="alta-") as room:
        target = Path(room, "preview.jpg")
        try:
            with files.local(file_key, company_id=company_id) as path:
                workers.run({"path": str(path), "target": str(target), "content_type": content_type})
        except (WorkerDied, WorkFailed, FileMissing) as error:
            log.warning("preview-failed", error=repr(error))
            return NONE
        except WorkerTimeout as error:
            if error.code == "workers-busy":
                raise
            log.warning("preview-failed", error=repr(error))
            return NONE
        with target.open("rb") as picture:
            staged = files.stage(picture, largest)
        return files.adopt(staged.key, company_id, staged.sha256)
