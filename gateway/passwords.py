"""Choosing a password by a link: asked for by who forgot theirs, sent to who is invited."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import ValidationFailed
from chassis.storage import enter_company
from gateway import accounts, app, attempts, audit, roles, staff_links
from gateway.attempts import Limit
from gateway.forms import Form
from gateway.runtime import Runtime

blueprint = Blueprint("passwords", __name__)
log = structlog.get_logger()

FORGOT = "forgot-password"
BY_EMAIL = Limit(FORGOT, 3, timedelta(hours=1))
BY_ADDRESS = Limit(FORGOT, 20, timedelta(hours=1))


@blueprint.after_request
def _keep_secret(response: Response) -> Response:
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/entrar/clave-olvidada")
@roles.allowed(roles.PUBLIC)
def forgot() -> str:
    return render_template("identity/forgot.html", form=Form({"email": request.args.get("email", "")}))


@blueprint.post("/entrar/clave-olvidada")
@roles.allowed(roles.PUBLIC)
@app.limiter.limit("10/minute")
def send_link() -> Response | tuple[str, int]:
    """Answers the same whoever asks; what is done for who has an account is done once the answer is on its way."""
    form = Form.typed()
    email = (form.text("email") or "").casefold()
    if "@" not in email:
        form.add_error("email", "invalid-email")
        return render_template("identity/forgot.html", form=form), 422
    runtime, at, ip = app.runtime(), g.at, request.remote_addr or ""
    with runtime.database.begin_unscoped() as writing:
        if BY_EMAIL.is_reached(writing, email, at=at) or BY_ADDRESS.is_reached(writing, ip, at=at):
            form.other_errors.append(_("Demasiados intentos. Espera una hora e inténtalo de nuevo."))
            return render_template("identity/forgot.html", form=form), 429
        for who in (email, ip):
            attempts.note(writing, FORGOT, who, at=at)
    response = redirect(url_for("identity.login"))
    response.call_on_close(lambda: _issue(runtime, email, at))
    flash(
        _("Si %(email)s tiene una cuenta, le llegará un correo con un enlace que dura una hora.", email=email), "info"
    )
    return response


@blueprint.get("/clave/<token>")
@roles.allowed(roles.PUBLIC)
@app.limiter.limit("60/minute")
def choose(token: str) -> str | tuple[str, int]:
    with app.runtime().database.read_unscoped() as reading:
        account = staff_links.find(reading, token, at=g.at)
    if account is None:
        return render_template("identity/link_ended.html"), 410
    return render_template("identity/choose.html", token=token, account=account, form=Form())


@blueprint.post("/clave/<token>")
@roles.allowed(roles.PUBLIC)
@app.limiter.limit("20/minute")
def save(token: str) -> str | tuple[str, int] | Response:
    form = Form.typed()
    with app.runtime().database.read_unscoped() as reading:
        account = staff_links.find(reading, token, at=g.at)
    if account is None:
        return render_template("identity/link_ended.html"), 410
    if form.value_of("password") != form.value_of("repeated"):
        form.add_error("repeated", "passwords-differ")
        return render_template("identity/choose.html", token=token, account=account, form=form), 422
    try:
        with app.runtime().database.begin(account.company_id) as writing:
            used = staff_links.use(writing, token, password=str(form.value_of("password")), at=g.at)
            if used is not None:
                audit.note(writing, action="choose_password", by=used, subject=str(used.id))
    except ValidationFailed as refusal:
        form.refuse(refusal)
        return render_template("identity/choose.html", token=token, account=account, form=form), 422
    flash(_("Contraseña guardada. Ya puedes entrar."), "success")
    return redirect(url_for("identity.login", email=account.email))


def _issue(runtime: Runtime, email: str, at: datetime) -> None:
    try:
        with runtime.database.begin_unscoped() as writing:
            account = accounts.named(writing, email)
            if account is not None and account.active:
                enter_company(writing, account.company_id)
                address, shared = runtime.settings.base_url, runtime.shared_keyring
                staff_links.issue(writing, account, purpose=staff_links.RESET, at=at, base_url=address, shared=shared)
    except Exception:
        log.exception("password-link-not-sent")
