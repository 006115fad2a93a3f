"""Clients: installations that were activated."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from gateway import roles
from gateway.listing import page
from gateway.listing.clients import LIST
from gateway.staff.installations import page_of

blueprint = Blueprint("clients", __name__, url_prefix="/clientes")


@blueprint.get("/")
@roles.allowed(roles.EVERYBODY)
def index() -> Any:
    return page.show(LIST)


@blueprint.get("/<uuid:installation_id>")
@roles.allowed(roles.EVERYBODY)
def show(installation_id: Any) -> Any:
    """A client is an installation that was activated: the same page, in this room."""
    return page_of(str(installation_id))
