"""Requests from the public form: the list, one with its documents, and what becomes of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from chassis.errors import Refusal
from gateway import roles
from gateway.backends import preinstall
from gateway.downloads import stream
from gateway.forms import Form

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
    return _page(str(request_id), Form())


@blueprint.post("/<uuid:request_id>/rechazar")
@roles.allowed(roles.OFFICE_WORK)
def reject(request_id: Any) -> Any:
    form = Form.typed()
    try:
        preinstall.reject(form.key, str(request_id), form.text("reason") or "")
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(str(request_id), form), form.status
    flash(_("Solicitud rechazada. Si dejó un correo, se le avisa con el motivo."), "success")
    return redirect(url_for(".index"))


def _page(identity: str, form: Form) -> str:
    return render_template("requests/show.html", found=preinstall.get(identity), form=form)


@blueprint.get("/documentos/<uuid:document_id>")
@roles.allowed(roles.EVERYBODY)
def document(document_id: Any) -> Any:
    return stream(g.signed_in.company.id, preinstall.open_document(str(document_id)), inline=True)
