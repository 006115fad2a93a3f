"""Requests from the public form: the list, one with its documents, and the way to an installation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, request

from gateway import roles
from gateway.backends import preinstall
from gateway.downloads import stream

blueprint = Blueprint("requests", __name__, url_prefix="/preinstalaciones")


@blueprint.get("/")
@roles.allowed(roles.EVERYBODY)
def index() -> Any:
    filters = {name: request.args.get(name) or None for name in ("search", "from_on", "to_on", "after")}
    state = request.args.get("state", "open") or None
    page = preinstall.list(state=state, limit=25, **filters)
    return render_template("requests/list.html", page=page, filters=filters | {"state": state or ""})


@blueprint.get("/<uuid:request_id>")
@roles.allowed(roles.EVERYBODY)
def show(request_id: Any) -> Any:
    return render_template("requests/show.html", found=preinstall.get(str(request_id)))


@blueprint.get("/documentos/<uuid:document_id>")
@roles.allowed(roles.EVERYBODY)
def document(document_id: Any) -> Any:
    return stream(g.signed_in.company.id, preinstall.open_document(str(document_id)), inline=True)
