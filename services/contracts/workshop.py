"""Making a PDF: in a worker process, which has a deadline and a limit of memory, and then kept in the file store."""

from __future__ import annotations

import base64
import io
from typing import Any
from uuid import UUID

from chassis.files import FileStore
from chassis.workers import WorkerPool
from services.contracts.printing import MadePdf

RENDERER = "services.contracts.documents.render:render"


class Workshop:
    """One renderer at a time: it needs a whole core. Started when needed, ended when idle."""

    def __init__(self, *, timeout: float, memory_mb: int) -> None:
        self._pool = WorkerPool(RENDERER, max_workers=1, idle_seconds=60, timeout=timeout, memory_mb=memory_mb)

    def close(self) -> None:
        self._pool.close()

    def render(self, page: dict[str, Any], files: FileStore, company_id: UUID) -> bytes:
        """Raises `Transient` when the worker died or took too long."""
        with files.open(page["image_key"], company_id=company_id) as image:
            given = page | {"image": base64.b64encode(image.read()).decode()}
        return base64.b64decode(self._pool.run(given)["pdf"])

    def keep(self, pdf: bytes, files: FileStore, company_id: UUID) -> MadePdf:
        staged = files.stage(io.BytesIO(pdf), len(pdf))
        key = files.adopt(staged.key, company_id, staged.sha256)
        return MadePdf(file_key=key, sha256=staged.sha256, size=staged.size)
