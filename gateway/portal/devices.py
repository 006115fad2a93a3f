"""The browsers in which a client is signed in: seen, and signed out."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway import app, clients
from gateway.forms import Form
from gateway.portal.entering import without_cookie
from gateway.portal.room import blueprint
from gateway.roles import CLIENTS, allowed


@blueprint.get("/dispositivos")
@allowed(CLIENTS)
def devices(name: str) -> str:
    with app.runtime().database.read(g.client.company.id) as reading:
        rows = clients.open_sessions(reading, g.client.contact, at=g.at)
    return render_template("portal/devices.html", name=name, devices=rows, form=Form())


@blueprint.post("/dispositivos/cerrar")
@allowed(CLIENTS)
def close_device(name: str) -> Response:
    """The one that the form names, or every one: this one, too."""
    chosen = request.form.get("session_id")
    with app.runtime().database.begin(g.client.company.id) as writing:
        if chosen:
            clients.close_session(writing, g.client.contact, chosen)
        else:
            clients.close_all(writing, g.client.contact)
    flash(_("Sesión cerrada."), "success")
    if chosen and chosen != g.client.session_id:
        return redirect(url_for(".devices", name=name))
    return without_cookie(redirect(url_for(".ask_for_code", name=name)))
