"""The portal's door: a code to one's e-mail or telephone, and in."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Unavailable
from chassis.phones import e164
from gateway import app, clients, codes
from gateway.backends import installations, notifications
from gateway.clients import Contact
from gateway.forms import Form
from gateway.identity import own_address
from gateway.portal.room import blueprint
from gateway.public.entering import enter
from gateway.roles import CLIENTS, PUBLIC, allowed

EMAIL, PHONE = "email", "phone"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# What the browser remembers between asking for a code and typing it.
_WAITING = "portal_code"


@blueprint.get("/entrar")
@allowed(PUBLIC)
def ask_for_code(name: str) -> str | Response:
    enter(name)
    if g.client is not None:
        return redirect(url_for(".home", name=name))
    return _door(name, Form({"next": request.args.get("next", "")}))


@blueprint.post("/entrar")
@allowed(PUBLIC)
@app.limiter.limit("20/minute")
def send_code(name: str) -> str | tuple[str, int] | Response:
    """Answers the same to a client and to a stranger."""
    enter(name)
    form = Form.typed()
    contact = _read_contact(form)
    if contact is None:
        return _door(name, form), 422
    try:
        person = _person_of(contact)
    except Unavailable:
        form.other_errors.append(_("No podemos enviarte el código en este momento. Inténtalo en unos minutos."))
        return _door(name, form), 503
    with app.runtime().database.begin(g.company.id) as writing:
        if codes.too_many(writing, contact, ip=request.remote_addr, at=g.at):
            form.add_error("contact", "portal-too-many-codes")
            return _door(name, form), 429
        code = codes.issue(
            writing,
            contact,
            person=person,
            ip=request.remote_addr,
            at=g.at,
            keys=_keys(),
            shared=app.runtime().shared_keyring,
        )
        session[_WAITING] = {"id": str(code.id), "contact": str(form.value_of("contact")), "kind": contact.kind}
    return redirect(url_for(".code", name=name, next=form.text("next")))


@blueprint.get("/codigo")
@allowed(PUBLIC)
def code(name: str) -> str | Response:
    enter(name)
    if _WAITING not in session:
        return redirect(url_for(".ask_for_code", name=name))
    return _code_page(name, Form({"next": request.args.get("next", "")}))


@blueprint.post("/codigo")
@allowed(PUBLIC)
@app.limiter.limit("30/minute")
def sign_in(name: str) -> str | tuple[str, int] | Response:
    enter(name)
    form, waiting = Form.typed(checkboxes=["remember"]), session.get(_WAITING)
    if waiting is None:
        return redirect(url_for(".ask_for_code", name=name))
    with app.runtime().database.begin(g.company.id) as writing:
        if codes.too_many(writing, None, ip=request.remote_addr, at=g.at):
            form.add_error("code", "portal-too-many-codes")
            return _code_page(name, form), 429
        contact = codes.accept(
            writing, UUID(waiting["id"]), form.text("code") or "", ip=request.remote_addr, at=g.at, keys=_keys()
        )
        left = codes.tries_left(writing, UUID(waiting["id"]), at=g.at)
    if contact is None:
        form.add_error("code", "portal-code-wrong" if left else "portal-code-ended", left=left)
        return _code_page(name, form, ended=not left), 422
    return _open_session(name, form, contact)


@blueprint.post("/salir")
@allowed(CLIENTS)
def sign_out(name: str) -> Response:
    with app.runtime().database.begin(g.client.company.id) as writing:
        clients.close_session(writing, g.client.contact, g.client.session_id)
    flash(_("Sesión cerrada."), "success")
    return without_cookie(redirect(url_for(".ask_for_code", name=name)))


def without_cookie(response: Response) -> Response:
    response.delete_cookie(app.cookie_name(clients.COOKIE), samesite="Lax", secure=app.runtime().settings.secure)
    return response


def services_of(contact: Contact) -> list[Any]:
    """What belongs to the contact now. Raises `Unavailable`."""
    country = g.company.locale.partition("_")[2] or "MX"
    return installations.services_of(kind=contact.kind, value=contact.value, country=country)


def _open_session(name: str, form: Form, contact: Contact) -> tuple[str, int] | Response:
    try:
        services = services_of(contact)
    except Unavailable:
        form.other_errors.append(_("El portal no está disponible en este momento. Pide otro código en unos minutos."))
        return _code_page(name, form, ended=True), 503
    if not services:  # somebody guessed a code that was sent to nobody
        form.add_error("code", "portal-code-ended")
        return _code_page(name, form, ended=True), 422
    remembered = bool(form.value_of("remember"))
    with app.runtime().database.begin(g.company.id) as writing:
        token = clients.open_session(
            writing,
            contact,
            person=f"{services[0]['first_name']} {services[0]['last_name']}",
            installation_ids=[each["installation_id"] for each in services],
            remembered=remembered,
            at=g.at,
            ip=request.remote_addr,
            user_agent=request.user_agent.string,
        )
    session.pop(_WAITING, None)
    response = redirect(own_address(form.text("next")) or url_for(".home", name=name))
    response.set_cookie(
        app.cookie_name(clients.COOKIE),
        token,
        httponly=True,
        samesite="Lax",
        secure=app.runtime().settings.secure,
        max_age=int(clients.REMEMBERED.total_seconds()) if remembered else None,
    )
    return response


def _read_contact(form: Form) -> Contact | None:
    """What was typed, as everybody's are kept; what is wrong with it is said beside the field."""
    typed = form.text("contact") or ""
    if "@" in typed:
        if _EMAIL.fullmatch(typed) and len(typed) <= 320:
            return Contact(EMAIL, typed.casefold())
        form.add_error("contact", "invalid-email")
        return None
    if not typed or not _sends_texts():
        form.add_error("contact", "required" if not typed else "invalid-email")
        return None
    number = e164(typed, g.company.locale.partition("_")[2] or "MX")
    if number is None:
        form.add_error("contact", "portal-contact-invalid")
        return None
    return Contact(PHONE, number)


def _person_of(contact: Contact) -> dict[str, Any] | None:
    services = services_of(contact)
    return services[0] if services else None


def _sends_texts() -> bool:
    try:
        return notifications.ways_to_reach()["sms"]
    except Unavailable:
        return False


def _keys() -> list[bytes]:
    return app.runtime().keyring.derive("gateway.portal-code")


def _door(name: str, form: Form) -> str:
    return render_template("portal/door.html", name=name, form=form, by_phone=_sends_texts())


def _code_page(name: str, form: Form, *, ended: bool = False) -> str:
    waiting = session[_WAITING]
    form.set("contact", waiting["contact"])
    return render_template("portal/code.html", name=name, form=form, ended=ended, by_phone=waiting["kind"] == PHONE)
