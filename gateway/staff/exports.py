"""Lists taken away as files: asked for, followed, downloaded. For the office: a file holds everybody's data."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from gateway.downloads import stream_made
from gateway.forms import Form
from gateway.listing import exporting
from gateway.listing.declaring import Listing
from gateway.listing.every import LISTS, sent_query
from gateway.roles import OFFICE_WORK, allowed

blueprint = Blueprint("exports", __name__, url_prefix="/exportaciones")


@blueprint.post("/<list_key>")
@allowed(OFFICE_WORK)
def begin(list_key: str) -> Response | str:
    listing, wanted = _listing(list_key), request.form.get("format", "")
    if wanted not in exporting.FORMATS:
        raise NotFound
    asked = exporting.asked_for(
        sent_query(listing), format=wanted, every_column=request.form.get("columns") == "every"
    )  # fmt: skip
    return _page(listing, listing.backend.begin_export(Form.typed().key, **asked))


@blueprint.get("/<list_key>/<uuid:export_id>")
@allowed(OFFICE_WORK)
def show(list_key: str, export_id: UUID) -> str:
    """How far it is; the page follows it by itself."""
    listing = _listing(list_key)
    return _page(listing, listing.backend.export(str(export_id)))


@blueprint.get("/<list_key>/<uuid:export_id>/archivo")
@allowed(OFFICE_WORK)
def download(list_key: str, export_id: UUID) -> Response:
    return stream_made(_listing(list_key).backend.open_export(str(export_id)))


def _listing(key: str) -> Listing:
    if key not in LISTS:
        raise NotFound
    return LISTS[key]


def _page(listing: Listing, export: dict[str, object]) -> str:
    part = bool(request.headers.get("HX-Request"))
    return render_template(
        "listing/export.html" if part else "listing/export_page.html", listing=listing, export=export
    )
