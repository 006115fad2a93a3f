"""One visit: moving it by typing, the next times that are free, and what would be wrong with a time."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import NotFound, Refusal, ValidationFailed
from gateway import coordinates, visit_conflicts
from gateway.backends import installations
from gateway.formats import wall_of
from gateway.forms import Form
from gateway.roles import FIELD_WORK, allowed
from gateway.staff.agenda.board import refused
from gateway.staff.agenda.room import blueprint, moment_of

FIELDS = ("technician_id", "installation_id")


@blueprint.get("/visitas/<uuid:installation_id>/mover")
@allowed(FIELD_WORK)
def move_form(installation_id: UUID) -> str:
    """What dragging does, for who does not drag."""
    found = installations.get(str(installation_id))
    place = coordinates.written(found["latitude"], found["longitude"])
    form = Form({**found, "scheduled_at": wall_of(found["scheduled_at"]), "coordinates": place})
    return _page(found, form)


@blueprint.post("/visitas/<uuid:installation_id>/mover")
@allowed(FIELD_WORK)
def move_by_form(installation_id: UUID) -> Any:
    """For a dialog the answer is a word to the page that holds it; else the agenda again."""
    form, identity = Form.typed(), str(installation_id)
    at = moment_of(form.text("scheduled_at"))
    move = {
        "installation_id": identity,
        "version": _number(form.text("version")),
        "scheduled_at": at and at.isoformat(),
        "technician_id": form.text("technician_id"),
        "duration_minutes": _number(form.text("duration_minutes")),
    }
    found = installations.get(identity)
    try:
        moved = installations.reschedule(form.key, [move], visit_conflicts.accepted(form))
    except Refusal as refusal:
        return _refused(found, form, refusal)
    if request.headers.get("HX-Request"):
        return _told_the_page(found, moved, form)
    flash(_("Visita movida."), "success")
    return redirect(url_for("agenda.index", view="day", day=(form.text("scheduled_at") or "")[:10]))


@blueprint.get("/huecos")
@allowed(FIELD_WORK)
def slots() -> str:
    """The next times that are free, as buttons that fill a form in: part of a page."""
    known = {name: request.args.get(name) or None for name in (*FIELDS, "zone_id")}
    if request.args.get("anybody"):
        known["technician_id"] = None
    minutes = _number(request.args.get("duration_minutes"))
    try:
        found = installations.slots(duration_minutes=minutes, **known, **_place())
    except Refusal as refusal:
        return render_template("agenda/slots.html", slots=[], problem=refused(refusal).get("text"))
    rows = [{**slot, "wall": wall_of(slot["scheduled_at"])} for slot in found]
    return render_template("agenda/slots.html", slots=rows, problem=None)


@blueprint.get("/conflictos")
@allowed(FIELD_WORK)
def conflicts() -> str:
    """What would be wrong with a visit as it is being typed; nothing while it is not whole: part of a page."""
    known: dict[str, Any] = {name: request.args.get(name) or None for name in FIELDS}
    at, minutes = moment_of(request.args.get("scheduled_at")), _number(request.args.get("duration_minutes"))
    if at is None or not known["technician_id"]:
        return render_template("agenda/conflicts.html", found=[], accepted="")
    try:
        rows = installations.check_visit(scheduled_at=at.isoformat(), duration_minutes=minutes, **known, **_place())
    except (NotFound, ValidationFailed):  # of a field that is not whole yet; saving says which
        return render_template("agenda/conflicts.html", found=[], accepted="")
    found = visit_conflicts.in_words(rows)
    return render_template("agenda/conflicts.html", found=found, accepted=request.args.get("despite") or "")


def _told_the_page(found: dict[str, Any], moved: list[Any], form: Form) -> Response:
    """What the page needs to say it, and to undo it."""
    names = ("technician_id", "duration_minutes")
    word = {
        "moved": moved[0] if moved else {"installation_id": found["installation_id"], "version": found["version"]},
        "before": {name: found[name] for name in names} | {"start": wall_of(found["scheduled_at"])},
        "person": f"{found['first_name']} {found['last_name']}",
        "start": form.text("scheduled_at"),
    }
    answer = make_response("", 204)
    answer.headers["HX-Trigger"] = json.dumps({"visit-moved": word})
    return answer


def _refused(found: dict[str, Any], form: Form, refusal: Refusal) -> tuple[str, int]:
    """Conflicts are asked about; of everything else it is said what is wrong."""
    told = refused(refusal)
    if "conflicts" not in told:
        form.refuse(refusal)
        form.set("version", found["version"])
    # A part that is put in its place by htmx must not look like a failure to it.
    status = 200 if request.headers.get("HX-Request") else 422
    return _page(found, form, told.get("conflicts", [])), status


def _page(found: dict[str, Any], form: Form, conflicts: list[dict[str, Any]] | None = None) -> str:
    if found["state"] not in ("new", "in_progress"):
        abort(409)
    page = "agenda/move_form.html" if request.headers.get("HX-Request") else "agenda/move.html"
    return render_template(
        page,
        found=found,
        form=form,
        conflicts=conflicts or [],
        technicians=[(who["technician_id"], who["name"]) for who in installations.technicians()],
    )


def _place() -> dict[str, Any]:
    """Nowhere while what is typed is no place yet."""
    try:
        latitude, longitude = coordinates.read(request.args.get("coordinates") or "")
    except coordinates.NotCoordinates:
        return {"latitude": None, "longitude": None}
    return {"latitude": str(latitude), "longitude": str(longitude)}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
