"""How clients reach the company's portal, and the gateway that takes text messages to their telephones."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal, Unavailable
from gateway import app, domains
from gateway.backends import notifications
from gateway.forms import Form
from gateway.roles import OWNERS, allowed

blueprint = Blueprint("portal_settings", __name__, url_prefix="/portal-de-clientes")

TAGS = ("telefono", "telefono_digitos", "texto", "clave", "referencia", "empresa")
KINDS = ("installation-scheduled", "activated")
DESCRIBED = ("method", "url", "headers", "body", "accepted_when", "country")


@blueprint.get("/")
@allowed(OWNERS)
def edit() -> str:
    try:
        gateway = notifications.sms_gateway()
    except Unavailable:
        return _page(Form(), away=True)
    return _page(Form(_shown(gateway)), known=gateway is not None)


@blueprint.post("/mensajes")
@allowed(OWNERS)
def save() -> Response | tuple[str, int]:
    form = Form.typed(checkboxes=["active", *KINDS])
    try:
        notifications.save_sms_gateway(
            form.key,
            active=form.value_of("active"),
            kinds=[kind for kind in KINDS if form.value_of(kind)],
            secret=form.text("secret"),
            **{name: form.text(name) or ("" if name in ("headers", "body") else None) for name in DESCRIBED},
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(form), form.status
    flash(_("Guardado."), "success")
    return redirect(url_for(".edit"))


@blueprint.post("/mensajes/probar")
@allowed(OWNERS)
def try_out() -> Response | tuple[str, int]:
    """Goes as every message does; its page says what became of it."""
    typed = Form.typed()
    try:
        message = notifications.try_sms_gateway(typed.key, typed.text("phone") or "")
    except Refusal as refusal:
        form = Form(_shown(notifications.sms_gateway()) | {"phone": typed.value_of("phone")})
        form.refuse(refusal)
        return _page(form, known=True), form.status
    flash(_("Mensaje de prueba en camino. Aquí se ve qué pasa con él."), "success")
    return redirect(url_for("messages.show", message_id=message["message_id"]))


def _shown(gateway: Any | None) -> dict[str, Any]:
    """What is filled in at first is what most gateways want."""
    if gateway is None:
        country = g.signed_in.company.locale.partition("_")[2] or "MX"
        headers = "Authorization: Bearer {{ clave }}\nContent-Type: application/json"
        body = '{"to": "{{ telefono }}", "text": "{{ texto }}"}'
        return {"active": True, "method": "POST", "country": country, "headers": headers, "body": body}
    return {**gateway, **{kind: kind in gateway["kinds"] for kind in KINDS}}


def _page(form: Form, *, away: bool = False, known: bool = False) -> str:
    company = g.signed_in.company
    with app.runtime().database.read(company.id) as reading:
        place = domains.base_url_of(reading, company.id, app.runtime().settings.base_url)
    address = place + url_for("portal.ask_for_code", name=company.public_name)
    return render_template("portal_settings/edit.html", form=form, away=away, known=known, address=address, tags=TAGS)
