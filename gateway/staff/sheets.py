"""Sheets: printing one, and the templates that they are made from."""

from __future__ import annotations

import base64
import io
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.errors import Refusal
from gateway import messages
from gateway.backends import installations
from gateway.forms import Form
from gateway.roles import EVERYBODY, OFFICE_WORK, allowed

blueprint = Blueprint("sheets", __name__)

# The page of a sheet shows what the installations service cleaned: it may look as it likes, and run and load
# nothing; the company's logo is part of the page.
PAPER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
MEANINGS = {
    "id_servicio": lazy_gettext("Número del cliente; antes de activar, el de la instalación"),
    "empresa.nombre": lazy_gettext("Nombre de la empresa"),
    "empresa.logo": lazy_gettext("Logotipo de la empresa, el de su formulario público"),
    "empresa.identificacion": lazy_gettext("Identificación fiscal de la empresa"),
    "empresa.direccion": lazy_gettext("Dirección de la empresa"),
    "empresa.telefono": lazy_gettext("Teléfono de la empresa"),
    "empresa.email": lazy_gettext("Correo de la empresa"),
    "instalacion.numero": lazy_gettext("Número de la instalación"),
    "instalacion.fecha": lazy_gettext("Fecha y hora de la visita"),
    "instalacion.costo": lazy_gettext("Costo de instalación"),
    "instalacion.comentarios": lazy_gettext("Comentarios de la instalación"),
    "instalacion.zona": lazy_gettext("Zona"),
    "instalacion.sectorial": lazy_gettext("Sectorial"),
    "instalacion.tecnico": lazy_gettext("Técnico"),
    "cliente.nombre": lazy_gettext("Nombre completo"),
    "cliente.nombres": lazy_gettext("Nombres"),
    "cliente.apellidos": lazy_gettext("Apellidos"),
    "cliente.identificacion": lazy_gettext("Identificación de la persona"),
    "cliente.email": lazy_gettext("Correo de la persona"),
    "cliente.telefono": lazy_gettext("Teléfono"),
    "cliente.telefono_adicional": lazy_gettext("Segundo teléfono"),
    "cliente.direccion": lazy_gettext("Dirección"),
    "cliente.barrio": lazy_gettext("Colonia o barrio"),
    "cliente.ciudad": lazy_gettext("Ciudad"),
    "cliente.codigo_postal": lazy_gettext("Código postal"),
    "cliente.coordenadas": lazy_gettext("Coordenadas"),
    "cliente.mapa_qr": lazy_gettext("Código QR que abre el mapa en la puerta del cliente"),
    "plan.nombre": lazy_gettext("Plan de internet"),
    "plan.precio": lazy_gettext("Precio del plan"),
    "plan.velocidad_bajada": lazy_gettext("Velocidad de bajada"),
    "plan.velocidad_subida": lazy_gettext("Velocidad de subida"),
    "servicio.cliente_rb": lazy_gettext("Nombre en el router (queue, secret o user)"),
    "servicio.ip": lazy_gettext("Dirección IP"),
    "servicio.mac": lazy_gettext("MAC del equipo"),
    "servicio.router": lazy_gettext("Router"),
    "servicio.ssid_router_wifi": lazy_gettext("Nombre de la red Wi-Fi del cliente"),
    "servicio.password_ssid_router_wifi": lazy_gettext("Contraseña de la red Wi-Fi del cliente"),
    "servicio.wifi_qr": lazy_gettext("Código QR con el que el teléfono entra a la red Wi-Fi"),
}


@blueprint.get("/instalaciones/<uuid:installation_id>/hoja")
@allowed(EVERYBODY)
def show(installation_id: UUID) -> str:
    found = installations.get(str(installation_id))
    rows = installations.sheet_templates()["rows"]
    chosen = request.args.get("template_id") or next((row["template_id"] for row in rows if row["is_default"]), "")
    return render_template("sheets/show.html", found=found, rows=rows, chosen=chosen)


