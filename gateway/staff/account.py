"""One's own account: password, language, second factor, and the browsers that are signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from chassis.auditing import Recording
from chassis.errors import ValidationFailed
from chassis.schemas import coded
from chassis.storage import find
from gateway import accounts, app, audit, second_factor, sessions
from gateway.forms import Form
from gateway.model import StaffAccount
from gateway.roles import EVERYBODY, allowed, without_second_factor

blueprint = Blueprint("account", __name__, url_prefix="/cuenta")


@blueprint.get("/")
@allowed(EVERYBODY)
def show() -> str:
    return _page(Form())


@blueprint.post("/clave")
@allowed(EVERYBODY)
def change_password() -> Any:
    """Signs out every other browser: whoever knew the old password is out."""
    form = Form.typed()
    try:
        with app.runtime().database.begin(g.signed_in.company.id) as writing:
            recording = Recording(writing)
            accounts.change_password(
                writing, _mine(writing), old=form.value_of("old_password"), new=form.value_of("password")
            )
            sessions.close_all(writing, g.signed_in.account.id, but=g.signed_in.session_id)
            audit.record(recording, action="change_password")
    except ValidationFailed as refusal:
        form.refuse(refusal)
        return _page(form), form.status
    flash(_("Contraseña cambiada. Las otras sesiones se cerraron."), "success")
    return redirect(url_for(".show"))


@blueprint.post("/sesiones/cerrar")
@allowed(EVERYBODY)
def close_sessions() -> Response:
    """The one that the form names, or all but this one."""
    with app.runtime().database.begin(g.signed_in.company.id) as writing:
        if chosen := request.form.get("session_id"):
            sessions.close_session(writing, chosen, account_id=g.signed_in.account.id)
        else:
            sessions.close_all(writing, g.signed_in.account.id, but=g.signed_in.session_id)
        audit.note(writing, action="close_sessions", subject=str(g.signed_in.account.id))
    flash(_("Sesión cerrada."), "success")
    return redirect(url_for(".show"))


@blueprint.get("/segundo-factor")
@allowed(EVERYBODY)
@without_second_factor
def second_factor_page() -> Any:
    if g.signed_in.account.sealed_totp_secret is not None:
        return redirect(url_for(".show"))
    session["new_totp_secret"] = session.get("new_totp_secret") or second_factor.new_secret()
    return _enrolment(Form())


@blueprint.post("/segundo-factor")
@allowed(EVERYBODY)
@without_second_factor
def turn_on() -> Any:
    """A code of the app proves that it has the secret; only then is it asked for at the door."""
    form, secret = Form.typed(), session.get("new_totp_secret")
    if secret is None or g.signed_in.account.sealed_totp_secret is not None:
        return redirect(url_for(".second_factor_page"))
    step = second_factor.matching_step(secret, form.text("code") or "", at=g.at)
    if step is None:
        form.add_error("code", "code-wrong")
        return _enrolment(form), 422
    with app.runtime().database.begin(g.signed_in.company.id) as writing:
        codes = second_factor.enrol(writing, _mine(writing), secret=secret, step=step, keyring=app.runtime().keyring)
        sessions.close_all(writing, g.signed_in.account.id, but=g.signed_in.session_id)
        audit.note(writing, action="turn_on_second_factor", subject=str(g.signed_in.account.id))
    del session["new_totp_secret"]
    return render_template("account/recovery_codes.html", codes=codes)


@blueprint.post("/segundo-factor/codigos")
@allowed(EVERYBODY)
def renew_recovery_codes() -> Any:
    form = Form.typed()
    try:
        with app.runtime().database.begin(g.signed_in.company.id) as writing:
            account = _mine(writing)
            _check_password(account, form)
            codes = second_factor.renew_recovery_codes(writing, account)
            audit.note(writing, action="renew_recovery_codes", subject=str(account.id))
    except ValidationFailed as refusal:
        form.refuse(refusal)
        return _page(form), form.status
    return render_template("account/recovery_codes.html", codes=codes)


@blueprint.post("/segundo-factor/quitar")
@allowed(EVERYBODY)
def turn_off() -> Any:
    form = Form.typed()
    try:
        with app.runtime().database.begin(g.signed_in.company.id) as writing:
            account = _mine(writing)
            _check_password(account, form)
            second_factor.forget(writing, account)
            audit.note(writing, action="turn_off_second_factor", subject=str(account.id))
    except ValidationFailed as refusal:
        form.refuse(refusal)
        return _page(form), form.status
    flash(_("El segundo factor quedó desactivado."), "success")
    return redirect(url_for(".show"))


def _check_password(account: StaffAccount, form: Form) -> None:
    """Who found an open browser must not take the second factor away."""
    if not accounts.is_password(account, str(form.value_of("current_password"))):
        raise ValidationFailed(fields={"current_password": coded("password-wrong")})


def _mine(writing: Session) -> StaffAccount:
    return find(writing, StaffAccount, g.signed_in.account.id)


def _enrolment(form: Form) -> str:
    secret, signed_in = session["new_totp_secret"], g.signed_in
    picture = second_factor.picture(secret, account=signed_in.account.email, issuer=f"Alta {signed_in.company.name}")
    return render_template("account/second_factor.html", form=form, secret=secret, picture=picture)


def _page(form: Form) -> str:
    with app.runtime().database.read(g.signed_in.company.id) as reading:
        account = reading.get(StaffAccount, g.signed_in.account.id)
        return render_template(
            "account/show.html",
            form=form,
            account=account,
            open_sessions=sessions.open_sessions(reading, account.id, at=g.at),
            codes_left=second_factor.codes_left(reading, account),
        )
