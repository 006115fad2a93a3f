"""PDFs as pictures, large enough to be read: the first pages, one below the other.

`draw` runs in a worker process. A PDF of a stranger is never given to the reader's browser to open beside our pages.
"""

from __future__ import annotations

from typing import Any

WIDTH = 1200  # pixels
MOST_PAGES = 4
MOST_HEIGHT = 2 * WIDTH  # of one page: longer ones become narrower
LARGEST = 6_000_000  # bytes of the picture


def draw(given: dict[str, Any]) -> dict[str, Any]:
    """Writes a JPEG of the PDF at `path` to `target`."""
    import pypdfium2
    from PIL import Image

    with pypdfium2.PdfDocument(given["path"]) as document:
        pages = [_picture(document[number]) for number in range(min(len(document), MOST_PAGES))]
    sheet = Image.new("RGB", (max(page.width for page in pages), sum(page.height for page in pages)), "white")
    top = 0
    for page in pages:
        sheet.paste(page, (0, top))
        top += page.height
    sheet.save(given["target"], "JPEG", quality=82, optimize=True)
    return {}


def _picture(page: Any) -> Any:
    width, height = page.get_size()
    scale = min(WIDTH / width, MOST_HEIGHT / height)
    return page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
