"""What was sent to people, whether it arrived, and sending it again."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from gateway.backends import notifications
from gateway.forms import Form
from gateway.roles import EVERYBODY, OFFICE_WORK, allowed

blueprint = Blueprint("messages", __name__)
KINDS = {
    "request-received": lazy_gettext("Solicitud recibida"),
    "request-rejected": lazy_gettext("Solicitud rechazada"),
    "installation-scheduled": lazy_gettext("Instalación agendada"),
    "installation-rescheduled": lazy_gettext("Instalación reprogramada"),
    "contract-link": lazy_gettext("Enlace de contrato"),
    "contract-signed": lazy_gettext("Contrato firmado"),
    "activated": lazy_gettext("Servicio activado"),
    "service-ended": lazy_gettext("Servicio terminado"),
    "invoice": lazy_gettext("Factura"),
    "payment": lazy_gettext("Pago recibido"),
    "portal-code": lazy_gettext("Código para el portal"),
    "staff-invitation": lazy_gettext("Invitación al personal"),
    "staff-reset": lazy_gettext("Cambio de contraseña"),
    "sms-test": lazy_gettext("Mensaje de prueba"),
}


@blueprint.get("/mensajes")
@allowed(EVERYBODY)
def index() -> str:
    filters = {name: request.args.get(name) or None for name in ("state", "about", "channel")}
    page = notifications.messages(**filters, after=request.args.get("after"))
    return render_template("messages/index.html", page=page, form=Form(filters), kinds=KINDS)


@blueprint.get("/mensajes/<uuid:message_id>")
@allowed(EVERYBODY)
def show(message_id: UUID) -> str:
    message = notifications.message(str(message_id))
    return render_template("messages/message.html", message=message, kinds=KINDS, form=Form())


@blueprint.post("/mensajes/<uuid:message_id>/reenviar")
@allowed(OFFICE_WORK)
def resend(message_id: UUID) -> Response:
    notifications.resend(Form.typed().key, str(message_id))
    flash(_("El mensaje se enviará otra vez."))
    return redirect(url_for("messages.show", message_id=message_id))
