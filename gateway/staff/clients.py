"""Clients: installations that were activated."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from gateway import roles
from gateway.backends import installations

blueprint = Blueprint("clients", __name__, url_prefix="/clientes")


@blueprint.get("/")
@roles.allowed(roles.EVERYBODY)
def index() -> Any:
    filters = {name: request.args.get(name) or None for name in ("search", "month", "day", "after")}
    return render_template("clients/list.html", page=installations.clients(limit=25, **filters), filters=filters)


@blueprint.get("/<uuid:installation_id>")
@roles.allowed(roles.EVERYBODY)
def show(installation_id: Any) -> Any:
    """A client's page is the installation's, whose number it keeps."""
    return redirect(url_for("installations.show", installation_id=installation_id))
