"""What the form of an installation asks while it is filled in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from chassis.errors import NotFound, ValidationFailed
from gateway import coordinates, installation_form, merging, messages
from gateway.backends import installations
from gateway.roles import FIELD_WORK, allowed

blueprint = Blueprint("filling_in", __name__, url_prefix="/instalaciones/formulario")

CORNERS = ("south", "west", "north", "east")
CHECKED = ("ip_address", "service_name")


@blueprint.get("/coordenadas")
@allowed(FIELD_WORK)
def place() -> Response:
    """What was typed or pasted, as numbers; or what is wrong with it."""
    try:
        latitude, longitude = coordinates.read(request.args.get("text", ""))
    except coordinates.NotCoordinates as wrong:
        return jsonify({"problem": messages.text_of(wrong.code, {})})
    return jsonify({"latitude": str(latitude), "longitude": str(longitude)})


@blueprint.get("/lugares")
@allowed(FIELD_WORK)
def places() -> Response:
    """Clients and installations for the map: those of a zone, or those between four corners."""
    asked = {name: request.args[name] for name in ("zone_id", *CORNERS) if request.args.get(name)}
    try:
        rows = installations.places(**asked)
    except ValidationFailed:
        abort(400)
    return jsonify(
        [row | {"link": url_for("installations.show", installation_id=row["installation_id"])} for row in rows]
    )


@blueprint.get("/servicio")
@allowed(FIELD_WORK)
def service() -> Response:
    """Who has the address and the name already, a free name, and free addresses."""
    zone_id = _identifier("zone_id") or abort(400)
    typed = {name: (request.args.get(name) or "").strip() or None for name in CHECKED}
    wanted = installation_form.wanted_name(request.args.get("first_name"), request.args.get("last_name"))
    try:
        checked = installations.check_service(
            zone_id=zone_id, installation_id=_identifier("installation_id"), wanted_name=wanted, **typed
        )
    except ValidationFailed as refused:
        return jsonify({"wrong": {name: _words(refused.fields.get(name, ())) for name in CHECKED}, "free_name": None})
    except NotFound:
        abort(404)
    wrong = {name: _words(checked["wrong"].get(name, ())) for name in CHECKED}
    return jsonify({"wrong": wrong, "free_name": checked["free_name"]})


@blueprint.get("/<uuid:installation_id>/novedades")
@allowed(FIELD_WORK)
def news(installation_id: UUID) -> Any:
    """Whether somebody else saved it while it is open here as the given version."""
    found = installations.get(str(installation_id))
    if str(found["version"]) == request.args.get("version"):
        return "", 204
    told = merging.news(installations.last_changes(str(installation_id)), request.args.get("since", ""))
    return render_template("installations/news.html", found=found, **told)


def _words(complaints: Any) -> list[dict[str, str]]:
    """What is wrong, and the page of whoever has it."""
    return [
        {"text": messages.text_of(each["code"], each.get("params", {})), **_holder(each.get("params", {}))}
        for each in complaints
    ]


def _holder(params: dict[str, Any]) -> dict[str, str]:
    if "installation_id" not in params:
        return {}
    return {"link": url_for("installations.show", installation_id=params["installation_id"]), "label": _("Ver")}


def _identifier(name: str) -> str | None:
    """None for what is no identifier."""
    try:
        return str(UUID(request.args.get(name, "")))
    except ValueError:
        return None
