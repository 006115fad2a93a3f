"""Small pictures of files: a photo made smaller, the first page of a PDF. `render` runs in a worker process."""

from __future__ import annotations

from typing import Any

from chassis.imaging import JPEG, PDF, PNG

SIDE = 480  # pixels of the longest side
LARGEST = 1_000_000  # bytes; a picture of that side never comes near it


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
