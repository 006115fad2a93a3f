"""The agenda in one's own phone's calendar: making its address, copying it, taking it back."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway import app, audit, calendar_feed
from gateway.forms import Form
from gateway.roles import FIELD_WORK, allowed
from gateway.staff.agenda.room import blueprint


@blueprint.get("/calendario")
@allowed(FIELD_WORK)
def feed() -> str:
    with app.runtime().database.read(g.signed_in.company.id) as reading:
        token = calendar_feed.token_of(reading, g.signed_in.account.id, keyring=app.runtime().keyring)
    base, path = app.runtime().settings.base_url, token and url_for("agenda_feed.show", token=token)
    return render_template(
        "agenda/feed.html",
        form=Form(),
        address=path and f"{base}{path}",
        # What phones open with their calendar.
        webcal=path and f"webcal://{base.partition('://')[2]}{path}",
    )


@blueprint.post("/calendario")
@allowed(FIELD_WORK)
def open_feed() -> Response:
    with app.runtime().database.begin(g.signed_in.company.id) as writing:
        calendar_feed.open_feed(writing, g.signed_in.account.id, keyring=app.runtime().keyring, at=g.at)
        audit.note(writing, action="open_agenda_feed", subject=str(g.signed_in.account.id))
    flash(_("Esta es tu dirección. Quien la tenga ve tu agenda: no la compartas."), "success")
    return redirect(url_for(".feed"))


@blueprint.post("/calendario/quitar")
@allowed(FIELD_WORK)
def close_feed() -> Response:
    with app.runtime().database.begin(g.signed_in.company.id) as writing:
        calendar_feed.close_feed(writing, g.signed_in.account.id)
        audit.note(writing, action="close_agenda_feed", subject=str(g.signed_in.account.id))
    flash(_("La dirección ya no abre nada."), "success")
    return redirect(url_for(".feed"))
