"""HTML to PDF. Nothing is fetched: no network, no file, no data URL; what a page may show is handed in by name.

For worker processes (`chassis.workers`): WeasyPrint wants a whole core and much memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from chassis.errors import Permanent


class OwnAssets(URLFetcher):
    """Answers for the given names, and refuses every other address before anything is opened."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Raises `ValueError`, which ends the rendering."""
        if url not in self._assets:
            raise ValueError(f"{url} is not ours")
        return URLFetcherResponse(url, self._assets[url], {"Content-Type": "image/png"})


def to_one_pdf(pages: Sequence[str], *, assets: Mapping[str, bytes] = {}) -> bytes:
    """Several pages of HTML, each with its own styles, as one document. Raises as `to_pdf` does."""
    fetcher = OwnAssets(assets)
    try:
        documents = [HTML(string=page, url_fetcher=fetcher).render(pdf_tags=True) for page in pages]
        return documents[0].copy([sheet for document in documents for sheet in document.pages]).write_pdf()
    except FatalURLFetchingError as error:
        raise Permanent("pdf-asks-for-more", what=str(error)) from error


def to_pdf(html: str, *, styles: str, assets: Mapping[str, bytes] = {}) -> bytes:
    """The same bytes for the same page. Raises `Permanent` when the page asks for anything else than its assets."""
    document = HTML(string=html, url_fetcher=OwnAssets(assets))
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    try:
        return document.write_pdf(stylesheets=[CSS(string=styles)], pdf_identifier=identifier, pdf_tags=True)
    except FatalURLFetchingError as error:
        raise Permanent("pdf-asks-for-more", what=str(error)) from error
