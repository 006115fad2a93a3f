"""Installations: the agenda, the form, one installation with everything about it, activation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal, Unavailable
from chassis.identifiers import new_id
from gateway import app, audit, deferral, formats, progress, roles, timeline, uploads
from gateway.backends import billing, contracts, installations, preinstall
from gateway.downloads import stream
from gateway.forms import Form
from gateway.parts import part

blueprint = Blueprint("installations", __name__, url_prefix="/instalaciones")

_TEXT_FIELDS = (
    "zone_id", "first_name", "last_name", "official_id", "email", "address", "neighbourhood", "city", "postal_code",
    "phone", "second_phone", "latitude", "longitude", "comments", "service_name", "ip_address", "mac_address",
    "router_id", "plan_id", "technician_id", "sector_id", "wifi_ssid", "wifi_password",
)  # fmt: skip


@blueprint.get("/")
@roles.allowed(roles.EVERYBODY)
def index() -> Any:
    names = ("state", "zone_id", "technician_id", "from_on", "to_on", "search", "after")
    filters = {name: request.args.get(name) or None for name in names}
    return render_template(
        "installations/list.html",
        page=installations.list(limit=25, **filters),
        filters=filters,
        zones=installations.zones(),
        technicians=installations.technicians(),
    )


@blueprint.get("/nueva")
@roles.allowed(roles.FIELD_WORK)
def new() -> Any:
    """Without a zone the zone is asked for first: router, plans and sectors follow from it."""
    zone_id, request_id = request.args.get("zone_id"), request.args.get("preinstall_request_id")
    if not zone_id:
        return render_template("installations/choose_zone.html", zones=installations.zones(), request_id=request_id)
    form = Form({"installation_id": str(new_id()), "zone_id": zone_id, "preinstall_request_id": request_id})
    _propose(form, zone_id, request_id)
    return _form_page(form)


@blueprint.post("/nueva")
@roles.allowed(roles.FIELD_WORK)
def schedule() -> Any:
    form = Form.typed()
    own = {name: form.text(name) for name in ("installation_id", "preinstall_request_id")}
    saved = _send(form, lambda data: installations.schedule(form.key, **own, **data))
    if saved is None:
        return _form_page(form), form.status
    flash(_("Instalación %(number)s guardada.", number=saved["number"]), "success")
    return redirect(url_for(".show", installation_id=saved["installation_id"]))


@blueprint.get("/<uuid:installation_id>/editar")
@roles.allowed(roles.FIELD_WORK)
def edit(installation_id: Any) -> Any:
    found = installations.get(str(installation_id))
    local = datetime.fromisoformat(found["scheduled_at"]).astimezone(formats.time_zone())
    shown = {**found, "scheduled_at": f"{local:%Y-%m-%dT%H:%M}"}
    shown["installation_cost"] = formats.plain_money(found["installation_cost_minor"], found["currency"])
    return _form_page(Form(shown))


@blueprint.post("/<uuid:installation_id>/editar")
@roles.allowed(roles.FIELD_WORK)
def change(installation_id: Any) -> Any:
    form = Form.typed()
    form.set("installation_id", str(installation_id))
    version = int(form.text("version") or 0)
    saved = _send(
        form,
        lambda data: installations.change(form.key, installation_id=str(installation_id), version=version, **data),
    )
    if saved is None:
        return _form_page(form), form.status
    flash(_("Cambios guardados."), "success")
    return redirect(url_for(".show", installation_id=installation_id))


@blueprint.get("/<uuid:installation_id>")
@roles.allowed(roles.EVERYBODY)
def show(installation_id: Any) -> Any:
    """Each box from its own service; one that is away says so and hides no other."""
    identity = str(installation_id)
    found = installations.get(identity)
    return render_template(
        "installations/show.html",
        found=found,
        installation_id=identity,
        activating=found["state"] == "activating",
        contract=part("contracts", lambda: contracts.for_installation(identity)),
        account=part("billing", lambda: billing.account(identity)),
        files=part("installations", lambda: installations.files(identity)),
        form=Form(),
        **_story(identity),
    )


@blueprint.get("/<uuid:installation_id>/avance")
@roles.allowed(roles.EVERYBODY)
def advance(installation_id: Any) -> Any:
    """The progress panel alone, which the page asks for while an activation runs."""
    identity = str(installation_id)
    found = part("installations", lambda: installations.get(identity))
    # While nobody can say, the page goes on asking.
    activating = found.away or found.data["state"] == "activating"
    return render_template(
        "installations/progress.html",
        installation_id=identity,
        activating=activating,
        form=Form(),
        **_story(identity),
    )


@blueprint.post("/<uuid:installation_id>/activar")
@roles.allowed(roles.FIELD_WORK)
def activate(installation_id: Any) -> Response:
    identity = str(installation_id)
    answer = installations.activate(Form.typed().key, identity)
    _note("activate", identity)
    if answer is None:
        flash(_("El sistema no está disponible en este momento; la activación quedó pendiente y se hará sola."), "info")
    return redirect(url_for(".show", installation_id=identity) + "#avance")


@blueprint.post("/<uuid:installation_id>/iniciar")
@roles.allowed(roles.FIELD_WORK)
def start(installation_id: Any) -> Response:
    installations.start(Form.typed().key, str(installation_id))
    return redirect(url_for(".show", installation_id=installation_id))


@blueprint.post("/<uuid:installation_id>/cancelar")
@roles.allowed(roles.OFFICE_WORK)
def cancel(installation_id: Any) -> Response:
    form = Form.typed()
    installations.cancel(form.key, str(installation_id), form.text("reason"))
    _note("cancel", str(installation_id))
    flash(_("Instalación cancelada."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/<uuid:installation_id>/archivos")
@roles.allowed(roles.FIELD_WORK)
def add_files(installation_id: Any) -> Response:
    """One file or several; what is refused says which and why, and the others are kept."""
    form = Form.typed(checkboxes=["visible_to_client"])
    for number, upload in enumerate(request.files.getlist("files")):
        if not upload.filename:
            continue
        try:
            staged = uploads.stage(upload)
            installations.add_file(
                f"{form.key}-{number}",
                installation_id=str(installation_id),
                title=form.text("title") or upload.filename,
                description=form.text("description"),
                visible_to_client=form.value_of("visible_to_client"),
                file=staged,
            )
            flash(_("Archivo «%(name)s» guardado.", name=upload.filename), "success")
        except Unavailable:
            raise
        except Refusal as refusal:
            flash(uploads.why(refusal, upload.filename), "danger")
    return redirect(url_for(".show", installation_id=installation_id) + "#archivos")


@blueprint.get("/archivos/<uuid:file_id>")
@roles.allowed(roles.EVERYBODY)
def file(file_id: Any) -> Any:
    return stream(g.signed_in.company.id, installations.open_file(str(file_id)), inline="ver" in request.args)


def _story(installation_id: str) -> dict[str, Any]:
    database = app.runtime().database
    with database.read(g.signed_in.company.id) as session:
        entries = timeline.entries_about(session, installation_id)
        kept = deferral.waiting_for(session, installation_id)
    return {"entries": entries, "progress": progress.read(entries), "kept": kept}


def _form_page(form: Form) -> Any:
    """The form with the choices of its zone; everything typed stays."""
    zones = installations.zones()
    zone_id = form.text("zone_id")
    if not any(zone["zone_id"] == zone_id for zone in zones):
        abort(404)
    router_id = next(zone["router_id"] for zone in zones if zone["zone_id"] == zone_id)
    if not form.text("router_id"):
        form.set("router_id", router_id)
    return render_template(
        "installations/form.html",
        form=form,
        zones=zones,
        routers=installations.routers(),
        plans=[plan for plan in installations.plans() if plan["active"] or plan["plan_id"] == form.text("plan_id")],
        sectors=installations.sectors(),
        technicians=installations.technicians(),
    )


def _propose(form: Form, zone_id: str, request_id: str | None) -> None:
    """What is known already: the prospect's data, the zone's router, the next address, a name on the router."""
    if request_id:
        known = preinstall.get(request_id)
        for name in _TEXT_FIELDS:
            if known.get(name):
                form.set(name, known[name])
        form.set("zone_id", zone_id)
        form.set("service_name", uploads.plain_name(f"{known['first_name']} {known['last_name']}"))
    proposal = installations.propose(zone_id)
    form.set("router_id", proposal["router_id"])
    form.set("ip_address", proposal["ip_address"] or "")


def _send(form: Form, send: Any) -> Any | None:
    """What the service saved, or None with the errors beside the fields."""
    data = _read(form)
    if form.failed:
        return None
    try:
        return send(data)
    except Unavailable as away:
        form.refuse(away)
    except Refusal as refusal:
        form.refuse(refusal, renamed={"installation_cost_minor": "installation_cost"})
    return None


def _read(form: Form) -> dict[str, Any]:
    data: dict[str, Any] = {name: form.text(name) for name in _TEXT_FIELDS}
    data["wifi_password"] = form.value_of("wifi_password") or None
    data["installation_cost_minor"] = formats.minor_units(
        str(form.value_of("installation_cost")), g.signed_in.company.currency
    )
    if data["installation_cost_minor"] is None:
        form.add_error("installation_cost", "invalid-money" if form.text("installation_cost") else "required")
    try:
        local = datetime.fromisoformat(form.text("scheduled_at") or "")
        data["scheduled_at"] = local.replace(tzinfo=formats.time_zone()).isoformat()
    except ValueError:
        form.add_error("scheduled_at", "invalid-time" if form.text("scheduled_at") else "required")
    return data


def _note(action: str, subject: str) -> None:
    with app.runtime().database.begin(g.signed_in.company.id) as session:
        audit.note(session, action=action, subject=subject)
