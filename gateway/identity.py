"""Signing in and out, and the language of the pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.storage import enter_company
from gateway import accounts, app, audit, roles, sessions
from gateway.forms import Form

blueprint = Blueprint("identity", __name__)


@blueprint.get("/entrar")
@roles.allowed(roles.PUBLIC)
def login() -> Response | str:
    if g.signed_in is not None:
        return redirect(url_for("home.dashboard"))
    return render_template("identity/login.html", form=Form({"next": request.args.get("next", "")}))


@blueprint.post("/entrar")
@roles.allowed(roles.PUBLIC)
@app.limiter.limit("10/minute; 100/hour")
def sign_in() -> Response | tuple[str, int]:
    form = Form.typed()
    database = app.runtime().database
    with database.begin_unscoped() as writing:
        account = accounts.authenticate(
            writing, email=str(form.value_of("email")), password=request.form.get("password", "")
        )
        if account is not None:
            enter_company(writing, account.company_id)
            token = sessions.open_session(
                writing, account, at=g.at, ip=request.remote_addr, user_agent=request.user_agent.string
            )
            audit.note(writing, action="sign_in", by=account, subject=str(account.id))
    if account is None:
        form.other_errors.append(_("El correo o la contraseña no son correctos."))
        return render_template("identity/login.html", form=form), 401
    session.clear()
    response = redirect(_own_address(form.text("next")) or url_for("home.dashboard"))
    response.set_cookie(
        app.cookie_name(),
        token,
        httponly=True,
        samesite="Lax",
        secure=app.runtime().settings.secure,
        max_age=int(sessions.ABSOLUTE.total_seconds()),
    )
    return response


@blueprint.post("/salir")
@roles.allowed(roles.EVERYBODY)
def logout() -> Response:
    with app.runtime().database.begin(g.signed_in.company.id) as writing:
        sessions.close_session(writing, g.signed_in.session_id)
    session.clear()
    flash(_("Sesión cerrada."))
    response = redirect(url_for("identity.login"))
    response.delete_cookie(app.cookie_name(), samesite="Lax", secure=app.runtime().settings.secure)
    return response


@blueprint.post("/idioma")
@roles.allowed(roles.PUBLIC)
def choose_language() -> Response:
    if request.form.get("language") in app.LANGUAGES:
        session["language"] = request.form["language"]
    return redirect(_own_address(request.form.get("next")) or url_for("home.dashboard"))


def _own_address(address: str | None) -> str | None:
    """Only a path of ours: a link that signs people in must not send them elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address
