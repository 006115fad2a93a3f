"""Installations: the agenda, the form, one installation with everything about it, activation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from chassis.identifiers import new_id
from gateway import app, deferral, installation_form, merging, messages, progress, proof, roles, timeline
from gateway.backends import billing, contracts, installations, preinstall
from gateway.forms import Form
from gateway.listing import page
from gateway.listing.installations import LIST
from gateway.parts import Part, part

blueprint = Blueprint("installations", __name__, url_prefix="/instalaciones")

PENDING = ("new", "in_progress")
# So long after an activation its page still looks for the invoice and the mails that follow from it.
FOLLOWED = timedelta(seconds=20)


@blueprint.get("/")
@roles.allowed(roles.EVERYBODY)
def index() -> Any:
    return page.show(LIST)


@blueprint.get("/nueva")
@roles.allowed(roles.FIELD_WORK)
def new() -> Any:
    """Router, plans and sectors follow from the zone: it is asked for first, unless what is known names it.

    `again`: who was a client before.
    """
    zone_id, request_id = request.args.get("zone_id"), request.args.get("preinstall_request_id")
    again = request.args.get("again")
    known = preinstall.get(request_id) if request_id else installations.get(again) if again else None
    zones = [] if zone_id else installations.zones()
    likely = installation_form.likely_zone(known or {}, zones)
    if not (zone_id or likely):
        asked, former = (known, None) if request_id else (None, known)
        return render_template("installations/choose_zone.html", zones=zones, asked=asked, former=former)
    zone_id = zone_id or likely
    form = Form({"installation_id": str(new_id()), "preinstall_request_id": request_id, "likely_zone": likely})
    if known and request_id:
        installation_form.of_request(form, known)
    elif known:
        installation_form.of_former(form, known)
    installation_form.propose(form, zone_id)
    installation_form.propose_name(form, zone_id)
    installation_form.of_router(form, request.args)
    return _form_page(form)


@blueprint.post("/nueva")
@roles.allowed(roles.FIELD_WORK)
def schedule() -> Any:
    form = Form.typed()
    own = {name: form.text(name) for name in ("installation_id", "preinstall_request_id")}
    saved = installation_form.send(form, lambda data: installations.schedule(form.key, **own, **data))
    if saved is None:
        return _form_page(form), form.status
    flash(form.text("draft") or "", "draft")
    flash(_("Instalación %(number)s guardada.", number=saved["number"]), "success")
    if "and_next" in request.form:
        return redirect(url_for("requests.next_one", after=own["preinstall_request_id"]))
    return redirect(url_for(".show", installation_id=saved["installation_id"]))


@blueprint.get("/<uuid:installation_id>/editar")
@roles.allowed(roles.FIELD_WORK)
def edit(installation_id: Any) -> Any:
    found = installations.get(str(installation_id))
    form = installation_form.of_installation(found)
    merging.remember(form, found)
    return _form_page(form)


@blueprint.post("/<uuid:installation_id>/editar")
@roles.allowed(roles.FIELD_WORK)
def change(installation_id: Any) -> Any:
    form, identity = Form.typed(), str(installation_id)
    form.set("installation_id", identity)
    version = form.count("version")
    if not merging.is_decided(form):
        merging.ask_again(form, installations.get(identity))
        return _form_page(form), 409
    saved = installation_form.send(
        form, lambda data: installations.change(form.key, installation_id=identity, version=version, **data)
    )
    if saved is None:
        if form.refused_as == "changed-meanwhile":
            merging.merge(form, installations.get(identity))
        return _form_page(form), form.status
    flash(form.text("draft") or "", "draft")
    flash(_("Cambios guardados."), "success")
    if saved["service_changed"]:
        return redirect(url_for("routers.account", installation_id=identity, since=g.at.isoformat()))
    return redirect(url_for(".show", installation_id=identity))


@blueprint.post("/<uuid:installation_id>/editar/unir")
@roles.allowed(roles.FIELD_WORK)
def unite(installation_id: Any) -> Any:
    """The form as it was typed, with what somebody else saved meanwhile; nothing is saved."""
    form, identity = Form.typed(), str(installation_id)
    form.set("installation_id", identity)
    merging.merge(form, installations.get(identity))
    return _form_page(form)


@blueprint.get("/<uuid:installation_id>")
@roles.allowed(roles.EVERYBODY)
def show(installation_id: Any) -> Any:
    return page_of(str(installation_id))


def page_of(identity: str) -> str:
    """Each box from its own service; one that is away says so and hides no other."""
    found = part("installations", lambda: installations.get(identity))
    return render_template(
        "installations/show.html",
        files=part("installations", lambda: installations.files(identity)),
        report=part("installations", lambda: installations.report(identity)),
        **_agreed(identity),
        **_story(identity, found),
    )


@blueprint.get("/<uuid:installation_id>/avance")
@roles.allowed(roles.EVERYBODY)
def advance(installation_id: Any) -> Any:
    """What an activation changes on the page; nothing when the page has `seen` it already."""
    identity = str(installation_id)
    story = _story(identity, part("installations", lambda: installations.get(identity)))
    if request.args.get("seen") == story["mark"]:
        return "", 204
    if request.args.get("alone"):
        return render_template("installations/progress.html", alone=True, **story)
    agreed = _agreed(identity) if story["client"] else {}
    return render_template("installations/advance.html", **agreed, **story)


@blueprint.get("/<uuid:installation_id>/activar")
@roles.allowed(roles.FIELD_WORK)
def ask_activation(installation_id: Any) -> str:
    """The question; alone, for who puts it over a list."""
    identity = str(installation_id)
    story = _story(identity, Part("installations", installations.get(identity), away=False))
    alone = "HX-Request" in request.headers
    template = "activation.html" if alone else "activation_page.html"
    return render_template(f"installations/{template}", alone=alone, **story)


@blueprint.post("/<uuid:installation_id>/activar")
@roles.allowed(roles.FIELD_WORK)
def activate(installation_id: Any) -> Response | str:
    form, identity = Form.typed(), str(installation_id)
    if "HX-Request" in request.headers:
        return _activating(form, identity)
    answer = _done(lambda: installations.activate(form.key, identity) or {})
    if answer == {}:
        flash(_("El sistema no está disponible en este momento; la activación quedó pendiente y se hará sola."), "info")
    return redirect(url_for(".show", installation_id=identity) + "#avance")


@blueprint.post("/<uuid:installation_id>/iniciar")
@roles.allowed(roles.FIELD_WORK)
def start(installation_id: Any) -> Response:
    form, identity = Form.typed(), str(installation_id)
    _done(lambda: installations.start(form.key, identity))
    return redirect(url_for(".show", installation_id=identity))


@blueprint.post("/<uuid:installation_id>/cancelar")
@roles.allowed(roles.OFFICE_WORK)
def cancel(installation_id: Any) -> Response:
    form, identity = Form.typed(), str(installation_id)
    if _done(lambda: installations.cancel(form.key, identity, form.text("reason"))) is None:
        return redirect(url_for(".show", installation_id=identity))
    flash(_("Instalación cancelada."), "success")
    return redirect(url_for(".index"))


def _activating(form: Form, identity: str) -> str:
    """In place of the question: how far it is, or why not."""
    refusal = None
    try:
        installations.activate(form.key, identity)
    except Refusal as refused:
        refusal = messages.text_of(refused.code, refused.params)
    story = _story(identity, part("installations", lambda: installations.get(identity)))
    return render_template("installations/activation.html", asked=True, alone=True, refusal=refusal, **story)


def _form_page(form: Form) -> str:
    form.set("opened_at", form.text("opened_at") or g.at.isoformat())
    return render_template("installations/form.html", **installation_form.choices(form), form=form)


def _agreed(identity: str) -> dict[str, Part]:
    """The contract, and what is owed."""
    return {
        "contract": part("contracts", lambda: contracts.for_installation(identity)),
        "account": part("billing", lambda: billing.account(identity)),
    }


def _story(identity: str, found: Part) -> dict[str, Any]:
    """The installation, what happened to it, and what is still going on."""
    with app.runtime().database.read(g.signed_in.company.id) as session:
        entries = timeline.entries_about(session, identity)
        kept = deferral.waiting_for(session, identity)
    told, farewell = progress.read(entries), progress.read_end(entries)
    kept = None if kept and told and told.began_at > kept.created_at else kept
    state = found.data["state"] if found.data else None
    activating = state == "activating" or bool(told and told.running and not told.outdated(g.at))
    followed = any(each and each.done and g.at - each.newest_at < FOLLOWED for each in (told, farewell))
    why = found.data["failure_code"] if found.data else None
    return {
        "installation_id": identity,
        "found": found.data,
        "client": found.data and found.data["client_number"],
        "pending": state in PENDING,
        "activating": activating,
        "followed": followed,
        "entries": entries,
        "progress": told if told and not (told.done and told.outdated(g.at)) else None,
        "farewell": farewell if farewell and not (farewell.done and farewell.outdated(g.at)) else None,
        "kept": kept,
        "proof": proof.read(entries),
        "mark": f"{state}.{activating}.{followed}.{len(entries)}.{why}.{kept.state if kept else None}",
        "form": Form(),
    }


def _done(tell: Callable[[], Any]) -> Any | None:
    """The answer; None when it was refused, which the next page says."""
    try:
        return tell()
    except Refusal as refusal:
        flash(messages.text_of(refusal.code, refusal.params), "danger")
        return None
