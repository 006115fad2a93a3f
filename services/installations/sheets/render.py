"""Printing sheets in a process of its own."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

from chassis.printing import to_one_pdf, to_pdf
from services.installations.sheets.pictures import pictures_on


def render(given: dict[str, Any]) -> dict[str, Any]:
    """`{"pdf": base64}` of `{"page": html}`, or of `{"pages": [html]}`, one after the other.

    Raises `Permanent` when a page asks for anything from outside.
    """
    pages = given.get("pages") or [given["page"]]
    assets = {name: picture for page in pages for name, picture in pictures_on(page).items()}
    pdf = to_one_pdf(pages, assets=assets) if "pages" in given else to_pdf(given["page"], styles="", assets=assets)
    return {"pdf": base64.b64encode(pdf).decode()}


def render_many(given: dict[str, Any]) -> dict[str, Any]:
    """Makes `target`, one PDF of the HTML files `sources`: as `render`, for more than fits into one answer."""
    from pypdf import PdfWriter

    with PdfWriter() as book:
        for source in given["sources"]:
            page = Path(source).read_text(encoding="utf-8")
            book.append(io.BytesIO(to_pdf(page, styles="", assets=pictures_on(page))))
        book.write(given["target"])
    return {"sheets": len(given["sources"])}
