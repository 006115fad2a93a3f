"""Small pictures of files: a photo made smaller, the first page of a PDF.

`render` runs in a worker process: both decoders are written in C, and what they read came from strangers.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from chassis.files import FileMissing, FileStore
from chassis.imaging import JPEG, PDF, PNG
from chassis.workers import WorkerDied, WorkerPool, WorkerTimeout, WorkFailed

SIDE = 480  # pixels of the longest side
LARGEST = 1_000_000  # bytes; a picture of that side never comes near it
NONE = ""
"""Kept in place of a key, so that a file of which no picture can be made is tried once."""

log = structlog.get_logger()


def make(files: FileStore, workers: WorkerPool, *, company_id: UUID, file_key: str, content_type: str) -> str:
    """The key of the picture, or `NONE`. Outside any transaction: it takes a while."""
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
            staged = files.stage(picture, LARGEST)
        return files.adopt(staged.key, company_id, staged.sha256)


def render(given: dict[str, Any]) -> dict[str, Any]:
    """Writes a JPEG of `{path, content_type}` to `{target}`."""
    from PIL import Image

    if given["content_type"] == PDF:
        picture = _first_page(given["path"])
    elif given["content_type"] in (PNG, JPEG):
        picture = Image.open(given["path"], formats=["PNG", "JPEG"])
        picture.draft("RGB", (SIDE * 2, SIDE * 2))
    else:
        raise ValueError(given["content_type"])
    if picture.mode != "RGB":
        paper = Image.new("RGB", picture.size, "white")
        coloured = picture.convert("RGBA")
        paper.paste(coloured, mask=coloured.getchannel("A"))
        picture = paper
    picture.thumbnail((SIDE, SIDE))
    picture.save(given["target"], "JPEG", quality=80, optimize=True)
    return {}


def _first_page(path: str) -> Any:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        page = document[0]
        scale = 2 * SIDE / max(page.get_size())
        return page.render(scale=scale, may_draw_forms=False).to_pil().copy()
