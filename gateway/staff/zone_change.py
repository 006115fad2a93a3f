"""INS-9: moving an installation, or a client with their service, to another zone and so to its router."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway import installation_form
from gateway.backends import installations
from gateway.forms import Form
from gateway.roles import FIELD_WORK, allowed

blueprint = Blueprint("zone_change", __name__, url_prefix="/instalaciones")

MOVED = ("zone_id", "plan_id", "ip_address", "service_name", "sector_id")


@blueprint.get("/<uuid:installation_id>/zona")
@allowed(FIELD_WORK)
def show(installation_id: UUID) -> str:
    """The zone is asked for first: its router, plans and the next address follow from it."""
    found = installations.get(str(installation_id))
    zones = [zone for zone in installations.zones() if zone["zone_id"] != found["zone_id"]]
    chosen = next((zone for zone in zones if zone["zone_id"] == request.args.get("zone_id")), None)
    if chosen is None:
        return render_template("installations/change_zone.html", found=found, zones=zones, chosen=None, form=Form())
    form = installation_form.of_installation(found)
    installation_form.propose(form, chosen["zone_id"])
    plans = _plans(chosen["router_id"])
    form.set("plan_id", next((plan["plan_id"] for plan in plans if plan["name"] == found["plan_name"]), ""))
    form.set("sector_id", "")
    return _page(found, chosen, form)


@blueprint.post("/<uuid:installation_id>/zona")
@allowed(FIELD_WORK)
def move(installation_id: UUID) -> Any:
    typed, identity = Form.typed(), str(installation_id)
    found = installations.get(identity)
    form = installation_form.of_installation(found)
    form.key = typed.key
    for name in MOVED:
        form.set(name, typed.text(name))
    zone = next((zone for zone in installations.zones() if zone["zone_id"] == typed.text("zone_id")), None)
    form.set("router_id", zone["router_id"] if zone else None)
    version = typed.count("version")
    saved = installation_form.send(
        form, lambda data: installations.change(form.key, installation_id=identity, version=version, **data)
    )
    if saved is None:
        return _page(found, zone, form), form.status
    if saved["service_changed"]:
        flash(_("El servicio está pasando a la zona %(zone)s.", zone=zone["name"]), "info")
        return redirect(url_for("routers.account", installation_id=identity, since=g.at.isoformat()))
    flash(_("La zona es ahora %(zone)s.", zone=zone["name"]), "success")
    return redirect(url_for("installations.show", installation_id=identity))


def _page(found: dict[str, Any], chosen: dict[str, Any] | None, form: Form) -> str:
    router_id = chosen["router_id"] if chosen else None
    return render_template(
        "installations/change_zone.html",
        found=found,
        zones=installations.zones(),
        chosen=chosen,
        form=form,
        plans=_plans(router_id) if router_id else [],
        sectors=installations.sectors(chosen["zone_id"]) if chosen else [],
    )


def _plans(router_id: str) -> list[Any]:
    return [plan for plan in installations.plans(router_id) if plan["active"]]
