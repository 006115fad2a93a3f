"""The way of one technician through one day: on a map, in a list, shorter where it can be, and all its sheets."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import visit_conflicts
from gateway.backends import installations
from gateway.forms import Form
from gateway.roles import EVERYBODY, FIELD_WORK, allowed
from gateway.staff.agenda.room import asked, blueprint, day_of, today

# Google's addresses take so many stops; of a longer day they show the beginning.
GOOGLES_MOST = 10


@blueprint.get("/ruta")
@allowed(EVERYBODY)
def route() -> str:
    return _page(Form())


@blueprint.post("/ruta")
@allowed(FIELD_WORK)
def apply_route() -> Any:
    """Gives the visits the times that were proposed, all or none."""
    form = Form.typed()
    try:
        moves = json.loads(form.text("moves") or "")
        moved = installations.reschedule(form.key, moves, visit_conflicts.accepted(form))
    except ValueError:
        abort(400)
    except Refusal as refusal:
        conflicts = visit_conflicts.of(refusal)
        if not conflicts:
            form.refuse(refusal)
        return _page(form, conflicts), 422
    flash(_("La ruta se aplicó: %(count)s visitas tienen otra hora.", count=len(moved)), "success")
    return redirect(url_for(".route", day=request.args.get("day"), technician_id=request.args.get("technician_id")))


@blueprint.get("/hojas.pdf")
@allowed(EVERYBODY)
def sheets() -> Response:
    """The sheets of all that is still to be done that day, in the order of the visits."""
    day, technician_id = day_of(request.args.get("day")) or today(), request.args.get("technician_id") or None
    shown = installations.agenda(
        first_on=day.isoformat(),
        last_on=day.isoformat(),
        technician_id=technician_id,
        states=["new", "in_progress"],
    )
    ids = [row["visit"]["installation_id"] for row in shown["visits"]]
    if not ids:
        flash(_("No hay visitas por hacer ese día."), "info")
        return redirect(url_for(".index", view="day", day=day))
    printed = installations.print_sheets(ids)
    pdf = io.BytesIO(base64.b64decode(printed["pdf"]))
    response = send_file(pdf, mimetype="application/pdf", download_name=f"{day}.pdf")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(form: Form, conflicts: list[dict[str, str]] | None = None) -> str:
    wanted, technicians = asked(), installations.technicians()
    technician_id = wanted.technician_id or _first(technicians)
    found = installations.route(technician_id, wanted.day.isoformat()) if technician_id else None
    stops = found["stops"] if found else []
    return render_template(
        "agenda/route.html",
        asked=wanted,
        technician_id=technician_id,
        technicians=technicians,
        found=found,
        form=form,
        conflicts=conflicts or [],
        points=[_point(number, stop["visit"]) for number, stop in enumerate(stops, start=1)],
        everything=_on_google([stop["visit"] for stop in stops]),
        moves=json.dumps(_moves(found)),
        today=today(),
    )


def _first(technicians: list[dict[str, Any]]) -> str | None:
    """Whoever looks, when they are sent themselves; else the first in the list."""
    ids = [who["technician_id"] for who in technicians]
    own = str(g.signed_in.account.id)
    return own if own in ids and g.signed_in.account.role == "technician" else next(iter(ids), None)


def _point(number: int, visit: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": number,
        "latitude": float(visit["latitude"]),
        "longitude": float(visit["longitude"]),
        "person": f"{visit['first_name']} {visit['last_name']}",
        "done": visit["state"] == "active",
    }


def _on_google(visits: list[dict[str, Any]]) -> str | None:
    """https://developers.google.com/maps/documentation/urls/get-started#directions-action"""
    places = [f"{visit['latitude']},{visit['longitude']}" for visit in visits[:GOOGLES_MOST]]
    return "https://www.google.com/maps/dir/" + "/".join(places) if places else None


def _moves(found: dict[str, Any] | None) -> list[dict[str, Any]]:
    suggestion = found["suggestion"] if found else None
    names = ("installation_id", "version", "scheduled_at", "technician_id", "duration_minutes")
    return [{name: move[name] for name in names} for move in suggestion["moves"]] if suggestion else []
