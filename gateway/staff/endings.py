"""A client leaves: what that means is said before, how far it is on the client's own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import formats, messages
from gateway.backends import billing, contracts, installations
from gateway.forms import Form
from gateway.navigation import END_REASONS
from gateway.parts import part
from gateway.roles import OFFICE_WORK, allowed

blueprint = Blueprint("endings", __name__, url_prefix="/clientes")

# Why staff may say that somebody leaves.
REASONS = tuple((reason, label) for reason, label in END_REASONS.items() if reason != "import-undone")


@blueprint.get("/<uuid:installation_id>/baja")
@allowed(OFFICE_WORK)
def show(installation_id: UUID) -> str:
    """What is planned already is there to be changed."""
    found = installations.get(str(installation_id))
    planned = {"ends_on": found["ends_on"], "reason": found["end_reason"], "note": found["end_note"]}
    planned["without_router"] = "1" if found["without_router"] else None
    return _page(found, Form(planned))


@blueprint.post("/<uuid:installation_id>/baja")
@allowed(OFFICE_WORK)
def end(installation_id: UUID) -> Any:
    form, identity = Form.typed(), str(installation_id)
    wanted = {"ends_on": form.text("ends_on"), "reason": form.text("reason"), "note": form.text("note")}
    wanted["without_router"] = bool(form.text("without_router"))
    try:
        ending = installations.end_service(form.key, identity, **wanted)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(installations.get(identity), form), form.status
    if ending["state"] == "active":
        flash(_("La baja quedó programada para el %(day)s.", day=formats.day(ending["ends_on"])), "success")
    return _back(identity)


@blueprint.post("/<uuid:installation_id>/baja/reintentar")
@allowed(OFFICE_WORK)
def end_again(installation_id: UUID) -> Response:
    return _tell(installations.end_service_again, installation_id)


@blueprint.get("/<uuid:installation_id>/baja/sin-router")
@allowed(OFFICE_WORK)
def show_without_router(installation_id: UUID) -> str:
    """What it means, before nobody waits for a router that is out of use."""
    return render_template(
        "installations/end_without_router.html", found=installations.get(str(installation_id)), form=Form()
    )


@blueprint.post("/<uuid:installation_id>/baja/sin-router")
@allowed(OFFICE_WORK)
def end_without_router(installation_id: UUID) -> Response:
    return _tell(installations.end_service_without_router, installation_id)


@blueprint.post("/<uuid:installation_id>/baja/cancelar")
@allowed(OFFICE_WORK)
def keep(installation_id: UUID) -> Response:
    done = _("La baja se canceló: sigue como cliente, con su servicio como estaba.")
    return _tell(installations.keep_service, installation_id, done)


def _page(found: dict[str, Any], form: Form) -> str:
    identity = found["installation_id"]
    today = g.at.astimezone(formats.time_zone()).date()
    form.set("ends_on", form.text("ends_on") or today.isoformat())
    return render_template(
        "installations/end.html",
        found=found,
        account=part("billing", lambda: billing.account(identity)),
        contract=part("contracts", lambda: contracts.for_installation(identity)),
        reasons=REASONS,
        today=today,
        form=form,
    )


def _back(identity: str) -> Response:
    return redirect(url_for("clients.show", installation_id=identity) + "#avance")


def _tell(command: Callable[[str, str], Any], installation_id: UUID, done: str | None = None) -> Response:
    """Leads back to the client's page, which says what became of it, or why it was refused."""
    identity = str(installation_id)
    try:
        command(Form.typed().key, identity)
    except Refusal as refusal:
        flash(messages.text_of(refusal.code, refusal.params), "danger")
    else:
        if done:
            flash(done, "success")
    return _back(identity)
