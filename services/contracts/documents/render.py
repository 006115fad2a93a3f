"""Rendering a contract in a process of its own: it takes a page's data and gives the PDF.

Nothing is fetched: no network, no file, no data URL. What the page may show is handed in by name.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from chassis.errors import Permanent
from services.contracts.documents.page import SIGNATURE, page

_STYLES = Path(__file__).with_name("contract.css").read_text(encoding="utf-8")


class OwnAssets(URLFetcher):
    """Answers for the given names, and refuses every other address before anything is opened."""

    def __init__(self, assets: dict[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Raises `ValueError`, which ends the rendering."""
        if url not in self._assets:
            raise ValueError(f"{url} is not ours")
        return URLFetcherResponse(url, self._assets[url], {"Content-Type": "image/png"})


def render(given: dict[str, Any]) -> dict[str, Any]:
    """`{"pdf": base64}`; the same bytes for the same data. Raises `Permanent` when the page asks for anything else."""
    html = page(given)
    document = HTML(string=html, url_fetcher=OwnAssets({SIGNATURE: base64.b64decode(given["image"])}))
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    try:
        pdf = document.write_pdf(stylesheets=[CSS(string=_STYLES)], pdf_identifier=identifier, pdf_tags=True)
    except FatalURLFetchingError as error:
        raise Permanent("pdf-asks-for-more", what=str(error)) from error
    return {"pdf": base64.b64encode(pdf).decode()}
