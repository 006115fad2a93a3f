"""The company's own people: who may sign in, and as what. The owner's room."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.auditing import Recording
from chassis.errors import Refusal, ValidationFailed
from chassis.schemas import coded
from chassis.storage import find
from gateway import accounts, app, audit, roles, second_factor, sessions, staff_links
from gateway.forms import Form
from gateway.model import OFFICE, OWNER, ROLES, Company, StaffAccount, StaffSession

blueprint = Blueprint("people", __name__, url_prefix="/personal")

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@blueprint.get("/")
@roles.allowed(roles.OWNERS)
def index() -> Any:
    return _page(Form({"active": True, "role": OFFICE}))


@blueprint.get("/<uuid:staff_id>")
@roles.allowed(roles.OWNERS)
def edit(staff_id: UUID) -> Any:
    person = next((one for one in _people() if one.id == staff_id), None)
    if person is None:
        return redirect(url_for(".index"))
    known = {name: getattr(person, name) for name in ("name", "email", "role", "active")}
    return _page(Form({**known, "staff_id": str(person.id)}), person=person)


@blueprint.post("/")
@roles.allowed(roles.OWNERS)
def save() -> Any:
    form = Form.typed(checkboxes=["active"])
    try:
        invited = _save(form)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(form), form.status
    except IntegrityError:
        form.add_error("email", "email-taken")
        return _page(form), form.status
    if invited:
        flash(_("Guardado. Le llegará un correo con un enlace para elegir su contraseña."), "success")
    else:
        flash(_("Guardado."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/<uuid:staff_id>/invitar")
@roles.allowed(roles.OWNERS)
def invite(staff_id: UUID) -> Any:
    """Sends a link to choose a password, to who never had one or does not know it any more."""
    with app.runtime().database.begin(g.signed_in.company.id) as session:
        account = find(session, StaffAccount, staff_id)
        _invite(session, account)
        audit.note(session, action="send_password_link", subject=str(staff_id))
    flash(_("Se envió el enlace a %(email)s.", email=account.email), "success")
    return redirect(url_for(".edit", staff_id=staff_id))


@blueprint.post("/<uuid:staff_id>/cerrar-sesiones")
@roles.allowed(roles.OWNERS)
def close_sessions(staff_id: UUID) -> Any:
    """The one that the form names, or all of them."""
    with app.runtime().database.begin(g.signed_in.company.id) as session:
        account, chosen = find(session, StaffAccount, staff_id), request.form.get("session_id")
        if chosen:
            sessions.close_session(session, chosen, account_id=account.id)
        else:
            sessions.close_all(session, account.id, but=g.signed_in.session_id)
        audit.note(session, action="close_sessions", subject=str(staff_id))
    flash(_("Sus sesiones se cerraron."), "success")
    return redirect(url_for(".edit", staff_id=staff_id))


@blueprint.post("/<uuid:staff_id>/quitar-segundo-factor")
@roles.allowed(roles.OWNERS)
def reset_second_factor(staff_id: UUID) -> Any:
    """For who lost the phone and the recovery codes."""
    with app.runtime().database.begin(g.signed_in.company.id) as session:
        second_factor.forget(session, find(session, StaffAccount, staff_id))
        audit.note(session, action="reset_second_factor", subject=str(staff_id))
    flash(_("Su segundo factor se quitó; puede activarlo otra vez al entrar."), "success")
    return redirect(url_for(".edit", staff_id=staff_id))


@blueprint.post("/segundo-factor")
@roles.allowed(roles.OWNERS)
def require_second_factor() -> Any:
    with app.runtime().database.begin(g.signed_in.company.id) as session:
        recording = Recording(session)
        company = find(session, Company, g.signed_in.company.id)
        company.second_factor_required = "required" in request.form
        audit.record(recording, action="save_company")
    flash(_("Guardado."), "success")
    return redirect(url_for(".index"))


def _save(form: Form) -> bool:
    """Whether the person was invited to choose a password."""
    staff_id = next((one.id for one in _people() if str(one.id) == form.text("staff_id")), None)
    _check(form, staff_id)
    with app.runtime().database.begin(g.signed_in.company.id) as session:
        recording = Recording(session)
        account = accounts.save_staff(
            session,
            staff_id=staff_id,
            name=form.text("name"),
            email=form.text("email"),
            role=form.text("role"),
            password=form.value_of("password") or None,
            active=bool(form.value_of("active")),
        )
        if staff_id and (form.value_of("password") or not account.active) and staff_id != g.signed_in.account.id:
            sessions.close_all(session, account.id)
        audit.record(recording, action="save_staff")
        invited = staff_id is None and not form.value_of("password")
        if invited:
            _invite(session, account)
        return invited


def _invite(session: Session, account: StaffAccount) -> None:
    address, shared = app.runtime().settings.base_url, app.runtime().shared_keyring
    staff_links.issue(session, account, purpose=staff_links.INVITATION, at=g.at, base_url=address, shared=shared)


def _check(form: Form, staff_id: UUID | None) -> None:
    """Raises `ValidationFailed`. An owner stays one: somebody must be able to undo what was done here."""
    wrong = {name: coded("required") for name in ("name", "email") if not form.text(name)}
    if form.text("email") and not _EMAIL.fullmatch(form.text("email")):
        wrong["email"] = coded("invalid-email")
    if form.text("role") not in ROLES:
        wrong["role"] = coded("not-one-of")
    if staff_id == g.signed_in.account.id and (form.text("role") != OWNER or not form.value_of("active")):
        wrong["role"] = coded("own-role")
    if wrong:
        raise ValidationFailed(fields=wrong)


def _people() -> list[StaffAccount]:
    with app.runtime().database.read(g.signed_in.company.id) as session:
        return list(session.scalars(select(StaffAccount).order_by(StaffAccount.name)))


def _page(form: Form, *, person: StaffAccount | None = None) -> str:
    return render_template(
        "people/index.html", form=form, people=_people(), person=person, open_sessions=_sessions_of(person)
    )


def _sessions_of(person: StaffAccount | None) -> list[StaffSession]:
    if person is None:
        return []
    with app.runtime().database.read(g.signed_in.company.id) as session:
        return sessions.open_sessions(session, person.id, at=g.at)
