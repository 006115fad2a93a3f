"""Signing in, with a second step for who has one, and out; and the language of the pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from chassis.storage import enter_company
from gateway import accounts, app, attempts, audit, roles, second_factor, sessions
from gateway.attempts import Limit
from gateway.forms import Form
from gateway.model import TECHNICIAN, StaffAccount

blueprint = Blueprint("identity", __name__)

# So long a right password waits for its code.
SECOND_STEP = timedelta(minutes=5)
GUESS = "password"
BY_BOTH = Limit(GUESS, 8, timedelta(minutes=15))
BY_ACCOUNT = Limit(GUESS, 50, timedelta(minutes=15))
BY_ADDRESS = Limit(GUESS, 60, timedelta(minutes=15))


@blueprint.get("/entrar")
@roles.allowed(roles.PUBLIC)
def login() -> Response | str:
    if g.signed_in is not None:
        return redirect(url_for("home.dashboard"))
    known = {name: request.args.get(name, "") for name in ("next", "email")}
    return render_template("identity/login.html", form=Form(known))


@blueprint.post("/entrar")
@roles.allowed(roles.PUBLIC)
@app.limiter.limit("10/minute; 100/hour")
def sign_in() -> Response | tuple[str, int]:
    form = Form.typed()
    email = str(form.value_of("email")).strip().casefold()
    with app.runtime().database.begin_unscoped() as writing:
        if _guesses_too_often(writing, email):
            form.other_errors.append(_("Demasiados intentos. Espera 15 minutos, o elige otra contraseña."))
            return render_template("identity/login.html", form=form), 429
        account = accounts.authenticate(writing, email=email, password=request.form.get("password", ""))
        _note_guess(writing, email, right=account is not None)
        if account is not None and account.sealed_totp_secret is None:
            return _open_session(writing, account, form.text("next"))
        known = accounts.named(writing, email) if account is None else None
        if known is not None:
            enter_company(writing, known.company_id)
            audit.note(writing, action="refuse_password", by=known, subject=str(known.id))
    if account is None:
        form.other_errors.append(_("El correo o la contraseña no son correctos."))
        return render_template("identity/login.html", form=form), 401
    until = (g.at + SECOND_STEP).isoformat()
    session["second_step"] = {"account": str(account.id), "company": str(account.company_id), "until": until}
    return redirect(url_for("identity.code", next=form.text("next")))


@blueprint.get("/entrar/codigo")
@roles.allowed(roles.PUBLIC)
def code() -> Response | str:
    if _second_step() is None:
        return redirect(url_for("identity.login"))
    return render_template("identity/code.html", form=Form({"next": request.args.get("next", "")}))


@blueprint.post("/entrar/codigo")
@roles.allowed(roles.PUBLIC)
@app.limiter.limit("20/minute")
def sign_in_with_code() -> Response | tuple[str, int]:
    form, step = Form.typed(), _second_step()
    if step is None:
        flash(_("Pasó demasiado tiempo: escribe tu contraseña otra vez."), "info")
        return redirect(url_for("identity.login"))
    with app.runtime().database.begin(UUID(step["company"])) as writing:
        account = writing.get(StaffAccount, UUID(step["account"]), with_for_update=True)
        if account is None or not account.active:
            return redirect(url_for("identity.login"))
        blocked = second_factor.blocked_until(account, at=g.at)
        if second_factor.accept(writing, account, form.text("code") or "", at=g.at, keyring=app.runtime().keyring):
            return _open_session(writing, account, form.text("next"))
        audit.note(writing, action="refuse_code", by=account, subject=str(account.id))
    form.add_error("code", "codes-blocked" if blocked else "code-wrong")
    return render_template("identity/code.html", form=form), 401


def _guesses_too_often(writing: Session, email: str) -> bool:
    """Whoever the address belongs to, and to nobody, too: from one place sooner than from all over the world."""
    ip = request.remote_addr or ""
    asked = ((BY_BOTH, f"{email}/{ip}"), (BY_ACCOUNT, email), (BY_ADDRESS, ip))
    return any(limit.is_reached(writing, who, at=g.at) for limit, who in asked)


def _note_guess(writing: Session, email: str, *, right: bool) -> None:
    both = f"{email}/{request.remote_addr or ''}"
    if right:
        attempts.forgive(writing, GUESS, both)
        return
    for who in (both, email, request.remote_addr or ""):
        attempts.note(writing, GUESS, who, at=g.at)


def _second_step() -> dict[str, str] | None:
    """Whose password was right a moment ago."""
    step = session.get("second_step")
    return step if step and datetime.fromisoformat(step["until"]) > g.at else None


def _open_session(writing: Session, account: StaffAccount, next_page: str | None) -> Response:
    """Signs the browser in; nothing of the visit before is carried over."""
    enter_company(writing, account.company_id)
    token = sessions.open_session(
        writing, account, at=g.at, ip=request.remote_addr, user_agent=request.user_agent.string
    )
    audit.note(writing, action="sign_in", by=account, subject=str(account.id))
    session.clear()
    response = redirect(own_address(next_page) or _landing(account))
    response.set_cookie(
        app.cookie_name(),
        token,
        httponly=True,
        samesite="Lax",
        secure=app.runtime().settings.secure,
        max_age=int(sessions.ABSOLUTE.total_seconds()),
    )
    return response


def _landing(account: StaffAccount) -> str:
    """A technician with a phone in the hand is on the way to a client."""
    on_a_phone = "Mobi" in request.user_agent.string
    return url_for("field.index" if account.role == TECHNICIAN and on_a_phone else "home.dashboard")


@blueprint.post("/salir")
@roles.allowed(roles.EVERYBODY)
@roles.without_second_factor
def logout() -> Response:
    with app.runtime().database.begin(g.signed_in.company.id) as writing:
        sessions.close_session(writing, g.signed_in.session_id, account_id=g.signed_in.account.id)
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
    return redirect(own_address(request.form.get("next")) or url_for("home.dashboard"))


def own_address(address: str | None) -> str | None:
    """Only a path of ours: a link that signs people in must not send them elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address