@blueprint.get("/instalaciones/<uuid:installation_id>/hoja/papel")
@allowed(EVERYBODY)
def paper(installation_id: UUID) -> Response:
    return _paper(
        installations.sheet(installation_id=str(installation_id), template_id=request.args.get("template_id") or None)
    )


@blueprint.get("/instalaciones/<uuid:installation_id>/hoja.pdf")
@allowed(EVERYBODY)
def pdf(installation_id: UUID) -> Response:
    printed = installations.print_sheet(str(installation_id), request.args.get("template_id") or None)
    response = send_file(
        io.BytesIO(base64.b64decode(printed["pdf"])), mimetype="application/pdf", download_name=printed["filename"]
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/hojas")
@allowed(OFFICE_WORK)
def templates() -> str:
    return render_template("sheets/templates.html", rows=installations.sheet_templates()["rows"], form=Form())


@blueprint.get("/hojas/nueva")
@allowed(OFFICE_WORK)
def new_template() -> str:
    default = next((row for row in installations.sheet_templates()["rows"] if row["is_default"]), None)
    return _template_page(Form({"content": default["content"] if default else ""}))


@blueprint.get("/hojas/<uuid:template_id>")
@allowed(OFFICE_WORK)
def template(template_id: UUID) -> str:
    known = installations.sheet_templates()["rows"]
    row = next((row for row in known if row["template_id"] == str(template_id)), None)
    if row is None:
        abort(404)
    return _template_page(Form(row))


@blueprint.post("/hojas")
@allowed(OFFICE_WORK)
def save_template() -> Any:
    form = Form.typed(checkboxes=["is_default"])
    version = form.text("version")
    try:
        installations.save_sheet_template(
            form.key,
            template_id=form.text("template_id"),
            version=int(version) if version and version.isdigit() else None,
            name=form.text("name") or "",
            content=form.text("content") or "",
            is_default=form.value_of("is_default"),
        )
    except Refusal as refused:
        form.refuse(refused)
        return _template_page(form), form.status
    flash(_("Plantilla guardada."), "success")
    return redirect(url_for("sheets.templates"))


@blueprint.post("/hojas/<uuid:template_id>/borrar")
@allowed(OFFICE_WORK)
def delete_template(template_id: UUID) -> Any:
    try:
        installations.delete_sheet_template(Form.typed().key, str(template_id))
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
        return redirect(url_for("sheets.template", template_id=template_id))
    flash(_("Plantilla borrada."), "success")
    return redirect(url_for("sheets.templates"))


@blueprint.post("/hojas/vista-previa")
@allowed(OFFICE_WORK)
def preview() -> Response:
    """What is being written, with the data of a real installation; for a frame beside the editor."""
    form = Form.typed()
    installation_id = form.text("installation_id")
    if installation_id is None:
        return _in_policy(render_template("sheets/nothing_to_show.html"))
    return _paper(installations.sheet(installation_id=installation_id, content=str(form.value_of("content"))))


@blueprint.get("/hojas/lienzo")
@allowed(OFFICE_WORK)
def canvas() -> Response:
    """An empty sheet of paper, which the editor writes on."""
    return _in_policy(installations.sheet_templates()["paper"])


def _paper(sheet: dict[str, Any]) -> Response:
    return _in_policy(sheet["page"])


def _in_policy(page: str) -> Response:
    response = make_response(page)
    response.headers["Content-Security-Policy"] = PAPER_POLICY
    return response


def _template_page(form: Form) -> str:
    known, recent = installations.sheet_templates(), installations.list(limit=20)["rows"]
    clients = installations.clients(limit=20)["rows"] if len(recent) < 20 else []
    subjects = [(row["installation_id"], f"{row['number']} · {row['first_name']} {row['last_name']}")
                for row in recent + clients]  # fmt: skip
    tags = [(tag, MEANINGS.get(tag, "")) for tag in known["tags"]]
    return render_template("sheets/template.html", form=form, tags=tags, subjects=subjects)
