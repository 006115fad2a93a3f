"""Clients: installations that were activated."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from gateway import roles
from gateway.backends import installations
from gateway.staff.installations import page_of

blueprint = Blueprint("clients", __name__, url_prefix="/clientes")


@blueprint.get("/")
@roles.allowed(roles.EVERYBODY)
def index() -> Any:
    filters = {name: request.args.get(name) or None for name in ("search", "month", "day", "after")}
    return render_template("clients/list.html", page=installations.clients(limit=25, **filters), filters=filters)


@blueprint.get("/<uuid:installation_id>")
@roles.allowed(roles.EVERYBODY)
def show(installation_id: Any) -> Any:
    """A client is an installation that was activated: the same page, in this room."""
    return page_of(str(installation_id))
