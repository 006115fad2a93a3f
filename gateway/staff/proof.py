"""Asking the router again what it says of a client's service."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import messages
from gateway.backends import provisioning
from gateway.roles import FIELD_WORK, allowed

blueprint = Blueprint("proof", __name__)


@blueprint.post("/instalaciones/<uuid:installation_id>/comprobar")
@allowed(FIELD_WORK)
def check_again(installation_id: UUID) -> Response:
    try:
        checks = provisioning.verify(str(installation_id))["proof"]
    except Refusal as refusal:
        flash(messages.text_of(refusal.code, refusal.params), "danger")
    else:
        for check in checks:
            if not check["ok"]:
                kind = "warning" if check["ok"] is None else "danger"
                flash(messages.text_of(check["code"], check["params"]), kind)
        if all(check["ok"] for check in checks):
            flash(_("El servicio está bien en el router y en uso."), "success")
    return redirect(url_for("installations.show", installation_id=installation_id) + "#comprobacion")
