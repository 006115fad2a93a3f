"""Files that services keep, on their way to a browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import current_app, send_file
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from chassis.files import BadKey, FileMissing

# What a browser may draw beside our pages; anything else is only ever saved.
SHOWN = {"application/pdf", "image/png", "image/jpeg"}


def stream(company_id: str | UUID, opened: Mapping[str, Any], *, inline: bool = False) -> Response:
    """The file that a service named, as `{file_key, filename, content_type}`; 404 when it is not this company's."""
    try:
        content = current_app.extensions["alta"].files.open(opened["file_key"], company_id=UUID(str(company_id)))
    except (BadKey, FileMissing) as error:
        raise NotFound from error
    kind = opened["content_type"] if opened["content_type"] in SHOWN else "application/octet-stream"
    shown = inline and kind in SHOWN
    response = send_file(content, mimetype=kind, as_attachment=not shown, download_name=opened["filename"])
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def stream_made(opened: Mapping[str, Any]) -> Response:
    """A file that a service made for this company and keeps for a while; 404 when that is over."""
    try:
        content = current_app.extensions["alta"].files.open(opened["file_key"])
    except (BadKey, FileMissing) as error:
        raise NotFound from error
    response = send_file(content, mimetype=opened["content_type"], as_attachment=True, download_name=opened["filename"])
    response.headers["Cache-Control"] = "private, no-store"
    return response
